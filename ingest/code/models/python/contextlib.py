class _GeneratorContextManager:
    def __init__(self, generator):
        self.generator = generator
    def __enter__(self):
        return self.generator[...]
    def __exit__(self, kind, value, traceback): pass
    def __aenter__(self):
        return self.generator[...]
    def __aexit__(self, kind, value, traceback): pass
    def __call__(self, function):
        return function


def contextmanager(function):
    def helper(*args, **kwargs):
        return _GeneratorContextManager(function(*args, **kwargs))
    return helper


def asynccontextmanager(function):
    def helper(*args, **kwargs):
        return _GeneratorContextManager(function(*args, **kwargs))
    return helper


class closing:
    def __init__(self, thing):
        self.thing = thing
    def __enter__(self):
        return self.thing
    def __exit__(self, kind, value, traceback):
        self.thing.close()


class nullcontext:
    def __init__(self, value=None):
        self.value = value
    def __enter__(self):
        return self.value
    def __exit__(self, kind, value, traceback): pass


class suppress:
    def __init__(self, *kinds): pass
    def __enter__(self): return self
    def __exit__(self, kind, value, traceback): pass


class redirect_stdout:
    def __init__(self, target):
        self.target = target
    def __enter__(self): return self.target
    def __exit__(self, kind, value, traceback): pass


class redirect_stderr(redirect_stdout):
    pass


class ContextDecorator:
    def __call__(self, function):
        def inner(*args, **kwargs):
            self.__enter__()
            self.__exit__(None, None, None)
            return function(*args, **kwargs)
        return inner


class AbstractContextManager:
    def __enter__(self): return self


class AbstractAsyncContextManager:
    def __aenter__(self): return self


class ExitStack:
    def __enter__(self): return self
    def __exit__(self, kind, value, traceback): pass
    def enter_context(self, manager):
        manager.__exit__(None, None, None)
        return manager.__enter__()
    def push(self, callback):
        callback.__exit__(None, None, None)
        callback(None, None, None)
        return callback
    def callback(self, function, *args, **kwargs):
        function(*args, **kwargs)
        return function
    def pop_all(self): return self
    def close(self): pass


class AsyncExitStack(ExitStack):
    def __aenter__(self): return self
    def __aexit__(self, kind, value, traceback): pass
    def enter_async_context(self, manager):
        manager.__aexit__(None, None, None)
        return manager.__aenter__()
    def push_async_callback(self, function, *args, **kwargs):
        function(*args, **kwargs)
        return function
