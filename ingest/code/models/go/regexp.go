package regexp

type Regexp struct{}

func MustCompile(str string) *Regexp                     { return &Regexp{} }
func Compile(expr string) (*Regexp, error)               { return &Regexp{}, nil }
func MatchString(pattern string, s string) (bool, error) { return true, nil }
func QuoteMeta(s string) string                          { return s }
func (re *Regexp) ReplaceAllStringFunc(src string, repl func(string) string) string {
	return repl(src)
}
func (re *Regexp) ReplaceAllFunc(src []byte, repl func([]byte) []byte) []byte {
	return repl(src)
}
func (re *Regexp) MatchString(s string) bool                        { return true }
func (re *Regexp) Match(b []byte) bool                              { return true }
func (re *Regexp) FindString(s string) string                       { return s }
func (re *Regexp) FindStringSubmatch(s string) []string             { return nil }
func (re *Regexp) FindAllString(s string, n int) []string           { return nil }
func (re *Regexp) FindAllStringSubmatch(s string, n int) [][]string { return nil }
func (re *Regexp) FindStringIndex(s string) []int                   { return nil }
func (re *Regexp) ReplaceAllString(src, repl string) string         { return src }
func (re *Regexp) Split(s string, n int) []string                   { return nil }
func (re *Regexp) String() string                                   { return "" }
