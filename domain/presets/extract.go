package presets

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// MaxText is how many bytes of a pasted text are read.
const MaxText = 32 << 10

// What becomes of URLs in text: in HTML, JSON, a mail's quoted-printable, a line that was
// broken, a browser's address bar.
var (
	softBreak    = regexp.MustCompile(`=\n`)
	brokenLine   = regexp.MustCompile(`[\s\\]*&[\s\\]*([\w.-]+=)`)
	invisible    = regexp.MustCompile(`[\x{200B}-\x{200F}\x{2060}\x{FEFF}\x{00AD}]`)
	escapedMacro = regexp.MustCompile(`(?i)(%24|%23)?((?:%7B){1,2})([\w.:-]+(?:(?: |%20)[\w.:-]+)*)((?:%7D){1,2})`)
	escapedBrack = regexp.MustCompile(`(?i)((?:%5B){1,2})([\w.:-]+)((?:%5D){1,2})`)
	escapedAngle = regexp.MustCompile(`(?i)%3C([A-Za-z_][\w.-]*)%3E`)
	escapedHash  = regexp.MustCompile(`(?i)((?:%23){1,2})([A-Za-z_]\w*)((?:%23){1,2})`)
	unescapes    = strings.NewReplacer("%7B", "{", "%7b", "{", "%7D", "}", "%7d", "}", "%5B", "[", "%5b", "[", "%5D", "]", "%5d", "]", "%24", "$", "%23", "#", "%20", " ")
)

// clean undoes the encodings and line breaks that a URL got in the text.
func clean(text string) string {
	if len(text) > MaxText {
		text = text[:MaxText]
	}
	text = strings.ToValidUTF8(text, "\uFFFD")
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n", "&amp;", "&", `\u0026`, "&", `\/`, "/", "&lt;", "<", "&gt;", ">", "&#123;", "{", "&#125;", "}").Replace(text)
	text = invisible.ReplaceAllString(text, "")
	if strings.Contains(text, "=3D") {
		text = strings.ReplaceAll(softBreak.ReplaceAllString(text, ""), "=3D", "=")
	}
	text = brokenLine.ReplaceAllString(text, "&$1")
	for _, escaped := range []*regexp.Regexp{escapedMacro, escapedBrack, escapedHash} {
		text = escaped.ReplaceAllStringFunc(text, unescapes.Replace)
	}
	return escapedAngle.ReplaceAllString(text, "<$1>")
}

var (
	schemed    = regexp.MustCompile(`(?i)https?://`)
	schemeless = regexp.MustCompile(`(?i)(?:[a-z0-9_-]+\.)+[a-z]{2,}(?::\d+)?/[^\s?"'<>]*\?[\w.-]+=`)
	pairs      = regexp.MustCompile(`[\w.-]+=`)
	listed     = regexp.MustCompile(`(?m)^[\s*•-]*([A-Za-z_][\w.-]*)\s*(?:[:=→]|->|=>)\s*(\S+?)[,;]?\s*$`)
)

// maxPieces is how many URLs of one text are considered.
const maxPieces = 40

// found is a piece of the text that may be a postback URL.
type found struct {
	text  string
	score int
}

// candidates returns the pieces of a text that may be a postback URL, likeliest first.
func candidates(text string) []string {
	tokens := Tokens(text)
	var list []found
	for _, at := range schemed.FindAllStringIndex(text, maxPieces) {
		if !inside(tokens, at[0]) && !inValue(text, at[0]) {
			list = append(list, weigh(text[at[0]:end(text, tokens, at[1])]))
		}
	}
	if len(list) == 0 {
		if at := schemeless.FindStringIndex(text); at != nil {
			list = append(list, weigh("https://"+text[at[0]:end(text, tokens, at[0])]))
		}
	}
	if !slices.ContainsFunc(list, func(f found) bool { return f.score > 0 }) {
		if piece := pairsIn(text, tokens); piece != "" {
			list = append(list, weigh(piece))
		}
	}
	slices.SortStableFunc(list, func(a, b found) int { return cmp.Compare(b.score, a.score) })
	var texts []string
	for _, f := range list {
		if !slices.Contains(texts, f.text) {
			texts = append(texts, f.text)
		}
	}
	return texts
}

// inValue reports whether a URL begins in a parameter of another.
func inValue(text string, at int) bool { return at > 0 && text[at-1] == '=' }

func inside(tokens []Token, at int) bool {
	return slices.ContainsFunc(tokens, func(t Token) bool { return t.Start < at && at < t.End })
}

// end returns where a URL that continues at a position ends.
func end(text string, tokens []Token, at int) int {
	stop := at
	for i := at; i < len(text); {
		if t := startingAt(tokens, i); t != nil {
			i = t.End
			stop = i
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		if r <= ' ' || strings.ContainsRune("\"'`<>|»”’\u00A0", r) {
			break
		}
		i += size
		if !strings.ContainsRune(".,;:!)]*…", r) {
			stop = i
		}
	}
	return stop
}

func startingAt(tokens []Token, at int) *Token {
	i, ok := slices.BinarySearchFunc(tokens, at, func(t Token, at int) int { return cmp.Compare(t.Start, at) })
	if !ok {
		return nil
	}
	return &tokens[i]
}

// weigh returns how likely a piece is a postback.
func weigh(piece string) found {
	f := found{text: piece, score: 3*len(Tokens(piece)) + 2*len(pairs.FindAllString(piece, -1))}
	lower := strings.ToLower(piece)
	for _, word := range []string{"postback", "/pb", "s2s", "conv", "click.php"} {
		if strings.Contains(lower, word) {
			f.score += 2
		}
	}
	return f
}

// pairsIn finds parameters in a text that has no URL: name=value joined by &, or
// one on each line.
func pairsIn(text string, tokens []Token) string {
	var lines []string
	for _, m := range listed.FindAllStringSubmatch(text, -1) {
		if len(Tokens("="+m[2])) > 0 || isFiller(m[2]) {
			lines = append(lines, m[1]+"="+m[2])
		}
	}
	if len(lines) > 1 {
		return strings.Join(lines, "&")
	}
	if at := pairs.FindStringIndex(text); at != nil && !inside(tokens, at[0]) {
		start := strings.LastIndexAny(text[:at[0]], " \t\n\"'`") + 1
		return text[start:end(text, tokens, at[0])]
	}
	for _, t := range tokens {
		return text[t.Start:t.End]
	}
	return ""
}

// fillers are words used as placeholders for a value.
var fillers = regexp.MustCompile(`(?i)^(|replace(_?me)?|optional|required|x{2,}|y{2,}|\.{2,}|…|-+|_+|\?+|value|your[ _-].*|my[ _-].*|insert[ _-].*|put[ _-].*|enter[ _-].*|macro|token|placeholder|(click|sub|aff_sub|transaction|conversion|txn?)[ _-]?id|[A-Z]+(_[A-Z]+)*_HERE|payout|amount|status|event|goal|currency|revenue|sum|test)$`)

func isFiller(value string) bool { return fillers.MatchString(value) }
