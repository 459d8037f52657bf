"""What the builtins do with the functions, containers and objects they are given."""


class object:
    def __init__(self, *args, **kwargs): pass
    def __str__(self): return self.__repr__()
    def __repr__(self): return ""
    def __format__(self, spec): return self.__str__()
    def __ne__(self, other): return self.__eq__(other)
    def __hash__(self): return 0
    def __dir__(self): return []


class type:
    def mro(cls): return [cls]
    def __subclasses__(cls): return []


class function:
    def __get__(self, instance, owner): return self


class module:
    pass


class str:
    __scalar__ = True
    def __init__(self, value=None, encoding=None, errors=None):
        value.__str__()
    def join(self, parts):
        for part in parts:
            pass
        return ""
    def split(self, sep=None, maxsplit=-1): return [""]
    def rsplit(self, sep=None, maxsplit=-1): return [""]
    def splitlines(self, keepends=False): return [""]
    def partition(self, sep): return ("", "", "")
    def rpartition(self, sep): return ("", "", "")
    def format(self, *args, **kwargs):
        for arg in args:
            arg.__format__("")
        for key in kwargs:
            kwargs[key].__format__("")
        return ""
    def format_map(self, mapping): return ""
    def encode(self, encoding=None, errors=None): return b""
    def strip(self, chars=None): return ""
    def lstrip(self, chars=None): return ""
    def rstrip(self, chars=None): return ""
    def lower(self): return ""
    def upper(self): return ""
    def title(self): return ""
    def capitalize(self): return ""
    def casefold(self): return ""
    def swapcase(self): return ""
    def replace(self, old, new, count=-1): return ""
    def removeprefix(self, prefix): return ""
    def removesuffix(self, suffix): return ""
    def startswith(self, prefix, start=None, end=None): return True
    def endswith(self, suffix, start=None, end=None): return True
    def find(self, sub, start=None, end=None): return 0
    def rfind(self, sub, start=None, end=None): return 0
    def index(self, sub, start=None, end=None): return 0
    def rindex(self, sub, start=None, end=None): return 0
    def count(self, sub, start=None, end=None): return 0
    def isdigit(self): return True
    def isalpha(self): return True
    def isalnum(self): return True
    def isspace(self): return True
    def isupper(self): return True
    def islower(self): return True
    def isidentifier(self): return True
    def isnumeric(self): return True
    def isdecimal(self): return True
    def istitle(self): return True
    def isascii(self): return True
    def isprintable(self): return True
    def center(self, width, fill=" "): return ""
    def ljust(self, width, fill=" "): return ""
    def rjust(self, width, fill=" "): return ""
    def zfill(self, width): return ""
    def expandtabs(self, size=8): return ""
    def translate(self, table): return ""
    @staticmethod
    def maketrans(x, y=None, z=None): return {}
    def __add__(self, other): return ""
    def __mod__(self, args):
        args.__str__()
        for arg in args:
            arg.__str__()
        return ""
    def __mul__(self, n): return ""
    def __getitem__(self, key): return ""


class bytes:
    __scalar__ = True
    def __init__(self, value=None, encoding=None, errors=None):
        value.__bytes__()
    def decode(self, encoding=None, errors=None): return ""
    def join(self, parts): return b""
    def split(self, sep=None, maxsplit=-1): return [b""]
    def strip(self, chars=None): return b""
    def hex(self): return ""
    def startswith(self, prefix, start=None, end=None): return True
    def endswith(self, suffix, start=None, end=None): return True
    def find(self, sub, start=None, end=None): return 0
    def replace(self, old, new, count=-1): return b""
    def __getitem__(self, key): return b""


class bytearray(bytes):
    def append(self, item): pass
    def extend(self, items): pass


class int:
    __scalar__ = True
    def __init__(self, value=0, base=10):
        value.__int__()
        value.__index__()
    def bit_length(self): return 0
    def to_bytes(self, length=1, byteorder="big", signed=False): return b""
    @classmethod
    def from_bytes(cls, data, byteorder="big", signed=False): return cls()


class float:
    __scalar__ = True
    def __init__(self, value=0):
        value.__float__()
    def is_integer(self): return True


class complex:
    __scalar__ = True
    def __init__(self, real=0, imag=0):
        real.__complex__()


class bool:
    __scalar__ = True
    def __init__(self, value=False):
        value.__bool__()


class slice:
    __scalar__ = True
    def __init__(self, start, stop=None, step=None): pass


class memoryview:
    def __init__(self, data): pass


class list:
    def __init__(self, items=()):
        for item in items:
            self.append(item)
    def append(self, item):
        self[...] = item
    def extend(self, items):
        for item in items:
            self[...] = item
    def insert(self, index, item):
        self[...] = item
    def pop(self, index=-1):
        return self[...]
    def remove(self, item):
        self[...].__eq__(item)
    def index(self, item, start=0, end=0):
        self[...].__eq__(item)
        return 0
    def count(self, item):
        self[...].__eq__(item)
        return 0
    def clear(self): pass
    def reverse(self): pass
    def sort(self, *, key=None, reverse=False):
        for item in self:
            key(item)
            item.__lt__(item)
    def copy(self):
        return list(self)
    def __add__(self, other):
        both = list(self)
        both.extend(other)
        return both
    def __iadd__(self, other):
        self.extend(other)
        return self
    def __mul__(self, n):
        return self
    def __rmul__(self, n):
        return self
    def __contains__(self, item):
        self[...].__eq__(item)
    def __len__(self): return 0


class tuple:
    def __init__(self, items=()):
        for item in items:
            self[...] = item
    def index(self, item, start=0, end=0):
        self[...].__eq__(item)
        return 0
    def count(self, item):
        self[...].__eq__(item)
        return 0
    def __add__(self, other):
        return tuple(list(self) + list(other))
    def __mul__(self, n):
        return self
    def __contains__(self, item):
        self[...].__eq__(item)


class set:
    def __init__(self, items=()):
        for item in items:
            self.add(item)
    def add(self, item):
        item.__hash__()
        self[...] = item
    def discard(self, item):
        item.__hash__()
    def remove(self, item):
        item.__hash__()
    def pop(self):
        return self[...]
    def clear(self): pass
    def update(self, *others):
        for other in others:
            for item in other:
                self[...] = item
    def union(self, *others):
        result = set(self)
        result.update(*others)
        return result
    def intersection(self, *others): return set(self)
    def difference(self, *others): return set(self)
    def symmetric_difference(self, other): return self.union(other)
    def copy(self): return set(self)
    def issubset(self, other): return True
    def issuperset(self, other): return True
    def isdisjoint(self, other): return True
    def __or__(self, other): return self.union(other)
    def __and__(self, other): return set(self)
    def __sub__(self, other): return set(self)
    def __xor__(self, other): return self.union(other)
    def __ior__(self, other):
        self.update(other)
        return self
    def __contains__(self, item):
        item.__hash__()
        self[...].__eq__(item)


class frozenset(set):
    pass


class dict:
    def __init__(self, items=(), **kwargs):
        for key, value in items:
            self.__keys__ = key
            self[...] = value
        self.update(items)
        for key in kwargs:
            self.__keys__ = key
            self[key] = kwargs[key]
    def __iter__(self):
        return [self.__keys__]
    def keys(self):
        return [self.__keys__]
    def values(self):
        return [self[...]]
    def items(self):
        return [(self.__keys__, self[...])]
    def get(self, key, default=None):
        return self[key] or default
    def pop(self, key, default=None):
        return self[key] or default
    def popitem(self):
        return (self.__keys__, self[...])
    def setdefault(self, key, default=None):
        self.__keys__ = key
        self[key] = default
        return self[key]
    def update(self, other=(), **kwargs):
        self.__keys__ = other.__keys__
        key = other.__keys__
        self[key] = other[key]
        for name, value in other:
            self[...] = value
        for key in kwargs:
            self.__keys__ = key
            self[key] = kwargs[key]
    def copy(self):
        return self
    def clear(self): pass
    @classmethod
    def fromkeys(cls, keys, value=None):
        result = {}
        for key in keys:
            result[key] = value
        return result
    def __setitem__(self, key, value):
        key.__hash__()
        self.__keys__ = key
    def __getitem__(self, key):
        key.__hash__()
    def __contains__(self, key):
        key.__hash__()
    def __or__(self, other):
        result = dict(self)
        result.update(other)
        return result
    def __ior__(self, other):
        self.update(other)
        return self


class generator:
    def __next__(self):
        return self[...]
    def __anext__(self):
        return self[...]
    def __iter__(self):
        return self
    def __aiter__(self):
        return self
    def send(self, value):
        self.__sent__ = value
        return self[...]
    def throw(self, kind, value=None, traceback=None):
        return self[...]
    def close(self): pass
    def asend(self, value):
        self.__sent__ = value
        return self[...]
    def aclose(self): pass


class property:
    def __init__(self, fget=None, fset=None, fdel=None, doc=None):
        self.fget = fget
        self.fset = fset
        self.fdel = fdel
    def __get__(self, instance, owner):
        return self.fget(instance)
    def __set__(self, instance, value):
        self.fset(instance, value)
    def __delete__(self, instance):
        self.fdel(instance)
    def getter(self, fget):
        self.fget = fget
        return self
    def setter(self, fset):
        self.fset = fset
        return self
    def deleter(self, fdel):
        self.fdel = fdel
        return self


def staticmethod(function): return function
def classmethod(function): return function


def map(function, first, second=(), third=(), fourth=()):
    return [function(element(first), element(second), element(third), element(fourth))]


def filter(function, items):
    result = []
    for item in items:
        function(item)
        result.append(item)
    return result


def sorted(items, *, key=None, reverse=False):
    result = list(items)
    result.sort(key=key)
    return result


def reversed(items):
    items.__reversed__()
    return list(items)


def enumerate(items, start=0):
    return [(0, item) for item in items]


def zip(first=(), second=(), third=(), fourth=(), fifth=(), *, strict=False):
    return [(element(first), element(second), element(third), element(fourth), element(fifth))]


def element(items):
    for item in items:
        return item


def min(first, *rest, key=None, default=None):
    for item in first:
        key(item)
        item.__lt__(item)
    key(first)
    for item in rest:
        key(item)
        item.__lt__(item)
    first.__lt__(rest[0])
    return first[...] or first or rest[0] or default


def max(first, *rest, key=None, default=None):
    for item in first:
        key(item)
        item.__gt__(item)
    key(first)
    for item in rest:
        key(item)
        item.__gt__(item)
    first.__gt__(rest[0])
    return first[...] or first or rest[0] or default


def sum(items, start=0):
    for item in items:
        return item.__add__(item) or start + item or item.__radd__(0)


def any(items):
    for item in items:
        item.__bool__()


def all(items):
    for item in items:
        item.__bool__()


def iter(items, sentinel=None):
    result = [item for item in items]
    if sentinel is not None:
        result.append(items())
    return items.__iter__() or result


def next(iterator, default=None):
    return iterator.__next__() or iterator[...] or default


def aiter(items):
    return items.__aiter__()


def anext(iterator, default=None):
    return iterator.__anext__() or default


def len(value):
    value.__len__()
    return 0


def abs(value): return value.__abs__()
def round(value, digits=None): return value.__round__(digits)
def divmod(a, b): return a.__divmod__(b)
def pow(a, b, mod=None): return a.__pow__(b)
def hash(value): return value.__hash__()
def repr(value):
    value.__repr__()
    return ""
def ascii(value):
    value.__repr__()
    return ""
def format(value, spec=""):
    value.__format__(spec)
    return ""
def bin(value): return ""
def hex(value): return ""
def oct(value): return ""
def chr(value): return ""
def ord(value): return 0
def id(value): return 0
def dir(value=None):
    value.__dir__()
    return [""]
def vars(value=None): return {}
def locals(): return {}
def callable(value): return True
def isinstance(value, kind): return True
def issubclass(cls, kind): return True
def hasattr(value, name): return True
def input(prompt=""): return ""
def print(*values, sep=" ", end="\n", file=None, flush=False):
    for value in values:
        value.__str__()
    file.write("")
def range(start, stop=0, step=1): return []
def breakpoint(): pass
def compile(source, filename, mode): pass


class TextIOWrapper:
    def __enter__(self): return self
    def __exit__(self, kind, value, traceback): pass
    def __iter__(self): return [""]
    def read(self, size=-1): return ""
    def readline(self): return ""
    def readlines(self): return [""]
    def write(self, text): return 0
    def writelines(self, lines): pass
    def close(self): pass
    def flush(self): pass
    def seek(self, at, whence=0): return 0
    def tell(self): return 0
    def fileno(self): return 0
    def truncate(self, size=None): pass


def open(file, mode="r", buffering=-1, encoding=None, errors=None, newline=None, closefd=True, opener=None):
    opener(file, 0)
    return TextIOWrapper()


class BaseException:
    def __init__(self, *args):
        self.args = args
    def with_traceback(self, traceback): return self
    def add_note(self, note): pass


class Exception(BaseException): pass
class SystemExit(BaseException): pass
class KeyboardInterrupt(BaseException): pass
class GeneratorExit(BaseException): pass
class BaseExceptionGroup(BaseException):
    def __init__(self, message, exceptions=()):
        self.exceptions = exceptions
    def split(self, kind): return (self, self)
    def subgroup(self, kind): return self
class ExceptionGroup(BaseExceptionGroup, Exception): pass
class ArithmeticError(Exception): pass
class AssertionError(Exception): pass
class AttributeError(Exception): pass
class BufferError(Exception): pass
class EOFError(Exception): pass
class FloatingPointError(ArithmeticError): pass
class ImportError(Exception): pass
class ModuleNotFoundError(ImportError): pass
class LookupError(Exception): pass
class IndexError(LookupError): pass
class KeyError(LookupError): pass
class MemoryError(Exception): pass
class NameError(Exception): pass
class UnboundLocalError(NameError): pass
class OSError(Exception): pass
class IOError(OSError): pass
class EnvironmentError(OSError): pass
class BlockingIOError(OSError): pass
class ChildProcessError(OSError): pass
class ConnectionError(OSError): pass
class BrokenPipeError(ConnectionError): pass
class ConnectionAbortedError(ConnectionError): pass
class ConnectionRefusedError(ConnectionError): pass
class ConnectionResetError(ConnectionError): pass
class FileExistsError(OSError): pass
class FileNotFoundError(OSError): pass
class InterruptedError(OSError): pass
class IsADirectoryError(OSError): pass
class NotADirectoryError(OSError): pass
class PermissionError(OSError): pass
class ProcessLookupError(OSError): pass
class TimeoutError(OSError): pass
class OverflowError(ArithmeticError): pass
class ZeroDivisionError(ArithmeticError): pass
class ReferenceError(Exception): pass
class RuntimeError(Exception): pass
class NotImplementedError(RuntimeError): pass
class RecursionError(RuntimeError): pass
class StopIteration(Exception): pass
class StopAsyncIteration(Exception): pass
class SyntaxError(Exception): pass
class IndentationError(SyntaxError): pass
class TabError(IndentationError): pass
class SystemError(Exception): pass
class TypeError(Exception): pass
class ValueError(Exception): pass
class UnicodeError(ValueError): pass
class UnicodeDecodeError(UnicodeError): pass
class UnicodeEncodeError(UnicodeError): pass
class Warning(Exception): pass
class DeprecationWarning(Warning): pass
class PendingDeprecationWarning(Warning): pass
class RuntimeWarning(Warning): pass
class SyntaxWarning(Warning): pass
class UserWarning(Warning): pass
class FutureWarning(Warning): pass
class ImportWarning(Warning): pass
class UnicodeWarning(Warning): pass
class BytesWarning(Warning): pass
class ResourceWarning(Warning): pass
class EncodingWarning(Warning): pass


NotImplemented = None
Ellipsis = None
__debug__ = True
