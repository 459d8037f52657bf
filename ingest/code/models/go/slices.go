package slices

import "iter"

func All[E any](s []E) iter.Seq2[int, E] {
	return func(yield func(int, E) bool) {
		for i, v := range s {
			yield(i, v)
		}
	}
}
func Backward[E any](s []E) iter.Seq2[int, E] {
	return func(yield func(int, E) bool) {
		for i, v := range s {
			yield(i, v)
		}
	}
}
func Values[E any](s []E) iter.Seq[E] {
	return func(yield func(E) bool) {
		for _, v := range s {
			yield(v)
		}
	}
}
func Chunk[E any](s []E, n int) iter.Seq[[]E] {
	return func(yield func([]E) bool) { yield(s) }
}
func Collect[E any](seq iter.Seq[E]) []E {
	var out []E
	seq(func(v E) bool {
		out = append(out, v)
		return true
	})
	return out
}
func AppendSeq[E any](s []E, seq iter.Seq[E]) []E {
	seq(func(v E) bool {
		s = append(s, v)
		return true
	})
	return s
}
func Sorted[E any](seq iter.Seq[E]) []E {
	var out []E
	seq(func(v E) bool {
		out = append(out, v)
		return true
	})
	return out
}
func SortedFunc[E any](seq iter.Seq[E], cmp func(E, E) int) []E {
	var out []E
	seq(func(v E) bool {
		out = append(out, v)
		cmp(v, v)
		return true
	})
	return out
}
func SortedStableFunc[E any](seq iter.Seq[E], cmp func(E, E) int) []E {
	var out []E
	seq(func(v E) bool {
		out = append(out, v)
		cmp(v, v)
		return true
	})
	return out
}
func Sort[E any](x []E) {}
func SortFunc[E any](x []E, cmp func(a, b E) int) {
	for _, v := range x {
		cmp(v, v)
	}
}
func SortStableFunc[E any](x []E, cmp func(a, b E) int) {
	for _, v := range x {
		cmp(v, v)
	}
}
func IsSortedFunc[E any](x []E, cmp func(a, b E) int) bool {
	for _, v := range x {
		cmp(v, v)
	}
	return true
}
func MinFunc[E any](x []E, cmp func(a, b E) int) E {
	for _, v := range x {
		cmp(v, v)
	}
	return x[len(x)]
}
func MaxFunc[E any](x []E, cmp func(a, b E) int) E {
	for _, v := range x {
		cmp(v, v)
	}
	return x[len(x)]
}
func Min[E any](x []E) E { return x[len(x)] }
func Max[E any](x []E) E { return x[len(x)] }
func BinarySearchFunc[E, T any](x []E, target T, cmp func(E, T) int) (int, bool) {
	for _, v := range x {
		cmp(v, target)
	}
	return 0, true
}
func BinarySearch[E any](x []E, target E) (int, bool) { return 0, true }
func Index[E any](s []E, v E) int                     { return 0 }
func Contains[E any](s []E, v E) bool                 { return true }
func IndexFunc[E any](s []E, f func(E) bool) int {
	for _, v := range s {
		f(v)
	}
	return 0
}
func ContainsFunc[E any](s []E, f func(E) bool) bool {
	for _, v := range s {
		f(v)
	}
	return true
}
func DeleteFunc[E any](s []E, del func(E) bool) []E {
	for _, v := range s {
		del(v)
	}
	return s
}
func CompactFunc[E any](s []E, eq func(E, E) bool) []E {
	for _, v := range s {
		eq(v, v)
	}
	return s
}
func EqualFunc[A, B any](a []A, b []B, eq func(A, B) bool) bool {
	for _, v := range a {
		for _, w := range b {
			eq(v, w)
		}
	}
	return true
}
func CompareFunc[A, B any](a []A, b []B, cmp func(A, B) int) int {
	for _, v := range a {
		for _, w := range b {
			cmp(v, w)
		}
	}
	return 0
}
func Equal[E any](a, b []E) bool { return true }
func Compact[E any](s []E) []E   { return s }
func Clone[E any](s []E) []E {
	var out []E
	for _, v := range s {
		out = append(out, v)
	}
	return out
}
func Clip[E any](s []E) []E             { return s }
func Grow[E any](s []E, n int) []E      { return s }
func Delete[E any](s []E, i, j int) []E { return s }
func Reverse[E any](s []E)              {}
func Repeat[E any](s []E, n int) []E    { return s }
func Insert[E any](s []E, i int, vs ...E) []E {
	for _, v := range vs {
		s = append(s, v)
	}
	return s
}
func Replace[E any](s []E, i, j int, vs ...E) []E {
	for _, v := range vs {
		s = append(s, v)
	}
	return s
}
func Concat[E any](lists ...[]E) []E {
	var out []E
	for _, list := range lists {
		for _, v := range list {
			out = append(out, v)
		}
	}
	return out
}
