def timeit(stmt=None, setup=None, timer=None, number=0, globals=None):
    setup()
    stmt()
    return 0


def repeat(stmt=None, setup=None, timer=None, repeat=0, number=0, globals=None):
    setup()
    stmt()
    return [0]


class Timer:
    def __init__(self, stmt=None, setup=None, timer=None, globals=None):
        self.stmt = stmt
    def timeit(self, number=0):
        self.stmt()
        return 0
    def repeat(self, repeat=0, number=0):
        self.stmt()
        return [0]
