package json

import "io"

type Marshaler interface{ MarshalJSON() ([]byte, error) }
type Unmarshaler interface{ UnmarshalJSON(data []byte) error }
type textMarshaler interface {
	MarshalText() (text []byte, err error)
}
type textUnmarshaler interface{ UnmarshalText(text []byte) error }

func Marshal(v any) ([]byte, error) {
	v.(Marshaler).MarshalJSON()
	v.(textMarshaler).MarshalText()
	for _, x := range __parts(v) {
		x.(Marshaler).MarshalJSON()
		x.(textMarshaler).MarshalText()
		for _, y := range __parts(x) {
			y.(Marshaler).MarshalJSON()
			y.(textMarshaler).MarshalText()
		}
	}
	return nil, nil
}
func MarshalIndent(v any, prefix, indent string) ([]byte, error) {
	v.(Marshaler).MarshalJSON()
	v.(textMarshaler).MarshalText()
	for _, x := range __parts(v) {
		x.(Marshaler).MarshalJSON()
		x.(textMarshaler).MarshalText()
		for _, y := range __parts(x) {
			y.(Marshaler).MarshalJSON()
			y.(textMarshaler).MarshalText()
		}
	}
	return nil, nil
}
func Unmarshal(data []byte, v any) error {
	v.(Unmarshaler).UnmarshalJSON(data)
	v.(textUnmarshaler).UnmarshalText(data)
	for _, x := range __parts(v) {
		x.(Unmarshaler).UnmarshalJSON(data)
		x.(textUnmarshaler).UnmarshalText(data)
		for _, y := range __parts(x) {
			y.(Unmarshaler).UnmarshalJSON(data)
			y.(textUnmarshaler).UnmarshalText(data)
		}
	}
	return nil
}

type Encoder struct{ w io.Writer }

func NewEncoder(w io.Writer) *Encoder { return &Encoder{w: w} }
func (e *Encoder) Encode(v any) error {
	v.(Marshaler).MarshalJSON()
	v.(textMarshaler).MarshalText()
	for _, x := range __parts(v) {
		x.(Marshaler).MarshalJSON()
		x.(textMarshaler).MarshalText()
		for _, y := range __parts(x) {
			y.(Marshaler).MarshalJSON()
			y.(textMarshaler).MarshalText()
		}
	}
	e.w.Write(nil)
	return nil
}
func (e *Encoder) SetIndent(prefix, indent string) {}
func (e *Encoder) SetEscapeHTML(on bool)           {}

type Decoder struct{ r io.Reader }

func NewDecoder(r io.Reader) *Decoder { return &Decoder{r: r} }
func (d *Decoder) Decode(v any) error {
	d.r.Read(nil)
	v.(Unmarshaler).UnmarshalJSON(nil)
	v.(textUnmarshaler).UnmarshalText(nil)
	for _, x := range __parts(v) {
		x.(Unmarshaler).UnmarshalJSON(nil)
		x.(textUnmarshaler).UnmarshalText(nil)
		for _, y := range __parts(x) {
			y.(Unmarshaler).UnmarshalJSON(nil)
			y.(textUnmarshaler).UnmarshalText(nil)
		}
	}
	return nil
}
func (d *Decoder) More() bool             { return true }
func (d *Decoder) UseNumber()             {}
func (d *Decoder) DisallowUnknownFields() {}

type RawMessage []byte

func (m RawMessage) MarshalJSON() ([]byte, error)     { return m, nil }
func (m *RawMessage) UnmarshalJSON(data []byte) error { return nil }
