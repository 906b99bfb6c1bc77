package inbound

import (
	"fmt"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"postrider/domain/commission"
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
	split := s.pairs(raw)
	for _, p := range split {
		if p.name == "" && p.equals == "" {
			continue
		}
		if p.meant == "" && entities(p.separator) {
			notes = note(notes, "&amp; was read as &: the URL went through HTML")
		}
		if p.meant != "" {
			notes = note(notes, fmt.Sprintf("%q was read as & before %s", p.separator, p.meant))
		}
		name := p.plainName()
		if trimmed := trimName(name); trimmed != name && s.reads(trimmed) {
			name, notes = trimmed, note(notes, fmt.Sprintf("blanks around the name %s were ignored", trimmed))
		}
		given := field{}
		var err error
		if given.value, err = url.QueryUnescape(p.value); err != nil {
			given = field{value: p.value, fault: fmt.Sprintf("has a broken percent escape (%s): percent-encode the value", err)}
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

// pair is a name and a value of a query or form as they were written, and what separates them
// from the pair before.
type pair struct {
	separator, name, equals, value string
	meant                          string // the name that a separator hid, which is in a value; empty for none
}

func (p pair) plainName() string {
	if p.meant != "" {
		return p.meant
	}
	plain, err := url.QueryUnescape(p.name)
	if err != nil {
		return p.name
	}
	return plain
}

// entity is what is left of an ampersand that went through HTML, after the ampersand itself.
var entity = regexp.MustCompile(`(?i)^(?:(?:amp|(?:#|%23)0*38|(?:#|%23)x0*26)(?:;|%3b))+`)

// entities reports whether a separator between pairs went through HTML.
func entities(separator string) bool { return strings.ContainsAny(separator, ";#%") }

// pairsOf splits a query or form at its ampersands, in whatever form they are. Joined again, the
// pairs are the text to the byte; empty ones belong to the separator behind them.
func pairsOf(raw string) []pair {
	list := make([]pair, 0, strings.Count(raw, "&")+1)
	separated := 0 // where the separator begins
	at := len(raw) - len(strings.TrimLeft(raw, "?\r\n \t"))
	for {
		end := at + strings.IndexByte(raw[at:], '&')
		if end < at {
			end = len(raw)
		}
		if left := raw[at:end]; left != "" && strings.IndexByte("aA#%", left[0]) >= 0 {
			at += len(entity.FindString(left))
		}
		if text := raw[at:end]; text != "" || end == len(raw) {
			p := pair{separator: raw[separated:at]}
			name, value, found := strings.Cut(text, "=")
			if p.name, p.value = name, value; found {
				p.equals = "="
			}
			list, separated = append(list, p), end
		}
		if end == len(raw) {
			return list
		}
		at = end + 1
	}
}

// pairs splits a query or form into the pairs that were meant. A name that is read and not given
// elsewhere may stand behind a second question mark, a semicolon, or what HTML made of "&" and
// the name (&currency is shown as ¤cy).
func (s *Integration) pairs(raw string) []pair {
	list := pairsOf(raw)
	if !slices.ContainsFunc(list, func(p pair) bool { return strings.Contains(p.value, "=") }) {
		return list
	}
	given := map[string]bool{}
	for _, p := range list {
		name := trimName(p.plainName())
		given[name] = given[name] || p.value != ""
	}
	shown := s.shownNames()
	var meant []pair
	for _, p := range list {
		meant = unfolding{s: s, given: given, shown: shown}.pairs(meant, p)
	}
	return meant
}

// unfolding finds the names that stand within a value.
type unfolding struct {
	s     *Integration
	given map[string]bool   // names that stand elsewhere
	shown map[string]string // what HTML makes of "&" and a name, and the name
}

// pairs appends a pair, split where the name of another one stands in its value.
func (u unfolding) pairs(list []pair, p pair) []pair {
	value, start := p.value, 0
	slash := nextSlash(value, 0)
	last := strings.LastIndexByte(value, '=')
	for at := 0; at < last; at++ {
		if slash < start {
			slash = nextSlash(value, start)
		}
		separator, written, name := u.at(value[at:], at < slash)
		if name == "" || u.given[name] {
			continue
		}
		p.value = value[start:at]
		list = append(list, p)
		start = at + len(separator) + len(written) + len("=")
		at = start - 1
		p = pair{separator: separator, name: written, equals: "=", value: value[start:], meant: name}
	}
	return append(list, p)
}

// nextSlash returns where the next slash of a value is. A question mark behind it is that of an
// address, which is a value of its own.
func nextSlash(value string, from int) int {
	next := len(value)
	for _, slash := range []string{"/", "%2F", "%2f"} {
		if i := strings.Index(value[from:], slash); i >= 0 {
			next = min(next, from+i)
		}
	}
	return next
}

// at returns the separator that a text begins with, the name behind it as it is written, and as
// it is read; no name if there is none.
func (u unfolding) at(text string, mayEnd bool) (separator, written, name string) {
	const longestName = 64
	for _, separator := range []string{"?", ";", "%3F", "%3f", "%3B", "%3b"} {
		after, found := strings.CutPrefix(text, separator)
		if !found || !mayEnd {
			continue
		}
		equals := strings.IndexByte(after[:min(len(after), longestName)], '=')
		if equals < 0 {
			continue
		}
		if name := trimName(unescape(after[:equals])); u.s.reads(name) {
			return separator, after[:equals], name
		}
	}
	for shown, name := range u.shown {
		if after, found := strings.CutPrefix(text, shown); found && strings.HasPrefix(after, "=") {
			return shown, "", name
		}
	}
	return "", "", ""
}

// shownNames returns what HTML makes of "&" and the names that are read, where that is not what
// it was, plain and percent-encoded.
func (s *Integration) shownNames() map[string]string {
	found := map[string]string{}
	for _, name := range s.readNames() {
		shown := strings.TrimSuffix(html.UnescapeString("&"+name+"="), "=")
		if !strings.HasPrefix(shown, "&") {
			found[shown], found[url.QueryEscape(shown)] = name, name
		}
	}
	return found
}

// readNames lists the names of parameters that are read.
func (s *Integration) readNames() []string {
	names := commission.Parameters()
	for _, theirs := range s.Words.Names {
		names = append(names, theirs)
	}
	return names
}

// reads reports whether a parameter of this name is read.
func (s *Integration) reads(name string) bool {
	return commission.IsParameter(name) || s.TimestampName != "" && name == s.TimestampName || s.Words.reads(name)
}
