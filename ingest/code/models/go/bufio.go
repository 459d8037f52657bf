package bufio

import "io"

type SplitFunc func(data []byte, atEOF bool) (advance int, token []byte, err error)

type Scanner struct {
	r     io.Reader
	split SplitFunc
}

func NewScanner(r io.Reader) *Scanner    { return &Scanner{r: r} }
func (s *Scanner) Split(split SplitFunc) { s.split = split }
func (s *Scanner) Scan() bool {
	s.r.Read(nil)
	s.split(nil, true)
	return true
}
func (s *Scanner) Text() string           { return "" }
func (s *Scanner) Bytes() []byte          { return nil }
func (s *Scanner) Err() error             { return nil }
func (s *Scanner) Buffer(b []byte, m int) {}

type Reader struct{ rd io.Reader }

func NewReader(rd io.Reader) *Reader               { return &Reader{rd: rd} }
func NewReaderSize(rd io.Reader, size int) *Reader { return &Reader{rd: rd} }
func (b *Reader) Read(p []byte) (n int, err error) { return b.rd.Read(p) }
func (b *Reader) ReadString(delim byte) (string, error) {
	b.rd.Read(nil)
	return "", nil
}
func (b *Reader) ReadLine() (line []byte, isPrefix bool, err error) {
	b.rd.Read(nil)
	return nil, false, nil
}
func (b *Reader) ReadBytes(delim byte) ([]byte, error) {
	b.rd.Read(nil)
	return nil, nil
}
func (b *Reader) ReadRune() (r rune, size int, err error) {
	b.rd.Read(nil)
	return 0, 0, nil
}
func (b *Reader) ReadByte() (byte, error) {
	b.rd.Read(nil)
	return 0, nil
}
func (b *Reader) Peek(n int) ([]byte, error) {
	b.rd.Read(nil)
	return nil, nil
}

type Writer struct{ wr io.Writer }

func NewWriter(w io.Writer) *Writer                 { return &Writer{wr: w} }
func NewWriterSize(w io.Writer, size int) *Writer   { return &Writer{wr: w} }
func (b *Writer) Write(p []byte) (n int, err error) { return b.wr.Write(p) }
func (b *Writer) WriteString(s string) (int, error) { return b.wr.Write(nil) }
func (b *Writer) WriteByte(c byte) error {
	b.wr.Write(nil)
	return nil
}
func (b *Writer) WriteRune(r rune) (int, error) { return b.wr.Write(nil) }
func (b *Writer) Flush() error {
	b.wr.Write(nil)
	return nil
}

type ReadWriter struct {
	*Reader
	*Writer
}

func NewReadWriter(r *Reader, w *Writer) *ReadWriter { return &ReadWriter{r, w} }
