class Namespace: pass


class Action:
    def __init__(self, *args, **kwargs): pass


class HelpFormatter: pass
class RawDescriptionHelpFormatter(HelpFormatter): pass
class ArgumentDefaultsHelpFormatter(HelpFormatter): pass
class ArgumentError(Exception): pass
class ArgumentTypeError(Exception): pass


# What `set_defaults` puts aside by all parsers of a program comes out of `parse_args`.
_parsed = Namespace()


class _Arguments:
    def add_argument(self, *names, type=None, action=None, default=None, choices=None, **options):
        type("")
        action()(None, None, None, None)
        return Action()
    def add_argument_group(self, *args, **kwargs): return self
    def add_mutually_exclusive_group(self, **options): return self
    def set_defaults(self, **defaults):
        for name in defaults:
            setattr(_parsed, name, defaults[name])


class ArgumentParser(_Arguments):
    def __init__(self, *args, **kwargs): pass
    def add_subparsers(self, **options): return _Subparsers()
    def parse_args(self, args=None, namespace=None): return namespace or _parsed
    def parse_known_args(self, args=None, namespace=None): return (namespace or _parsed, [""])
    def error(self, message): pass
    def exit(self, status=0, message=None): pass
    def print_help(self, file=None): pass
    def print_usage(self, file=None): pass
    def format_help(self): return ""
    def format_usage(self): return ""
    def get_default(self, name): pass


class _Subparsers:
    def add_parser(self, name, **options): return ArgumentParser()


def FileType(mode="r", bufsize=-1, encoding=None, errors=None):
    return open
