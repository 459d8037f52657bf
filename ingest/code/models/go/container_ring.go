package ring

type Ring struct{ Value any }

func New(n int) *Ring              { return &Ring{} }
func (r *Ring) Next() *Ring        { return r }
func (r *Ring) Prev() *Ring        { return r }
func (r *Ring) Move(n int) *Ring   { return r }
func (r *Ring) Link(s *Ring) *Ring { return s }
func (r *Ring) Len() int           { return 0 }
func (r *Ring) Do(f func(any))     { f(r.Value) }
