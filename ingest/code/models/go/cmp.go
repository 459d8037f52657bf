package cmp

func Compare[T any](x, y T) int { return 0 }
func Less[T any](x, y T) bool   { return true }
func Or[T any](vals ...T) T {
	for _, v := range vals {
		return v
	}
	return vals[len(vals)]
}
