package intake_test

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/gofrs/uuid/v5"

	"postrider/domain/tracking"
	"postrider/ent/db"
	"postrider/intake"
	"postrider/pgtest"
)

func (w *world) clickOn(code, query string, options ...func(*intake.ClickRequest)) intake.ClickAnswer {
	w.t.Helper()
	r := intake.ClickRequest{Code: code, Address: netip.MustParseAddr("203.0.113.9")}
	r.Method, r.RawQuery, r.UserAgent, r.Referrer = "GET", query, "Mozilla/5.0 (iPhone)", "https://bets.example/"
	for _, o := range options {
		o(&r)
	}
	a, err := w.in.Click(w.t.Context(), r)
	w.must(err)
	return a
}

func TestAClickIsKeptBeforeItIsSentOn(t *testing.T) {
	w := setup(t)
	a := w.clickOn(w.Link.Code, "param_1=abc+d%26%C3%A9%2B1&param_2=%zz&param_3="+strings.Repeat("x", 600)+"&lp=welcome")
	want := "https://royalspin.example/welcome?cid=" + hex(a.ClickID)
	if !a.Found || a.Route.Kind != tracking.ToLandingPage || a.Route.URL != want || a.NoClick != "" {
		t.Errorf("%+v, want %s", a, want)
	}
	c, err := w.client.Click.Get(w.ctx, a.ClickID)
	w.must(err)
	if c.Param1 != "abc d&é+1" || c.Param2 != "%zz" || len(c.Param3) != tracking.MaxParam {
		t.Errorf("params %q %q %d bytes", c.Param1, c.Param2, len(c.Param3))
	}
	if c.AffiliateID != w.Affiliate || c.OfferID != w.Offer || *c.CampaignID != w.Link.CampaignID || c.LinkID != w.Link.ID || c.LandingPageID == nil {
		t.Errorf("%+v", c)
	}
	if c.Country != "SE" || c.Address != "203.0.113.0/24" || c.Referrer != "https://bets.example/" || c.UserAgent != "Mozilla/5.0 (iPhone)" || c.DeepLink != "" {
		t.Errorf("%+v", c)
	}
	// End to end: the operator calls with the id that it was given.
	got := w.conversion(w.report("goal=registration&click_id="+hex(a.ClickID), intake.Recorded))
	if *got.ClickID != a.ClickID {
		t.Errorf("%+v", got)
	}
}

func TestWhereAClickGoes(t *testing.T) {
	w := setup(t)
	link := w.Link.Code
	plain := pgtest.DefaultLink(t, w.d, pgtest.For{Affiliate: w.Affiliate, Offer: w.Offer}).Code
	withCountry := func(r *intake.ClickRequest) { r.Country = "NO" }
	noAddress := func(r *intake.ClickRequest) { r.Address = netip.Addr{} }
	v6 := func(r *intake.ClickRequest) { r.Address = netip.MustParseAddr("2001:db8:1:2::3") }
	for _, c := range []struct {
		name, code, query string
		option            func(*intake.ClickRequest)
		url               string // before the click id
		country, address  string
	}{
		{"the destination", link, "", withCountry, "https://royalspin.example/?cid=", "NO", "203.0.113.0/24"},
		{"a default link", plain, "lp=welcome", noAddress, "https://royalspin.example/welcome?cid=", "", ""},
		{"an unknown landing page", link, "lp=nothing", v6, "https://royalspin.example/?cid=", "", "2001:db8:1::/48"},
		{"a deep link", link, "dl=https%3A%2F%2Froyalspin.example%2Fslots%3Fa%3D1", withCountry, "https://royalspin.example/slots?a=1&cid=", "NO", "203.0.113.0/24"},
		{"a deep link elsewhere", link, "dl=https%3A%2F%2Fevil.example%2F", withCountry, "https://royalspin.example/?cid=", "NO", "203.0.113.0/24"},
	} {
		a := w.clickOn(c.code, c.query, c.option)
		if a.Route.URL != c.url+hex(a.ClickID) {
			t.Errorf("%s: sent to %s", c.name, a.Route.URL)
			continue
		}
		row, err := w.client.Click.Get(w.ctx, a.ClickID)
		w.must(err)
		if row.Country != c.country || row.Address != c.address || (row.DeepLink != "") != (c.name == "a deep link") {
			t.Errorf("%s: %+v", c.name, row)
		}
		if (row.CampaignID == nil) != (c.code == plain) {
			t.Errorf("%s: campaign %v", c.name, row.CampaignID)
		}
	}
}

func TestAnythingOnALinkIsAClick(t *testing.T) {
	w := setup(t)
	for _, query := range []string{
		"param_1=%00%ff&param_2=%&param_3=;", "dl=https%3A%2F%2Froyalspin.example%2F%FF", "dl=https%3A%2F%2Froyalspin.example%2F%00",
		"lp=%00", "\xff\x00", "&&&=&=", "param_1=1&param_1=2",
	} {
		a := w.clickOn(w.Link.Code, query, func(r *intake.ClickRequest) { r.UserAgent, r.Referrer = "\xff\x00", "\x00" })
		if a.ClickID == uuid.Nil || !strings.HasPrefix(a.Route.URL, "https://royalspin.example/") {
			t.Errorf("%q: %+v", query, a)
		}
	}
}

func TestAClickToTryALinkIsKeptAsATest(t *testing.T) {
	w := setup(t)
	for query, test := range map[string]bool{"param_1=a&test=1": true, "param_1=a": false, "param_1=a&test=0": false, "param_1=test=1": false} {
		a := w.clickOn(w.Link.Code, query)
		if kept := w.client.Click.GetX(pgtest.System(t), a.ClickID); kept.Test != test || strings.Contains(a.Route.URL, "test=") {
			t.Errorf("%s: test %t, to %s", query, kept.Test, a.Route.URL)
		}
	}
}

func TestWhatIsNoClickIsAnsweredAndNotCounted(t *testing.T) {
	w := setup(t)
	before := w.count(`SELECT count(*) FROM clicks`)
	const onward = "https://royalspin.example/?cid="
	for name, c := range map[string]struct {
		change func(*intake.ClickRequest)
		url    string
	}{
		"HEAD":       {func(r *intake.ClickRequest) { r.Method = "HEAD" }, ""},
		"a prefetch": {func(r *intake.ClickRequest) { r.Purpose = "prefetch;prerender" }, ""},
		"a robot":    {func(r *intake.ClickRequest) { r.UserAgent = "Mozilla/5.0 (compatible; Googlebot/2.1)" }, onward},
		"a preview":  {func(r *intake.ClickRequest) { r.UserAgent = "TelegramBot (like TwitterBot)" }, onward},
	} {
		a := w.clickOn(w.Link.Code, "param_1=x", c.change)
		if !a.Found || a.NoClick == "" || a.ClickID != uuid.Nil || a.Route.URL != c.url || (a.Route.Kind == tracking.Ahead) != (c.url == "") {
			t.Errorf("%s: %+v", name, a)
		}
	}
	if n := w.count(`SELECT count(*) FROM clicks`); n != before {
		t.Errorf("%d were counted", n-before)
	}
}

func TestPausedAndUnknownLinks(t *testing.T) {
	w := setup(t)
	before := w.count(`SELECT count(*) FROM clicks`)
	paused := func(o *db.OfferCreate) { o.SetState(tracking.Paused) }
	gone := pgtest.Campaign(t, w.d, pgtest.For{Affiliate: w.Affiliate, Offer: pgtest.Offer(t, w.d, paused)})
	fallback := pgtest.Campaign(t, w.d, pgtest.For{Affiliate: w.Affiliate, Offer: pgtest.Offer(t, w.d, paused, func(o *db.OfferCreate) {
		o.SetFallbackURL("https://other.example/?s={param_1}&c={country}")
	})})
	halted := pgtest.Campaign(t, w.d, pgtest.For{Affiliate: w.Affiliate, Offer: w.Offer}, func(c *db.CampaignCreate) { c.SetState(tracking.Paused) })
	if a := w.clickOn(gone.Code, ""); !a.Found || a.Route.Kind != tracking.Gone || a.ClickID != uuid.Nil {
		t.Errorf("a paused offer: %+v", a)
	}
	if a := w.clickOn(halted.Code, ""); !a.Found || a.Route.Kind != tracking.Gone {
		t.Errorf("a paused campaign: %+v", a)
	}
	if a := w.clickOn(fallback.Code, "param_1=a%20b"); a.Route.Kind != tracking.ToFallback || a.Route.URL != "https://other.example/?s=a%20b&c=SE" || a.NoClick == "" {
		t.Errorf("a paused offer with a fallback: %+v", a)
	}
	for _, code := range []string{"", "22222222", "nonsense!", "a\x00b", strings.Repeat("2", 1000)} {
		if a := w.clickOn(code, ""); a.Found {
			t.Errorf("%q was found: %+v", code, a)
		}
	}
	if n := w.count(`SELECT count(*) FROM clicks`); n != before {
		t.Errorf("%d were counted", n-before)
	}
}

func TestWhatIsKeptInMemoryIsForgotten(t *testing.T) {
	w := setup(t)
	if a := w.clickOn(w.Link.Code, ""); a.ClickID == uuid.Nil {
		t.Fatalf("%+v", a)
	}
	w.report("goal=registration&click_id="+w.click(), intake.Recorded)
	w.exec(`UPDATE offers SET state = 'paused'`)
	w.exec(`UPDATE integrations SET enabled = false`)
	if a := w.clickOn(w.Link.Code, ""); a.ClickID == uuid.Nil {
		t.Errorf("a link is read for every click: %+v", a)
	}
	w.in.Forget()
	if a := w.clickOn(w.Link.Code, ""); a.Route.Kind != tracking.Gone {
		t.Errorf("still known: %+v", a)
	}
	if a := w.receive(w.get("goal=ftd&click_id=" + w.click())); a.Result != intake.UnknownIntegration {
		t.Errorf("still known: %+v", a)
	}
	// A link that has just been created works.
	code := tracking.NewLinkCode()
	if a := w.clickOn(code, ""); a.Found {
		t.Errorf("%+v", a)
	}
	w.exec(`UPDATE tracking_links SET code = $1`, code)
	if a := w.clickOn(code, ""); !a.Found {
		t.Errorf("%+v", a)
	}
}
