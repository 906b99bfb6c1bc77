package docs_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// oldWords are the patterns of words.md, by the word that took their place.
func oldWords(t *testing.T) map[string]*regexp.Regexp {
	t.Helper()
	found := map[string]*regexp.Regexp{}
	for line := range strings.SplitSeq(read(t, "words.md"), "\n") {
		cells := regexp.MustCompile(`(?:^|[^\\])\|`).Split(strings.TrimSpace(line), -1)
		if len(cells) < 4 || strings.HasPrefix(strings.TrimSpace(cells[1]), "---") || strings.TrimSpace(cells[1]) == "word" {
			continue
		}
		last := strings.Trim(strings.TrimSpace(cells[len(cells)-2]), "`")
		if last == "" {
			continue
		}
		pattern, err := regexp.Compile(strings.ReplaceAll(last, `\|`, "|"))
		if err != nil {
			t.Fatalf("words.md: %s: %v", cells[1], err)
		}
		found[strings.TrimSpace(cells[1])] = pattern
	}
	return found
}

// skippedFolders have nothing that is written here, or what keeps the words of its day.
var skippedFolders = []string{".git", "bin", "docs/images", "ent/db", "ent/migrations", "frontend/dist", "frontend/test-results", "graph/gen"}

// No word that was given up is anywhere in code, schema, pages or docs.
func TestNoOldWord(t *testing.T) {
	t.Parallel()
	patterns := oldWords(t)
	if len(patterns) < 40 {
		t.Fatalf("%d patterns were read of words.md", len(patterns))
	}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := filepath.ToSlash(strings.TrimPrefix(path, root))
		if d.IsDir() {
			if slices.Contains(skippedFolders, name) || d.Name() == "node_modules" || d.Name() == ".cache" || d.Name() == ".postrider" {
				return fs.SkipDir
			}
			return nil
		}
		if !slices.Contains([]string{".go", ".ts", ".tsx", ".md", ".graphqls", ".graphql", ".sql", ".yml", ".txt"}, filepath.Ext(name)) || name == "docs/words.md" {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for word, pattern := range patterns {
			for _, at := range pattern.FindAllIndex(text, 3) {
				line := 1 + strings.Count(string(text[:at[0]]), "\n")
				t.Errorf("%s:%d: %q is %q now", name, line, text[at[0]:at[1]], word)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
