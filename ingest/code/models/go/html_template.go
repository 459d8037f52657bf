package template

import "io"

type FuncMap map[string]any

type Template struct{ funcs FuncMap }

func New(name string) *Template                                           { return &Template{} }
func Must(t *Template, err error) *Template                               { return t }
func (t *Template) New(name string) *Template                             { return t }
func (t *Template) Parse(text string) (*Template, error)                  { return t, nil }
func (t *Template) ParseFiles(names ...string) (*Template, error)         { return t, nil }
func (t *Template) ParseFS(fs any, patterns ...string) (*Template, error) { return t, nil }
func (t *Template) Lookup(name string) *Template                          { return t }
func (t *Template) Delims(left, right string) *Template                   { return t }
func (t *Template) Option(opt ...string) *Template                        { return t }
func (t *Template) Funcs(funcMap FuncMap) *Template {
	t.funcs = funcMap
	return t
}
func (t *Template) Execute(wr io.Writer, data any) error {
	wr.Write(nil)
	for _, f := range t.funcs {
		f()
	}
	return nil
}
func (t *Template) ExecuteTemplate(wr io.Writer, name string, data any) error {
	wr.Write(nil)
	for _, f := range t.funcs {
		f()
	}
	return nil
}
