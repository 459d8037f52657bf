package sort

type Interface interface {
	Len() int
	Less(i, j int) bool
	Swap(i, j int)
}

func Sort(data Interface) {
	data.Len()
	data.Less(0, 0)
	data.Swap(0, 0)
}
func Stable(data Interface) {
	data.Len()
	data.Less(0, 0)
	data.Swap(0, 0)
}
func IsSorted(data Interface) bool {
	data.Len()
	return data.Less(0, 0)
}

type reverse struct{ Interface }

func (r reverse) Less(i, j int) bool   { return r.Interface.Less(j, i) }
func Reverse(data Interface) Interface { return &reverse{Interface: data} }

func Slice(x any, less func(i, j int) bool)              { less(0, 0) }
func SliceStable(x any, less func(i, j int) bool)        { less(0, 0) }
func SliceIsSorted(x any, less func(i, j int) bool) bool { return less(0, 0) }
func Search(n int, f func(int) bool) int {
	f(0)
	return 0
}
func Find(n int, cmp func(int) int) (i int, found bool) {
	cmp(0)
	return 0, true
}

type StringSlice []string

func (x StringSlice) Len() int           { return 0 }
func (x StringSlice) Less(i, j int) bool { return true }
func (x StringSlice) Swap(i, j int)      {}
func (x StringSlice) Sort()              {}

type IntSlice []int

func (x IntSlice) Len() int           { return 0 }
func (x IntSlice) Less(i, j int) bool { return true }
func (x IntSlice) Swap(i, j int)      {}
func (x IntSlice) Sort()              {}

func Strings(x []string)                     {}
func Ints(x []int)                           {}
func Float64s(x []float64)                   {}
func SearchInts(a []int, x int) int          { return 0 }
func SearchStrings(a []string, x string) int { return 0 }
