package bytes

import "io"

func Map(mapping func(rune) rune, s []byte) []byte {
	mapping(0)
	return s
}
func FieldsFunc(s []byte, f func(rune) bool) [][]byte {
	f(0)
	return nil
}
func IndexFunc(s []byte, f func(rune) bool) int {
	f(0)
	return 0
}
func ContainsFunc(s []byte, f func(rune) bool) bool { return f(0) }
func TrimFunc(s []byte, f func(rune) bool) []byte {
	f(0)
	return s
}

type Buffer struct{}

func NewBuffer(buf []byte) *Buffer                               { return &Buffer{} }
func NewBufferString(s string) *Buffer                           { return &Buffer{} }
func (b *Buffer) Bytes() []byte                                  { return nil }
func (b *Buffer) String() string                                 { return "" }
func (b *Buffer) Len() int                                       { return 0 }
func (b *Buffer) Cap() int                                       { return 0 }
func (b *Buffer) Reset()                                         {}
func (b *Buffer) Truncate(n int)                                 {}
func (b *Buffer) Grow(n int)                                     {}
func (b *Buffer) Next(n int) []byte                              { return nil }
func (b *Buffer) Read(p []byte) (n int, err error)               { return 0, nil }
func (b *Buffer) ReadByte() (byte, error)                        { return 0, nil }
func (b *Buffer) ReadRune() (r rune, size int, err error)        { return 0, 0, nil }
func (b *Buffer) ReadString(delim byte) (line string, err error) { return "", nil }
func (b *Buffer) ReadBytes(delim byte) (line []byte, err error)  { return nil, nil }
func (b *Buffer) Write(p []byte) (n int, err error)              { return 0, nil }
func (b *Buffer) WriteByte(c byte) error                         { return nil }
func (b *Buffer) WriteRune(r rune) (n int, err error)            { return 0, nil }
func (b *Buffer) WriteString(s string) (n int, err error)        { return 0, nil }
func (b *Buffer) ReadFrom(r io.Reader) (n int64, err error) {
	r.Read(nil)
	return 0, nil
}
func (b *Buffer) WriteTo(w io.Writer) (n int64, err error) {
	w.Write(nil)
	return 0, nil
}

type Reader struct{}

func NewReader(b []byte) *Reader                   { return &Reader{} }
func (r *Reader) Read(b []byte) (n int, err error) { return 0, nil }
func (r *Reader) ReadByte() (byte, error)          { return 0, nil }
func (r *Reader) Len() int                         { return 0 }
