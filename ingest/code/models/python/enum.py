class EnumMeta(type):
    def __iter__(cls): return [cls()]
    def __call__(cls, value): return cls()
    def __getitem__(cls, name): return cls()


class Enum:
    pass


class IntEnum(Enum): pass
class StrEnum(Enum): pass
class Flag(Enum): pass
class IntFlag(Flag): pass


def unique(cls): return cls
def auto(): return 0
def member(value): return value
def nonmember(value): return value
