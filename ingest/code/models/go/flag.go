package flag

type Value interface {
	String() string
	Set(s string) error
}
type FlagSet struct{ Usage func() }

var CommandLine = &FlagSet{}

func NewFlagSet(name string, errorHandling int) *FlagSet { return &FlagSet{} }
func (f *FlagSet) Var(value Value, name string, usage string) {
	value.String()
	value.Set("")
}
func (f *FlagSet) Func(name, usage string, fn func(string) error)     { fn("") }
func (f *FlagSet) BoolFunc(name, usage string, fn func(string) error) { fn("") }
func (f *FlagSet) Parse(arguments []string) error {
	f.Usage()
	return nil
}
func (f *FlagSet) VisitAll(fn func(*Flag))                          { fn(&Flag{}) }
func (f *FlagSet) Visit(fn func(*Flag))                             { fn(&Flag{}) }
func (f *FlagSet) Args() []string                                   { return nil }
func (f *FlagSet) Arg(i int) string                                 { return "" }
func (f *FlagSet) NArg() int                                        { return 0 }
func (f *FlagSet) PrintDefaults()                                   {}
func (f *FlagSet) String(name, value, usage string) *string         { return nil }
func (f *FlagSet) Bool(name string, value bool, usage string) *bool { return nil }
func (f *FlagSet) Int(name string, value int, usage string) *int    { return nil }

type Flag struct{ Value Value }

func Var(value Value, name string, usage string) {
	value.String()
	value.Set("")
}
func Func(name, usage string, fn func(string) error)         { fn("") }
func BoolFunc(name, usage string, fn func(string) error)     { fn("") }
func VisitAll(fn func(*Flag))                                { fn(&Flag{}) }
func Visit(fn func(*Flag))                                   { fn(&Flag{}) }
func Parse()                                                 {}
func Args() []string                                         { return nil }
func Arg(i int) string                                       { return "" }
func NArg() int                                              { return 0 }
func PrintDefaults()                                         {}
func String(name, value, usage string) *string               { return nil }
func Bool(name string, value bool, usage string) *bool       { return nil }
func Int(name string, value int, usage string) *int          { return nil }
func Duration(name string, value int, usage string) *int     { return nil }
func StringVar(p *string, name, value, usage string)         {}
func BoolVar(p *bool, name string, value bool, usage string) {}
func IntVar(p *int, name string, value int, usage string)    {}
