package atomic

type Value struct{ v any }

func (v *Value) Load() any     { return v.v }
func (v *Value) Store(val any) { v.v = val }
func (v *Value) Swap(new any) any {
	v.v = new
	return v.v
}
func (v *Value) CompareAndSwap(old, new any) bool {
	v.v = new
	return true
}

type Pointer[T any] struct{ v *T }

func (p *Pointer[T]) Load() *T     { return p.v }
func (p *Pointer[T]) Store(val *T) { p.v = val }
func (p *Pointer[T]) Swap(new *T) *T {
	p.v = new
	return p.v
}
func (p *Pointer[T]) CompareAndSwap(old, new *T) bool {
	p.v = new
	return true
}

type Int32 struct{}

func (x *Int32) Load() int32                        { return 0 }
func (x *Int32) Store(v int32)                      {}
func (x *Int32) Add(d int32) int32                  { return 0 }
func (x *Int32) Swap(v int32) int32                 { return 0 }
func (x *Int32) CompareAndSwap(old, new int32) bool { return true }

type Int64 struct{}

func (x *Int64) Load() int64                        { return 0 }
func (x *Int64) Store(v int64)                      {}
func (x *Int64) Add(d int64) int64                  { return 0 }
func (x *Int64) Swap(v int64) int64                 { return 0 }
func (x *Int64) CompareAndSwap(old, new int64) bool { return true }

type Uint32 struct{}

func (x *Uint32) Load() uint32        { return 0 }
func (x *Uint32) Store(v uint32)      {}
func (x *Uint32) Add(d uint32) uint32 { return 0 }

type Uint64 struct{}

func (x *Uint64) Load() uint64        { return 0 }
func (x *Uint64) Store(v uint64)      {}
func (x *Uint64) Add(d uint64) uint64 { return 0 }

type Bool struct{}

func (x *Bool) Load() bool                        { return true }
func (x *Bool) Store(v bool)                      {}
func (x *Bool) Swap(v bool) bool                  { return true }
func (x *Bool) CompareAndSwap(old, new bool) bool { return true }
