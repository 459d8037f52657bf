class Task:
    def __init__(self, value=None):
        self.value = value
    def __await__(self): return self.value
    def result(self): return self.value
    def exception(self): return None
    def cancel(self): return True
    def done(self): return True
    def add_done_callback(self, function):
        function(self)
    def set_result(self, value):
        self.value = value


class Future(Task): pass


class Loop:
    def run_until_complete(self, coroutine): return coroutine
    def run_in_executor(self, executor, function, *args): return function(*args)
    def call_soon(self, function, *args): function(*args)
    def call_soon_threadsafe(self, function, *args): function(*args)
    def call_later(self, delay, function, *args): function(*args)
    def call_at(self, when, function, *args): function(*args)
    def add_signal_handler(self, number, function, *args): function(*args)
    def create_task(self, coroutine): return Task(coroutine)
    def create_future(self): return Task()
    def run_forever(self): pass
    def stop(self): pass
    def close(self): pass


class TaskGroup:
    def __aenter__(self): return self
    def __aexit__(self, kind, value, traceback): pass
    def create_task(self, coroutine, *, name=None): return Task(coroutine)


class Runner:
    def __enter__(self): return self
    def __exit__(self, kind, value, traceback): pass
    def run(self, coroutine): return coroutine


class Lock:
    def __aenter__(self): return self
    def __aexit__(self, kind, value, traceback): pass
    def acquire(self): return True
    def release(self): pass


class Semaphore(Lock): pass
class Condition(Lock): pass


class Event:
    def set(self): pass
    def clear(self): pass
    def wait(self): return True
    def is_set(self): return True


class Queue:
    def __init__(self, maxsize=0): pass
    def put(self, item):
        self[...] = item
    def put_nowait(self, item):
        self[...] = item
    def get(self): return self[...]
    def get_nowait(self): return self[...]
    def task_done(self): pass
    def join(self): pass


def run(coroutine, *, debug=None): return coroutine
def gather(*coroutines, return_exceptions=False): return [coroutine for coroutine in coroutines]
def create_task(coroutine, *, name=None): return Task(coroutine)
def ensure_future(coroutine, *, loop=None): return Task(coroutine)
def wait_for(coroutine, timeout): return coroutine
def shield(coroutine): return coroutine
def wait(tasks, *, timeout=None, return_when=None): return (set(tasks), set(tasks))
def as_completed(coroutines, *, timeout=None): return [coroutine for coroutine in coroutines]
def to_thread(function, *args, **kwargs): return function(*args, **kwargs)
def run_coroutine_threadsafe(coroutine, loop): return Task(coroutine)
def get_event_loop(): return Loop()
def new_event_loop(): return Loop()
def get_running_loop(): return Loop()
def set_event_loop(loop): pass
def sleep(delay, result=None): return result
def current_task(): return Task()
def iscoroutinefunction(function): return True
def timeout(delay): return Lock()


class CancelledError(Exception): pass
class TimeoutError(Exception): pass
class QueueEmpty(Exception): pass
class QueueFull(Exception): pass
