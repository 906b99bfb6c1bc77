package presets

import (
	"fmt"
	"slices"
	"strings"

	"postrider/domain/macro"
)

// mapPair returns the proposal for one parameter.
func (rd reading) mapPair(p pair) RecognizedParameter {
	tokens := Tokens("=" + p.value)
	for i := range tokens { // the "=" shows it that a value begins here
		tokens[i].Start--
		tokens[i].End--
	}
	single := len(tokens) == 1 && tokens[0].Start == 0 && tokens[0].End == len(p.value)
	switch {
	case rd.ours && len(tokens) > 0 && parses("https://x.example/?v="+p.value):
		return proposed(p, p.value, Sure, "It is already one of our macros.")
	case single && isBlank(tokens[0]):
		return kept(p, fmt.Sprintf("%s is a placeholder: enter your own value.", p.value))
	case single:
		return rd.mapToken(p, tokens[0])
	case len(tokens) > 0:
		return rd.mapMixed(p.name, p.value, tokens)
	case isFiller(p.value):
		return rd.mapFiller(p)
	default:
		return rd.mapFixed(p)
	}
}

// documented returns what is documented of a parameter of the recognised tracker.
func (rd reading) documented(name string) (Parameter, bool) {
	if rd.match.preset == nil {
		return Parameter{}, false
	}
	return rd.match.preset.parameter(name)
}

// mapToken maps a parameter whose value is one placeholder.
func (rd reading) mapToken(p pair, t Token) RecognizedParameter {
	said, knowsToken := rd.tokenMeans(t)
	named, knowsName := means(p.name)
	if d, ok := rd.documented(p.name); ok {
		if d.Send == "" {
			return kept(p, fmt.Sprintf("%s: %s Enter your own value.", rd.match.preset.Name, d.Meaning))
		}
		agree := !knowsToken || alike(d.Send, said.send)
		switch {
		case rd.match.confidence == Sure && agree, knowsToken && agree && alike(named.send, said.send) && said.confidence != Guess && !isSub(said.send):
			return proposed(p, d.Send, Sure, fmt.Sprintf("%s reads it: %s", rd.match.preset.Name, lowerFirst(d.Meaning)))
		case agree:
			return proposed(p, d.Send, Likely, fmt.Sprintf("%s probably reads it: %s", rd.match.preset.Name, lowerFirst(d.Meaning)))
		default:
			return proposed(p, d.Send, Likely, fmt.Sprintf("%s reads %s, although %s suggests another meaning: %s", rd.match.preset.Name, p.name, p.value, lowerFirst(d.Meaning)))
		}
	}
	switch {
	case knowsToken && said.confidence == Sure:
		return proposed(p, said.send, Sure, fmt.Sprintf("In %s, %s is %s.", rd.network.name, p.value, said.says))
	case knowsToken && knowsName && alike(named.send, said.send):
		return proposed(p, agreed(named, said), both(named, said), fmt.Sprintf("Both %s and %s mean %s.", p.name, p.value, said.says))
	case knowsToken && knowsName && isSub(said.send):
		return proposed(p, named.send, Guess, fmt.Sprintf("%s is usually %s; %s was a value of your own.", p.name, named.says, p.value))
	case knowsToken:
		return proposed(p, said.send, said.confidence, fmt.Sprintf("%s is usually %s.", p.value, said.says))
	case knowsName:
		return proposed(p, named.send, named.confidence, fmt.Sprintf("%s is usually %s.", p.name, named.says))
	default:
		return kept(p, fmt.Sprintf("%s is unknown: choose a macro, or remove it.", p.value))
	}
}

func (rd reading) tokenMeans(t Token) (meaning, bool) {
	if m, ok := rd.network.means(t.Name); ok {
		return m, true
	}
	return means(t.Name)
}

// agreed returns what to send if name and placeholder agree: the name of the parameter is what
// the tracker reads.
func agreed(named, said meaning) string {
	if named.confidence == Guess {
		return said.send
	}
	return named.send
}

// both returns the confidence of two names together.
func both(named, said meaning) Confidence {
	if named.confidence == Guess || said.confidence == Guess {
		return Guess
	}
	if named.send != said.send || named.send == "{param_2}" || named.send == "{param_3}" {
		return Likely
	}
	return Sure
}

// mapFiller maps a parameter without a value yet: empty, or a word such as REPLACE.
func (rd reading) mapFiller(p pair) RecognizedParameter {
	if d, ok := rd.documented(p.name); ok && d.Send != "" {
		confidence := Likely
		if rd.match.confidence == Sure {
			confidence = Sure
		}
		return proposed(p, d.Send, confidence, fmt.Sprintf("%s reads it: %s", rd.match.preset.Name, lowerFirst(d.Meaning)))
	}
	if m, ok := means(p.name); ok {
		return proposed(p, m.send, m.confidence, fmt.Sprintf("%s is usually %s.", p.name, m.says))
	}
	return kept(p, fmt.Sprintf("%s is unknown: choose a macro, or leave it empty.", p.name))
}

// mapFixed leaves a fixed value unchanged, unless a click id belongs there.
func (rd reading) mapFixed(p pair) RecognizedParameter {
	d, ok := rd.documented(p.name)
	m, known := means(p.name)
	if ok && d.Send == "{param_1}" || !ok && known && m.send == "{param_1}" && m.confidence == Likely {
		return proposed(p, "{param_1}", Guess, fmt.Sprintf("%s is for the click id, which differs for each click.", p.name))
	}
	return kept(p, "Fixed value, kept.")
}

// mapMixed maps a value of several placeholders and fixed text between them.
func (rd reading) mapMixed(name, value string, tokens []Token) RecognizedParameter {
	if rd.ours && parses("https://x.example/"+value) && len(macrosOf(value)) > 0 {
		return proposed(pair{name: name, value: value}, value, Sure, "It is already one of our macros.")
	}
	var b strings.Builder
	var says []string
	at, sureness := 0, Sure
	for _, t := range tokens {
		b.WriteString(literal(value[at:t.Start]))
		text := value[t.Start:t.End]
		at = t.End
		m, ok := rd.tokenMeans(t)
		if isBlank(t) || !ok || m.send == "" {
			b.WriteString(literal(text))
			if !isBlank(t) {
				sureness = None
				says = append(says, text+" is unknown")
			}
			continue
		}
		b.WriteString(m.send)
		sureness = weaker(sureness, m.confidence)
		says = append(says, fmt.Sprintf("%s is usually %s", text, m.says))
	}
	b.WriteString(literal(value[at:]))
	if len(says) == 0 {
		return RecognizedParameter{Name: name, Value: value, Proposal: literal(value), Confidence: None, Reason: "Enter your own value."}
	}
	p := proposed(pair{name: name, value: value}, b.String(), sureness, strings.Join(says, "; ")+".")
	if d, ok := rd.documented(name); ok && rd.match.confidence == Sure && sureness == Likely && sameMacros(d.Send, p.Macros) {
		p.Confidence = Sure
	}
	return p
}

func sameMacros(send string, names []macro.Name) bool {
	return len(names) > 0 && slices.Equal(macrosOf(send), names)
}

func weaker(a, b Confidence) Confidence {
	if slices.Index(Confidences(), a) > slices.Index(Confidences(), b) {
		return a
	}
	return b
}

// families are macros of nearly the same meaning: a parameter for one does not contradict a
// placeholder for another.
var families = [][]macro.Name{
	{macro.Payout, macro.Amount},
	{macro.Status, macro.GoalID, macro.GoalName},
	{macro.ConversionID, macro.TransactionID},
	{macro.Date, macro.Timestamp},
	{macro.Param1, macro.Param2, macro.Param3},
}

// alike reports whether two proposals are of one family.
func alike(a, b string) bool {
	if a == b {
		return true
	}
	x, y := macrosOf(a), macrosOf(b)
	if len(x) == 0 || len(y) == 0 {
		return false
	}
	return x[0] == y[0] || slices.ContainsFunc(families, func(f []macro.Name) bool { return slices.Contains(f, x[0]) && slices.Contains(f, y[0]) })
}

func isSub(send string) bool { return send == "{param_2}" || send == "{param_3}" }

// macrosOf lists the macros of a piece of a template.
func macrosOf(piece string) []macro.Name {
	t, err := macro.ParseFor("https://x.example/?v="+piece, macro.Aggregated)
	if err != nil {
		return nil
	}
	return t.Macros()
}

func proposed(p pair, proposal string, c Confidence, reason string) RecognizedParameter {
	return RecognizedParameter{Name: p.name, Value: p.value, Proposal: proposal, Macros: macrosOf(proposal), Confidence: c, Reason: reason}
}

func kept(p pair, reason string) RecognizedParameter {
	return RecognizedParameter{Name: p.name, Value: p.value, Proposal: literal(p.value), Confidence: None, Reason: reason}
}

func lowerFirst(s string) string { return strings.ToLower(s[:1]) + s[1:] }
