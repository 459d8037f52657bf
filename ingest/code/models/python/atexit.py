def register(function, *args, **kwargs):
    function(*args, **kwargs)
    return function


def unregister(function): pass
