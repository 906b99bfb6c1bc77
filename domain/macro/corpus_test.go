package macro_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"postrider/domain/macro"
	"postrider/domain/presets"
)

var update = flag.Bool("update", false, "write what is read into testdata/corpus.json; read each line that changes")

const corpusFile = "testdata/corpus.json"

// corpusCase is one template of testdata/corpus.json; testdata/README describes the format.
// The web app's editor/corpus.test.ts reads the same file.
type corpusCase struct {
	Name         string              `json:"name"`
	Template     string              `json:"template"`
	Placeholders []corpusPlaceholder `json:"placeholders"`
	Parameters   []corpusParameter   `json:"parameters"`
	Errors       []string            `json:"errors"`
}

type corpusPlaceholder struct {
	Text    string         `json:"text"`
	Start   int            `json:"start"`
	End     int            `json:"end"`
	Place   string         `json:"place"`
	Kind    string         `json:"kind"`
	Macro   macro.Name     `json:"macro,omitempty"`
	Filters []corpusFilter `json:"filters,omitempty"`

	startByte, endByte int
}

type corpusParameter struct {
	Name  string  `json:"name"`
	Value *string `json:"value"` // null without an equals sign
}

type corpusFilter struct {
	Name     string      `json:"name"`
	Argument *string     `json:"argument,omitempty"`
	Pairs    [][2]string `json:"pairs,omitzero"`
}

func TestCorpus(t *testing.T) {
	t.Parallel()
	cases := readCorpus(t)
	if *update {
		for i := range cases {
			cases[i] = readCase(t, cases[i].Name, cases[i].Template)
		}
		writeCorpus(t, cases)
	}
	if len(cases) < 80 {
		t.Errorf("the corpus has %d cases; something was not read", len(cases))
	}
	names := map[string]bool{}
	for _, c := range cases {
		if names[c.Name] {
			t.Errorf("two cases are named %q", c.Name)
		}
		names[c.Name] = true
		t.Run(c.Name, func(t *testing.T) { t.Parallel(); c.check(t) })
	}
}

func (c corpusCase) check(t *testing.T) {
	got := readCase(t, c.Name, c.Template)
	compare(t, "placeholders", got.Placeholders, c.Placeholders)
	compare(t, "parameters", got.Parameters, c.Parameters)
	compare(t, "errors", got.Errors, c.Errors)
	units := utf16.Encode([]rune(c.Template))
	for _, p := range c.Placeholders {
		if p.Start < 0 || p.End < p.Start || p.End > len(units) || string(utf16.Decode(units[p.Start:p.End])) != p.Text {
			t.Errorf("%q does not stand from %d to %d", p.Text, p.Start, p.End)
		}
		for _, f := range p.Filters {
			f.checkMeaning(t, p.Text)
		}
	}
}

func compare(t *testing.T, what string, got, want any) {
	t.Helper()
	if g, w := compact(t, got), compact(t, want); g != w {
		t.Errorf("the %s are\n%s, want\n%s", what, g, w)
	}
}

// checkMeaning applies default and map, to check that their arguments are those in the corpus.
func (f corpusFilter) checkMeaning(t *testing.T, placeholder string) {
	inside := strings.SplitAfterN(placeholder, "|", 2)
	parsed, err := macro.Parse("https://t.example/?v={param_1|" + inside[len(inside)-1])
	if err != nil || strings.Count(placeholder, "|")-strings.Count(placeholder, `\|`) != 1 {
		return // refused, or more filters work on the value
	}
	sends := func(value, want string) {
		t.Helper()
		v := new(macro.Values)
		v.Set(macro.Param1, value)
		if _, spans := parsed.ExpandSpans(v); spans[0].Value != want {
			t.Errorf("%s makes %q of %q, want %q", placeholder, spans[0].Value, value, want)
		}
	}
	if f.Name == "default" {
		sends("", *f.Argument)
	}
	for _, pair := range f.Pairs {
		if pair[0] == "*" {
			pair[0] = "what no pair names"
		}
		sends(pair[0], pair[1])
	}
}

// readCase parses a template, after replacing the placeholders of other systems with letters:
// each is one piece, whatever characters are in it.
func readCase(t *testing.T, name, template string) corpusCase {
	c := corpusCase{
		Name: name, Template: template,
		Placeholders: []corpusPlaceholder{}, Parameters: []corpusParameter{}, Errors: []string{},
	}
	foreign := foreignIn(template)
	letters := []byte(template)
	for _, token := range foreign {
		copy(letters[token.Start:token.End], strings.Repeat("x", token.End-token.Start))
	}
	slots, faults := macro.ReadSlots(string(letters))
	for _, s := range slots {
		c.Placeholders = append(c.Placeholders, readPlaceholder(t, template, s, faults))
	}
	for _, token := range foreign {
		place, inHost := macro.PlaceAt(string(letters), token.Start)
		p := corpusPlaceholder{Kind: "foreign", Place: placeName(place, inHost), startByte: token.Start, endByte: token.End}
		c.Placeholders = append(c.Placeholders, p)
	}
	slices.SortFunc(c.Placeholders, func(a, b corpusPlaceholder) int { return cmp.Compare(a.startByte, b.startByte) })
	for i, p := range c.Placeholders {
		c.Placeholders[i].Text = template[p.startByte:p.endByte]
		c.Placeholders[i].Start = macro.UTF16Offset(template, p.startByte)
		c.Placeholders[i].End = macro.UTF16Offset(template, p.endByte)
	}
	for _, p := range macro.ReadParameters(string(letters)) {
		read := corpusParameter{Name: template[p.Start:p.Equals]}
		if p.Equals < p.End {
			value := template[p.Equals+1 : p.End]
			read.Value = &value
		}
		c.Parameters = append(c.Parameters, read)
	}
	_, err := macro.ParseFor(template, macro.Aggregated)
	if refused, ok := errors.AsType[macro.Errors](err); ok {
		for _, f := range refused {
			c.Errors = append(c.Errors, f.Code)
		}
	}
	return c
}

// foreignIn finds the placeholders of other systems. If one of ours matches too, ours wins, as
// "{payout}" in "${payout}", unless it is unknown: "${x}".
func foreignIn(template string) []presets.Token {
	slots, faults := macro.ReadSlots(template)
	return slices.DeleteFunc(presets.Tokens(template), func(token presets.Token) bool {
		if token.Dialect == presets.Braces {
			return true
		}
		for _, s := range slots {
			if token.End <= s.Start || s.End <= token.Start {
				continue
			}
			widened := (token.Dialect == presets.Dollar || token.Dialect == presets.HashBraces) && s.End == token.End
			unknown := slices.ContainsFunc(faults, func(f macro.Error) bool {
				return f.Code == macro.CodeUnknownMacro && f.Start == s.Start
			})
			return !widened || !unknown
		}
		return false
	})
}

func placeName(place macro.Place, inHost bool) string {
	if inHost {
		return "host"
	}
	return []string{"path", "name", "value", "fragment"}[place]
}

func readPlaceholder(t *testing.T, template string, s macro.Slot, faults macro.Errors) corpusPlaceholder {
	p := corpusPlaceholder{Kind: "macro", Macro: s.Macro, startByte: s.Start, endByte: s.End}
	p.Place = placeName(s.Place, false)
	for _, f := range faults {
		switch {
		case f.Start != s.Start || f.End != s.End:
		case f.Code == macro.CodeMacroBeforePath:
			p.Place, p.Kind = "host", "foreign"
		case f.Code == macro.CodeUnknownMacro:
			p.Kind = "foreign"
		}
	}
	if p.Kind == "foreign" {
		p.Macro = ""
		return p
	}
	name, _, _ := strings.Cut(strings.TrimSuffix(template[s.Start+1:s.End], "}"), "|")
	accepted := s.Filters
	for at := s.Start + 1 + len(name) + 1; at < s.End; {
		// A filter that is refused is in the errors, not in the slot.
		var source string
		if i := slices.IndexFunc(faults, func(f macro.Error) bool {
			return f.Start == at && (f.Code == macro.CodeUnknownFilter || f.Code == macro.CodeBadArgument)
		}); i >= 0 {
			source = template[faults[i].Start:faults[i].End]
		} else if len(accepted) > 0 {
			source, accepted = accepted[0], accepted[1:]
		} else {
			t.Fatalf("the filters of %s are not all told", template[s.Start:s.End])
		}
		p.Filters = append(p.Filters, readFilter(source))
		at += len(source) + 1
	}
	return p
}

func readFilter(source string) corpusFilter {
	name, argument, given := strings.Cut(source, ":")
	f := corpusFilter{Name: strings.ToLower(name)}
	switch {
	case given && f.Name == "map":
		f.Pairs = [][2]string{}
		if argument == "" {
			break
		}
		for _, pair := range macro.CutAll(argument, ',') {
			sides := macro.CutAll(pair, '=')
			f.Pairs = append(f.Pairs, [2]string{macro.Unescape(sides[0]), macro.Unescape(strings.Join(sides[1:], "="))})
		}
	case given:
		argument = macro.Unescape(argument)
		f.Argument = &argument
	}
	return f
}

func readCorpus(t *testing.T) []corpusCase {
	t.Helper()
	text, err := os.ReadFile(corpusFile)
	if err != nil {
		t.Fatal(err)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	var cases []corpusCase
	if err := decoder.Decode(&cases); err != nil {
		t.Fatalf("%s: %v", corpusFile, err)
	}
	if decoder.More() {
		t.Fatalf("%s goes on behind its list", corpusFile)
	}
	return cases
}

// writeCorpus writes one line for each placeholder, so that diffs are readable.
func writeCorpus(t *testing.T, cases []corpusCase) {
	t.Helper()
	var b strings.Builder
	for i, c := range cases {
		fmt.Fprintf(&b, "%s  {\n", []string{"[\n", ",\n"}[min(i, 1)])
		fmt.Fprintf(&b, "    \"name\": %s,\n    \"template\": %s,\n", compact(t, c.Name), compact(t, c.Template))
		fmt.Fprintf(&b, "    \"placeholders\": %s,\n", lines(t, c.Placeholders))
		fmt.Fprintf(&b, "    \"parameters\": %s,\n", lines(t, c.Parameters))
		fmt.Fprintf(&b, "    \"errors\": %s\n  }", compact(t, c.Errors))
	}
	if err := os.WriteFile(corpusFile, []byte(b.String()+"\n]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
}

func lines[T any](t *testing.T, list []T) string {
	t.Helper()
	if len(list) == 0 {
		return "[]"
	}
	written := make([]string, len(list))
	for i, one := range list {
		written[i] = "\n      " + compact(t, one)
	}
	return "[" + strings.Join(written, ",") + "\n    ]"
}

// compact writes JSON on one line, with "&", "<" and ">" unescaped.
func compact(t *testing.T, v any) string {
	t.Helper()
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(b.String(), "\n")
}
