package limit

import (
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

// Document has the limits of a document. Zero fields mean no limit.
type Document struct {
	Tokens      int // names, numbers, strings, punctuation
	Operations  int // in one document
	Fragments   int // in one document
	Validated   int // validated fields: those of each operation, each fragment once per operation
	Repetitions int // of one response name, and of spreads, in one selection set, inline fragments included
}

// Check parses a document and returns the limit that it exceeds, or nil if it may be validated.
// What cannot be parsed it leaves to the parser that answers. The number of steps is linear in the
// number of tokens.
func (d Document) Check(text string) *Exceeded {
	doc, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: text}, d.Tokens)
	if err != nil {
		if strings.Contains(err.Error(), "token limit") {
			return exceeded("tokens", d.Tokens, "the document has more than %d tokens: split it into several operations", d.Tokens)
		}
		return nil
	}
	if d.Operations > 0 && len(doc.Operations) > d.Operations {
		return exceeded("operations", d.Operations, "the document has %d operations, more than %d: send those that are executed", len(doc.Operations), d.Operations)
	}
	if d.Fragments > 0 && len(doc.Fragments) > d.Fragments {
		return exceeded("fragments", d.Fragments, "the document has %d fragments, more than %d: send those that are used", len(doc.Fragments), d.Fragments)
	}
	validated := 0
	for _, op := range doc.Operations {
		if e := d.checkSet(op.SelectionSet); e != nil {
			return e
		}
		validated += reached(doc, op.SelectionSet, map[string]bool{})
	}
	if d.Validated > 0 && validated > d.Validated {
		return exceeded("validated", d.Validated, "the operations of the document have %d fields together, more than %d: send the one that is executed", validated, d.Validated)
	}
	for _, f := range doc.Fragments {
		if e := d.checkSet(f.SelectionSet); e != nil {
			return e
		}
	}
	return nil
}

// checkSet looks for names that are repeated too often in a selection set and in those below it.
func (d Document) checkSet(set ast.SelectionSet) *Exceeded {
	seen, spreads, below := map[string]int{}, 0, []ast.SelectionSet{}
	flatten(set, func(f *ast.Field) {
		seen[f.Alias]++
		if len(f.SelectionSet) > 0 {
			below = append(below, f.SelectionSet)
		}
	}, func(*ast.FragmentSpread) { spreads++ })
	if d.Repetitions > 0 && spreads > d.Repetitions {
		return exceeded("repetitions", d.Repetitions, "%d fragments are spread in one place, more than %d: join some of them", spreads, d.Repetitions)
	}
	for name, n := range seen {
		if d.Repetitions > 0 && n > d.Repetitions {
			return exceeded("repetitions", d.Repetitions, "%q is selected %d times in one place, more than %d: once is enough", name, n, d.Repetitions)
		}
	}
	for _, set := range below {
		if e := d.checkSet(set); e != nil {
			return e
		}
	}
	return nil
}

// flatten calls field for the fields of a selection set and of its inline fragments, and spread
// for their fragment spreads.
func flatten(set ast.SelectionSet, field func(*ast.Field), spread func(*ast.FragmentSpread)) {
	for _, selection := range set {
		switch s := selection.(type) {
		case *ast.Field:
			field(s)
		case *ast.InlineFragment:
			flatten(s.SelectionSet, field, spread)
		case *ast.FragmentSpread:
			spread(s)
		}
	}
}

// reached counts the fields of a selection set and of what it spreads, each fragment once:
// validation visits each only once.
func reached(doc *ast.QueryDocument, set ast.SelectionSet, seen map[string]bool) (n int) {
	flatten(set, func(f *ast.Field) {
		n += 1 + reached(doc, f.SelectionSet, seen)
	}, func(s *ast.FragmentSpread) {
		if seen[s.Name] {
			return
		}
		seen[s.Name] = true
		if f := doc.Fragments.ForName(s.Name); f != nil {
			n += reached(doc, f.SelectionSet, seen)
		}
	})
	return n
}
