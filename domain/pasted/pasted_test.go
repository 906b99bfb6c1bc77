package pasted_test

import (
	"slices"
	"strings"
	"testing"

	"postrider/domain/pasted"
)

// URLs that were joined by hand are read as they were meant.
func TestAddressesWithSlips(t *testing.T) {
	t.Parallel()
	for sent, want := range map[[2]string][2]string{
		{"casino", "a=1"}:                   {"casino", "a=1"},
		{"casino/", "a=1"}:                  {"casino", "a=1"},
		{"/casino//", "a=1"}:                {"casino", "a=1"},
		{"Casino", ""}:                      {"casino", ""},
		{"casino%20", "a=1"}:                {"casino", "a=1"},
		{"%20casino%0A", "a=1"}:             {"casino", "a=1"},
		{"casino&goal=ftd", "a=1"}:          {"casino", "goal=ftd&a=1"},
		{"casino&amp;goal=ftd", ""}:         {"casino", "amp;goal=ftd"},
		{"casino%3Fgoal=ftd&b=2", ""}:       {"casino", "goal=ftd&b=2"},
		{"casino%3Fgoal%3Dftd%26b%3D2", ""}: {"casino", "goal=ftd&b=2"},
		{"casino;goal=ftd", ""}:             {"casino", "goal=ftd"},
		{"casino/goal=ftd", ""}:             {"casino", "goal=ftd"},
		{"casino/ftd", "a=1"}:               {"casino", "a=1"},
		{"casino/?goal=ftd/", ""}:           {"casino", "goal=ftd"},
		{"", "goal=ftd"}:                    {"", "goal=ftd"},
		{"100%", ""}:                        {"100%", ""},
	} {
		key, query, notes := pasted.Address("key", sent[0], sent[1])
		if key != want[0] || query != want[1] {
			t.Errorf("%q: %q %q %q", sent, key, query, notes)
		}
		if tidy := sent[0] == "casino" || sent[0] == "" || sent[0] == "100%"; tidy && len(notes) > 0 {
			t.Errorf("%q: %q", sent, notes)
		}
	}
}

// Split and joined again, a query is what it was, to the byte.
func FuzzPairs(f *testing.F) {
	f.Add("?a=1&&amp;b=2&=&c;token=3?goal=1&")
	f.Add("&a&#38;b%26amp;%C2%A4cy=EUR=")
	all := []string{"goal", "currency", "param_1", "token"}
	names := pasted.Names{All: all, Reads: func(name string) bool { return slices.Contains(all, name) }}
	f.Fuzz(func(t *testing.T, raw string) {
		for _, list := range [][]pasted.Pair{pasted.Split(raw), names.Pairs(raw)} {
			var b strings.Builder
			for _, p := range list {
				b.WriteString(p.Separator + p.Name + p.Equals + p.Value)
			}
			if b.String() != raw {
				t.Fatalf("%q became %q", raw, b.String())
			}
		}
	})
}
