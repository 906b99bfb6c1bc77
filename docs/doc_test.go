// Package docs_test holds the pages of this folder to the program that they describe.
package docs_test

import (
	"flag"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write what the program says into the pages")

// root is the folder of the program, seen from here.
const root = "../"

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// made holds the part of a page that is made, between two marks, to what it should
// be; with -update it is written.
func made(t *testing.T, page, name, want string) {
	t.Helper()
	begin, end := "<!-- made: "+name+" -->\n", "<!-- end -->"
	before, rest, found := strings.Cut(read(t, page), begin)
	is, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		t.Fatalf("%s has no part between %q and %q", page, begin, end)
	}
	if is == want {
		return
	}
	if !*update {
		t.Fatalf("the part %q of %s is not what the program says: go test ./docs -update", name, page)
	}
	if err := os.WriteFile(page, []byte(before+begin+want+end+after), 0o600); err != nil {
		t.Fatal(err)
	}
}
