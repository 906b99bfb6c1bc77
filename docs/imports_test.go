package docs_test

import (
	"fmt"
	"go/build"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// module is how imports of the program's own packages begin.
const module = "postrider/"

// importRule is a list of depguard's.
type importRule struct {
	Files    []string
	ListMode string `yaml:"list-mode"`
	Allow    []string
}

// ofFolder tells whether a list is for all packages under a folder, beside their own.
func (r importRule) ofFolder() bool { return len(r.Files) > 0 && strings.Contains(r.Files[0], "**") }

// importRules are the strict lists of .golangci.yml, by package.
func importRules(t *testing.T) map[string]importRule {
	t.Helper()
	var config struct {
		Linters struct {
			Settings struct {
				Depguard struct{ Rules map[string]importRule }
			}
		}
	}
	if err := yaml.Unmarshal([]byte(read(t, root+".golangci.yml")), &config); err != nil {
		t.Fatal(err)
	}
	rules := config.Linters.Settings.Depguard.Rules
	maps.DeleteFunc(rules, func(_ string, r importRule) bool { return r.ListMode != "strict" || r.ofFolder() })
	return rules
}

// packages are the program's packages and what they import, but for ent's generated
// ones, which nobody writes.
func packages(t *testing.T) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		name := filepath.ToSlash(strings.TrimPrefix(path, root))
		if name == "ent/db" || d.Name() == "node_modules" || len(name) > 0 && strings.HasPrefix(d.Name(), ".") {
			return fs.SkipDir
		}
		p, err := build.ImportDir(path, 0)
		if err == nil && len(p.GoFiles) > 0 {
			all[name] = p.Imports
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// covers tells whether an entry of a list allows an import, as depguard reads it.
func covers(entry, imported string) bool {
	if exact, ok := strings.CutSuffix(entry, "$"); ok {
		return imported == exact
	}
	return strings.HasPrefix(imported, entry)
}

// Every package has a list of what it may import, with nothing in it that it does
// not need: an import is a decision, and so is its end.
func TestEveryPackageHasItsListOfImports(t *testing.T) {
	t.Parallel()
	rules, all := importRules(t), packages(t)
	if len(all) < 20 {
		t.Fatalf("found only the packages %v", slices.Sorted(maps.Keys(all)))
	}
	for name, imports := range all {
		rule, ok := rules[name]
		if !ok {
			t.Errorf(".golangci.yml: depguard has no strict list for %s", name)
			continue
		}
		if want := "${base-path}/" + name + "/*.go"; !slices.Equal(rule.Files, []string{want, "!$test"}) {
			t.Errorf(".golangci.yml: the list %s is for the files %q", name, rule.Files)
		}
		for _, entry := range rule.Allow {
			needed := entry == "$gostd" || slices.ContainsFunc(imports, func(i string) bool { return covers(entry, i) })
			if !needed {
				t.Errorf(".golangci.yml: %s may import %s, and does not", name, entry)
			}
		}
	}
	for name := range rules {
		if _, ok := all[name]; !ok {
			t.Errorf(".golangci.yml: depguard has a list for %s, which is no package", name)
		}
	}
}

// own are the program's packages among what a rule allows, and libraries the others.
func (r importRule) own() (own, libraries []string) {
	for _, entry := range r.Allow {
		switch name, ok := strings.CutPrefix(strings.TrimSuffix(entry, "$"), module); {
		case ok:
			own = append(own, name)
		case entry != "$gostd":
			libraries = append(libraries, name)
		}
	}
	return own, libraries
}

// Between folders data flows one way: no two import each other, on whatever way.
func TestNoFolderImportsItself(t *testing.T) {
	t.Parallel()
	below := map[string][]string{}
	for name, rule := range importRules(t) {
		folder, _, _ := strings.Cut(name, "/")
		own, _ := rule.own()
		for _, o := range own {
			if to, _, _ := strings.Cut(o, "/"); to != folder {
				below[folder] = append(below[folder], to)
			}
		}
	}
	done := map[string]bool{}
	var visit func(folder string, way []string)
	visit = func(folder string, way []string) {
		if slices.Contains(way, folder) {
			t.Errorf("a circle: %s", strings.Join(append(way, folder), " → "))
			return
		}
		if done[folder] {
			return
		}
		for _, to := range below[folder] {
			visit(to, append(slices.Clone(way), folder))
		}
		done[folder] = true
	}
	for folder := range below {
		visit(folder, nil)
	}
	if len(below["internal"]) > 0 {
		t.Errorf("internal is the lowest layer, and may import %v", below["internal"])
	}
}

// The page has the lists as a table.
func TestTheTableOfImports(t *testing.T) {
	t.Parallel()
	rules := importRules(t)
	var b strings.Builder
	b.WriteString("| package | may import | libraries |\n| --- | --- | --- |\n")
	for _, name := range slices.Sorted(maps.Keys(rules)) {
		own, libraries := rules[name].own()
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", name, strings.Join(folded(own), ", "), strings.Join(short(libraries), ", "))
	}
	made(t, "architecture.md", "imports", b.String())
}

// folded are packages, those of one folder together.
func folded(names []string) (all []string) {
	var inside []string
	for _, name := range names {
		if n, ok := strings.CutPrefix(name, "internal/"); ok {
			inside = append(inside, n)
			continue
		}
		all = append(all, "`"+name+"`")
	}
	switch {
	case len(inside) == 1:
		all = append(all, "`internal/"+inside[0]+"`")
	case len(inside) > 1:
		all = append(all, "`internal/{"+strings.Join(inside, ",")+"}`")
	}
	return all
}

// short are the names of libraries without where they are kept.
func short(paths []string) (names []string) {
	for _, path := range paths {
		parts := strings.Split(path, "/")
		names = append(names, parts[min(2, len(parts)-1)]) // host/owner/name, or host/name
	}
	slices.Sort(names)
	return slices.Compact(names)
}
