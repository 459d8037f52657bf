class Queue:
    def __init__(self, maxsize=0): pass
    def put(self, item, block=True, timeout=None):
        self[...] = item
    def put_nowait(self, item):
        self[...] = item
    def get(self, block=True, timeout=None): return self[...]
    def get_nowait(self): return self[...]
    def task_done(self): pass
    def join(self): pass
    def empty(self): return True
    def full(self): return True
    def qsize(self): return 0


class LifoQueue(Queue): pass
class SimpleQueue(Queue): pass


class PriorityQueue(Queue):
    def put(self, item, block=True, timeout=None):
        item.__lt__(item)
        self[...] = item


class Empty(Exception): pass
class Full(Exception): pass
