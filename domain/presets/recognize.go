package presets

import (
	"regexp"
	"slices"
	"strings"

	"postrider/domain/macro"
)

// Nowhere is the host of a proposal if the text has none: it never resolves, and the doctor
// asks for the tracker's own.
const Nowhere = "your-tracker.example"

// Recognition is the result of reading a pasted text.
type Recognition struct {
	Tracker     *Preset // nil if none is recognised
	Confidence  Confidence
	Reason      string // why this tracker, in a sentence; empty for none
	Network     string // whose placeholders they are; empty if unknown
	Dialect     Dialect
	Source      string // the piece of the text that was read
	URLTemplate string // valid in our macro language; empty if the text has no URL
	Parameters  []RecognizedParameter
	Others      []string // further pieces that may be postback URLs
}

// RecognizedParameter is one parameter, and what we propose to send in it.
type RecognizedParameter struct {
	Name       string // "path" for one in the path, "fragment" after "#"
	Value      string // as pasted
	Proposal   string // what replaces it in URLTemplate
	Macros     []macro.Name
	Confidence Confidence
	Reason     string
	Start      int // byte offsets of Proposal in URLTemplate
	End        int
}

// Macro returns the first macro of the proposal; empty for none.
func (p RecognizedParameter) Macro() string {
	if len(p.Macros) == 0 {
		return ""
	}
	return string(p.Macros[0])
}

// Recognize reads any pasted text: a URL, a query without one, a whole mail with
// URLs in it, in any dialect.
func Recognize(text string) Recognition {
	pieces := candidates(clean(text))
	if len(pieces) == 0 {
		return Recognition{Dialect: NoDialect, Confidence: None, Parameters: []RecognizedParameter{}}
	}
	r := read(pieces[0])
	for _, other := range pieces[1:] {
		if weigh(other).score >= 4 {
			r.Others = append(r.Others, other)
		}
	}
	return r
}

// reading is one piece while it is read into a Recognition.
type reading struct {
	parts   parts
	tokens  []Token
	match   match
	network *network
	ours    bool
}

func read(piece string) Recognition {
	tokens := Tokens(piece)
	rd := reading{parts: takeApart(piece), tokens: tokens, network: networkOf(tokens), ours: isOurs(tokens)}
	rd.match = recogniseTracker(rd.parts)
	r := Recognition{Source: piece, Confidence: None, Dialect: dialectOf(rd, tokens), Parameters: []RecognizedParameter{}}
	if rd.match.preset != nil {
		r.Tracker, r.Confidence, r.Reason = rd.match.preset, rd.match.confidence, rd.match.reason
	}
	if rd.network != nil && !rd.ours {
		r.Network = rd.network.name
	}
	rd.write(&r)
	return r
}

// isOurs reports whether a text is in our own macro language already. Many of our names are in
// general use, so at least one must be ours alone.
func isOurs(tokens []Token) bool {
	telling := false
	for _, t := range tokens {
		if t.Dialect != Braces {
			if t.Dialect == AngleBrackets { // a preset's blank
				continue
			}
			return false
		}
		if _, ok := macro.Lookup(t.Name); !ok && !isBlank(t) {
			return false
		}
		switch strings.ToLower(t.Name) {
		case "param_1", "param_2", "param_3", "goal_id", "delivery_id", "camp_name", "previous_status":
			telling = true
		}
		telling = telling || t.Filters != ""
	}
	return telling
}

// dialectOf returns the dialect of most placeholders.
func dialectOf(rd reading, tokens []Token) Dialect {
	if rd.ours {
		return Ours
	}
	count := map[Dialect]int{}
	best := NoDialect
	for _, t := range tokens {
		if isBlank(t) {
			continue
		}
		count[t.Dialect]++
		if count[t.Dialect] > count[best] {
			best = t.Dialect
		}
	}
	if best == NoDialect && slices.ContainsFunc(rd.parts.pairs, func(p pair) bool { return isFiller(p.value) }) {
		return Words
	}
	return best
}

var blankName = regexp.MustCompile(`(?i)^(domain|host|key|postback_?key|token|secret|secure|hash|account|acct|sub_?domain|your.*|my.*|code|api_?key|network|net|userid_here)$`)

// isBlank reports whether a placeholder is a value of the affiliate's own, filled in once.
func isBlank(t Token) bool { return t.Dialect == AngleBrackets || blankName.MatchString(t.Name) }

var validHost = regexp.MustCompile(`^[\p{L}\p{N}_.-]+(:\d{1,5})?$`)

// write builds the proposal, piece by piece.
func (rd reading) write(r *Recognition) {
	var b strings.Builder
	host := rd.parts.host
	if len(Tokens("/"+host)) > 0 || !validHost.MatchString(host) || !parses(rd.parts.scheme+"://"+host+"/") {
		host = Nowhere
	}
	b.WriteString(rd.parts.scheme + "://" + host)
	add := func(p RecognizedParameter) {
		p.Start = b.Len()
		b.WriteString(p.Proposal)
		p.End = b.Len()
		r.Parameters = append(r.Parameters, p)
	}
	path := rd.parts.path
	switch {
	case path == "" && rd.parts.host == "":
		path = "/postback"
	case path == "":
		path = "/"
	}
	if pathTokens := Tokens(path); len(pathTokens) > 0 {
		add(rd.mapMixed("path", path, pathTokens))
	} else {
		b.WriteString(literal(path))
	}
	for i, p := range rd.parts.pairs {
		b.WriteString(map[bool]string{true: "?", false: "&"}[i == 0])
		rd.writePair(&b, p, add)
	}
	if rd.parts.rest != "" {
		b.WriteString("#")
		add(rd.mapMixed("fragment", rd.parts.rest[1:], Tokens(rd.parts.rest[1:])))
	}
	r.URLTemplate = b.String()
	if !parses(r.URLTemplate) { // for example, longer than a template may be
		r.URLTemplate = ""
	}
}

func (rd reading) writePair(b *strings.Builder, p pair, add func(RecognizedParameter)) {
	nameTokens := Tokens(p.name)
	switch {
	case !p.equals && len(nameTokens) > 0:
		m := rd.mapMixed(nameTokens[0].Name, p.name, nameTokens)
		b.WriteString(literal(nameTokens[0].Name) + "=")
		add(m)
	case !p.equals:
		b.WriteString(literal(p.name))
	default:
		b.WriteString(literal(p.name) + "=")
		add(rd.mapPair(p))
	}
}

func parses(template string) bool {
	_, err := macro.ParseFor(template, macro.Aggregated)
	return err == nil
}

// Identify returns the tracker of a URL or template, and the confidence in it; nil for none.
func Identify(template string) (*Preset, Confidence) {
	m := recogniseTracker(takeApart(template))
	if m.preset == nil {
		return nil, None
	}
	return m.preset, m.confidence
}

// Propose returns the proposal in our macro language for a foreign placeholder's name.
func Propose(name string) (proposal string, c Confidence) {
	m, ok := means(name)
	if !ok {
		return "", None
	}
	return m.send, m.confidence
}
