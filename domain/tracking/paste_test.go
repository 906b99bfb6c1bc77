package tracking_test

import (
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"postrider/domain/tracking"
)

const public = "https://links.example"

func TestAPastedLinkIsTakenApart(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]tracking.Pasted{
		"https://links.example/c/k7m2xq9d":                                             {Code: "k7m2xq9d"},
		"  HTTPS://LINKS.example/c/k7m2xq9d/  ":                                        {Code: "k7m2xq9d"},
		"links.example/c/k7m2xq9d?param_1={subid}":                                     {Code: "k7m2xq9d", Params: [3]string{"{subid}"}},
		"http://links.example/c/k7m2xq9d?param_2=a%20b&lp=welcome#top":                 {Code: "k7m2xq9d", Params: [3]string{1: "a b"}, LandingPage: "welcome"},
		"https://links.example/c/k7m2xq9d?param_1=#s2#&param_3=x":                      {Code: "k7m2xq9d", Params: [3]string{"#s2#", "", "x"}},
		"https://links.example/c/k7m2xq9d?dl=https%3A%2F%2Fa.example%2Fx&param_1=%id%": {Code: "k7m2xq9d", Params: [3]string{"%id%"}, DeepLink: "https://a.example/x"},
	} {
		if got, err := tracking.ParseLink(public, text); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
	if got, err := tracking.ParseLink("http://localhost:8080/", "http://localhost:8080/c/k7m2xq9d"); err != nil || got.Code != "k7m2xq9d" {
		t.Errorf("with a port: %+v, %v", got, err)
	}
	for text, why := range map[string]string{
		"": "paste a tracking link", "https://other.example/c/k7m2xq9d": "leads to other.example", "https://links.example/k7m2xq9d": "not a tracking link",
		"https://links.example/c/short": "not a tracking link", "https://links.example/": "not a tracking link", "http://[": "not a link", "just words": "not",
	} {
		if got, err := tracking.ParseLink(public, text); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
}

// What we write, we read.
func TestALinkIsReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	value := rapid.OneOf(rapid.SampledFrom([]string{"", "{subid}", "{{x}}", "[x]", "#s2#", "%id%", "__X__", "a b&c=d#e?f+g%41"}), rapid.StringN(0, 40, 512))
	rapid.Check(t, func(rt *rapid.T) {
		code := tracking.NewLinkCode()
		var params [3]string
		for i := range params {
			params[i] = tracking.Clean(value.Draw(rt, "param"), tracking.MaxParam)
		}
		got, err := tracking.ParseLink(public, tracking.LinkURL(public, code, tracking.LinkOptions{Params: params, LandingPage: "welcome", DeepLink: "https://a.example/?b=c&d"}))
		if want := (tracking.Pasted{Code: code, Params: params, LandingPage: "welcome", DeepLink: "https://a.example/?b=c&d"}); err != nil || !reflect.DeepEqual(got, want) {
			rt.Fatalf("%+v became %+v, %v", want, got, err)
		}
	})
}

func FuzzParseLink(f *testing.F) {
	f.Add("https://links.example/c/k7m2xq9d?param_1={subid}")
	f.Add("links.example/c/k7m2xq9d?param_1=#s2#")
	f.Fuzz(func(t *testing.T, text string) {
		if p, err := tracking.ParseLink(public, text); err == nil && !tracking.IsLinkCode(p.Code) {
			t.Errorf("%q gives the code %q", text, p.Code)
		}
	})
}
