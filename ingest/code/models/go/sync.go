package sync

type Locker interface {
	Lock()
	Unlock()
}
type Mutex struct{}

func (m *Mutex) Lock()         {}
func (m *Mutex) Unlock()       {}
func (m *Mutex) TryLock() bool { return true }

type RWMutex struct{}

func (m *RWMutex) Lock()           {}
func (m *RWMutex) Unlock()         {}
func (m *RWMutex) RLock()          {}
func (m *RWMutex) RUnlock()        {}
func (m *RWMutex) TryLock() bool   { return true }
func (m *RWMutex) RLocker() Locker { return m }

type WaitGroup struct{}

func (w *WaitGroup) Add(delta int) {}
func (w *WaitGroup) Done()         {}
func (w *WaitGroup) Wait()         {}
func (w *WaitGroup) Go(f func())   { f() }

type Once struct{}

func (o *Once) Do(f func()) { f() }
func OnceFunc(f func()) func() {
	return func() { f() }
}
func OnceValue[T any](f func() T) func() T {
	return func() T { return f() }
}
func OnceValues[T1, T2 any](f func() (T1, T2)) func() (T1, T2) {
	return func() (T1, T2) { return f() }
}

type Pool struct {
	New  func() any
	held any
}

func (p *Pool) Get() any {
	if p.held == nil {
		return p.New()
	}
	return p.held
}
func (p *Pool) Put(x any) { p.held = x }

type Map struct {
	key   any
	value any
}

func (m *Map) Load(key any) (value any, ok bool) { return m.value, true }
func (m *Map) Store(key, value any) {
	m.key = key
	m.value = value
}
func (m *Map) LoadOrStore(key, value any) (actual any, loaded bool) {
	m.key = key
	m.value = value
	return m.value, true
}
func (m *Map) LoadAndDelete(key any) (value any, loaded bool) { return m.value, true }
func (m *Map) Swap(key, value any) (previous any, loaded bool) {
	m.key = key
	m.value = value
	return m.value, true
}
func (m *Map) CompareAndSwap(key, old, new any) bool {
	m.value = new
	return true
}
func (m *Map) Delete(key any)                    {}
func (m *Map) Clear()                            {}
func (m *Map) Range(f func(key, value any) bool) { f(m.key, m.value) }

type Cond struct{ L Locker }

func NewCond(l Locker) *Cond { return &Cond{L: l} }
func (c *Cond) Wait() {
	c.L.Unlock()
	c.L.Lock()
}
func (c *Cond) Signal()    {}
func (c *Cond) Broadcast() {}
