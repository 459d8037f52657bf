class Template:
    def __init__(self, template): pass
    def substitute(self, mapping=None, **kwargs): return ""
    def safe_substitute(self, mapping=None, **kwargs): return ""


class Formatter:
    def format(self, format_string, *args, **kwargs):
        self.get_value(0, args, kwargs)
        self.format_field(args[...], "")
        self.convert_field(args[...], "")
        return ""
    def vformat(self, format_string, args, kwargs):
        self.get_value(0, args, kwargs)
        return ""
    def get_value(self, key, args, kwargs): return args[...]
    def format_field(self, value, spec): return ""
    def convert_field(self, value, conversion): return value


def capwords(text, sep=None): return ""
