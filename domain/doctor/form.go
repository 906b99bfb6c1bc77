package doctor

import (
	"fmt"
	"strings"
)

// form finds slips in how the query is written.
func (e *exam) form() {
	seen := map[string]bool{}
	for i, p := range e.pieces {
		last := i == len(e.pieces)-1
		switch {
		case p.whole.start == p.whole.end:
			e.emptyPiece(i, last)
			continue
		case !p.equals && e.looksLikeParameter(p):
			e.find(CodeMissingEquals, Warning, p.whole, fmt.Sprintf("There is no = in %s, so the parameter has no value.", quote(p.name)), e.fixEquals(p))
		}
		e.questions(p)
		if p.equals && p.name != "" && seen[p.name] {
			e.find(CodeRepeatedParameter, Warning, p.whole, fmt.Sprintf("The parameter %s is there twice; most trackers read only one of them.", quote(p.name)),
				&Fix{Label: "Remove the second", URLTemplate: without(e.Template, p)})
		}
		seen[p.name] = true
	}
}

// emptyPiece is nothing between two separators, or after the last.
func (e *exam) emptyPiece(i int, last bool) {
	at := e.pieces[i].whole.start
	switch {
	case i == 0 && last:
		return // a bare "?" does no harm
	case last && e.reported(place{at - 1, at}):
		return // the & of "?&" is one
	case i > 0 && !last:
		e.find(CodeDoubleAmpersand, Warning, place{at - 1, at + 1}, "There are two & in a row.",
			e.replacing(place{at, at + 1}, "", "Remove one"))
	case last:
		e.find(CodeStrayAmpersand, Warning, place{at - 1, at}, "The & at the end has no parameter after it.", e.replacing(place{at - 1, at}, "", "Remove it"))
	default:
		e.find(CodeStrayAmpersand, Warning, place{at, at + 1}, "The & after the ? has no parameter before it.", e.replacing(place{at, at + 1}, "", "Remove it"))
	}
}

// questions finds further "?" in a query.
func (e *exam) questions(p piece) {
	for at := outside(e.Template[:p.whole.end], p.whole.start, "?"); at < p.whole.end; at = outside(e.Template[:p.whole.end], at+1, "?") {
		rest := e.Template[at+1 : p.whole.end]
		fix := e.replacing(place{at, at + 1}, "%3F", "Write it as %3F")
		if strings.Contains(rest, "=") || rest == "" {
			fix = e.replacing(place{at, at + 1}, "&", "Use & instead")
		}
		if rest == "" || at == p.whole.start { // a separator stands before or after it already
			fix = e.replacing(place{at, at + 1}, "", "Remove it")
		}
		e.find(CodeSecondQuestion, Warning, place{at, at + 1}, "This is a second ?; parameters after the first one are separated by &.", fix)
	}
}

// looksLikeParameter leaves single words alone that are meant as they are.
func (e *exam) looksLikeParameter(p piece) bool {
	return len(e.pieces) > 1 || strings.Contains(p.name, "{")
}

// fixEquals puts the sign before a macro that stands directly after its name.
func (e *exam) fixEquals(p piece) *Fix {
	if at := strings.IndexByte(p.name, '{'); at > 0 {
		return e.replacing(place{p.whole.start + at, p.whole.start + at}, "=", "Add the =")
	}
	return &Fix{Label: "Remove it", URLTemplate: without(e.Template, p)}
}

func quote(s string) string {
	const most = 40
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return "“" + s + "”"
}
