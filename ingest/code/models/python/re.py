class Match:
    def group(self, *names): return ""
    def groups(self, default=None): return ("", "", "")
    def groupdict(self, default=None): return {}
    def start(self, group=0): return 0
    def end(self, group=0): return 0
    def span(self, group=0): return (0, 0)
    def expand(self, template): return ""
    def __getitem__(self, name): return ""


class Pattern:
    def match(self, text, start=0, end=0): return Match()
    def search(self, text, start=0, end=0): return Match()
    def fullmatch(self, text, start=0, end=0): return Match()
    def finditer(self, text, start=0, end=0): return [Match()]
    def findall(self, text, start=0, end=0): return [""]
    def split(self, text, maxsplit=0): return [""]
    def sub(self, repl, text, count=0):
        repl(Match())
        return ""
    def subn(self, repl, text, count=0):
        repl(Match())
        return ("", 0)


class error(Exception): pass


def compile(pattern, flags=0): return Pattern()
def match(pattern, text, flags=0): return Match()
def search(pattern, text, flags=0): return Match()
def fullmatch(pattern, text, flags=0): return Match()
def finditer(pattern, text, flags=0): return [Match()]
def findall(pattern, text, flags=0): return [""]
def split(pattern, text, maxsplit=0, flags=0): return [""]
def escape(text): return ""
def sub(pattern, repl, text, count=0, flags=0):
    repl(Match())
    return ""
def subn(pattern, repl, text, count=0, flags=0):
    repl(Match())
    return ("", 0)
