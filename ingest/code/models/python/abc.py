class ABC:
    pass


class ABCMeta(type):
    def register(cls, subclass): return subclass


def abstractmethod(function): return function
