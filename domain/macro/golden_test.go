package macro_test

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"postrider/domain/macro"
)

// golden is one case of the corpus in testdata/golden, whose README describes the format.
type golden struct {
	name, template string
	scope          macro.Scope
	values         macro.Values
	url            string
	errors         []string
}

func TestGolden(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/golden/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	cases := 0
	for _, file := range files {
		for _, c := range readGolden(t, file) {
			cases++
			t.Run(filepath.Base(file)+"/"+c.name, func(t *testing.T) { t.Parallel(); c.check(t) })
		}
	}
	if cases < 80 {
		t.Errorf("the corpus has %d cases; something was not read", cases)
	}
}

func (c golden) check(t *testing.T) {
	parsed, err := macro.ParseFor(c.template, c.scope)
	if err != nil {
		c.checkErrors(t, err)
		return
	}
	if len(c.errors) > 0 {
		t.Fatalf("%q is accepted, want %v", c.template, c.errors)
	}
	got := parsed.Expand(&c.values)
	if got != c.url {
		t.Errorf("%q expands to\n%s, want\n%s", c.template, got, c.url)
	}
	if _, err := url.Parse(got); err != nil {
		t.Errorf("what it expands to is no URL: %v", err)
	}
	fromSpans, _ := parsed.ExpandSpans(&c.values)
	if fromSpans != got {
		t.Errorf("with spans it expands to\n%s, want\n%s", fromSpans, got)
	}
}

func (c golden) checkErrors(t *testing.T, err error) {
	var faults macro.Errors
	if !errors.As(err, &faults) {
		t.Fatalf("the error is a %T", err)
	}
	var got []string
	for _, f := range faults {
		if !strings.HasSuffix(f.Message, ".") && !strings.HasSuffix(f.Message, "?") {
			t.Errorf("%s has the message %q, want a sentence", f.Code, f.Message)
		}
		got = append(got, fmt.Sprintf("%s %d-%d|%s", f.Code, f.Start, f.End, c.template[f.Start:f.End]))
	}
	if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", c.errors) {
		t.Errorf("%q has the errors\n%q, want\n%q", c.template, got, c.errors)
	}
}

func readGolden(t *testing.T, file string) []golden {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var cases []golden
	for line := range strings.SplitSeq(string(text), "\n") {
		if name, ok := strings.CutPrefix(line, "== "); ok {
			cases = append(cases, golden{name: name})
			continue
		}
		if line == "" {
			continue
		}
		cases[len(cases)-1].line(t, line)
	}
	return cases
}

func (c *golden) line(t *testing.T, line string) {
	t.Helper()
	word, rest, _ := strings.Cut(line, " ")
	switch word {
	case "template":
		c.template = unescape(rest)
	case "scope":
		c.scope = map[string]macro.Scope{"clicks": macro.Clicks, "aggregated": macro.Aggregated}[rest]
	case "url":
		c.url = unescape(rest)
	case "error":
		c.errors = append(c.errors, unescape(rest))
	default:
		name, value, ok := strings.Cut(line, "=")
		if canonical, known := macro.Lookup(name); !ok || !known || string(canonical) != name {
			t.Fatalf("case %q has the line %q, which means nothing", c.name, line)
		}
		c.values.Set(macro.Name(name), unescape(value))
	}
}

var repeated = regexp.MustCompile(`«([^*]*)\*(\d+)»`)

func unescape(s string) string {
	s = repeated.ReplaceAllStringFunc(s, func(m string) string {
		parts := repeated.FindStringSubmatch(m)
		n, _ := strconv.Atoi(parts[2])
		return strings.Repeat(parts[1], n)
	})
	return strings.NewReplacer(`\r`, "\r", `\n`, "\n", `\t`, "\t", `\x00`, "\x00", `\xff`, "\xff").Replace(s)
}
