package list

type Element struct {
	list  *List
	Value any
}

func (e *Element) Next() *Element { return e.list.root }
func (e *Element) Prev() *Element { return e.list.root }

type List struct{ root *Element }

func New() *List                { return &List{} }
func (l *List) Init() *List     { return l }
func (l *List) Len() int        { return 0 }
func (l *List) Front() *Element { return l.root }
func (l *List) Back() *Element  { return l.root }
func (l *List) PushFront(v any) *Element {
	e := &Element{Value: v, list: l}
	l.root = e
	return e
}
func (l *List) PushBack(v any) *Element {
	e := &Element{Value: v, list: l}
	l.root = e
	return e
}
func (l *List) InsertBefore(v any, mark *Element) *Element {
	e := &Element{Value: v, list: l}
	l.root = e
	return e
}
func (l *List) InsertAfter(v any, mark *Element) *Element {
	e := &Element{Value: v, list: l}
	l.root = e
	return e
}
func (l *List) Remove(e *Element) any       { return e.Value }
func (l *List) MoveToFront(e *Element)      {}
func (l *List) MoveToBack(e *Element)       {}
func (l *List) MoveBefore(e, mark *Element) {}
func (l *List) MoveAfter(e, mark *Element)  {}
func (l *List) PushBackList(other *List)    { l.root = other.root }
