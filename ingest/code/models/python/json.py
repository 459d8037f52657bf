class JSONEncoder:
    def __init__(self, *, skipkeys=False, ensure_ascii=True, check_circular=True, allow_nan=True, sort_keys=False, indent=None, separators=None, default=None):
        self._default = default
    def default(self, value):
        return self._default(value)
    def encode(self, value):
        self.default(value)
        return ""
    def iterencode(self, value):
        self.default(value)
        return [""]


class JSONDecoder:
    def __init__(self, *, object_hook=None, parse_float=None, parse_int=None, parse_constant=None, strict=True, object_pairs_hook=None):
        self.object_hook = object_hook
        self.object_pairs_hook = object_pairs_hook
    def decode(self, text):
        return self.object_hook({}) or self.object_pairs_hook([("", "")])


class JSONDecodeError(ValueError): pass


def dumps(value, *, cls=None, default=None, **options):
    default(value)
    cls(default=default).default(value)
    return ""


def dump(value, file, *, cls=None, default=None, **options):
    default(value)
    cls(default=default).default(value)
    file.write("")


def loads(text, *, cls=None, object_hook=None, parse_float=None, parse_int=None, parse_constant=None, object_pairs_hook=None):
    parse_float("")
    parse_int("")
    parse_constant("")
    return object_hook({}) or object_pairs_hook([("", "")])


def load(file, *, cls=None, object_hook=None, parse_float=None, parse_int=None, parse_constant=None, object_pairs_hook=None):
    file.read()
    parse_float("")
    parse_int("")
    parse_constant("")
    return object_hook({}) or object_pairs_hook([("", "")])
