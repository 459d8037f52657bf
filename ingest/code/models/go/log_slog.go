package slog

type LogValuer interface{ LogValue() any }
type Handler interface {
	Enabled(ctx any, level int) bool
	Handle(ctx any, r any) error
	WithAttrs(attrs []any) Handler
	WithGroup(name string) Handler
}
type Logger struct{ h Handler }

func New(h Handler) *Logger { return &Logger{h: h} }
func (l *Logger) Info(msg string, args ...any) {
	l.h.Enabled(nil, 0)
	l.h.Handle(nil, nil)
	for _, x := range args {
		x.(LogValuer).LogValue()
	}
}
func (l *Logger) Error(msg string, args ...any) {
	l.h.Enabled(nil, 0)
	l.h.Handle(nil, nil)
	for _, x := range args {
		x.(LogValuer).LogValue()
	}
}
func (l *Logger) Warn(msg string, args ...any) {
	l.h.Enabled(nil, 0)
	l.h.Handle(nil, nil)
}
func (l *Logger) Debug(msg string, args ...any) {
	l.h.Enabled(nil, 0)
	l.h.Handle(nil, nil)
}
func (l *Logger) With(args ...any) *Logger {
	return &Logger{h: l.h.WithAttrs(nil)}
}
func (l *Logger) WithGroup(name string) *Logger {
	return &Logger{h: l.h.WithGroup(name)}
}
