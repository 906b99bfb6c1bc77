// Package lint_test holds what golangci-lint has no linter for.
package lint_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// file is one Go file of the program.
type file struct {
	*ast.File

	path string
	fset *token.FileSet
}

func (f file) test() bool           { return strings.HasSuffix(f.path, "_test.go") }
func (f file) folder() string       { return path.Dir(f.path) }
func (f file) line(p token.Pos) int { return f.fset.Position(p).Line }

// files is every Go file, generated ones too.
var files = sync.OnceValues(func() (all []file, err error) {
	root := os.DirFS("..")
	err = fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && name != "." && (entry.Name() == "node_modules" || strings.HasPrefix(entry.Name(), ".")) {
			return fs.SkipDir
		}
		if !strings.HasSuffix(name, ".go") {
			return nil
		}
		text, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		fset := token.NewFileSet()
		parsed, err := parser.ParseFile(fset, name, text, parser.ParseComments)
		all = append(all, file{parsed, name, fset})
		return err
	})
	return all, err
})

func read(t *testing.T) []file {
	t.Helper()
	all, err := files()
	if err != nil || len(all) == 0 {
		t.Fatal(len(all), err)
	}
	return all
}

// maxTest is the length in lines of the longest function in a test. It is more than
// funlen allows elsewhere: a table is as long as its cases.
const maxTest = 80

func TestFunctionsInTestsAreShort(t *testing.T) {
	t.Parallel()
	for _, f := range read(t) {
		if !f.test() {
			continue
		}
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok {
				if n := f.line(fn.End()) - f.line(fn.Pos()) + 1; n > maxTest {
					t.Errorf("%s:%d: %s has %d lines, more than %d", f.path, f.line(fn.Pos()), fn.Name.Name, n, maxTest)
				}
			}
		}
	}
}

// directive is a comment that golangci-lint reads.
var directive = regexp.MustCompile(`^//nolint\b:?([\w,-]*)`)

// enabled reads which linters are on.
func enabled(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile("../.golangci.yml")
	if err != nil {
		t.Fatal(err)
	}
	_, list, _ := strings.Cut(string(text), "  enable:\n")
	list, _, _ = strings.Cut(list, "  settings:\n")
	var names []string
	for _, m := range regexp.MustCompile(`(?m)^    - ([a-z]+)`).FindAllStringSubmatch(list, -1) {
		names = append(names, m[1])
	}
	return names
}

// nolintlint finds a nolint that is not needed only for linters that are on.
func TestEveryNolintIsForALinterThatIsOn(t *testing.T) {
	t.Parallel()
	on := enabled(t)
	if !slices.Contains(on, "nolintlint") {
		t.Fatalf("nolintlint is off: %q", on)
	}
	for _, f := range read(t) {
		for _, group := range f.Comments {
			for _, c := range group.List {
				m := directive.FindStringSubmatch(c.Text)
				if m == nil {
					continue
				}
				for name := range strings.SplitSeq(m[1], ",") {
					if !slices.Contains(on, name) {
						t.Errorf("%s:%d: nolint of %q, which is off", f.path, f.line(c.Pos()), name)
					}
				}
			}
		}
	}
}

// checked tells whether a file's exported names must be used: generated code is as
// it is, and pgtest and bench are for tests and measuring.
func checked(f file) bool {
	top, _, _ := strings.Cut(f.path, "/")
	return !f.test() && !ast.IsGenerated(f.File) && top != "pgtest" && top != "bench"
}

// names are the exported functions, types, variables and constants of a package. A
// constant with a type is one of a set, and goes with it.
func names(f file) []*ast.Ident {
	var all []*ast.Ident
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				all = append(all, d.Name)
			}
		case *ast.GenDecl:
			for _, s := range d.Specs {
				switch s := s.(type) {
				case *ast.TypeSpec:
					all = append(all, s.Name)
				case *ast.ValueSpec:
					if s.Type == nil && len(s.Values) > 0 {
						all = append(all, s.Names...)
					}
				}
			}
		}
	}
	return slices.DeleteFunc(all, func(n *ast.Ident) bool { return !n.IsExported() })
}

// use is a name of a package, which is said by its folder.
type use struct{ folder, name string }

// usedIn adds what a file names: of its own package, and of those that it imports.
func usedIn(f file, used map[use]bool, declared map[*ast.Ident]bool) {
	imports := map[string]string{}
	for _, i := range f.Imports {
		p, _ := strconv.Unquote(i.Path.Value)
		folder, ours := strings.CutPrefix(p, "postrider/")
		if !ours {
			continue
		}
		local := path.Base(folder)
		if i.Name != nil {
			local = i.Name.Name
		}
		imports[local] = folder
	}
	ast.Inspect(f.File, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok && imports[x.Name] != "" {
				used[use{imports[x.Name], n.Sel.Name}] = true
			}
		case *ast.Ident:
			if !declared[n] {
				used[use{f.folder(), n.Name}] = true
			}
		}
		return true
	})
}

// schemaTypes are the names of the API's types.
func schemaTypes(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile("../graph/schema.graphql")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, m := range regexp.MustCompile(`(?m)^type (\w+)`).FindAllStringSubmatch(string(text), -1) {
		names = append(names, m[1])
	}
	return names
}

// deadcode knows methods too, and takes a minute; this takes a moment. pgtest counts
// as a user: it is a package of its own, which cannot see what is not exported.
func TestNoNameIsExportedForTestsAlone(t *testing.T) {
	t.Parallel()
	used, declared := map[use]bool{}, map[*ast.Ident]bool{}
	for _, f := range read(t) {
		for _, n := range names(f) {
			declared[n] = true
		}
	}
	for _, f := range read(t) {
		if !f.test() || f.folder() == "docs" { // which makes its pages from what is exported
			usedIn(f, used, declared)
		}
	}
	for _, name := range schemaTypes(t) { // gqlgen finds what is shown by its name
		used[use{"graph/page", name}] = true
	}
	for _, f := range read(t) {
		if !checked(f) {
			continue
		}
		for _, n := range names(f) {
			if !used[use{f.folder(), n.Name}] {
				t.Errorf("%s:%d: nothing but tests uses %s", f.path, f.line(n.Pos()), n.Name)
			}
		}
	}
}
