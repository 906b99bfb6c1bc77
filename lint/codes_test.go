package lint_test

import (
	"go/ast"
	"regexp"
	"testing"
)

// missingWords are how a message says that something is not there.
var missingWords = regexp.MustCompile(`\bthere is no\b|\bhave no such\b|\byou have no\b|\bno such\b`)

// What is not there has the code for that, whoever says it: a program that deletes, say, is done then.
func TestWhatIsNotThereIsNotFound(t *testing.T) {
	t.Parallel()
	for _, f := range read(t) {
		if f.test() {
			continue
		}
		ast.Inspect(f.File, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) < 2 {
				return true
			}
			named, ok := call.Fun.(*ast.SelectorExpr)
			if !ok || named.Sel.Name != "Invalid" && named.Sel.Name != "Forbidden" && named.Sel.Name != "Conflict" {
				return true
			}
			for _, arg := range call.Args {
				if text, ok := arg.(*ast.BasicLit); ok && missingWords.MatchString(text.Value) {
					t.Errorf("%s:%d: %s says that something is not there: use problem.NotFound, or NotFoundAt", f.path, f.line(call.Pos()), named.Sel.Name)
				}
			}
			return true
		})
	}
}
