package inbound

import (
	"fmt"
	"html"
	"net/url"
	"regexp"
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
		if entities(p.separator) {
			notes = note(notes, "&amp; was read as &: the URL went through HTML")
		}
		if p.hidden {
			notes = note(notes, fmt.Sprintf("%q was read as & before %s", p.separator, p.name))
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
	for _, n := range notes {
		if n == sentence {
			return notes
		}
	}
	return append(notes, sentence)
}

// pair is a name and a value of a query or form as they were written, and what separates them
// from the pair before.
type pair struct {
	separator, name, equals, value string
	hidden                         bool // the separator was taken for a part of a value
}

func (p pair) plainName() string {
	plain, err := url.QueryUnescape(p.name)
	if err != nil {
		return p.name
	}
	return plain
}

// entity is what is left of an ampersand that went through HTML, after the ampersand itself.
var entity = regexp.MustCompile(`(?i)^(?:(?:amp|(?:#|%23)0*38|(?:#|%23)x0*26)(?:;|%3b))+`)

func entities(separator string) bool {
	return len(separator) > 1 && separator[0] == '&' || entity.MatchString(separator)
}

// pairsOf splits a query or form at its ampersands, in whatever form they are. Joined again, the
// pairs are the text to the byte.
func pairsOf(raw string) []pair {
	rest := strings.TrimLeft(raw, "?\r\n \t")
	separator := raw[:len(raw)-len(rest)]
	var list []pair
	for {
		text, more, found := strings.Cut(rest, "&")
		if len(text) > 0 && (text[0] == 'a' || text[0] == 'A' || text[0] == '#' || text[0] == '%') {
			left := entity.FindString(text)
			separator, text = separator+left, text[len(left):]
		}
		p := pair{separator: separator}
		if at := strings.IndexByte(text, '='); at >= 0 {
			p.name, p.equals, p.value = text[:at], "=", text[at+1:]
		} else {
			p.name = text
		}
		list = append(list, p)
		if !found {
			return list
		}
		separator, rest = "&", more
	}
}

// pairs splits a query or form into the pairs that were meant, without empty ones. A name that
// is read and not given elsewhere may stand behind a second question mark, a semicolon, or what
// HTML made of "&" and the name (&currency is shown as ¤cy).
func (s *Integration) pairs(raw string) []pair {
	var list []pair
	nested := false
	for _, p := range pairsOf(raw) {
		if p.name != "" || p.equals != "" {
			list = append(list, p)
			nested = nested || strings.Contains(p.value, "=")
		}
	}
	if !nested {
		return list
	}
	given := map[string]bool{}
	for _, p := range list {
		given[trimName(p.plainName())] = p.value != ""
	}
	var meant []pair
	for _, p := range list {
		meant = append(meant, s.unfold(p, given)...)
	}
	return meant
}

// unfold splits the value of a pair where the name of another one stands in it.
func (s *Integration) unfold(p pair, given map[string]bool) []pair {
	for at := range p.value {
		for separator, name := range s.hiddenAt(p.value, at) {
			end := at + len(separator)
			equals := strings.IndexByte(p.value[end:], '=')
			if equals < 0 || given[name] {
				continue
			}
			next := pair{separator: separator, name: name, equals: "=", value: p.value[end+equals+1:], hidden: true}
			p.value = p.value[:at]
			return append([]pair{p}, s.unfold(next, given)...)
		}
	}
	return []pair{p}
}

// hiddenAt yields the separators at a place of a value, and the name that is read behind them.
// A question mark behind a slash is that of an address, which is a value of its own.
func (s *Integration) hiddenAt(value string, at int) func(yield func(separator, name string) bool) {
	return func(yield func(separator, name string) bool) {
		text := value[at:]
		for _, separator := range []string{"?", ";", "%3F", "%3f", "%3B", "%3b"} {
			after, found := strings.CutPrefix(text, separator)
			if !found || strings.ContainsAny(value[:at], "/") || strings.Contains(strings.ToUpper(value[:at]), "%2F") {
				continue
			}
			written, _, _ := strings.Cut(after, "=")
			if name := trimName(unescape(written)); s.reads(name) {
				yield(separator, name)
				return
			}
		}
		if c := text[0]; c != '%' && c < 0x80 && c != '<' && c != '>' && c != '"' {
			return
		}
		for _, name := range s.readNames() {
			shown := strings.TrimSuffix(html.UnescapeString("&"+name+"="), "=")
			if strings.HasPrefix(shown, "&") {
				continue
			}
			for _, separator := range []string{shown, url.QueryEscape(shown)} {
				if after, found := strings.CutPrefix(text, separator); found && strings.HasPrefix(after, "=") {
					yield(separator, name)
					return
				}
			}
		}
	}
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
