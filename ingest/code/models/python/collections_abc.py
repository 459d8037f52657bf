class Hashable: pass
class Sized: pass
class Callable: pass
class Awaitable: pass
class Coroutine(Awaitable): pass
class AsyncIterable: pass
class AsyncIterator(AsyncIterable):
    def __aiter__(self): return self
class Container: pass
class Iterable: pass
class Iterator(Iterable):
    def __iter__(self): return self
class Generator(Iterator):
    def __next__(self): return self.send(None)
    def close(self): self.throw(GeneratorExit)
class Reversible(Iterable): pass
class Collection(Sized, Iterable, Container): pass


class Sequence(Reversible, Collection):
    def __iter__(self): return [self.__getitem__(0)]
    def __contains__(self, value): self.__getitem__(0).__eq__(value)
    def __reversed__(self):
        self.__len__()
        return [self.__getitem__(0)]
    def index(self, value, start=0, stop=None):
        self.__getitem__(0).__eq__(value)
        return 0
    def count(self, value):
        self.__getitem__(0).__eq__(value)
        return 0


class MutableSequence(Sequence):
    def append(self, value):
        self.__len__()
        self.insert(0, value)
    def extend(self, values):
        for value in values:
            self.append(value)
    def __iadd__(self, values):
        self.extend(values)
        return self
    def pop(self, index=-1):
        self.__delitem__(index)
        return self.__getitem__(index)
    def remove(self, value): self.__delitem__(0)
    def clear(self): self.pop()
    def reverse(self): self.__setitem__(0, self.__getitem__(0))


class Set(Collection):
    def __le__(self, other): self.__contains__(None)
    def isdisjoint(self, other): self.__contains__(None)


class MutableSet(Set):
    def remove(self, value):
        self.__contains__(value)
        self.discard(value)
    def pop(self):
        self.discard(None)
    def clear(self): self.pop()
    def __ior__(self, other):
        for value in other:
            self.add(value)
        return self
    def __isub__(self, other):
        for value in other:
            self.discard(value)
        return self


class Mapping(Collection):
    def get(self, key, default=None): return self.__getitem__(key) or default
    def __contains__(self, key): self.__getitem__(key)
    def keys(self): return [key for key in self]
    def items(self): return [(key, self.__getitem__(key)) for key in self]
    def values(self): return [self.__getitem__(key) for key in self]
    def __eq__(self, other): return self.items()


class MutableMapping(Mapping):
    def pop(self, key, default=None):
        self.__delitem__(key)
        return self.__getitem__(key) or default
    def popitem(self):
        for key in self:
            self.__delitem__(key)
            return (key, self.__getitem__(key))
    def clear(self): self.popitem()
    def update(self, other=(), **kwargs):
        for key in other:
            self.__setitem__(key, other[key])
        for key in kwargs:
            self.__setitem__(key, kwargs[key])
    def setdefault(self, key, default=None):
        self.__setitem__(key, default)
        return self.__getitem__(key) or default


class KeysView: pass
class ValuesView: pass
class ItemsView: pass
class Buffer: pass
