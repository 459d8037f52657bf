package errgroup

type Group struct{ err error }

func WithContext(ctx any) (*Group, any) { return &Group{}, ctx }
func (g *Group) Go(f func() error) {
	g.err = f()
}
func (g *Group) TryGo(f func() error) bool {
	g.err = f()
	return true
}
func (g *Group) Wait() error    { return g.err }
func (g *Group) SetLimit(n int) {}
