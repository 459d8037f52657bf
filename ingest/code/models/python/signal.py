def signal(number, handler):
    handler(number, None)


def getsignal(number): pass
def alarm(seconds): return 0
def pause(): pass
def raise_signal(number): pass
def siginterrupt(number, flag): pass
