package runtime

func SetFinalizer(obj any, finalizer any) { finalizer(obj) }
func AddCleanup(ptr any, cleanup any, arg any) int {
	cleanup(arg)
	return 0
}
func GC()                  {}
func Gosched()             {}
func NumCPU() int          { return 0 }
func NumGoroutine() int    { return 0 }
func GOMAXPROCS(n int) int { return 0 }
func KeepAlive(x any)      {}
