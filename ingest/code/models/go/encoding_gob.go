package gob

import "io"

type GobEncoder interface{ GobEncode() ([]byte, error) }
type GobDecoder interface{ GobDecode(data []byte) error }
type Encoder struct{ w io.Writer }

func NewEncoder(w io.Writer) *Encoder { return &Encoder{w: w} }
func (e *Encoder) Encode(v any) error {
	v.(GobEncoder).GobEncode()
	e.w.Write(nil)
	return nil
}

type Decoder struct{ r io.Reader }

func NewDecoder(r io.Reader) *Decoder { return &Decoder{r: r} }
func (d *Decoder) Decode(v any) error {
	d.r.Read(nil)
	v.(GobDecoder).GobDecode(nil)
	return nil
}
func Register(value any) {}
