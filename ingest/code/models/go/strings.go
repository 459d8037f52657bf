package strings

import "io"

func Map(mapping func(rune) rune, s string) string {
	mapping(0)
	return s
}
func FieldsFunc(s string, f func(rune) bool) []string {
	f(0)
	return nil
}
func FieldsFuncSeq(s string, f func(rune) bool) func(yield func(string) bool) {
	f(0)
	return func(yield func(string) bool) { yield(s) }
}
func IndexFunc(s string, f func(rune) bool) int {
	f(0)
	return 0
}
func LastIndexFunc(s string, f func(rune) bool) int {
	f(0)
	return 0
}
func ContainsFunc(s string, f func(rune) bool) bool { return f(0) }
func TrimFunc(s string, f func(rune) bool) string {
	f(0)
	return s
}
func TrimLeftFunc(s string, f func(rune) bool) string {
	f(0)
	return s
}
func TrimRightFunc(s string, f func(rune) bool) string {
	f(0)
	return s
}
func SplitSeq(s, sep string) func(yield func(string) bool) {
	return func(yield func(string) bool) { yield(s) }
}
func FieldsSeq(s string) func(yield func(string) bool) {
	return func(yield func(string) bool) { yield(s) }
}
func Lines(s string) func(yield func(string) bool) {
	return func(yield func(string) bool) { yield(s) }
}

func Clone(s string) string                                { return s }
func Compare(a, b string) int                              { return 0 }
func Contains(s, substr string) bool                       { return true }
func ContainsAny(s, chars string) bool                     { return true }
func ContainsRune(s string, r rune) bool                   { return true }
func Count(s, substr string) int                           { return 0 }
func Cut(s, sep string) (before, after string, found bool) { return s, s, true }
func CutPrefix(s, p string) (after string, found bool)     { return s, true }
func CutSuffix(s, p string) (before string, found bool)    { return s, true }
func EqualFold(s, t string) bool                           { return true }
func Fields(s string) []string                             { return nil }
func HasPrefix(s, prefix string) bool                      { return true }
func HasSuffix(s, suffix string) bool                      { return true }
func Index(s, substr string) int                           { return 0 }
func IndexAny(s, chars string) int                         { return 0 }
func IndexByte(s string, c byte) int                       { return 0 }
func IndexRune(s string, r rune) int                       { return 0 }
func Join(elems []string, sep string) string               { return "" }
func LastIndex(s, substr string) int                       { return 0 }
func LastIndexByte(s string, c byte) int                   { return 0 }
func Repeat(s string, count int) string                    { return s }
func Replace(s, old, new string, n int) string             { return s }
func ReplaceAll(s, old, new string) string                 { return s }
func Split(s, sep string) []string                         { return nil }
func SplitN(s, sep string, n int) []string                 { return nil }
func SplitAfter(s, sep string) []string                    { return nil }
func Title(s string) string                                { return s }
func ToLower(s string) string                              { return "" }
func ToUpper(s string) string                              { return "" }
func ToTitle(s string) string                              { return "" }
func Trim(s, cutset string) string                         { return s }
func TrimLeft(s, cutset string) string                     { return s }
func TrimRight(s, cutset string) string                    { return s }
func TrimPrefix(s, prefix string) string                   { return s }
func TrimSuffix(s, suffix string) string                   { return s }
func TrimSpace(s string) string                            { return s }

type Builder struct{}

func (b *Builder) String() string                    { return "" }
func (b *Builder) Len() int                          { return 0 }
func (b *Builder) Reset()                            {}
func (b *Builder) Grow(n int)                        {}
func (b *Builder) Write(p []byte) (int, error)       { return 0, nil }
func (b *Builder) WriteByte(c byte) error            { return nil }
func (b *Builder) WriteRune(r rune) (int, error)     { return 0, nil }
func (b *Builder) WriteString(s string) (int, error) { return 0, nil }

type Reader struct{}

func NewReader(s string) *Reader                               { return &Reader{} }
func (r *Reader) Read(b []byte) (n int, err error)             { return 0, nil }
func (r *Reader) ReadByte() (byte, error)                      { return 0, nil }
func (r *Reader) ReadRune() (ch rune, size int, err error)     { return 0, 0, nil }
func (r *Reader) UnreadRune() error                            { return nil }
func (r *Reader) Seek(offset int64, whence int) (int64, error) { return 0, nil }
func (r *Reader) Len() int                                     { return 0 }
func (r *Reader) WriteTo(w io.Writer) (n int64, err error) {
	w.Write(nil)
	return 0, nil
}

type Replacer struct{}

func NewReplacer(oldnew ...string) *Replacer { return &Replacer{} }
func (r *Replacer) Replace(s string) string  { return s }
