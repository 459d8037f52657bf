package quick

func Check(f any, config any) error {
	f()
	return nil
}
func CheckEqual(f, g any, config any) error {
	f()
	g()
	return nil
}
