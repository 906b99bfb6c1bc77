package macro

import "slices"

const (
	// MaxTemplate is the maximum length of a template, in bytes.
	MaxTemplate = 2048
	// MaxURL is the maximum length of an expansion that is sent, in bytes.
	MaxURL = 8192
)

// Template is a parsed URL template. It is safe for concurrent use.
type Template struct {
	source   string
	endpoint string
	slots    []slot
	tail     string // literal text after the last slot, as in the URL
}

// slot is one placeholder and the literal text between it and the one before.
type slot struct {
	before     string
	start, end int // of the placeholder in the source, braces included
	macro      uint8
	place      Place
	raw        bool
	dotRisk    bool // the segment's literal text does not keep it from being "." or ".."
	filters    []call
}

// Slot describes one placeholder of a template.
type Slot struct {
	Macro   Name
	Place   Place
	Filters []string // as written, in order
	Start   int      // byte offsets of the placeholder, braces included
	End     int
}

// Slots lists the placeholders in order.
func (t *Template) Slots() []Slot {
	out := make([]Slot, len(t.slots))
	for i, s := range t.slots {
		out[i] = Slot{Macro: macros[s.macro].Name, Place: s.place, Start: s.start, End: s.end}
		for _, f := range s.filters {
			out[i].Filters = append(out[i].Filters, f.source)
		}
	}
	return out
}

// Macros lists the macros used, each once, in order of first use.
func (t *Template) Macros() []Name {
	var names []Name
	for _, s := range t.slots {
		if name := macros[s.macro].Name; !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// String returns the template as it was written.
func (t *Template) String() string { return t.source }

// Endpoint returns scheme://host:port in lower case with the port written out: the server that
// every expansion of this template goes to.
func (t *Template) Endpoint() string { return t.endpoint }
