package pasted

import (
	"fmt"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// Pair is a name and a value of a query or form as they were written, and what separates them
// from the pair before.
type Pair struct {
	Separator, Name, Equals, Value string
	Meant                          string // the name that a separator hid, which is in a value; empty for none
}

// Note says what was tolerated for the pair to be read, or nothing.
func (p Pair) Note() string {
	switch {
	case p.Meant != "":
		return fmt.Sprintf("%q was read as & before %s", p.Separator, p.Meant)
	case entities(p.Separator):
		return "&amp; was read as &: the URL went through HTML"
	}
	return ""
}

// PlainName returns the name as it is meant, decoded.
func (p Pair) PlainName() string {
	if p.Meant != "" {
		return p.Meant
	}
	plain, err := url.QueryUnescape(p.Name)
	if err != nil {
		return p.Name
	}
	return plain
}

// entity is what is left of an ampersand that went through HTML, after the ampersand itself.
var entity = regexp.MustCompile(`(?i)^(?:(?:amp|(?:#|%23)0*38|(?:#|%23)x0*26)(?:;|%3b))+`)

// entities reports whether a separator between pairs went through HTML.
func entities(separator string) bool { return strings.ContainsAny(separator, ";#%") }

// Split splits a query or form at its ampersands, in whatever form they are. Joined again, the
// pairs are the text to the byte; empty ones belong to the separator behind them.
func Split(raw string) []Pair {
	list := make([]Pair, 0, strings.Count(raw, "&")+1)
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
			p := Pair{Separator: raw[separated:at]}
			name, value, found := strings.Cut(text, "=")
			if p.Name, p.Value = name, value; found {
				p.Equals = "="
			}
			list, separated = append(list, p), end
		}
		if end == len(raw) {
			return list
		}
		at = end + 1
	}
}

// Names are the names of parameters that somebody reads.
type Names struct {
	All   []string          // every name that is known beforehand
	Reads func(string) bool // whether a name is read
}

// Pairs splits a query or form into the pairs that were meant. A name that is read and not given
// elsewhere may stand behind a second question mark, a semicolon, or what HTML made of "&" and
// the name (&currency is shown as ¤cy).
func (n Names) Pairs(raw string) []Pair {
	list := Split(raw)
	if !slices.ContainsFunc(list, func(p Pair) bool { return strings.Contains(p.Value, "=") }) {
		return list
	}
	given := map[string]bool{}
	for _, p := range list {
		name := TrimName(p.PlainName())
		given[name] = given[name] || p.Value != ""
	}
	shown := n.shown()
	var meant []Pair
	for _, p := range list {
		meant = unfolding{names: n, given: given, shown: shown}.pairs(meant, p)
	}
	return meant
}

// unfolding finds the names that stand within a value.
type unfolding struct {
	names Names
	given map[string]bool   // names that stand elsewhere
	shown map[string]string // what HTML makes of "&" and a name, and the name
}

// pairs appends a pair, split where the name of another one stands in its value.
func (u unfolding) pairs(list []Pair, p Pair) []Pair {
	value, start := p.Value, 0
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
		p.Value = value[start:at]
		list = append(list, p)
		start = at + len(separator) + len(written) + len("=")
		at = start - 1
		p = Pair{Separator: separator, Name: written, Equals: "=", Value: value[start:], Meant: name}
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
		if name := TrimName(Unescape(after[:equals])); u.names.Reads(name) {
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

// shown returns what HTML makes of "&" and the names that are read, where that is not what
// it was, plain and percent-encoded.
func (n Names) shown() map[string]string {
	found := map[string]string{}
	for _, name := range n.All {
		shown := strings.TrimSuffix(html.UnescapeString("&"+name+"="), "=")
		if !strings.HasPrefix(shown, "&") {
			found[shown], found[url.QueryEscape(shown)] = name, name
		}
	}
	return found
}

// Without removes name=value, with its "&", from a raw query and leaves every other byte
// unchanged.
func Without(raw, name string) string {
	var rest strings.Builder
	for i, p := range Split(raw) {
		if p.Name == name {
			rest.WriteString(p.Separator[:max(strings.LastIndexByte(p.Separator, '&'), 0)])
			continue
		}
		if i > 0 && rest.Len() == 0 { // the first pair was removed
			p.Separator = strings.TrimPrefix(p.Separator, "&")
			p.Separator = strings.TrimPrefix(p.Separator, entity.FindString(p.Separator))
		}
		rest.WriteString(p.Separator + p.Name + p.Equals + p.Value)
	}
	return rest.String()
}
