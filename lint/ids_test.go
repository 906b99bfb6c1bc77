package lint_test

import (
	"go/ast"
	"go/parser"
	"go/types"
	"maps"
	"slices"
	"strings"
	"testing"
)

// bareIDs are the types of keys that tell nothing of whose key it is.
var bareIDs = []string{"int64", "uuid.UUID"}

// swappable are the bare types of which a signature takes several by their order alone.
func swappable(signature *ast.FuncType) []string {
	taken := map[string]int{}
	for _, p := range signature.Params.List {
		taken[types.ExprString(p.Type)] += max(1, len(p.Names))
	}
	maps.DeleteFunc(taken, func(kind string, n int) bool { return n < 2 || !slices.Contains(bareIDs, kind) })
	return slices.Sorted(maps.Keys(taken))
}

// compares tells whether a function literal is one to sort by: what it takes are two of
// one kind, and it is slices that calls it.
func compares(literal *ast.FuncLit) bool {
	results := literal.Type.Results
	return literal.Type.Params.NumFields() == 2 && results.NumFields() == 1 && types.ExprString(results.List[0].Type) == "int"
}

// Two ids of one type are swapped without the compiler's noticing. What resolvers take
// is gqlgen's to say.
func TestNoTwoBareIDsAreTakenByTheirOrder(t *testing.T) {
	t.Parallel()
	for _, f := range written(t) {
		if strings.HasSuffix(f.path, ".resolvers.go") {
			continue
		}
		sorts := map[*ast.FuncType]bool{}
		ast.Inspect(f.File, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncLit:
				sorts[n.Type] = compares(n)
			case *ast.FuncType: // of a function, a literal, an interface's method or a type
				if sorts[n] {
					break
				}
				for _, kind := range swappable(n) {
					t.Errorf("%s:%d takes several %s by their order, and callers can swap them: give ids their types (internal/ids), or take a struct",
						f.path, f.line(n.Params.Pos()), kind)
				}
			}
			return true
		})
	}
}

func TestSwappableKnowsTheWaysToWriteIt(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"func(a, b int64)":                                     "int64",
		"func(int64, string, int64)":                           "int64",
		"func(a uuid.UUID, s string, b uuid.UUID, n, m int64)": "int64 uuid.UUID",
		"func(a int64, b uuid.UUID, c []int64, d ...int64)":    "",
		"func(a ids.Offer, b ids.Campaign, n int64)":           "",
		"func(a int64) (int64, int64)":                         "",
	} {
		parsed, err := parser.ParseExpr(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(swappable(parsed.(*ast.FuncType)), " "); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}
