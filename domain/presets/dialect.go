package presets

import (
	"regexp"
	"slices"
	"strings"
)

// Dialect is a notation of placeholders, named by its form: {x}, ##x##.
type Dialect string

// The dialects. The last three are not of networks: our own macros, filler words such as
// REPLACE instead of a value, and no placeholder at all.
const (
	Braces        Dialect = "{x}"
	DoubleBraces  Dialect = "{{x}}"
	Dollar        Dialect = "${x}"
	HashBraces    Dialect = "#{x}"
	Hashes        Dialect = "#x#"
	DoubleHashes  Dialect = "##x##"
	Percents      Dialect = "%x%"
	TwoPercents   Dialect = "%%x%%"
	Brackets      Dialect = "[x]"
	TwoBrackets   Dialect = "[[x]]"
	Underscores   Dialect = "__X__"
	Parentheses   Dialect = "(x)"
	AngleBrackets Dialect = "<x>"

	Ours       Dialect = "postrider"
	Words      Dialect = "words"
	NoDialect  Dialect = "none"
	nameInside         = `([A-Za-z_][\w.:-]*)`
)

// spellings are the patterns of the dialects. Their order decides if two match at the same
// place.
var spellings = []struct {
	dialect Dialect
	pattern *regexp.Regexp
}{
	{DoubleBraces, regexp.MustCompile(`^\{\{ ?([A-Za-z_][\w.:-]*(?: [\w.:-]+)*) ?\}\}`)},
	{Dollar, regexp.MustCompile(`^\$\{` + nameInside + `\}`)},
	{HashBraces, regexp.MustCompile(`^#\{` + nameInside + `\}`)},
	{Braces, regexp.MustCompile(`^\{ ?([A-Za-z_][\w.:-]*(?: [\w.:-]+)*) ?((?:\|[^{}]*)?)\}`)},
	{DoubleHashes, regexp.MustCompile(`^##` + nameInside + `##`)},
	{Hashes, regexp.MustCompile(`^#([A-Za-z_][\w.-]*)#`)},
	{TwoPercents, regexp.MustCompile(`^%%([A-Za-z_]\w*)%%`)},
	{Percents, regexp.MustCompile(`^%([A-Za-z_]\w*)%`)},
	{TwoBrackets, regexp.MustCompile(`^\[\[` + nameInside + `\]\]`)},
	{Brackets, regexp.MustCompile(`^\[([A-Za-z_][\w.:-]*(?: [\w.:-]+)*)\]`)},
	{Underscores, regexp.MustCompile(`^__([A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)*)__`)},
	{Parentheses, regexp.MustCompile(`^\(([A-Za-z_][\w.-]*)\)`)},
	{AngleBrackets, regexp.MustCompile(`^<([A-Za-z_][\w.-]*)>`)},
}

// Token is a placeholder of some dialect in a text, by byte offsets.
type Token struct {
	Dialect Dialect
	Name    string // what is inside
	Filters string // after it, with the bar: only in our own language
	Start   int
	End     int
}

// Tokens finds the placeholders of every dialect in a text, from left to right,
// none inside another.
func Tokens(text string) []Token {
	var found []Token
	for at := 0; at < len(text); {
		t, ok := tokenAt(text, at)
		if !ok {
			at++
			continue
		}
		found = append(found, t)
		at = t.End
	}
	return found
}

func tokenAt(text string, at int) (Token, bool) {
	if strings.IndexByte("{$#%[_(<", text[at]) < 0 {
		return Token{}, false
	}
	rest := text[at:min(len(text), at+maxToken)]
	for _, s := range spellings {
		if s.dialect[0] != text[at] {
			continue
		}
		m := s.pattern.FindStringSubmatch(rest)
		if m == nil || !plausible(s.dialect, m[1], text, at) {
			continue
		}
		t := Token{Dialect: s.dialect, Name: m[1], Start: at, End: at + len(m[0])}
		if s.dialect == Braces {
			t.Filters = m[2]
		}
		return t, true
	}
	return Token{}, false
}

// maxToken bounds the length of one placeholder, in bytes.
const maxToken = 512

// plausible reports whether a match of a dialect that consists of everyday characters is a
// real placeholder.
func plausible(d Dialect, name, text string, at int) bool {
	placed := at > 0 && strings.IndexByte("=/&?-_.:,|"+"])>}_xX;+", text[at-1]) >= 0 // a value, not prose
	switch d {
	case Percents:
		return len(name) < 2 || !isHex(name[0]) || !isHex(name[1]) // %ad% begins like an escape
	case AngleBrackets:
		return placed || at > 0 && isBlankOfPreset(name) // /bot<token>/
	case Parentheses, Brackets, Underscores:
		return placed
	default:
		return true
	}
}

func isBlankOfPreset(name string) bool {
	return slices.ContainsFunc(catalog, func(p *Preset) bool {
		return slices.ContainsFunc(p.Blanks, func(b Blank) bool { return b.Name == name })
	})
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

// Form returns a name in the dialect's notation.
func (d Dialect) Form(name string) string {
	if !strings.ContainsAny(string(d), "xX") || d == Ours {
		return name
	}
	return strings.NewReplacer("x", name, "X", name).Replace(string(d))
}
