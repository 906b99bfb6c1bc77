package inbound

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"

	"postrider/internal/problem"
)

// maxDepth is how deep a value in JSON may stand to be read by its path.
const maxDepth = 32

// node is a value in JSON.
type node struct {
	path       string
	depth      int
	value      string // a plain one as text; empty for null
	compound   string // "an object" or "a list"; empty for a plain value
	start, end int    // of a plain value in the text
}

// walk visits the values of a valid JSON text in their order. What is nested has the
// path data.player.id, events.0.type.
func walk(text []byte, visit func(n node)) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	w := walker{text: text, decoder: decoder, visit: visit}
	w.value("", 0)
}

type walker struct {
	text    []byte
	decoder *json.Decoder
	visit   func(n node)
}

// token returns the next token and where it stands.
func (w *walker) token() (t json.Token, start, end int) {
	start = int(w.decoder.InputOffset())
	t, _ = w.decoder.Token() // of a valid text
	for start < len(w.text) && bytes.IndexByte([]byte(" \t\r\n,:"), w.text[start]) >= 0 {
		start++
	}
	return t, start, int(w.decoder.InputOffset())
}

func (w *walker) value(path string, depth int) {
	t, start, end := w.token()
	n := node{path: path, depth: depth, start: start, end: end}
	switch t := t.(type) {
	case json.Delim:
		n.compound = map[json.Delim]string{'{': "an object", '[': "a list"}[t]
		w.visit(n)
		w.inside(t, path, depth)
		return
	case string:
		n.value = t
	case json.Number:
		n.value = t.String()
	case bool:
		n.value = strconv.FormatBool(t)
	}
	w.visit(n)
}

// inside visits what is in an object or a list.
func (w *walker) inside(kind json.Delim, path string, depth int) {
	for i := 0; w.decoder.More(); i++ {
		name := strconv.Itoa(i)
		if kind == '{' {
			t, _, _ := w.token()
			name, _ = t.(string)
		}
		inner := name // a path does not grow without end
		if depth < maxDepth {
			inner = join(path, name, depth)
		}
		w.value(inner, depth+1)
	}
	_, _ = w.decoder.Token() // the end of it
}

// join returns the path of a name within a path.
func join(path, name string, depth int) string {
	if depth == 0 {
		return name
	}
	return path + "." + name
}

// addObject adds the plain values of a JSON object; numbers keep their digits.
func (s *Integration) addObject(f fields, text []byte) error {
	var object json.RawMessage
	if err := json.Unmarshal(text, &object); err != nil {
		return problem.Invalid("body", "the body is not a JSON object (%s)", err)
	}
	if !looksLikeObject(object) {
		return problem.Invalid("body", "the JSON in the body is not an object")
	}
	walk(object, func(n node) {
		reads := s.reads(n.path)
		switch {
		case n.depth == 0 || n.depth > maxDepth || !reads && len(f) >= maxParameters:
		case n.compound == "":
			f.add(n.path, field{value: n.value, depth: n.depth})
		case reads:
			f.add(n.path, field{fault: fmt.Sprintf("must be a string or a number, not %s", n.compound), depth: n.depth})
		}
	})
	return nil
}

func looksLikeObject(text []byte) bool { return bytes.HasPrefix(bytes.TrimSpace(text), []byte("{")) }

// items splits a JSON list.
func items(text []byte) ([]json.RawMessage, error) {
	var list []json.RawMessage
	if err := json.Unmarshal(text, &list); err != nil {
		return nil, problem.Invalid("body", "the body is not a JSON list (%s)", err)
	}
	if len(list) > MaxEvents {
		return nil, problem.Invalid("body", "%d events are more than the limit of %d: send several lists", len(list), MaxEvents)
	}
	return list, nil
}
