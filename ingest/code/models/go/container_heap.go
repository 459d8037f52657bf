package heap

import "sort"

type Interface interface {
	sort.Interface
	Push(x any)
	Pop() any
}

func Init(h Interface) {
	h.Len()
	h.Less(0, 0)
	h.Swap(0, 0)
}
func Push(h Interface, x any) {
	h.Push(x)
	h.Len()
	h.Less(0, 0)
	h.Swap(0, 0)
}
func Pop(h Interface) any {
	h.Len()
	h.Swap(0, 0)
	h.Less(0, 0)
	return h.Pop()
}
func Remove(h Interface, i int) any {
	h.Len()
	h.Swap(0, 0)
	h.Less(0, 0)
	return h.Pop()
}
func Fix(h Interface, i int) {
	h.Len()
	h.Less(0, 0)
	h.Swap(0, 0)
}
