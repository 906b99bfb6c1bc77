package viewer_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// byAffiliate is SQL that picks rows by an affiliate given as an argument.
var byAffiliate = regexp.MustCompile(`(?i)affiliate_id\s*(=|<>|!=|\bIN\b|\bIS (NOT )?DISTINCT FROM\b)\s*(ANY\s*)?\(*\s*(\w+\s*\(\s*)?(\$|$)|\$\d+(::\w+)?\s*=\s*(\w+\.)?affiliate_id`)

// mayPickByAffiliate are the folders that do not read for a viewer.
var mayPickByAffiliate = map[string]string{
	"intake": "records facts as the system, for the affiliate of a click or conversion",
}

// What is read for a viewer is read through ent or viewer.Scoped, which scope it.
func TestNobodyScopesByHand(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	eachSource(t, func(path string, files *token.FileSet, file *ast.File) {
		folder, _, _ := strings.Cut(path, "/")
		ast.Inspect(file, func(n ast.Node) bool {
			literal, ok := n.(*ast.BasicLit)
			if !ok || literal.Kind != token.STRING {
				return true
			}
			text, err := strconv.Unquote(literal.Value)
			if err != nil {
				t.Errorf("%s: %v", path, err)
			}
			if !byAffiliate.MatchString(text) {
				return true
			}
			if used[folder] = true; mayPickByAffiliate[folder] == "" {
				t.Errorf("%s:%d picks rows by affiliate: let viewer.Scoped do it, {sees affiliate_id}", path, files.Position(literal.Pos()).Line)
			}
			return true
		})
	})
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

// eachSource parses the program's own sources: no tests, and nothing generated.
func eachSource(t *testing.T, do func(path string, files *token.FileSet, file *ast.File)) {
	t.Helper()
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := entry.Name()
		if entry.IsDir() {
			if path != root && (slices.Contains([]string{"db", "gen", "node_modules", "testdata"}, name) || strings.HasPrefix(name, ".")) {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(root, path)
		if err == nil {
			do(filepath.ToSlash(relative), files, file)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
