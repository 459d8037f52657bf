package time

type Duration int64

func (d Duration) String() string               { return "" }
func (d Duration) Seconds() float64             { return 0 }
func (d Duration) Minutes() float64             { return 0 }
func (d Duration) Hours() float64               { return 0 }
func (d Duration) Milliseconds() int64          { return 0 }
func (d Duration) Microseconds() int64          { return 0 }
func (d Duration) Nanoseconds() int64           { return 0 }
func (d Duration) Round(m Duration) Duration    { return d }
func (d Duration) Truncate(m Duration) Duration { return d }

const (
	Nanosecond  Duration = 1
	Microsecond Duration = 1
	Millisecond Duration = 1
	Second      Duration = 1
	Minute      Duration = 1
	Hour        Duration = 1
)

type Timer struct{ C <-chan Time }

func (t *Timer) Stop() bool            { return true }
func (t *Timer) Reset(d Duration) bool { return true }
func NewTimer(d Duration) *Timer       { return &Timer{} }
func AfterFunc(d Duration, f func()) *Timer {
	f()
	return &Timer{}
}

type Ticker struct{ C <-chan Time }

func (t *Ticker) Stop()            {}
func (t *Ticker) Reset(d Duration) {}
func NewTicker(d Duration) *Ticker { return &Ticker{} }
func Sleep(d Duration)             {}
