package filter

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf16"

	"entgo.io/ent/dialect/sql"
)

// longestSpelled is the maximum number of characters for which every spelling is searched; a
// longer text is searched as it is.
const longestSpelled = 300

// spellings returns a regular expression, for PostgreSQL and Go alike, that matches every
// spelling of a text in a query, a form or JSON: as it is, percent-encoded, with a plus for a
// space, with JSON's escapes. It is empty for text that has only one spelling.
func spellings(text string) string {
	var b strings.Builder
	several, n := false, 0
	for _, r := range text {
		if n++; n > longestSpelled {
			return ""
		}
		ways := waysOf(r)
		several = several || len(ways) > 1
		if len(ways) > 1 {
			b.WriteString("(?:" + strings.Join(ways, "|") + ")")
		} else {
			b.WriteString(ways[0])
		}
	}
	if !several {
		return ""
	}
	return b.String()
}

// waysOf returns the ways to write one character, each as a regular expression.
func waysOf(r rune) []string {
	asItIs := regexp.QuoteMeta(string(r))
	if r < 0x80 && strings.ContainsRune("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~", r) {
		return []string{asItIs}
	}
	ways := []string{asItIs, percentEncoded(r), escaped(r)}
	switch r {
	case ' ':
		ways = append(ways, `\+`)
	case '"', '\\', '/':
		ways = append(ways, `\\`+asItIs)
	}
	if i := strings.IndexRune("\b\f\n\r\t", r); i >= 0 {
		ways = append(ways, `\\`+"bfnrt"[i:i+1])
	}
	return ways
}

func percentEncoded(r rune) string {
	var b strings.Builder
	for _, c := range []byte(string(r)) {
		b.WriteString("%" + anyCase(fmt.Sprintf("%02x", c)))
	}
	return b.String()
}

// escaped returns JSON's \uXXXX, one or two of them (a surrogate pair).
func escaped(r rune) string {
	var b strings.Builder
	for _, unit := range utf16.Encode([]rune{r}) {
		b.WriteString(`\\u` + anyCase(fmt.Sprintf("%04x", unit)))
	}
	return b.String()
}

// anyCase makes hexadecimal digits match in either case.
func anyCase(hex string) string {
	var b strings.Builder
	for _, d := range hex {
		if d >= 'a' {
			fmt.Fprintf(&b, "[%c%c]", d, d-('a'-'A'))
		} else {
			b.WriteRune(d)
		}
	}
	return b.String()
}

// matches is the predicate that a column matches a regular expression.
func matches(column, pattern string) func(*sql.Selector) {
	return func(s *sql.Selector) {
		s.Where(sql.P(func(b *sql.Builder) { b.Ident(s.C(column)).WriteString(" ~ ").Arg(pattern) }))
	}
}
