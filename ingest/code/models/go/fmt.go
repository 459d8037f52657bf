package fmt

import "io"

type Stringer interface{ String() string }
type GoStringer interface{ GoString() string }
type Formatter interface{ Format(f State, verb rune) }
type State interface {
	Write(b []byte) (n int, err error)
	Width() (wid int, ok bool)
}
type Scanner interface {
	Scan(state ScanState, verb rune) error
}
type ScanState interface {
	ReadRune() (r rune, size int, err error)
}

type wrapError struct{ err error }

func (w *wrapError) Error() string { return w.err.Error() }
func (w *wrapError) Unwrap() error { return w.err }

func Print(a ...any) (n int, err error) {
	for _, x := range a {
		x.(error).Error()
		x.(Stringer).String()
		x.(Formatter).Format(nil, 0)
		for _, y := range x {
			y.(error).Error()
			y.(Stringer).String()
		}
	}
	return 0, nil
}
func Println(a ...any) (n int, err error) {
	for _, x := range a {
		x.(error).Error()
		x.(Stringer).String()
		x.(Formatter).Format(nil, 0)
		for _, y := range x {
			y.(error).Error()
			y.(Stringer).String()
		}
	}
	return 0, nil
}
func Printf(format string, a ...any) (n int, err error) {
	for _, x := range a {
		x.(error).Error()
		x.(Stringer).String()
		x.(Formatter).Format(nil, 0)
		for _, y := range x {
			y.(error).Error()
			y.(Stringer).String()
		}
		x.(GoStringer).GoString()
	}
	return 0, nil
}
func Sprint(a ...any) string {
	for _, x := range a {
		x.(error).Error()
		x.(Stringer).String()
		x.(Formatter).Format(nil, 0)
		for _, y := range x {
			y.(error).Error()
			y.(Stringer).String()
		}
	}
	return ""
}
func Sprintln(a ...any) string {
	for _, x := range a {
		x.(error).Error()
		x.(Stringer).String()
		x.(Formatter).Format(nil, 0)
		for _, y := range x {
			y.(error).Error()
			y.(Stringer).String()
		}
	}
	return ""
}
func Sprintf(format string, a ...any) string {
	for _, x := range a {
		x.(error).Error()
		x.(Stringer).String()
		x.(Formatter).Format(nil, 0)
		for _, y := range x {
			y.(error).Error()
			y.(Stringer).String()
		}
		x.(GoStringer).GoString()
	}
	return ""
}
func Fprint(w io.Writer, a ...any) (n int, err error) {
	w.Write(nil)
	for _, x := range a {
		x.(error).Error()
		x.(Stringer).String()
		x.(Formatter).Format(nil, 0)
		for _, y := range x {
			y.(error).Error()
			y.(Stringer).String()
		}
	}
	return 0, nil
}
func Fprintln(w io.Writer, a ...any) (n int, err error) {
	w.Write(nil)
	for _, x := range a {
		x.(error).Error()
		x.(Stringer).String()
		x.(Formatter).Format(nil, 0)
		for _, y := range x {
			y.(error).Error()
			y.(Stringer).String()
		}
	}
	return 0, nil
}
func Fprintf(w io.Writer, format string, a ...any) (n int, err error) {
	w.Write(nil)
	for _, x := range a {
		x.(error).Error()
		x.(Stringer).String()
		x.(Formatter).Format(nil, 0)
		for _, y := range x {
			y.(error).Error()
			y.(Stringer).String()
		}
		x.(GoStringer).GoString()
	}
	return 0, nil
}
func Errorf(format string, a ...any) error {
	w := &wrapError{}
	for _, x := range a {
		x.(error).Error()
		x.(Stringer).String()
		x.(Formatter).Format(nil, 0)
		for _, y := range x {
			y.(error).Error()
			y.(Stringer).String()
		}
		w.err = x.(error)
	}
	return w
}
func Append(b []byte, a ...any) []byte {
	for _, x := range a {
		x.(error).Error()
		x.(Stringer).String()
	}
	return b
}
func Appendf(b []byte, format string, a ...any) []byte {
	for _, x := range a {
		x.(error).Error()
		x.(Stringer).String()
	}
	return b
}
func Fscan(r io.Reader, a ...any) (n int, err error) {
	r.Read(nil)
	for _, x := range a {
		x.(Scanner).Scan(nil, 0)
	}
	return 0, nil
}
func Sscan(str string, a ...any) (n int, err error) {
	for _, x := range a {
		x.(Scanner).Scan(nil, 0)
	}
	return 0, nil
}
func Sscanf(str string, format string, a ...any) (n int, err error) {
	for _, x := range a {
		x.(Scanner).Scan(nil, 0)
	}
	return 0, nil
}
