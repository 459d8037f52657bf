package iter

type Seq[V any] func(yield func(V) bool)
type Seq2[K, V any] func(yield func(K, V) bool)

func Pull[V any](seq Seq[V]) (func() (V, bool), func()) {
	var out V
	seq(func(v V) bool {
		out = v
		return true
	})
	next := func() (V, bool) { return out, true }
	return next, func() {}
}
func Pull2[K, V any](seq Seq2[K, V]) (func() (K, V, bool), func()) {
	var key K
	var out V
	seq(func(k K, v V) bool {
		key = k
		out = v
		return true
	})
	next := func() (K, V, bool) { return key, out, true }
	return next, func() {}
}
