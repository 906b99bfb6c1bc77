package inbound

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"postrider/domain/commission"
	"postrider/domain/pasted"
)

// field is a parameter of a call as it was given.
type field struct {
	value string
	other string // the other value of it, if it was given twice
	twice bool   // and the two differ
	fault string // why it cannot be read; empty if it can
	depth int    // how many names of JSON objects its path is made of
}

// fields are the parameters of a query or a body, by their names.
type fields map[string]field

// add adds a parameter. The order in which they are added does not matter: the name as it is
// written goes before one that is a path, a value before none, and two values are a
// contradiction.
func (f fields) add(name string, given field) {
	old, ok := f[name]
	switch {
	case !ok || given.depth < old.depth:
		f[name] = given
	case given.depth > old.depth, old.twice || old.fault != "":
	case given.fault != "" || old.empty():
		f[name] = given
	case !given.empty():
		old.twice = strings.TrimSpace(given.value) != strings.TrimSpace(old.value)
		old.value, old.other = min(given.value, old.value), max(given.value, old.value)
		f[name] = old
	}
}

func (f field) empty() bool { return f.fault == "" && strings.TrimSpace(f.value) == "" }

// problem says why a parameter cannot be read, or nothing. It quotes no secret.
func (f field) problem(secret bool) string {
	switch {
	case f.twice && secret:
		return "is given twice, and the two differ"
	case f.twice:
		return fmt.Sprintf("is given twice, as %q and %q: send it once", f.value, f.other)
	}
	return f.fault
}

// addPairs adds what a query or form says. It returns what was tolerated in it.
func (s *Integration) addPairs(f fields, raw string) []string {
	var notes []string
	for _, p := range s.names().Pairs(raw) {
		if p.Name == "" && p.Equals == "" {
			continue
		}
		if tolerated := p.Note(); tolerated != "" {
			notes = note(notes, tolerated)
		}
		name := p.PlainName()
		if trimmed := pasted.TrimName(name); trimmed != name && s.reads(trimmed) {
			name, notes = trimmed, note(notes, fmt.Sprintf("blanks around the name %s were ignored", trimmed))
		}
		given := field{}
		var err error
		if given.value, err = url.QueryUnescape(p.Value); err != nil {
			given = field{value: p.Value, fault: fmt.Sprintf("has a broken percent escape (%s): percent-encode the value", err)}
		}
		switch reads := s.reads(name); {
		case !reads && len(f) >= maxParameters:
			continue
		case !reads && given.fault != "":
			notes = note(notes, "a parameter that nothing reads has a broken percent escape")
		}
		f.add(name, given)
	}
	return notes
}

// note adds a sentence that is not there yet.
func note(notes []string, sentence string) []string {
	if slices.Contains(notes, sentence) {
		return notes
	}
	return append(notes, sentence)
}

// names are the names of parameters that are read.
func (s *Integration) names() pasted.Names {
	names := commission.Parameters()
	for _, theirs := range s.Words.Names {
		names = append(names, theirs)
	}
	return pasted.Names{All: names, Reads: s.reads}
}

// reads reports whether a parameter of this name is read.
func (s *Integration) reads(name string) bool {
	return commission.IsParameter(name) || s.TimestampName != "" && name == s.TimestampName || s.Words.reads(name)
}
