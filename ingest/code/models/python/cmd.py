class Cmd:
    def __init__(self, completekey="tab", stdin=None, stdout=None): pass
    def cmdloop(self, intro=None):
        self.preloop()
        self.precmd("")
        self.postcmd(False, "")
        self.emptyline()
        self.default("")
        self.postloop()
    def onecmd(self, line):
        self.emptyline()
        self.default(line)
    def preloop(self): pass
    def postloop(self): pass
    def precmd(self, line): return line
    def postcmd(self, stop, line): return stop
    def emptyline(self): pass
    def default(self, line): pass
