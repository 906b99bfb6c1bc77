package inbound

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

// afterKey is where an integration's key ends in a path that goes on, and what follows.
var afterKey = regexp.MustCompile(`(?i)(?:[&?;/]|%26|%3F|%3B|%2F)(.*)$`)

// aKey is a key as an integration may have it, in either case.
var aKey = regexp.MustCompile(`(?i)^[a-z0-9][a-z0-9_-]*$`)

// ReadAddress returns the key of a call's integration and its query, from the path after
// /postback and the query, both as they were sent. URLs are joined by hand: what can mean one
// thing only is taken for that, with a note.
func ReadAddress(path, query string) (key, rawQuery string, notes []string) {
	path = strings.TrimLeft(path, "/")
	rest := ""
	if at := afterKey.FindStringSubmatchIndex(path); at != nil {
		path, rest = path[:at[0]], path[at[2]:]
	}
	key = trimName(unescape(path))
	if lower := strings.ToLower(key); lower != key && aKey.MatchString(key) {
		key, notes = lower, append(notes, "the key in the URL is in lower case")
	}
	rest = strings.TrimLeft(rest, "/?&;")
	if !strings.Contains(rest, "=") {
		rest = unescape(rest) // all of it was encoded once
	}
	switch {
	case strings.Contains(rest, "="):
		return key, strings.Trim(strings.Trim(rest, "/")+"&"+query, "&"), append(notes, `a "?" is missing after the key, and what follows it was read as the query`)
	case strings.Trim(rest, "/") != "":
		notes = append(notes, fmt.Sprintf("the path goes on after the key, with %q: it was ignored", rest))
	}
	return key, query, notes
}

// unescape decodes the percent escapes of a text that can be decoded, and leaves the others.
func unescape(text string) string {
	if !strings.Contains(text, "%") {
		return text
	}
	if plain, err := url.PathUnescape(text); err == nil {
		return plain
	}
	var b strings.Builder
	for len(text) > 0 {
		n := 1
		if text[0] == '%' && len(text) > 2 {
			if plain, err := url.PathUnescape(text[:3]); err == nil {
				b.WriteString(plain)
				text = text[3:]
				continue
			}
		}
		b.WriteString(text[:n])
		text = text[n:]
	}
	return b.String()
}

// trimName takes away what surrounds a name or key that was pasted: blanks, byte order marks and
// spaces of no width.
func trimName(name string) string {
	return strings.TrimFunc(name, func(r rune) bool { return r <= ' ' || r == '\u00A0' || r == '\uFEFF' || r == '\u200B' })
}
