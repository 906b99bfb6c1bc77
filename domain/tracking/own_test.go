package tracking_test

import (
	"strings"
	"testing"

	"postrider/domain/tracking"
)

func TestOurOwnURLsAreRecognised(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]struct {
		kind tracking.OwnURL
		name string
	}{
		"https://links.example/c/k7m2xq9d":                             {tracking.OwnLink, "k7m2xq9d"},
		"links.example/c/k7m2xq9d?param_1={subid}":                     {tracking.OwnLink, "k7m2xq9d"},
		"https://links.example/postback/royal-spin":                    {tracking.OwnInbound, "royal-spin"},
		" HTTP://Links.Example/postback/royal-spin/?goal={x} ":         {tracking.OwnInbound, "royal-spin"},
		"links.example/postback/royal-spin#x":                          {tracking.OwnInbound, "royal-spin"},
		"https://links.example/echo/k3y?cid={param_1}":                 {tracking.NotOwn, ""},
		"https://links.example/postbacks/new":                          {tracking.NotOwn, ""},
		"https://links.example/postback/":                              {tracking.NotOwn, ""},
		"https://links.example/c/short":                                {tracking.NotOwn, ""},
		"https://tracker.example/postback/royal-spin?cid={clickid}":    {tracking.NotOwn, ""},
		"https://tracker.example/?to=https://links.example/c/k7m2xq9d": {tracking.NotOwn, ""},
		"": {tracking.NotOwn, ""},
	} {
		if kind, name := tracking.ParseOwnURL(public, text); kind != want.kind || name != want.name {
			t.Errorf("%q: %d %q, want %d %q", text, kind, name, want.kind, want.name)
		}
	}
	if kind, key := tracking.ParseOwnURL("http://localhost:8080/app/", "http://localhost:8080/app/postback/k"); kind != tracking.OwnInbound || key != "k" {
		t.Errorf("under a path: %d %q", kind, key)
	}
	if kind, _ := tracking.ParseOwnURL("", "https://links.example/postback/x"); kind != tracking.NotOwn {
		t.Error("without a public URL nothing is ours")
	}
}

// Whatever is pasted: what is ours has our host, and a name that a route could have.
func FuzzParseOwnURL(f *testing.F) {
	for _, text := range []string{"https://links.example/c/k7m2xq9d?param_1={subid}", "links.example/postback/royal-spin/?a=b#c", "https://links.example//postback/x", "://links.example/postback/a/b"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		kind, name := tracking.ParseOwnURL(public, text)
		if (kind == tracking.NotOwn) != (name == "") {
			t.Errorf("%q: kind %d, name %q", text, kind, name)
		}
		if kind != tracking.NotOwn && !strings.Contains(strings.ToLower(text), "links.example/") {
			t.Errorf("%q is taken for ours", text)
		}
		if kind == tracking.OwnLink && !tracking.IsLinkCode(name) || strings.ContainsAny(name, "/?") {
			t.Errorf("%q: the name %q", text, name)
		}
	})
}
