class Process:
    def __init__(self, group=None, target=None, name=None, args=(), kwargs={}, *, daemon=None):
        self._target = target
        self._args = args
        self._kwargs = kwargs
    def start(self):
        self.run()
    def run(self):
        self._target(*self._args, **self._kwargs)
    def join(self, timeout=None): pass
    def is_alive(self): return True
    def terminate(self): pass
    def kill(self): pass
    def close(self): pass


class _Result:
    def __init__(self, value):
        self.value = value
    def get(self, timeout=None): return self.value
    def wait(self, timeout=None): pass
    def ready(self): return True


class _Pool:
    def __init__(self, processes=None, initializer=None, initargs=()):
        initializer(*initargs)
    def __enter__(self): return self
    def __exit__(self, kind, value, traceback): pass
    def apply(self, function, args=(), kwds={}):
        return function(*args, **kwds)
    def apply_async(self, function, args=(), kwds={}, callback=None, error_callback=None):
        value = function(*args, **kwds)
        callback(value)
        return _Result(value)
    def map(self, function, items, chunksize=None):
        return [function(item) for item in items]
    def map_async(self, function, items, chunksize=None, callback=None):
        return _Result([function(item) for item in items])
    def imap(self, function, items, chunksize=None):
        return [function(item) for item in items]
    def imap_unordered(self, function, items, chunksize=None):
        return [function(item) for item in items]
    def starmap(self, function, items, chunksize=None):
        return [function(*item) for item in items]
    def close(self): pass
    def join(self): pass
    def terminate(self): pass


def Pool(processes=None, initializer=None, initargs=()):
    return _Pool(processes, initializer, initargs)


def cpu_count(): return 1
