package snippets

import (
	"go/format"
	"slices"
	"strings"
	"testing"
)

// calls are those that integrations can ask for.
func calls() []Call {
	var all []Call
	for _, token := range []string{"", "auth%26key"} {
		for _, signed := range []bool{false, true} {
			for _, stamp := range []string{"", "X-Time"} {
				all = append(all, Call{URL: "https://postrider.example/postback/casino", Query: "goal=ftd", Token: token, Signed: signed, Header: "X-Signature", Stamp: stamp})
			}
		}
	}
	return all
}

// Every snippet is in every language, and as its language's formatter writes it where there is one.
func TestEverySnippetIsWritten(t *testing.T) {
	t.Parallel()
	all := map[string][]Snippet{}
	for _, c := range calls() {
		all["REPORT"] = append(all["REPORT"], Report(c)...)
		if written := Report(c); len(written) != len(Languages()) {
			t.Errorf("%+v: in %d languages", c, len(written))
		}
	}
	at := Place{URL: "https://postrider.example/", Tracker: "https://postrider.example/echo/key"}
	for _, kind := range Kinds() {
		all[string(kind)] = Examples(kind, at)
		if n := len(all[string(kind)]); n != len(Languages()) && kind != Live || n < 2 {
			t.Errorf("%s: in %d languages", kind, n)
		}
	}
	for kind, written := range all {
		for _, s := range written {
			if formatted, err := format.Source([]byte(s.Code)); s.Language == Go && (err != nil || string(formatted) != s.Code) {
				t.Errorf("%s: not as gofmt writes it (%v):\n%s", kind, err, s.Code)
			}
			if strings.Contains(s.Code, "<%") || strings.Contains(s.Code, "example//") || strings.Contains(s.Code, "\n\n\n\n") || !strings.HasSuffix(s.Command, "."+extensions[s.Language]) && !strings.HasSuffix(s.Command, "< body") {
				t.Errorf("%s: %s\n%s", kind, s.Command, s.Code)
			}
		}
	}
	if !slices.ContainsFunc(all["LIVE"], func(s Snippet) bool { return strings.Contains(s.Code, "wss://postrider.example/graphql") }) {
		t.Error("no live example uses the WebSocket of the installation")
	}
}
