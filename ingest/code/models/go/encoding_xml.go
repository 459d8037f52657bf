package xml

type Marshaler interface {
	MarshalXML(e any, start any) error
}
type Unmarshaler interface {
	UnmarshalXML(d any, start any) error
}

func Marshal(v any) ([]byte, error) {
	v.(Marshaler).MarshalXML(nil, nil)
	return nil, nil
}
func Unmarshal(data []byte, v any) error {
	v.(Unmarshaler).UnmarshalXML(nil, nil)
	return nil
}
