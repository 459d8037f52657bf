def dataclass(cls=None, *, init=True, repr=True, eq=True, order=False, unsafe_hash=False, frozen=False, match_args=True, kw_only=False, slots=False):
    def decorate(cls):
        return cls
    return cls or decorate


def field(*, default=None, default_factory=None, init=True, repr=True, hash=None, compare=True, metadata=None, kw_only=False):
    return default_factory() or default


def replace(instance, **changes): return instance
def asdict(instance, *, dict_factory=dict): return {}
def astuple(instance, *, tuple_factory=tuple): return ()
def fields(instance): return []
def is_dataclass(value): return True
