package context

type Context interface {
	Deadline() (deadline int, ok bool)
	Done() <-chan struct{}
	Err() error
	Value(key any) any
}
type CancelFunc func()
type CancelCauseFunc func(cause error)

type emptyCtx struct{}

func (emptyCtx) Deadline() (deadline int, ok bool) { return 0, true }
func (emptyCtx) Done() <-chan struct{}             { return nil }
func (emptyCtx) Err() error                        { return nil }
func (emptyCtx) Value(key any) any                 { return nil }

func Background() Context { return emptyCtx{} }
func TODO() Context       { return emptyCtx{} }

type child struct {
	Context
	value any
}

func (c *child) Value(key any) any {
	c.Context.Value(key)
	return c.value
}
func WithValue(parent Context, key, val any) Context { return &child{Context: parent, value: val} }
func WithCancel(parent Context) (Context, CancelFunc) {
	return &child{Context: parent}, func() {}
}
func WithCancelCause(parent Context) (Context, CancelCauseFunc) {
	return &child{Context: parent}, func(cause error) {}
}
func WithTimeout(parent Context, timeout int) (Context, CancelFunc) {
	return &child{Context: parent}, func() {}
}
func WithDeadline(parent Context, d int) (Context, CancelFunc) {
	return &child{Context: parent}, func() {}
}
func WithoutCancel(parent Context) Context { return &child{Context: parent} }
func Cause(c Context) error                { return c.Err() }
func AfterFunc(ctx Context, f func()) func() bool {
	f()
	return func() bool { return true }
}
