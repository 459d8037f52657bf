package io

type Reader interface {
	Read(p []byte) (n int, err error)
}
type Writer interface {
	Write(p []byte) (n int, err error)
}
type Closer interface{ Close() error }
type Seeker interface {
	Seek(offset int64, whence int) (int64, error)
}
type ReaderAt interface {
	ReadAt(p []byte, off int64) (n int, err error)
}
type WriterAt interface {
	WriteAt(p []byte, off int64) (n int, err error)
}
type ReaderFrom interface {
	ReadFrom(r Reader) (n int64, err error)
}
type WriterTo interface {
	WriteTo(w Writer) (n int64, err error)
}
type ByteReader interface{ ReadByte() (byte, error) }
type ByteWriter interface{ WriteByte(c byte) error }
type RuneReader interface {
	ReadRune() (r rune, size int, err error)
}
type StringWriter interface {
	WriteString(s string) (n int, err error)
}
type ReadWriter interface {
	Reader
	Writer
}
type ReadCloser interface {
	Reader
	Closer
}
type WriteCloser interface {
	Writer
	Closer
}
type ReadWriteCloser interface {
	Reader
	Writer
	Closer
}
type ReadSeeker interface {
	Reader
	Seeker
}

func Copy(dst Writer, src Reader) (written int64, err error) {
	src.(WriterTo).WriteTo(dst)
	dst.(ReaderFrom).ReadFrom(src)
	src.Read(nil)
	dst.Write(nil)
	return 0, nil
}
func CopyN(dst Writer, src Reader, n int64) (written int64, err error) {
	src.Read(nil)
	dst.Write(nil)
	return 0, nil
}
func CopyBuffer(dst Writer, src Reader, buf []byte) (written int64, err error) {
	src.(WriterTo).WriteTo(dst)
	dst.(ReaderFrom).ReadFrom(src)
	src.Read(nil)
	dst.Write(nil)
	return 0, nil
}
func ReadAll(r Reader) ([]byte, error) {
	r.Read(nil)
	return nil, nil
}
func ReadFull(r Reader, buf []byte) (n int, err error) { return r.Read(buf) }
func ReadAtLeast(r Reader, buf []byte, min int) (n int, err error) {
	return r.Read(buf)
}
func WriteString(w Writer, s string) (n int, err error) {
	w.(StringWriter).WriteString(s)
	return w.Write(nil)
}

type teeReader struct {
	r Reader
	w Writer
}

func (t *teeReader) Read(p []byte) (n int, err error) {
	t.w.Write(p)
	return t.r.Read(p)
}
func TeeReader(r Reader, w Writer) Reader { return &teeReader{r: r, w: w} }

type LimitedReader struct {
	R Reader
	N int64
}

func (l *LimitedReader) Read(p []byte) (n int, err error) { return l.R.Read(p) }
func LimitReader(r Reader, n int64) Reader                { return &LimitedReader{R: r} }

type multiReader struct{ readers []Reader }

func (m *multiReader) Read(p []byte) (n int, err error) {
	for _, r := range m.readers {
		r.Read(p)
	}
	return 0, nil
}
func MultiReader(readers ...Reader) Reader {
	m := &multiReader{}
	for _, r := range readers {
		m.readers = append(m.readers, r)
	}
	return m
}

type multiWriter struct{ writers []Writer }

func (m *multiWriter) Write(p []byte) (n int, err error) {
	for _, w := range m.writers {
		w.Write(p)
	}
	return 0, nil
}
func MultiWriter(writers ...Writer) Writer {
	m := &multiWriter{}
	for _, w := range writers {
		m.writers = append(m.writers, w)
	}
	return m
}

type nopCloser struct{ Reader }

func (n nopCloser) Close() error    { return nil }
func NopCloser(r Reader) ReadCloser { return nopCloser{Reader: r} }
