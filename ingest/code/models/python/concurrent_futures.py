class Future:
    def __init__(self, value=None):
        self.value = value
    def result(self, timeout=None): return self.value
    def exception(self, timeout=None): return None
    def add_done_callback(self, function):
        function(self)
    def set_result(self, value):
        self.value = value
    def cancel(self): return True
    def done(self): return True


class Executor:
    def __init__(self, max_workers=None, thread_name_prefix="", initializer=None, initargs=()):
        initializer(*initargs)
    def __enter__(self): return self
    def __exit__(self, kind, value, traceback): pass
    def submit(self, function, *args, **kwargs):
        return Future(function(*args, **kwargs))
    def map(self, function, *iterables, timeout=None, chunksize=1):
        return list(map(function, *iterables))
    def shutdown(self, wait=True, cancel_futures=False): pass


class ThreadPoolExecutor(Executor): pass
class ProcessPoolExecutor(Executor): pass


def as_completed(futures, timeout=None): return [future for future in futures]
def wait(futures, timeout=None, return_when=None): return (set(futures), set(futures))
