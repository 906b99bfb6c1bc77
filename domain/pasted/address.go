package pasted

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

// afterWord is where the word of a path ends that goes on, and what follows.
var afterWord = regexp.MustCompile(`(?i)(?:[&?;/#]|%26|%3F|%3B|%2F|%23)(.*)$`)

// aWord is a key or code as one may be, in either case.
var aWord = regexp.MustCompile(`(?i)^[a-z0-9][a-z0-9_-]*$`)

// Address returns the word that a path consists of and its query, from the path after the route
// (/postback, /c) and the query, both as they were sent. kind is what the word is, for the notes:
// "key", "code". What can mean one thing only is taken for that, with a note.
func Address(kind, path, query string) (word, rawQuery string, notes []string) {
	path = strings.TrimLeft(path, "/")
	rest := ""
	if at := afterWord.FindStringSubmatchIndex(path); at != nil {
		path, rest = path[:at[0]], path[at[2]:]
	}
	word = TrimName(Unescape(path))
	if lower := strings.ToLower(word); lower != word && aWord.MatchString(word) {
		word, notes = lower, append(notes, fmt.Sprintf("the %s in the URL is in lower case", kind))
	}
	rest = strings.TrimLeft(rest, "/?&;#")
	if !strings.Contains(rest, "=") {
		rest = Unescape(rest) // all of it was encoded once
	}
	switch {
	case strings.Contains(rest, "="):
		return word, strings.Trim(strings.Trim(rest, "/")+"&"+query, "&"), append(notes, fmt.Sprintf(`a "?" is missing after the %s, and what follows it was read as the query`, kind))
	case strings.Trim(rest, "/") != "":
		notes = append(notes, fmt.Sprintf("the path goes on after the %s, with %q: it was ignored", kind, rest))
	}
	return word, query, notes
}

// Unescape decodes the percent escapes of a text that can be decoded, and leaves the others.
func Unescape(text string) string {
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

// TrimName takes away what surrounds a name or key that was pasted: blanks, byte order marks and
// spaces of no width.
func TrimName(name string) string {
	return strings.TrimFunc(name, func(r rune) bool { return r <= ' ' || r == '\u00A0' || r == '\uFEFF' || r == '\u200B' })
}
