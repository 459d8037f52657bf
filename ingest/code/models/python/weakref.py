class ref:
    def __init__(self, value, callback=None):
        self.value = value
        callback(self)
    def __call__(self): return self.value


class WeakMethod(ref): pass


def proxy(value, callback=None): return value


def finalize(value, function, *args, **kwargs):
    function(*args, **kwargs)
    return function


class WeakValueDictionary(dict): pass
class WeakKeyDictionary(dict): pass
class WeakSet(set): pass
