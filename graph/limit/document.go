package limit

import (
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

// Document is what a document may look like. Zero fields mean no limit.
type Document struct {
	Tokens      int // names, numbers, strings, punctuation
	Operations  int // in one document
	Repetitions int // of one response name in one selection set, inline fragments included
}

// Check reads a document and tells whether it may be validated: nil, or which
// limit it exceeds. What cannot be parsed it leaves to the parser that answers.
// It takes a number of steps that grows with the tokens, and no faster.
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
	for _, op := range doc.Operations {
		if e := d.checkSet(op.SelectionSet); e != nil {
			return e
		}
	}
	for _, f := range doc.Fragments {
		if e := d.checkSet(f.SelectionSet); e != nil {
			return e
		}
	}
	return nil
}

// checkSet looks for names that are repeated too often in a selection set and in
// those below it.
func (d Document) checkSet(set ast.SelectionSet) *Exceeded {
	seen, below := map[string]int{}, []ast.SelectionSet{}
	flatten(set, func(f *ast.Field) {
		seen[f.Alias]++
		if len(f.SelectionSet) > 0 {
			below = append(below, f.SelectionSet)
		}
	})
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

// flatten calls fn for the fields of a selection set and of its inline fragments.
func flatten(set ast.SelectionSet, fn func(*ast.Field)) {
	for _, selection := range set {
		switch s := selection.(type) {
		case *ast.Field:
			fn(s)
		case *ast.InlineFragment:
			flatten(s.SelectionSet, fn)
		}
	}
}
