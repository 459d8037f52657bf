class scheduler:
    def __init__(self, timefunc=None, delayfunc=None):
        timefunc()
        delayfunc(0)
    def enter(self, delay, priority, action, argument=(), kwargs={}):
        action(*argument, **kwargs)
    def enterabs(self, time, priority, action, argument=(), kwargs={}):
        action(*argument, **kwargs)
    def cancel(self, event): pass
    def run(self, blocking=True): pass
