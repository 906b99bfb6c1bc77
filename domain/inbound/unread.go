package inbound

import (
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// heard returns the parameters of a call from the inbound log; none of what cannot be parsed.
func (s *Integration) heard(query, body string) fields {
	given := fields{}
	s.addPairs(given, query)
	c := &Call{Method: http.MethodPost, Body: []byte(body)}
	if b, err := c.content(); err == nil {
		said := fields{}
		switch b.shape {
		case form:
			s.addPairs(said, body)
		case object:
			_ = s.addObject(said, b.text)
		}
		maps.Copy(given, said)
	}
	return given
}

// Heard returns the parameters of a call from the inbound log; none of what cannot be parsed.
func Heard(query, body string) map[string]string {
	found := map[string]string{}
	for name, of := range (&Integration{}).heard(query, body) {
		found[name] = strings.TrimSpace(of.value)
	}
	return found
}

// aName is what the name of a parameter looks like, or a path into JSON. What else stands before a
// "=" may be a value: an id, an address.
var aName = regexp.MustCompile(`^[\pL_][\pL\pN_]*(?:[.\-\[\]:][\pL\pN_]*)*$`)

// longestName is how long a name is at most that is shown apart from its call.
const longestName = 64

// Unread returns the names of the parameters of a call from the inbound log that nothing reads, and
// that may be used: no secrets, no personal data, no values that stand in the place of a name.
func (s *Integration) Unread(query, body string) []string {
	var names []string
	for name, of := range s.heard(query, body) {
		if !s.reads(name) && s.showable(name, of.value) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// showable reports whether the name of a parameter may be shown without the call that has it.
func (s *Integration) showable(name, value string) bool {
	return len(name) <= longestName && aName.MatchString(name) && !hasManyDigits(name) &&
		!s.hidden(name) && !s.holdsSecret(name) && value != Mask && !personal(name, value) && !personal("", name)
}

// hasManyDigits reports whether a name looks like an id: more than four digits in it.
func hasManyDigits(name string) bool {
	const most = 4
	digits := 0
	for _, c := range name {
		if '0' <= c && c <= '9' {
			digits++
		}
	}
	return digits > most
}
