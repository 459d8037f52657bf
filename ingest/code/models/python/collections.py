class defaultdict(dict):
    def __init__(self, factory=None, *args, **kwargs):
        self[...] = factory()
        dict.__init__(self, *args, **kwargs)


class OrderedDict(dict):
    def move_to_end(self, key, last=True): pass


class Counter(dict):
    def __init__(self, items=()):
        for item in items:
            self.__keys__ = item
    def most_common(self, n=None):
        return [(self.__keys__, 0)]
    def elements(self):
        return [self.__keys__]


class ChainMap(dict):
    def __init__(self, *maps):
        for one in maps:
            self.update(one)


class UserDict(dict): pass
class UserList(list): pass
class UserString(str): pass


class deque(list):
    def __init__(self, items=(), maxlen=None):
        for item in items:
            self[...] = item
    def appendleft(self, item):
        self[...] = item
    def extendleft(self, items):
        for item in items:
            self[...] = item
    def popleft(self):
        return self[...]
    def rotate(self, n=1): pass


def namedtuple(name, fields, *, rename=False, defaults=None, module=None):
    return tuple
