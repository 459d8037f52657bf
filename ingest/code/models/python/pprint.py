def pprint(value, *args, **kwargs): value.__repr__()
def pp(value, *args, **kwargs): value.__repr__()
def pformat(value, *args, **kwargs):
    value.__repr__()
    return ""
