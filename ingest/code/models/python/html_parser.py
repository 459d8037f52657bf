class HTMLParser:
    def __init__(self, *, convert_charrefs=True): pass
    def feed(self, data):
        self.handle_starttag("", [("", "")])
        self.handle_endtag("")
        self.handle_startendtag("", [("", "")])
        self.handle_data("")
        self.handle_entityref("")
        self.handle_charref("")
        self.handle_comment("")
        self.handle_decl("")
        self.handle_pi("")
    def close(self): pass
    def reset(self): pass
    def getpos(self): return (0, 0)
    def get_starttag_text(self): return ""
    def handle_starttag(self, tag, attrs): pass
    def handle_endtag(self, tag): pass
    def handle_startendtag(self, tag, attrs): pass
    def handle_data(self, data): pass
    def handle_entityref(self, name): pass
    def handle_charref(self, name): pass
    def handle_comment(self, data): pass
    def handle_decl(self, decl): pass
    def handle_pi(self, data): pass
