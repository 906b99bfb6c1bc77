package tracking_test

import (
	"net/url"
	"strings"
	"testing"

	"postrider/domain/macro"
	"postrider/domain/tracking"
)

func template(t testing.TB, text string) *macro.Template {
	t.Helper()
	parsed, err := macro.ParseFor(text, macro.Clicks)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

func link(t testing.TB) tracking.Link {
	return tracking.Link{
		Offer: tracking.Active, Campaign: tracking.Active,
		Destination:   template(t, "https://op.example/join?btag={click_id}&aff={aff_id}"),
		LandingPages:  map[string]*macro.Template{"welcome": template(t, "https://lp.op.example/w?cid={click_id}")},
		DeepLinkHosts: []string{"op.example", "*.op.example", "Games.Example:8443"},
		Fallback:      template(t, "https://other.example/?a={aff_id}"),
	}
}

func values() *macro.Values {
	v := new(macro.Values)
	v.Set(macro.ClickID, "c1")
	v.Set(macro.AffID, "7")
	return v
}

func TestRoute(t *testing.T) {
	t.Parallel()
	deep := func(url string) tracking.Click { return tracking.Click{DeepLink: url} }
	const destination = "https://op.example/join?btag=c1&aff=7"
	for name, c := range map[string]struct {
		click tracking.Click
		kind  tracking.Kind
		url   string
		noted bool
	}{
		"nothing asked for":          {tracking.Click{}, tracking.ToDestination, destination, false},
		"a landing page":             {tracking.Click{LandingPage: "welcome"}, tracking.ToLandingPage, "https://lp.op.example/w?cid=c1", false},
		"an unknown landing page":    {tracking.Click{LandingPage: "nope"}, tracking.ToDestination, destination, true},
		"a deep link":                {deep("https://op.example/slots"), tracking.ToDeepLink, "https://op.example/slots?btag=c1", false},
		"with a query":               {deep("https://op.example/slots?game=7#top"), tracking.ToDeepLink, "https://op.example/slots?game=7&btag=c1#top", false},
		"with a click id of its own": {deep("https://op.example/slots?btag=stolen&x=1"), tracking.ToDeepLink, "https://op.example/slots?x=1&btag=c1", false},
		"that carries the macro":     {deep("https://op.example/slots/{click_id}"), tracking.ToDeepLink, "https://op.example/slots/c1", false},
		"on a host below":            {deep("http://a.b.op.example/"), tracking.ToDeepLink, "http://a.b.op.example/?btag=c1", false},
		"on another port allowed":    {deep("https://games.example:8443/"), tracking.ToDeepLink, "https://games.example:8443/?btag=c1", false},
		"on another port":            {deep("https://op.example:8443/"), tracking.ToDestination, destination, true},
		"on another host":            {deep("https://evil.example/"), tracking.ToDestination, destination, true},
		"on a host that ends so":     {deep("https://evil-op.example/"), tracking.ToDestination, destination, true},
		"on a host that begins so":   {deep("https://op.example.evil.example/"), tracking.ToDestination, destination, true},
		"behind credentials":         {deep("https://op.example@evil.example/"), tracking.ToDestination, destination, true},
		"behind a backslash":         {deep(`https://evil.example\.op.example/`), tracking.ToDestination, destination, true},
		"a script":                   {deep("javascript:alert(1)//op.example"), tracking.ToDestination, destination, true},
		"without a scheme":           {deep("//op.example/"), tracking.ToDestination, destination, true},
		"with a line break":          {deep("https://op.example/\r\nSet-Cookie: a=b"), tracking.ToDestination, destination, true},
		"no deep link, but a landing page": {
			tracking.Click{DeepLink: "https://evil.example/", LandingPage: "welcome"}, tracking.ToLandingPage, "https://lp.op.example/w?cid=c1", true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := link(t).Route(c.click, values())
			if got.Kind != c.kind || got.URL != c.url || (got.Note != "") != c.noted {
				t.Errorf("it leads to %+v, want %s %s", got, c.kind, c.url)
			}
		})
	}
}

func TestPausedLinks(t *testing.T) {
	t.Parallel()
	for _, pause := range []func(*tracking.Link){
		func(l *tracking.Link) { l.Offer = tracking.Paused },
		func(l *tracking.Link) { l.Campaign = tracking.Paused },
	} {
		l := link(t)
		pause(&l)
		if got := l.Route(tracking.Click{DeepLink: "https://op.example/"}, values()); got.Kind != tracking.ToFallback || got.URL != "https://other.example/?a=7" || l.Open() {
			t.Errorf("it leads to %+v", got)
		}
		l.Fallback = nil
		if got := l.Route(tracking.Click{}, values()); got.Kind != tracking.Gone || got.URL != "" {
			t.Errorf("without a fallback it leads to %+v", got)
		}
	}
}

func FuzzDeepLink(f *testing.F) {
	f.Add("https://op.example/a?b=c#d")
	f.Add("https://op.example@evil.example/")
	f.Add(`https://evil.example\.op.example/{click_id}`)
	l := link(f)
	f.Fuzz(func(t *testing.T, deepLink string) {
		got := l.Route(tracking.Click{DeepLink: deepLink}, values())
		u, err := url.Parse(got.URL)
		if err != nil {
			t.Fatalf("%q leads to %q: %v", deepLink, got.URL, err)
		}
		host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
		if host != "op.example" && !strings.HasSuffix(host, ".op.example") && host != "games.example" || u.User != nil {
			t.Fatalf("%q leads to %q", deepLink, got.URL)
		}
		if !strings.Contains(got.URL, "c1") || strings.ContainsAny(got.URL, "\r\n ") {
			t.Fatalf("%q leads to %q", deepLink, got.URL)
		}
	})
}
