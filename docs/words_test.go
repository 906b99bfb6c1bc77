package docs_test

import (
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// program is what the pages may name: the words of its sources, identifiers and what
// their texts say, without comments; and its files.
type program struct {
	words map[string]bool
	files []string
}

var word = regexp.MustCompile(`[A-Za-z_][A-Za-z0-9_]*`)

// readProgram reads every source. ent's generated code is left out: it has what the
// schema says, and a hundred thousand lines of it.
func readProgram(t *testing.T) *program {
	t.Helper()
	all := &program{words: map[string]bool{}}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := filepath.ToSlash(strings.TrimPrefix(path, root))
		if d.IsDir() {
			if name == "ent/db" || name == "docs" || name == ".git" || name == ".cache" || d.Name() == "node_modules" || d.Name() == "dist" {
				return fs.SkipDir
			}
			return nil
		}
		all.files = append(all.files, "/"+name)
		switch filepath.Ext(path) {
		case ".go":
			return all.addGo(path)
		case ".sql", ".graphqls", ".ts", ".tsx", ".yml", ".json", ".mod":
			return all.addText(path)
		}
		if d.Name() == "Makefile" || strings.HasPrefix(name, ".ci/") {
			return all.addText(path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func (p *program) addText(path string) error {
	text, err := os.ReadFile(path)
	for _, found := range word.FindAllString(string(text), -1) {
		p.words[found] = true
	}
	return err
}

// addGo adds names and texts, but no comments: what only they speak of is gone.
func (p *program) addGo(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var s scanner.Scanner
	files := token.NewFileSet()
	s.Init(files.AddFile(path, -1, len(text)), text, nil, 0)
	for {
		_, kind, literal := s.Scan()
		switch kind {
		case token.EOF:
			return nil
		case token.IDENT, token.STRING:
			for _, found := range word.FindAllString(literal, -1) {
				p.words[found] = true
			}
		}
	}
}

// declares tells whether a package has a name at its top, or as a method or field.
func declares(t *testing.T, folder, name string) bool {
	t.Helper()
	paths, err := filepath.Glob(folder + "/*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for _, path := range paths {
		p, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(p, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				found = found || n.Name.Name == name
			case *ast.TypeSpec:
				found = found || n.Name.Name == name
			case *ast.ValueSpec:
				for _, id := range n.Names {
					found = found || id.Name == name
				}
			case *ast.Field:
				for _, id := range n.Names {
					found = found || id.Name == name
				}
			}
			return !found
		})
	}
	return found
}

var (
	inline    = regexp.MustCompile("`([^`]+)`")
	fenced    = regexp.MustCompile("(?s)\n```.*?\n```")
	parts     = regexp.MustCompile("(?s)<!-- made: .*?<!-- end -->") // a test makes it
	pathLike  = regexp.MustCompile(`^[\w.{},*-]*(/[\w.{},*-]*)+$|^\.?[\w-]+\.(go|md|sql|ts|tsx|yml|json|graphqls)$`)
	qualified = regexp.MustCompile(`^([a-z]\w*)\.(?:\(\*?(\w+)\)|(\w+))(?:\.(\w+))?$`) // folder.Name, folder.(*Type).Method
)

// What these pages call by its name in the program is there.
func TestEveryCodeWordExists(t *testing.T) {
	t.Parallel()
	all := readProgram(t)
	for _, page := range []string{"architecture.md", "data-walk.md", "development.md"} {
		text := parts.ReplaceAllString(fenced.ReplaceAllString(read(t, page), ""), "")
		for _, found := range inline.FindAllStringSubmatch(text, -1) {
			if missing := all.missing(t, found[1]); missing != "" {
				t.Errorf("%s: `%s`: there is no %s", page, found[1], missing)
			}
		}
	}
}

// missing is what a span of code names that is not there, or nothing.
func (p *program) missing(t *testing.T, span string) string {
	t.Helper()
	if pathLike.MatchString(span) {
		if p.has(span) {
			return ""
		}
		if strings.Contains(filepath.Base(span), ".") || strings.HasSuffix(span, "/") {
			return "file " + span
		}
	}
	if q := qualified.FindStringSubmatch(span); q != nil {
		for _, folder := range []string{root + q[1], root + "internal/" + q[1]} {
			if info, err := os.Stat(folder); err != nil || !info.IsDir() {
				continue
			}
			for _, name := range q[2:] {
				if name != "" && !declares(t, folder, name) {
					return name + " in " + folder
				}
			}
			return ""
		}
	}
	for _, name := range word.FindAllString(span, -1) {
		if !p.words[name] {
			return name
		}
	}
	return ""
}

// has tells whether there is such a file or folder, wherever it is.
func (p *program) has(path string) bool {
	if found, err := filepath.Glob(root + path); err == nil && len(found) > 0 {
		return true
	}
	return slices.ContainsFunc(p.files, func(file string) bool {
		return strings.HasSuffix(file, "/"+path) || strings.Contains(file, "/"+strings.TrimSuffix(path, "/")+"/")
	})
}
