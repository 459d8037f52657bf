package testing

type TB interface {
	Cleanup(f func())
	Error(args ...any)
	Errorf(format string, args ...any)
	Fail()
	FailNow()
	Failed() bool
	Fatal(args ...any)
	Fatalf(format string, args ...any)
	Helper()
	Log(args ...any)
	Logf(format string, args ...any)
	Name() string
	Setenv(key, value string)
	Skip(args ...any)
	SkipNow()
	Skipf(format string, args ...any)
	Skipped() bool
	TempDir() string
}

type common struct{}

type stringer interface{ String() string }

func (c *common) Cleanup(f func()) { f() }
func (c *common) Error(args ...any) {
	for _, x := range args {
		x.(error).Error()
		x.(stringer).String()
	}
}
func (c *common) Errorf(format string, args ...any) {
	for _, x := range args {
		x.(error).Error()
		x.(stringer).String()
	}
}
func (c *common) Fatal(args ...any) {
	for _, x := range args {
		x.(error).Error()
		x.(stringer).String()
	}
}
func (c *common) Fatalf(format string, args ...any) {
	for _, x := range args {
		x.(error).Error()
		x.(stringer).String()
	}
}
func (c *common) Log(args ...any) {
	for _, x := range args {
		x.(error).Error()
		x.(stringer).String()
	}
}
func (c *common) Logf(format string, args ...any) {
	for _, x := range args {
		x.(error).Error()
		x.(stringer).String()
	}
}
func (c *common) Fail()                            {}
func (c *common) FailNow()                         {}
func (c *common) Failed() bool                     { return true }
func (c *common) Helper()                          {}
func (c *common) Name() string                     { return "" }
func (c *common) Setenv(key, value string)         {}
func (c *common) Chdir(dir string)                 {}
func (c *common) Context() any                     { return nil }
func (c *common) Skip(args ...any)                 {}
func (c *common) SkipNow()                         {}
func (c *common) Skipf(format string, args ...any) {}
func (c *common) Skipped() bool                    { return true }
func (c *common) TempDir() string                  { return "" }

type T struct{ common }

func (t *T) Run(name string, f func(t *T)) bool {
	f(t)
	return true
}
func (t *T) Parallel()                         {}
func (t *T) Deadline() (deadline int, ok bool) { return 0, true }

type PB struct{}

func (p *PB) Next() bool { return true }

type B struct {
	common
	N int
}

func (b *B) Run(name string, f func(b *B)) bool {
	f(b)
	return true
}
func (b *B) RunParallel(body func(*PB))          { body(&PB{}) }
func (b *B) Loop() bool                          { return true }
func (b *B) ReportAllocs()                       {}
func (b *B) ResetTimer()                         {}
func (b *B) StartTimer()                         {}
func (b *B) StopTimer()                          {}
func (b *B) SetBytes(n int64)                    {}
func (b *B) ReportMetric(n float64, unit string) {}

type F struct{ common }

func (f *F) Add(args ...any) {}
func (f *F) Fuzz(ff any)     { ff(&T{}) }

type M struct{}

func (m *M) Run() int { return 0 }

func AllocsPerRun(runs int, f func()) float64 {
	f()
	return 0
}
func Benchmark(f func(b *B)) int {
	f(&B{})
	return 0
}
func Short() bool   { return true }
func Verbose() bool { return true }
