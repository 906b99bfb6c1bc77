package lint_test

import (
	"go/ast"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// written are the program's own sources: no tests, nothing generated.
func written(t *testing.T) []file {
	t.Helper()
	return slices.DeleteFunc(slices.Clone(read(t)), func(f file) bool { return f.test() || ast.IsGenerated(f.File) })
}

// text is a string literal.
type text struct {
	value string
	line  int
}

// texts are the string literals of a file: its SQL is among them.
func (f file) texts(t *testing.T) (all []text) {
	t.Helper()
	ast.Inspect(f.File, func(n ast.Node) bool {
		literal, ok := n.(*ast.BasicLit)
		if !ok || literal.Kind != token.STRING {
			return true
		}
		value, err := strconv.Unquote(literal.Value)
		if err != nil {
			t.Errorf("%s: %v", f.path, err)
		}
		all = append(all, text{value, f.line(literal.Pos())})
		return true
	})
	return all
}

// byAffiliate is SQL that picks rows by an affiliate given as an argument.
var byAffiliate = regexp.MustCompile(`(?i)affiliate_id\s*(=|<>|!=|\bIN\b|\bIS (NOT )?DISTINCT FROM\b)\s*(ANY\s*)?\(*\s*(\w+\s*\(\s*)?(\$|$)|\$\d+(::\w+)?\s*=\s*(\w+\.)?affiliate_id`)

// mayPickByAffiliate are the folders that do not read for a viewer.
var mayPickByAffiliate = map[string]string{
	"intake":      "records facts as the system, for the affiliate of a click or conversion",
	"idempotency": "a key is its viewer's alone: the affiliate is part of whose it is",
}

// What is read for a viewer is read through ent or viewer.Scoped, which scope it.
func TestNobodyScopesByHand(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	for _, f := range written(t) {
		folder, _, _ := strings.Cut(f.path, "/")
		for _, text := range f.texts(t) {
			if !byAffiliate.MatchString(text.value) {
				continue
			}
			if used[folder] = true; mayPickByAffiliate[folder] == "" {
				t.Errorf("%s:%d picks rows by affiliate: let viewer.Scoped do it, {sees affiliate_id}", f.path, text.line)
			}
		}
	}
	for folder := range mayPickByAffiliate {
		if !used[folder] {
			t.Errorf("%s is excepted and needs it no longer", folder)
		}
	}
}

func TestByAffiliateKnowsTheWaysToWriteIt(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"WHERE affiliate_id = $1", "WHERE ($1 OR d.affiliate_id=$2)", "WHERE affiliate_id = ANY($1)", "AND affiliate_id IN ($1, $2)",
		"WHERE $1 = d.affiliate_id", "WHERE affiliate_id = nullif($1, 0)", "WHERE affiliate_id = ", "affiliate_id IS NOT DISTINCT FROM $1",
	} {
		if !byAffiliate.MatchString(text) {
			t.Errorf("%s is let through", text)
		}
	}
	for _, text := range []string{
		"ON p.affiliate_id = c.affiliate_id", "affiliate_id IS NOT NULL AND goal = $1", "INSERT INTO x (affiliate_id) VALUES ($1)", "{sees affiliate_id}",
	} {
		if byAffiliate.MatchString(text) {
			t.Errorf("%s is refused", text)
		}
	}
}

// writes finds statements that make, move or end a delivery or an attempt.
var writes = regexp.MustCompile(`(?i)\b(INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+(ONLY\s+)?(deliveries|attempts)\b`)

// Outside of outbox nobody writes a delivery's row or an attempt's: who adds a state
// has one place to look. demo makes a past, and bench fills tables.
func TestOneFolderWritesDeliveries(t *testing.T) {
	t.Parallel()
	mayWrite := []string{"outbox", "demo", "bench", "pgtest"}
	seen := false
	for _, f := range written(t) {
		folder, _, _ := strings.Cut(f.path, "/")
		for _, text := range f.texts(t) {
			found := writes.FindString(text.value)
			seen = seen || found != "" && folder == "outbox"
			if found != "" && !slices.Contains(mayWrite, folder) {
				t.Errorf("%s:%d: %q: outbox alone writes deliveries and attempts", f.path, text.line, found)
			}
		}
	}
	if !seen {
		t.Error("not even outbox was seen to write")
	}
}
