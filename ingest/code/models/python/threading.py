class Thread:
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


class Timer(Thread):
    def __init__(self, interval, function, args=(), kwargs={}):
        self._target = function
        self._args = args
        self._kwargs = kwargs
    def cancel(self): pass


class Lock:
    def __enter__(self): return self
    def __exit__(self, kind, value, traceback): pass
    def acquire(self, blocking=True, timeout=-1): return True
    def release(self): pass
    def locked(self): return True


class RLock(Lock): pass
class Semaphore(Lock): pass
class BoundedSemaphore(Lock): pass


class Condition(Lock):
    def __init__(self, lock=None): pass
    def wait(self, timeout=None): return True
    def wait_for(self, predicate, timeout=None): return predicate()
    def notify(self, n=1): pass
    def notify_all(self): pass


class Event:
    def set(self): pass
    def clear(self): pass
    def wait(self, timeout=None): return True
    def is_set(self): return True


class Barrier:
    def __init__(self, parties, action=None, timeout=None):
        action()
    def wait(self, timeout=None): return 0


class local: pass


def current_thread(): return Thread()
def main_thread(): return Thread()
def get_ident(): return 0
def active_count(): return 0
def enumerate(): return [Thread()]
