package log

import "io"

type stringer interface{ String() string }

type Logger struct{ out io.Writer }

func New(out io.Writer, prefix string, flag int) *Logger { return &Logger{out: out} }
func Default() *Logger                                   { return &Logger{} }
func (l *Logger) SetOutput(w io.Writer)                  { l.out = w }
func (l *Logger) SetPrefix(prefix string)                {}
func (l *Logger) SetFlags(flag int)                      {}
func (l *Logger) Printf(format string, v ...any) {
	l.out.Write(nil)
	for _, x := range v {
		x.(error).Error()
		x.(stringer).String()
	}
}
func (l *Logger) Println(v ...any) {
	l.out.Write(nil)
	for _, x := range v {
		x.(error).Error()
		x.(stringer).String()
	}
}
func (l *Logger) Print(v ...any) {
	l.out.Write(nil)
	for _, x := range v {
		x.(error).Error()
		x.(stringer).String()
	}
}
func (l *Logger) Fatal(v ...any) {
	l.out.Write(nil)
	for _, x := range v {
		x.(error).Error()
		x.(stringer).String()
	}
}
func (l *Logger) Fatalf(format string, v ...any) {
	l.out.Write(nil)
	for _, x := range v {
		x.(error).Error()
		x.(stringer).String()
	}
}
func Printf(format string, v ...any) {
	for _, x := range v {
		x.(error).Error()
		x.(stringer).String()
	}
}
func Println(v ...any) {
	for _, x := range v {
		x.(error).Error()
		x.(stringer).String()
	}
}
func Print(v ...any) {
	for _, x := range v {
		x.(error).Error()
		x.(stringer).String()
	}
}
func Fatal(v ...any) {
	for _, x := range v {
		x.(error).Error()
		x.(stringer).String()
	}
}
func Fatalf(format string, v ...any) {
	for _, x := range v {
		x.(error).Error()
		x.(stringer).String()
	}
}
func Fatalln(v ...any) {
	for _, x := range v {
		x.(error).Error()
		x.(stringer).String()
	}
}
func Panicf(format string, v ...any) {
	for _, x := range v {
		x.(error).Error()
		x.(stringer).String()
	}
}
func SetOutput(w io.Writer)   {}
func SetPrefix(prefix string) {}
func SetFlags(flag int)       {}
