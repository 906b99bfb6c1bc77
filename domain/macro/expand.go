package macro

import "slices"

// Span is the position of one macro in the template and of its value in the expanded URL, in
// byte offsets.
type Span struct {
	Macro         Name
	Value         string // after its filters, before encoding
	TemplateStart int
	TemplateEnd   int
	URLStart      int
	URLEnd        int
}

// Expand returns the URL with every macro replaced by its value.
func (t *Template) Expand(v *Values) string {
	var scratch [1024]byte
	return string(t.AppendExpand(scratch[:0], v))
}

// AppendExpand appends the expanded URL to dst.
func (t *Template) AppendExpand(dst []byte, v *Values) []byte {
	if v == nil {
		v = &noValues
	}
	for i := range t.slots {
		s := &t.slots[i]
		dst = append(dst, s.before...)
		dst = s.append(dst, s.value(v))
	}
	return append(dst, t.tail...)
}

// ExpandSpans returns the expanded URL and the span of every macro in it, in order.
func (t *Template) ExpandSpans(v *Values) (url string, spans []Span) {
	if v == nil {
		v = &noValues
	}
	var dst []byte
	spans = make([]Span, 0, len(t.slots))
	for i := range t.slots {
		s := &t.slots[i]
		dst = append(dst, s.before...)
		span := Span{
			Macro: macros[s.macro].Name, Value: s.value(v),
			TemplateStart: s.start, TemplateEnd: s.end, URLStart: len(dst),
		}
		dst = s.append(dst, span.Value)
		span.URLEnd = len(dst)
		spans = append(spans, span)
	}
	return string(append(dst, t.tail...)), spans
}

// Empty lists the macros that came out empty, each once, in order. A macro that is used more than
// once is listed if it is empty in one place.
func Empty(spans []Span) []Name {
	var names []Name
	for _, s := range spans {
		if s.Value == "" && !slices.Contains(names, s.Macro) {
			names = append(names, s.Macro)
		}
	}
	return names
}

// value returns the macro's value, passed through the slot's filters.
func (s *slot) value(v *Values) string {
	value := cutValue(v.byIndex[s.macro])
	for i := range s.filters {
		value = s.filters[i].apply(value)
	}
	return value
}

// append appends the value encoded for the slot's place.
func (s *slot) append(dst []byte, value string) []byte {
	if s.dotRisk {
		dots := value
		if s.raw {
			dots = decodeDots(value)
		}
		if isDots(dots) {
			return appendDots(dst, dots)
		}
	}
	if s.raw {
		return appendRaw(dst, value, s.place)
	}
	return appendEncoded(dst, value)
}
