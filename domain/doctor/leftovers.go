package doctor

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"postrider/domain/presets"
)

// standIns are example hosts of documentations. Names that somebody could have registered
// for a tracker are not among them.
var standIns = regexp.MustCompile(`(?i)^https?://((www|track|trk|go|click)\.)?(your[-_.]?(own[-_.]?)?(track(er|ing)?|domain|site|host|server|company|network)([-_.]?domain)?` +
	`|my[-_.]?domain|track(er|ing)[-_.]?domain|domain|example)(\.(example|com|net|org|domain|tld|xyz|io))?([:/?#]|$)`)

// leftovers finds placeholders that were not replaced: blanks, words such as REPLACE, and
// placeholders of other dialects. They would be sent as they are.
func (e *exam) leftovers() {
	e.hostBlank()
	for _, t := range presets.Tokens(e.Template) {
		at := place{t.Start, t.End}
		written := e.Template[t.Start:t.End]
		switch t.Dialect {
		case presets.Braces: // our own, or reported by the language
		case presets.AngleBrackets:
			e.find(CodeBlank, Error, at, fmt.Sprintf("%s is a placeholder: enter your own value.", written), nil)
		default:
			if !e.reported(at) {
				e.foreign(t, at, written)
			}
		}
	}
	for _, p := range e.pieces {
		if p.equals && p.value != "" && isFiller(p.value) {
			e.find(CodeFiller, Warning, p.at, fmt.Sprintf("%s is a placeholder for a value and would be sent as it is.", quote(p.value)), e.fixPiece(p))
		}
	}
}

// reported tells whether something was found at a place already.
func (e *exam) reported(at place) bool {
	return slices.ContainsFunc(e.findings, func(f Finding) bool { return f.Start == at.start && f.End == at.end })
}

func (e *exam) hostBlank() {
	at, host := hostOf(e.Template)
	message := fmt.Sprintf("%s is an example: enter your tracker's domain.", host)
	switch {
	case strings.EqualFold(host, presets.Nowhere):
		e.find(CodeHostBlank, Error, at, message, nil)
	case standIns.MatchString(e.Template):
		e.find(CodeHostBlank, Warning, at, message, nil)
	}
}

// foreign reports a placeholder of another dialect.
func (e *exam) foreign(t presets.Token, at place, written string) {
	proposal, confidence := presets.Propose(t.Name)
	message := fmt.Sprintf("%s is another system's placeholder (%s) and would be sent as it is.", written, t.Dialect)
	if confidence == presets.None {
		e.find(CodeForeignToken, Warning, at, message, e.replacing(at, "", "Remove it"))
		return
	}
	e.find(CodeForeignToken, Warning, at, fmt.Sprintf("%s is another system's placeholder (%s); use %s.", written, t.Dialect, proposal),
		e.replacing(at, proposal, "Use "+proposal))
}

// words that are never a value.
var words = regexp.MustCompile(`(?i)^(replace(_?me)?|optional|required|x{3,}|\.{2,}|…|\?+|your[ _-]\w+|insert[ _-]\w+|put[ _-]\w+|enter[ _-]\w+|[A-Z]+(_[A-Z]+)*_HERE)$|^(CLICK_?ID|SUB_?ID|PAYOUT|TRANSACTION_?ID|TXN?_?ID|VALUE|AMOUNT)$`)

func isFiller(value string) bool {
	return words.MatchString(value) && (strings.ToUpper(value) == value || strings.Contains(strings.ToLower(value), "replace") || len(value) > 4)
}

// fixPiece replaces the value with the macro that the parameter usually has.
func (e *exam) fixPiece(p piece) *Fix {
	if send := e.sends(p.name); send != "" {
		return e.replacing(p.at, send, "Use "+send)
	}
	return e.replacing(p.at, "", "Leave it empty")
}

// sends is what a parameter should send: as its tracker documents, else as its
// name says.
func (e *exam) sends(name string) string {
	if e.preset != nil {
		for _, known := range e.preset.Parameters {
			if strings.EqualFold(known.Name, name) && known.Send != "" {
				return known.Send
			}
		}
	}
	proposal, confidence := presets.Propose(name)
	if confidence == presets.None {
		return ""
	}
	return proposal
}
