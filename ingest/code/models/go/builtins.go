package builtins

type error interface {
	Error() string
}

// A list: elements under their positions, or anywhere.
type __slice[T any] struct{}

// A map: its keys; elements under their keys, or anywhere.
type __map[K comparable, V any] struct {
	__key K
}

// A channel: what it carries.
type __chan[T any] struct {
	__key T
}

// A struct without a name, the results of a function, a pointer to a variable.
type __struct struct{}
type __tuple struct{}
type __ptr struct{}

func min(first any, rest ...any) any {
	for _, x := range rest {
		first = x
	}
	return first
}
func max(first any, rest ...any) any {
	for _, x := range rest {
		first = x
	}
	return first
}
func print(args ...any)   {}
func println(args ...any) {}

// Nothing: a place that holds it alone is known to hold no function and no object.
type __nil struct {
	__scalar__  int
	__nothing__ int
}
