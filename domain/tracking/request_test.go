package tracking_test

import (
	"os"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"postrider/domain/tracking"
)

func TestRead(t *testing.T) {
	t.Parallel()
	c := tracking.Read(tracking.Request{
		RawQuery:  "param_1=abc+d%26%C3%A9%2B1&param_2=100%&param_3=a;b&param_1=second&lp=welcome&dl=https%3A%2F%2Fop.example%2F&param_4=x",
		UserAgent: "UA\x00\xff", Referrer: strings.Repeat("é", 1000),
	})
	want := tracking.Click{
		Params:      [3]string{"abc d&é+1", "100%", "a;b"},
		LandingPage: "welcome", DeepLink: "https://op.example/",
		UserAgent: "UA\uFFFD\uFFFD", Referrer: strings.Repeat("é", tracking.MaxHeader/2),
	}
	if !reflect.DeepEqual(c, want) {
		t.Errorf("the click is\n%+v, want\n%+v", c, want)
	}
}

func TestClean(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		most int
		want string
	}{
		{"abc", 3, "abc"},
		{"abcd", 3, "abc"},
		{"aé", 2, "a"},
		{"日本", 5, "日"},
		{"🎰", 3, ""},
		{"\xff\xfe", 9, "\uFFFD"},
		{"a\x00b", 9, "a\uFFFDb"},
		{strings.Repeat("\x00", 10), 4, "\uFFFD"},
	} {
		if got := tracking.Clean(c.text, c.most); got != c.want {
			t.Errorf("%q at most %d is %q, want %q", c.text, c.most, got, c.want)
		}
	}
}

func TestTruncateAddress(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"203.0.113.77":           "203.0.113.0/24",
		"203.0.113.77:51234":     "203.0.113.0/24",
		"::ffff:203.0.113.77":    "203.0.113.0/24",
		"2001:db8:1:2:3:4:5:6":   "2001:db8:1::/48",
		"[2001:db8:1:2::6]:4123": "2001:db8:1::/48",
		"fe80::1%eth0":           "fe80::/48",
		"":                       "",
		"unknown":                "",
	} {
		if got := tracking.TruncateAddress(address); got != want {
			t.Errorf("%q is kept as %q, want %q", address, got, want)
		}
	}
}

func TestNoClick(t *testing.T) {
	t.Parallel()
	const chrome = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0 Safari/537.36"
	for name, c := range map[string]struct {
		request tracking.Request
		click   bool
	}{
		"a browser":            {tracking.Request{Method: "GET", UserAgent: chrome}, true},
		"a phone named Cubot":  {tracking.Request{Method: "GET", UserAgent: "Mozilla/5.0 (Linux; Android 13; CUBOT X50) Chrome/137.0 Mobile"}, true},
		"an app's browser":     {tracking.Request{Method: "GET", UserAgent: "Mozilla/5.0 (iPhone) Mobile/15E148 [FBAN/FBIOS;FBAV/480.0]"}, true},
		"curl":                 {tracking.Request{Method: "GET", UserAgent: "curl/8.14.1"}, true},
		"no user agent":        {tracking.Request{Method: "GET"}, true},
		"HEAD":                 {tracking.Request{Method: "HEAD", UserAgent: chrome}, false},
		"POST":                 {tracking.Request{Method: "POST", UserAgent: chrome}, false},
		"prefetch":             {tracking.Request{Method: "GET", UserAgent: chrome, Purpose: "prefetch;prerender"}, false},
		"preview":              {tracking.Request{Method: "GET", UserAgent: chrome, Purpose: "Preview"}, false},
		"Google":               {tracking.Request{Method: "GET", UserAgent: "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"}, false},
		"Facebook's preview":   {tracking.Request{Method: "GET", UserAgent: "facebookexternalhit/1.1"}, false},
		"Telegram's preview":   {tracking.Request{Method: "GET", UserAgent: "TelegramBot (like TwitterBot)"}, false},
		"WhatsApp's preview":   {tracking.Request{Method: "GET", UserAgent: "WhatsApp/2.23.20.0 A"}, false},
		"Slack's preview":      {tracking.Request{Method: "GET", UserAgent: "Slackbot-LinkExpanding 1.0"}, false},
		"a crawler unheard of": {tracking.Request{Method: "GET", UserAgent: "Mozilla/5.0 (compatible; NewThingBot/0.1)"}, false},
	} {
		if why := tracking.NoClick(c.request); (why == "") != c.click {
			t.Errorf("%s: %q, want a click: %t", name, why, c.click)
		}
	}
}

// Whoever is taken for a robot arrives without a click id, and what he does is nobody's: a browser
// that is taken for one costs money, a robot that is taken for a browser costs a number.
func TestBrowsersAreNoRobots(t *testing.T) {
	t.Parallel()
	for file, click := range map[string]bool{"testdata/browsers.txt": true, "testdata/robots.txt": false} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for agent := range strings.Lines(string(text)) {
			if agent = strings.TrimSpace(agent); agent == "" || agent[0] == '#' {
				continue
			}
			if why := tracking.NoClick(tracking.Request{Method: "GET", UserAgent: agent}); (why == "") != click {
				t.Errorf("%s: %s: %q", file, agent, why)
			}
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add("param_1=a%00&lp=%ff&dl=x", "UA", "https://r.example/")
	f.Fuzz(func(t *testing.T, query, agent, referrer string) {
		c := tracking.Read(tracking.Request{Method: "GET", RawQuery: query, UserAgent: agent, Referrer: referrer})
		for _, text := range append(c.Params[:], c.LandingPage, c.UserAgent, c.Referrer) {
			if !utf8.ValidString(text) || strings.Contains(text, "\x00") || len(text) > tracking.MaxHeader {
				t.Fatalf("the click keeps %q", text)
			}
		}
		for _, p := range c.Params {
			if len(p) > tracking.MaxParam {
				t.Fatalf("a parameter keeps %d bytes", len(p))
			}
		}
		tracking.NoClick(tracking.Request{UserAgent: agent})
	})
}

func TestTextThatCanBeKept(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := string(rapid.SliceOf(rapid.SampledFrom([]byte("a\x00\xff\xc3\xa9"))).Draw(t, "text"))
		limit := rapid.IntRange(0, 20).Draw(t, "limit")
		got := tracking.Clean(text, limit)
		if len(got) > limit || !utf8.ValidString(got) || strings.ContainsRune(got, 0) {
			t.Fatalf("%q of at most %d bytes became %q", text, limit, got)
		}
		if utf8.ValidString(text) && !strings.ContainsRune(text, 0) && len(text) <= limit && got != text {
			t.Fatalf("%q could be kept, and became %q", text, got)
		}
	})
}
