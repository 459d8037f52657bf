package errors

type errorString struct{ s string }

func (e *errorString) Error() string { return e.s }

type joined struct{ errs []error }

func (j *joined) Error() string {
	for _, e := range j.errs {
		e.Error()
	}
	return ""
}
func (j *joined) Unwrap() []error { return j.errs }

func New(text string) error { return &errorString{} }
func Unwrap(err error) error {
	return err.(interface{ Unwrap() error }).Unwrap()
}
func Is(err, target error) bool {
	err.(interface{ Is(target error) bool }).Is(target)
	next := err.(interface{ Unwrap() error }).Unwrap()
	next.(interface{ Is(target error) bool }).Is(target)
	last := next.(interface{ Unwrap() error }).Unwrap()
	last.(interface{ Is(target error) bool }).Is(target)
	return true
}
func As(err error, target any) bool {
	err.(interface{ As(target any) bool }).As(target)
	next := err.(interface{ Unwrap() error }).Unwrap()
	next.(interface{ As(target any) bool }).As(target)
	last := next.(interface{ Unwrap() error }).Unwrap()
	last.(interface{ As(target any) bool }).As(target)
	*target = err
	*target = next
	*target = last
	return true
}
func Join(errs ...error) error {
	j := &joined{}
	for _, e := range errs {
		j.errs = append(j.errs, e)
	}
	return j
}
