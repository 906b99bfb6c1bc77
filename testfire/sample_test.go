package testfire_test

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"postrider/domain/commission"
	"postrider/domain/firing"
	"postrider/domain/macro"
	"postrider/domain/tracking"
	"postrider/ent/db"
	"postrider/internal/ids"
	"postrider/pgtest"
	"postrider/testfire"
)

// everyMacro returns a template with each macro once, under its own name.
func everyMacro() string {
	var pairs []string
	for _, m := range macro.All() {
		pairs = append(pairs, fmt.Sprintf("%s={%s}", m.Name, m.Name))
	}
	return "https://t.example/?" + strings.Join(pairs, "&")
}

// simulate runs only a draft.
func (w *world) simulate(c testfire.Case) testfire.Simulated {
	w.t.Helper()
	simulation, err := w.tester.Simulate(w.oneCtx, c)
	w.must(err)
	return simulation.Postbacks[0]
}

// For every goal in every status, through every kind of link: each macro has a value or none,
// a reason in words, and is in the URL where its span says.
func TestEveryMacroIsExplainedForEveryConversion(t *testing.T) {
	w := newWorld(t, nil)
	byDefault, err := w.rows.TrackingLink.Get(w.system, pgtest.DefaultLink(t, w.d, pgtest.For{Affiliate: w.one.Affiliate, Offer: w.one.Offer}).ID)
	w.must(err)
	goals, err := w.rows.Goal.Query().All(w.system)
	w.must(err)
	template := everyMacro()
	for _, link := range []*db.TrackingLink{w.link(), byDefault} {
		for _, g := range goals {
			for _, status := range commission.Statuses() {
				name := fmt.Sprintf("%s, %s, link %d", g.Key, status, link.ID)
				p := w.simulate(testfire.Case{Link: link, Goal: g.Key, Status: status, Pasted: tracking.Pasted{Params: [3]string{"{{clickid}}", "a b&c", ""}}, Draft: &firing.Postback{
					URLTemplate: template, Statuses: []commission.Status{status}, Aggregates: time.Minute,
				}})
				sent, err := url.Parse(p.URL)
				w.must(err)
				if len(p.Slots) != len(macro.All()) {
					t.Fatalf("%s: %d slots of %d macros; %s", name, len(p.Slots), len(macro.All()), p.Decision.Reason)
				}
				for _, s := range p.Slots {
					if s.Filled != (s.Value != "") || s.Filled == strings.HasPrefix(s.Why, "Empty: ") || !strings.HasSuffix(s.Why, ".") {
						t.Errorf("%s: {%s} is %q, filled %t: %q", name, s.Macro, s.Value, s.Filled, s.Why)
					}
					part, err := url.QueryUnescape(p.URL[s.Span.URLStart:s.Span.URLEnd])
					if got := sent.Query().Get(string(s.Macro)); err != nil || got != s.Value || part != s.Value || template[s.Span.TemplateStart:s.Span.TemplateEnd] != "{"+string(s.Macro)+"}" {
						t.Errorf("%s: {%s} is %q, the URL says %q, its span %q", name, s.Macro, s.Value, got, part)
					}
				}
				w.alone(name, p, g, status, link)
			}
		}
	}
}

// alone checks the macros of one simulated conversion.
func (w *world) alone(name string, p testfire.Simulated, g *db.Goal, status commission.Status, link *db.TrackingLink) {
	w.t.Helper()
	value := func(m macro.Name) string { return slot(w.t, p.Slots, m).Value }
	today := pgtest.Now.Truncate(24 * time.Hour)
	for m, want := range map[macro.Name]string{
		macro.GoalID: g.Key, macro.GoalName: g.Name, macro.GoalNames: g.Name, macro.Status: string(status), macro.Count: "1", macro.SumAmount: value(macro.Amount), macro.SumPayout: value(macro.Payout),
		macro.PreviousStatus: "", macro.Reason: "", macro.Date: today.Format(time.RFC3339), macro.Timestamp: fmt.Sprint(today.Unix()), macro.Currency: "EUR",
		macro.AffID: fmt.Sprint(w.one.Affiliate), macro.OfferID: fmt.Sprint(w.one.Offer), macro.Param2: "a b&c", macro.Param3: "",
	} {
		if got := value(m); got != want {
			w.t.Errorf("%s: {%s} is %q, want %q", name, m, got, want)
		}
	}
	if through := link.CampaignID != nil; through != (value(macro.CampID) != "") || through != (value(macro.CampName) != "") || through && value(macro.CampID) != fmt.Sprint(*link.CampaignID) {
		w.t.Errorf("%s: the campaign is %q, %q", name, value(macro.CampID), value(macro.CampName))
	}
	if money := strings.Contains(strings.Join(g.Parameters, " "), "amount"); money != (value(macro.Amount) != "") {
		w.t.Errorf("%s: the amount is %q", name, value(macro.Amount))
	}
	if named := strings.Contains(strings.Join(g.Parameters, " "), "transaction_id"); named != (value(macro.TransactionID) != "") {
		w.t.Errorf("%s: the transaction is %q", name, value(macro.TransactionID))
	}
}

func TestThePayoutIsWhatTheDealInForcePays(t *testing.T) {
	w := newWorld(t, nil)
	d := decimal.RequireFromString
	set := func(model commission.Model, amount, percent string) func(*db.DealCreate) {
		return func(c *db.DealCreate) { c.SetModel(model).SetAmount(d(amount)).SetPercent(d(percent)) }
	}
	and := func(first func(*db.DealCreate), then func(*db.DealCreate)) func(*db.DealCreate) {
		return func(c *db.DealCreate) { first(c); then(c) }
	}
	own := func(c *db.DealCreate) { c.SetAffiliateID(w.one.Affiliate) }
	theirs := pgtest.Affiliate(t, w.d)
	cpa := set(commission.CPA, "120", "0")
	tiers := func(c *db.DealCreate) {
		c.SetTierBy(commission.ByCount).SetTiers([]commission.Tier{{From: d("1"), Amount: d("150")}, {From: d("10"), Amount: d("200")}})
	}
	for name, c := range map[string]struct {
		deals  []func(*db.DealCreate)
		goal   string
		status commission.Status
		pays   string
		why    string
	}{
		"no deal":                {nil, "cpa", "", "0.00", "There is no deal for this offer yet"},
		"CPA":                    {[]func(*db.DealCreate){cpa}, "cpa", "", "120.00", "From your CPA deal."},
		"CPA while pending":      {[]func(*db.DealCreate){cpa}, "cpa", commission.Pending, "120.00", "From your CPA deal."},
		"CPA, rejected":          {[]func(*db.DealCreate){cpa}, "cpa", commission.Rejected, "0.00", "CPA deal pays nothing for this goal in this status"},
		"CPA, cancelled":         {[]func(*db.DealCreate){cpa}, "cpa", commission.Cancelled, "0.00", "pays nothing"},
		"CPA, another goal":      {[]func(*db.DealCreate){cpa}, "ftd", "", "0.00", "pays nothing"},
		"CPL by default":         {[]func(*db.DealCreate){set(commission.CPL, "4.5", "0")}, "registration", "", "4.50", "CPL deal"},
		"CPL of another lead":    {[]func(*db.DealCreate){and(set(commission.CPL, "9", "0"), func(c *db.DealCreate) { c.SetLeadGoal("kyc") })}, "kyc", "", "9.00", "CPL deal"},
		"RevShare":               {[]func(*db.DealCreate){set(commission.RevShare, "0", "35")}, "net_revenue", "", "8.93", "RevShare deal"},
		"RevShare, a deposit":    {[]func(*db.DealCreate){set(commission.RevShare, "0", "35")}, "deposit", "", "0.00", "RevShare deal pays nothing"},
		"Hybrid, its amount":     {[]func(*db.DealCreate){set(commission.Hybrid, "60", "20")}, "cpa", "", "60.00", "Hybrid deal"},
		"Hybrid, its share":      {[]func(*db.DealCreate){set(commission.Hybrid, "60", "20")}, "net_revenue", "", "5.10", "Hybrid deal"},
		"one's own goes over":    {[]func(*db.DealCreate){cpa, and(set(commission.CPA, "175", "0"), own)}, "cpa", "", "175.00", "CPA deal"},
		"another's never":        {[]func(*db.DealCreate){and(cpa, func(c *db.DealCreate) { c.SetAffiliateID(theirs) })}, "cpa", "", "0.00", "There is no deal"},
		"one that is over":       {[]func(*db.DealCreate){and(cpa, func(c *db.DealCreate) { c.SetValidTo(pgtest.Now) })}, "cpa", "", "0.00", "There is no deal"},
		"one that begins now":    {[]func(*db.DealCreate){and(cpa, func(c *db.DealCreate) { c.SetValidFrom(pgtest.Now) })}, "cpa", "", "120.00", "CPA deal"},
		"one's own that is over": {[]func(*db.DealCreate){cpa, and(and(set(commission.CPA, "175", "0"), own), func(c *db.DealCreate) { c.SetValidTo(pgtest.Now) })}, "cpa", "", "120.00", "CPA deal"},
		"before the first tier":  {[]func(*db.DealCreate){and(cpa, tiers)}, "cpa", "", "120.00", "CPA deal"},
	} {
		_, err := w.d.SQL.ExecContext(t.Context(), `DELETE FROM deals`)
		w.must(err)
		for _, change := range c.deals {
			row := w.rows.Deal.Create().SetOfferID(w.one.Offer).SetCurrency("EUR").SetCreatedAt(pgtest.Now)
			change(row)
			w.must(row.Exec(w.system))
		}
		claim := testfire.Case{Link: w.link(), Goal: c.goal, Status: c.status, Draft: &firing.Postback{URLTemplate: "https://t.example/?p={payout}", Statuses: commission.Statuses()}}
		if s := slot(t, w.simulate(claim).Slots, macro.Payout); s.Value != c.pays || !strings.Contains(s.Why, c.why) {
			t.Errorf("%s pays %q (%s), want %s, %q", name, s.Value, s.Why, c.pays, c.why)
		}
	}
}

func TestTheClickOfTheSimulationIsTheLinks(t *testing.T) {
	w := newWorld(t, nil)
	elsewhere := pgtest.Offer(t, w.d)
	w.must(w.rows.LandingPage.Create().SetOfferID(elsewhere).SetKey("bonus").SetName("Bonus").SetURL("https://royalspin.example/bonus").Exec(w.system))
	for name, c := range map[string]struct {
		pasted tracking.Pasted
		slot   macro.Name
		value  string
		why    string
	}{
		"no landing page":        {tracking.Pasted{}, macro.LandingPage, "", "not to a landing page"},
		"one of the offer's":     {tracking.Pasted{LandingPage: "welcome"}, macro.LandingPage, "welcome", "The landing page of the link."},
		"one of another offer's": {tracking.Pasted{LandingPage: "bonus"}, macro.LandingPage, "", `the offer has no landing page "bonus"`},
		"a token":                {tracking.Pasted{Params: [3]string{"", "##sid##", ""}}, macro.Param2, "banner-300x250", "The tracking link has ##sid##"},
		"a fixed value":          {tracking.Pasted{Params: [3]string{"", "", "zone 1"}}, macro.Param3, "zone 1", "the same for every click"},
		"nothing":                {tracking.Pasted{}, macro.Param1, "", "has no param_1"},
	} {
		simulation, err := w.tester.Simulate(w.oneCtx, testfire.Case{Link: w.link(), Pasted: c.pasted, Goal: "ftd", Draft: &firing.Postback{URLTemplate: everyMacro(), Aggregates: time.Hour}})
		w.must(err)
		slots := [][]testfire.Slot{simulation.Postbacks[0].Slots}
		if c.slot != macro.LandingPage {
			slots = append(slots, simulation.Click)
		}
		for _, in := range slots {
			if s := slot(t, in, c.slot); s.Value != c.value || s.Filled != (c.value != "") || !strings.Contains(s.Why, c.why) {
				t.Errorf("%s: %+v, want %q, %q", name, s, c.value, c.why)
			}
		}
	}
}

func TestAFilterThatGivesOrTakesIsNamed(t *testing.T) {
	w := newWorld(t, nil)
	for slotText, want := range map[string]struct{ value, ends string }{
		"{param_3}":                  {"", "has no param_3."},
		"{param_3|default:none}":     {"none", "A filter sets the value."},
		"{param_1|default:none}":     {"wgk3l5f2c1", "replaces it with a value like this one."},
		"{status|map:rejected=0,*=}": {"", "A filter removes the value."},
		"{status|map:approved=1}":    {"1", "The conversion's status."},
		"{param_3|upper}":            {"", "has no param_3."},
		"{amount|map:*=|default:no}": {"no", "this is a sample."},
	} {
		p := w.simulate(testfire.Case{Link: w.link(), Goal: "ftd", Pasted: tracking.Pasted{Params: [3]string{"{c}"}}, Draft: &firing.Postback{URLTemplate: "https://t.example/?v=" + slotText}})
		if s := p.Slots[0]; s.Value != want.value || !strings.HasSuffix(s.Why, want.ends) {
			t.Errorf("%s is %q: %q; want %q, …%q", slotText, s.Value, s.Why, want.value, want.ends)
		}
	}
}

// Nothing of another affiliate's is simulated, and its names in a draft are not shown.
func TestASimulationKnowsItsViewer(t *testing.T) {
	w := newWorld(t, nil)
	pgtest.Postback(t, w.d, w.one.Affiliate, "https://t.example/?mine={param_1}", pgtest.On("ftd"))
	byDefault, err := w.rows.TrackingLink.Get(w.system, pgtest.DefaultLink(t, w.d, pgtest.For{Affiliate: w.one.Affiliate, Offer: w.one.Offer}).ID)
	w.must(err)
	w.must(w.rows.Deal.Create().SetOfferID(w.one.Offer).SetAffiliateID(w.one.Affiliate).SetModel(commission.CPA).SetAmount(decimal.NewFromInt(777)).SetCurrency("EUR").SetCreatedAt(pgtest.Now).Exec(w.system))
	draft := &firing.Postback{URLTemplate: everyMacro(), Aggregates: time.Hour}
	if simulation, err := w.tester.Simulate(w.otherCtx, testfire.Case{Link: w.link(), Goal: "cpa", Draft: draft}); err == nil {
		t.Errorf("another's campaign: %+v", simulation)
	}
	if simulation, err := w.tester.Simulate(t.Context(), testfire.Case{Link: w.link(), Goal: "cpa"}); err == nil {
		t.Errorf("nobody: %+v", simulation)
	}
	for name, c := range map[string]struct {
		ctx       context.Context
		postbacks int
		payout    string
	}{"its owner": {w.oneCtx, 2, "777.00"}, "staff": {w.staff, 2, "777.00"}, "another affiliate": {w.otherCtx, 1, "120.00"}} {
		simulation, err := w.tester.Simulate(c.ctx, testfire.Case{Link: byDefault, Goal: "cpa", Draft: draft})
		w.must(err)
		if got := slot(t, simulation.Postbacks[0].Slots, macro.Payout).Value; len(simulation.Postbacks) != c.postbacks || got != c.payout {
			t.Errorf("%s is shown %d postbacks and pays %s, want %d and %s", name, len(simulation.Postbacks), got, c.postbacks, c.payout)
		}
	}
}

func TestADraftIsJudgedAsItWouldBeSaved(t *testing.T) {
	w := newWorld(t, nil)
	elsewhere := pgtest.Offer(t, w.d)
	for name, c := range map[string]struct {
		draft firing.Postback
		rule  firing.Rule
		says  string
	}{
		"for everything":         {firing.Postback{}, firing.Matched, "it applies to all campaigns, the goal ftd and"},
		"for the goal among its": {firing.Postback{Goal: "registration", Further: []string{"ftd"}}, firing.Matched, "all campaigns, the goal ftd and"},
		"for other goals":        {firing.Postback{Goal: "registration", Further: []string{"deposit"}}, firing.OtherGoal, "for the goal registration or deposit; the conversion's goal is ftd"},
		"for the offer":          {firing.Postback{Scope: firing.Offer, OfferID: ids.Offer(w.one.Offer)}, firing.Matched, ""},
		"for another offer":      {firing.Postback{Scope: firing.Offer, OfferID: ids.Offer(elsewhere)}, firing.OtherOffer, ""},
		"for the campaign":       {firing.Postback{Scope: firing.Campaign, CampaignID: ids.Campaign(w.one.Link.CampaignID)}, firing.Matched, ""},
		"for two other statuses": {firing.Postback{Statuses: []commission.Status{commission.Pending, commission.Rejected}}, firing.OtherStatus, "pending or rejected; the conversion is approved"},
		"aggregation":            {firing.Postback{Aggregates: 90 * time.Second}, firing.Matched, "It aggregates the conversions of the click within"},
	} {
		c.draft.URLTemplate = "https://t.example/?c={param_1}"
		p := w.simulate(testfire.Case{Link: w.link(), Goal: "ftd", Status: commission.Approved, Draft: &c.draft})
		if p.Postback != nil || p.Decision.Rule != c.rule || !strings.Contains(p.Decision.Reason, c.says) || (p.URL != "") != (c.rule == firing.Matched) || (len(p.Slots) == 1) != (c.rule == firing.Matched) {
			t.Errorf("%s: %+v, want %s, %q", name, p, c.rule, c.says)
		}
	}
	for _, status := range commission.Statuses() {
		p := w.simulate(testfire.Case{Link: w.link(), Goal: "ftd", Status: status, Draft: &firing.Postback{URLTemplate: "https://t.example/?c={param_1}"}})
		if p.Decision.Fired != (status == commission.Approved) {
			t.Errorf("a draft that names no status fires when %s: %t", status, p.Decision.Fired)
		}
	}
	if _, err := w.tester.Simulate(w.oneCtx, testfire.Case{Link: w.link(), Goal: "ftd", Draft: &firing.Postback{URLTemplate: "https://t.example/?n={count}"}}); field(err) != "urlTemplate" {
		t.Errorf("a count without aggregation: %v", err)
	}
	deleted := pgtest.Postback(t, w.d, w.one.Affiliate, "https://t.example/?c={param_1}", pgtest.On("ftd"), func(c *db.PostbackCreate) { c.SetDeletedAt(pgtest.Now) })
	held := pgtest.Postback(t, w.d, w.one.Affiliate, "https://t.example/?c={param_1}", pgtest.On("ftd"), func(c *db.PostbackCreate) { c.SetHoldReason("GONE") })
	simulation, err := w.tester.Simulate(w.oneCtx, testfire.Case{Link: w.link(), Goal: "ftd"})
	w.must(err)
	if len(simulation.Postbacks) != 1 || simulation.Postbacks[0].Postback.ID != held.ID || simulation.Postbacks[0].Decision.Rule != firing.Held || simulation.Postbacks[0].URL == "" {
		t.Errorf("of one on hold and one deleted (%d): %+v", deleted.ID, simulation.Postbacks)
	}
}

// The sample's status is one that the postback fires for: approved where it can be.
func TestTheSampleHasAStatusThatThePostbackFiresFor(t *testing.T) {
	w := newWorld(t, nil)
	for _, c := range []struct {
		fires []commission.Status
		want  commission.Status
	}{
		{nil, commission.Approved},
		{[]commission.Status{commission.Approved, commission.Pending}, commission.Approved},
		{[]commission.Status{commission.Rejected}, commission.Rejected},
		{[]commission.Status{commission.Cancelled, commission.Pending}, commission.Pending},
	} {
		s, err := w.tester.Sample(w.oneCtx, testfire.SampleOf{Postback: firing.Postback{Statuses: c.fires}, Goal: "cpa", AffiliateID: ids.Affiliate(w.one.Affiliate)})
		w.must(err)
		pays := map[bool]string{true: "120.00", false: "0.00"}[c.want == commission.Approved || c.want == commission.Pending]
		if got := s.Values.Get(macro.Status); got != string(c.want) || s.Values.Get(macro.Payout) != pays {
			t.Errorf("of one that fires for %v: %s, which pays %s; want %s and %s", c.fires, got, s.Values.Get(macro.Payout), c.want, pays)
		}
	}
}

// Without a link the sample is of the newest campaign in the postback's scope.
func TestTheSampleIsOfTheNewestCampaignInScope(t *testing.T) {
	w := newWorld(t, nil)
	mine := ids.Affiliate(w.one.Affiliate)
	elsewhere := pgtest.Offer(t, w.d)
	newer := pgtest.Campaign(t, w.d, pgtest.For{Affiliate: w.one.Affiliate, Offer: elsewhere})
	pgtest.Campaign(t, w.d, pgtest.For{Affiliate: w.one.Affiliate, Offer: w.one.Offer}, func(c *db.CampaignCreate) { c.SetState(tracking.Paused) })
	unused := pgtest.Offer(t, w.d)
	for name, c := range map[string]struct {
		postback          firing.Postback
		affiliate         ids.Affiliate
		campaign, offerID int64
	}{
		"global":        {firing.Postback{}, mine, newer.CampaignID, elsewhere},
		"an offer":      {firing.Postback{Scope: firing.Offer, OfferID: ids.Offer(w.one.Offer)}, mine, w.one.Link.CampaignID, w.one.Offer},
		"without any":   {firing.Postback{Scope: firing.Offer, OfferID: ids.Offer(unused)}, mine, 0, unused},
		"a campaign":    {firing.Postback{Scope: firing.Campaign, CampaignID: ids.Campaign(w.one.Link.CampaignID)}, mine, w.one.Link.CampaignID, w.one.Offer},
		"of nobody":     {firing.Postback{}, 0, 0, unused},
		"a newcomer's":  {firing.Postback{}, ids.Affiliate(pgtest.Affiliate(t, w.d)), 0, unused},
		"an old choice": {firing.Postback{CampaignID: ids.Campaign(w.one.Link.CampaignID)}, mine, newer.CampaignID, elsewhere},
	} {
		s, err := w.tester.Sample(w.staff, testfire.SampleOf{Postback: c.postback, AffiliateID: c.affiliate})
		w.must(err)
		campaign := ""
		if c.campaign != 0 {
			campaign = fmt.Sprint(c.campaign)
		}
		if got := s.Values.Get(macro.CampID); got != campaign || s.Values.Get(macro.OfferID) != fmt.Sprint(c.offerID) {
			t.Errorf("%s: campaign %q, offer %s; want %q and %d", name, got, s.Values.Get(macro.OfferID), campaign, c.offerID)
		}
	}
}
