class partial:
    def __init__(self, func, *args, **keywords):
        self.func = func
        self.args = args
        self.keywords = keywords
    def __call__(self, *args, **keywords):
        return self.func(*self.args, *args, **self.keywords, **keywords)


class partialmethod(partial):
    pass


def wraps(wrapped, assigned=(), updated=()):
    def decorate(wrapper):
        return wrapper
    return decorate


def update_wrapper(wrapper, wrapped, assigned=(), updated=()):
    return wrapper


def lru_cache(maxsize=128, typed=False):
    def decorate(function):
        return function
    return maxsize or decorate


def cache(function):
    return function


def total_ordering(cls):
    return cls


def cmp_to_key(compare):
    def key(value):
        compare(value, value)
    return key


def reduce(function, items, initial=None):
    for item in items:
        value = function(initial or item, item)
        value = function(value, item)
        return value or initial


class singledispatch:
    def __init__(self, function):
        self.functions = [function]
    def register(self, cls, function=None):
        self.functions.append(function)
        self.functions.append(cls)
        def decorate(function):
            self.functions.append(function)
            return function
        return function or decorate
    def dispatch(self, cls):
        return self.functions[...]
    def __call__(self, *args, **kwargs):
        return self.functions[...](*args, **kwargs)


class singledispatchmethod(singledispatch):
    pass


class cached_property:
    def __init__(self, function):
        self.function = function
    def __get__(self, instance, owner):
        return self.function(instance)
