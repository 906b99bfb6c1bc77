package docs_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// writes finds statements that make, move or end a delivery or an attempt.
var writes = regexp.MustCompile(`(?i)\b(INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+(ONLY\s+)?(deliveries|attempts)\b`)

// Outside of outbox nobody writes a delivery's row or an attempt's: who adds a state
// has one place to look. demo makes a past, and bench fills tables.
func TestOneFolderWritesDeliveries(t *testing.T) {
	t.Parallel()
	allowed := map[string]bool{"outbox": true, "demo": true, "bench": true, "pgtest": true}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := filepath.ToSlash(strings.TrimPrefix(path, root))
		if d.IsDir() {
			if allowed[name] || name == "ent/db" || name == "frontend" || strings.HasPrefix(d.Name(), ".") && name != "" {
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
		ast.Inspect(file, func(n ast.Node) bool {
			if text, ok := n.(*ast.BasicLit); ok && text.Kind == token.STRING {
				if found := writes.FindString(text.Value); found != "" {
					t.Errorf("%s: %q: outbox alone writes deliveries and attempts", files.Position(text.Pos()), found)
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
