package platforms_test

import (
	"flag"
	"fmt"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"postrider/domain/commission"
	"postrider/domain/platforms"
	"postrider/internal/enum"
)

var update = flag.Bool("update", false, "write the golden list of URLs")

func TestEveryTemplateSaysWhatItIs(t *testing.T) {
	t.Parallel()
	key := regexp.MustCompile(`^[a-z0-9][a-z0-9-]*$`)
	seen := map[string]bool{}
	for _, p := range platforms.Templates() {
		if !key.MatchString(p.Key) || p.Name == "" || seen[p.Key] || seen[p.Name] {
			t.Errorf("%q, %q: the key is malformed, or one of them is another template's", p.Key, p.Name)
		}
		seen[p.Key], seen[p.Name] = true, true
		if platforms.Find(p.Key) != p {
			t.Errorf("%s is not found by its key", p.Key)
		}
		if u, err := url.Parse(p.Source); p.Source != "" && (err != nil || !strings.HasPrefix(u.Scheme, "http") || len(u.Path) < 2) {
			t.Errorf("%s: %q is no page", p.Key, p.Source)
		}
		if p.Source == "" && p.Key != platforms.GenericKey && p.Confidence != platforms.Unpublished {
			t.Errorf("%s is %s, and names no page", p.Key, p.Confidence)
		}
		if !regexp.MustCompile(`^20\d\d-[01]\d$`).MatchString(p.Checked) {
			t.Errorf("%s: checked in %q, which is no month", p.Key, p.Checked)
		}
		for _, note := range p.Notes {
			if !strings.HasSuffix(note, ".") {
				t.Errorf("%s: %q is no sentence", p.Key, note)
			}
		}
	}
	if platforms.Templates()[0].Key != platforms.GenericKey {
		t.Error("the generic template is not the first")
	}
}

// A template reports a goal and a click, and its words mean what there is.
func TestEveryTemplateCanBeTaken(t *testing.T) {
	t.Parallel()
	for _, p := range platforms.Templates() {
		macros := map[string]bool{}
		for _, m := range p.Macros {
			if macros[m.Parameter] || !commission.IsParameter(m.Parameter) {
				t.Errorf("%s: %q is no parameter, or there twice", p.Key, m.Parameter)
			}
			macros[m.Parameter] = true
		}
		if !macros[commission.ParamClickID] || macros[commission.ParamGoal] == (len(p.Events) > 0) {
			t.Errorf("%s: a click and either a goal or a URL for each are needed", p.Key)
		}
		if slices.Contains(p.Events, commission.GoalDeposit) && !macros[commission.ParamTransaction] {
			t.Errorf("%s reports deposits without a transaction id", p.Key)
		}
		for name := range p.Names {
			if !commission.IsParameter(name) {
				t.Errorf("%s: %q is no parameter of ours", p.Key, name)
			}
		}
		for _, goal := range append(slices.Clone(p.Events), values(p.Goals)...) {
			if !slices.ContainsFunc(commission.BuiltInGoals(), func(g commission.Goal) bool { return g.Key == goal }) {
				t.Errorf("%s: %q is no goal that is built in", p.Key, goal)
			}
		}
		for word, status := range p.Statuses {
			if _, ok := commission.ParseStatus(status); !ok {
				t.Errorf("%s: %q means %q, which is no status", p.Key, word, status)
			}
		}
	}
}

func values(m map[string]string) []string {
	var list []string
	for _, v := range m {
		list = append(list, v)
	}
	return list
}

func call(p *platforms.Template) platforms.Call {
	return platforms.Call{Endpoint: "https://postrider.example/postback/K", Token: "T", Names: p.Names}
}

// The URLs that are handed over are looked at by people, so each change of one is seen.
func TestTheURLsOfTheTemplates(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for _, p := range platforms.Templates() {
		for _, u := range p.URLs(call(p)) {
			fmt.Fprintf(&b, "%s %s\n\t%s\n", p.Key, u.Goal, u.URL)
		}
	}
	const golden = "testdata/urls.txt"
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil || b.String() != string(want) {
		t.Errorf("%v: the URLs are not those of %s; if they are right: go test ./domain/platforms -update\n%s", err, golden, b.String())
	}
}

// A URL asks for what the integration reads, under the names that it reads, with the token encoded.
func TestTheURLFollowsTheIntegration(t *testing.T) {
	t.Parallel()
	const endpoint = "https://x.example/postback/K"
	for _, c := range []struct {
		is, template string
		call         platforms.Call
		want         string
	}{
		{"no token", "gambling-pro", platforms.Call{Endpoint: endpoint}, "?goal={action}&click_id={pid}&payout={income}"},
		{"a token with signs", "boomerang", platforms.Call{Endpoint: endpoint, Token: "a&b=c"}, "?token=a%26b%3Dc&goal=registration&click_id=${visit_id}"},
		{"other names", "gambling-pro", platforms.Call{Endpoint: endpoint, Token: "T", Names: map[string]string{"token": "key", "goal": "data.event", "click_id": "a b"}}, "?key=T&data.event={action}&a+b={pid}&payout={income}"},
		{"a fixed value", "gambling-pro", platforms.Call{Endpoint: endpoint, Names: map[string]string{"goal": "=ftd"}}, "?click_id={pid}&payout={income}"},
	} {
		if got := platforms.Find(c.template).URLs(c.call)[0].URL; got != endpoint+c.want {
			t.Errorf("%s: %s, want %s", c.is, got, endpoint+c.want)
		}
	}
}

func TestTheConfidencesAreAnEnumeration(t *testing.T) {
	t.Parallel()
	if got := (platforms.Confidence("")).Values(); !slices.Equal(got, enum.Strings(platforms.Confidences())) {
		t.Errorf("%v", got)
	}
}
