class SimpleNamespace:
    pass


class ModuleType:
    pass


def MethodType(function, instance):
    return function.__get__(instance, None)


def new_class(name, bases=(), kwds=None, exec_body=None): pass
def coroutine(function): return function


class MappingProxyType(dict): pass
