package report_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/shopspring/decimal"

	"postrider/domain/commission"
	"postrider/domain/firing"
	"postrider/domain/tracking"
	"postrider/ent/db"
	"postrider/internal/ids"
	"postrider/internal/viewer"
	"postrider/outbox"
	"postrider/pgtest"
	"postrider/report"
)

// as returns the context of an affiliate's viewer; of staff for none.
func as(t *testing.T, affiliate int64) context.Context {
	t.Helper()
	v := &viewer.Viewer{UserID: 1, Role: viewer.Manager, Scopes: viewer.Scopes()}
	if affiliate != 0 {
		v.Role, v.AffiliateID = viewer.Affiliate, ids.Affiliate(affiliate)
	}
	return viewer.With(t.Context(), v)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func idOf(t *testing.T, at time.Time) uuid.UUID {
	t.Helper()
	id, err := uuid.NewV7AtTime(at)
	must(t, err)
	return id
}

func TestTodayIsTheViewersOwnDay(t *testing.T) {
	t.Parallel()
	d := pgtest.New(t)
	s, other := pgtest.NewScene(t, d), pgtest.NewScene(t, d)
	riga, err := time.LoadLocation("Europe/Riga") // three hours ahead in June
	must(t, err)
	now := time.Date(2026, 6, 12, 1, 30, 0, 0, riga) // half past ten in the evening before, UTC
	click := func(s pgtest.Scene, at time.Time) {
		pgtest.Click(t, d, s.Link, func(c *db.ClickCreate) { c.SetID(idOf(t, at)).SetClickedAt(at) })
	}
	conversion := func(s pgtest.Scene, at time.Time, goal string, status commission.Status, payout int64, currency string) {
		s.Conversion(t, d, func(c *db.ConversionCreate) {
			c.SetID(idOf(t, at)).SetGoal(goal).SetStatus(status).SetPayout(decimal.NewFromInt(payout)).SetPayoutCurrency(currency)
		})
	}
	ago := func(hours int) time.Time { return now.Add(time.Duration(-hours) * time.Hour) }
	click(s, ago(1))  // today
	click(s, ago(2))  // yesterday, late
	click(s, ago(24)) // yesterday, at this very time
	click(s, ago(25)) // yesterday, before it
	click(s, ago(26)) // the day before
	click(other, ago(1))
	pgtest.Click(t, d, s.Link, func(c *db.ClickCreate) { c.SetID(idOf(t, ago(1))).SetClickedAt(ago(1)).SetTest(true).SetParam1("") })
	conversion(s, ago(1), commission.GoalRegistration, commission.Approved, 0, "EUR")
	conversion(s, ago(1), commission.GoalFTD, commission.Pending, 50, "EUR")
	conversion(s, ago(1), commission.GoalCPA, commission.Approved, 120, "EUR")
	conversion(s, ago(1), commission.GoalCPA, commission.Approved, 300, "USD")
	conversion(s, ago(1), commission.GoalFTD, commission.Rejected, 99, "EUR")
	conversion(other, ago(1), commission.GoalFTD, commission.Approved, 77, "EUR")
	home := report.Home{DB: viewer.NewScoped(d.SQL), Now: func() time.Time { return now }}
	days, err := home.OfViewer(as(t, s.Affiliate), riga)
	must(t, err)
	if got := [3]int{days.Today.Clicks, days.YesterdaySoFar.Clicks, days.Yesterday.Clicks}; got != [3]int{1, 1, 3} {
		t.Errorf("clicks %v", got)
	}
	today := days.Today
	if today.Registrations != 1 || today.FTDs != 1 || len(today.Payouts) != 2 || today.Payouts[0].Currency != "USD" || !today.Payouts[1].Amount.Equal(decimal.NewFromInt(120)) {
		t.Errorf("%+v", today)
	}
	if all, err := home.OfViewer(as(t, 0), riga); err != nil || all.Today.Clicks != 2 || all.Today.FTDs != 2 {
		t.Errorf("staff: %+v, %v", all, err)
	}
	if utc, err := home.OfViewer(as(t, s.Affiliate), time.UTC); err != nil || utc.Today.Clicks != 2 {
		t.Errorf("in UTC: %+v, %v", utc, err)
	}
	if _, err := home.OfViewer(t.Context(), riga); err == nil {
		t.Error("nobody was told")
	}
}

func TestMilestonesAreOfRealThings(t *testing.T) {
	t.Parallel()
	d := pgtest.New(t)
	s := pgtest.NewScene(t, d)
	bare := pgtest.Campaign(t, d, pgtest.For{Affiliate: s.Affiliate, Offer: s.Offer})
	progress := report.Progress{DB: viewer.NewScoped(d.SQL)}
	of := func(campaign int64) report.Milestones {
		t.Helper()
		m, err := progress.OfCampaign(as(t, s.Affiliate), campaign)
		must(t, err)
		return m
	}
	if m := of(bare.CampaignID); m != (report.Milestones{}) {
		t.Errorf("%+v", m)
	}
	pgtest.Click(t, d, bare, func(c *db.ClickCreate) { c.SetParam1("") })
	if of(bare.CampaignID).Clicked != nil {
		t.Error("a click without param_1 counts")
	}
	pgtest.Click(t, d, bare, func(c *db.ClickCreate) { c.SetTest(true) })
	if of(bare.CampaignID).Clicked != nil {
		t.Error("a test click counts")
	}
	pgtest.Click(t, d, bare)
	p := pgtest.Postback(t, d, s.Affiliate, "https://tracker.example/", pgtest.ForCampaign(bare.CampaignID))
	conversion := s.Conversion(t, d)
	test := func(state outbox.State) {
		fired := pgtest.Delivery(t, d, conversion.ID, p, func(c *db.DeliveryCreate) {
			c.SetTest(true).SetState(state).SetCampaignID(bare.CampaignID).SetDeliveredAt(pgtest.Now).SetReplayOf(pgtest.ID(t))
		})
		must(t, d.Client().PostbackTest.Create().SetID(fired.ID).SetAffiliateID(s.Affiliate).SetPostbackID(p.ID).SetURLTemplate(p.URLTemplate).
			SetMethod(p.Method).SetMacros(map[string]string{}).Exec(pgtest.System(t)))
	}
	test(outbox.Failed)
	if m := of(bare.CampaignID); m.Clicked == nil || m.Tested != nil || m.Delivered != nil {
		t.Errorf("%+v", m)
	}
	test(outbox.Delivered)
	if m := of(bare.CampaignID); m.Tested == nil || m.Delivered != nil {
		t.Errorf("a test counts as a delivery: %+v", m)
	}
	pgtest.Delivery(t, d, conversion.ID, p, func(c *db.DeliveryCreate) { c.SetCampaignID(bare.CampaignID).SetDeliveredAt(pgtest.Now) })
	if of(bare.CampaignID).Delivered == nil {
		t.Error("a delivery does not count")
	}
	if _, err := progress.OfCampaign(as(t, pgtest.NewScene(t, d).Affiliate), bare.CampaignID); err == nil {
		t.Error("another's campaign was shown")
	}
}

// A template is fired first and saved then: the test was of the postback all the same.
func TestATestBeforeSavingIsAMilestone(t *testing.T) {
	t.Parallel()
	d := pgtest.New(t)
	s, other := pgtest.NewScene(t, d), pgtest.NewScene(t, d)
	bare := pgtest.Campaign(t, d, pgtest.For{Affiliate: s.Affiliate, Offer: s.Offer})
	p := pgtest.Postback(t, d, s.Affiliate, "https://tracker.example/?id={param_1}", pgtest.ForCampaign(bare.CampaignID))
	conversion := s.Conversion(t, d)
	test := func(affiliate int64, template string, method firing.Method) {
		t.Helper()
		fired := pgtest.Delivery(t, d, conversion.ID, p, func(c *db.DeliveryCreate) {
			c.SetTest(true).SetReplayOf(pgtest.ID(t)).SetDeliveredAt(pgtest.Now)
		})
		must(t, d.Client().PostbackTest.Create().SetID(fired.ID).SetAffiliateID(affiliate).SetURLTemplate(template).
			SetMethod(method).SetMacros(map[string]string{}).Exec(pgtest.System(t)))
	}
	progress := report.Progress{DB: viewer.NewScoped(d.SQL)}
	tested := func() bool {
		t.Helper()
		m, err := progress.OfCampaign(as(t, s.Affiliate), bare.CampaignID)
		must(t, err)
		return m.Tested != nil
	}
	test(other.Affiliate, p.URLTemplate, p.Method)
	test(s.Affiliate, "https://tracker.example/?id={param_2}", p.Method)
	test(s.Affiliate, p.URLTemplate, firing.POST)
	if tested() {
		t.Error("a test of another's, of another template or with another method counts")
	}
	test(s.Affiliate, p.URLTemplate, p.Method)
	if !tested() {
		t.Error("the test before saving does not count")
	}
}

func TestGapsAreGoalsThatNobodyIsToldOf(t *testing.T) {
	t.Parallel()
	d := pgtest.New(t)
	s := pgtest.NewScene(t, d)
	gaps := report.Gaps{DB: viewer.NewScoped(d.SQL), Now: func() time.Time { return pgtest.Now }}
	list := func() map[string]int {
		t.Helper()
		found, err := gaps.OfViewer(as(t, s.Affiliate))
		must(t, err)
		goals := map[string]int{}
		for _, g := range found {
			if g.CampaignID != s.Link.CampaignID {
				t.Errorf("%+v is of another campaign", g)
			}
			goals[g.Goal] = g.Conversions
		}
		return goals
	}
	wants := func(when string, want map[string]int) {
		t.Helper()
		got := list()
		if len(got) != len(want) {
			t.Errorf("%s: %v, want %v", when, got, want)
		}
		for goal, n := range want {
			if g, ok := got[goal]; !ok || g != n {
				t.Errorf("%s: %v, want %v", when, got, want)
			}
		}
	}
	wants("nothing yet", map[string]int{"registration": 0, "ftd": 0, "cpa": 0})
	pgtest.NewScene(t, d) // another's
	s.Conversion(t, d, func(c *db.ConversionCreate) { c.SetGoal("cpa") })
	s.Conversion(t, d, func(c *db.ConversionCreate) { c.SetGoal("deposit") })
	wants("a CPA came, and a deposit, which pays nothing", map[string]int{"registration": 0, "ftd": 0, "cpa": 1})
	pgtest.Postback(t, d, s.Affiliate, "https://tracker.example/", pgtest.On("ftd"))
	off := pgtest.Postback(t, d, s.Affiliate, "https://tracker.example/", pgtest.On("cpa"), func(c *db.PostbackCreate) { c.SetEnabled(false) })
	wants("one is switched off", map[string]int{"registration": 0, "cpa": 1})
	_, err := d.SQL.ExecContext(t.Context(), `UPDATE postbacks SET enabled = true WHERE id = $1`, off.ID)
	must(t, err)
	pgtest.Postback(t, d, s.Affiliate, "https://tracker.example/", pgtest.On("registration"), pgtest.ForOffer(s.Offer))
	wants("all are told", nil)
	_, err = d.SQL.ExecContext(t.Context(), `UPDATE campaigns SET state = $1; `, string(tracking.Paused))
	must(t, err)
	_, err = d.SQL.ExecContext(t.Context(), `UPDATE postbacks SET enabled = false`)
	must(t, err)
	wants("paused", nil)
}

// For every model, own and default, past and future: a goal is a gap exactly if the deal in force
// pays for it, besides those that trackers count.
func TestGapsFollowTheDealInForce(t *testing.T) {
	t.Parallel()
	d := pgtest.New(t)
	s := pgtest.NewScene(t, d)
	gaps := report.Gaps{DB: viewer.NewScoped(d.SQL), Now: func() time.Time { return pgtest.Now }}
	stranger := pgtest.Affiliate(t, d)
	goals, err := d.Client().Goal.Query().All(pgtest.System(t))
	must(t, err)
	day := 24 * time.Hour
	for _, model := range commission.Models() {
		for _, lead := range []string{"registration", "kyc"} {
			terms := commission.Deal{Model: model, LeadGoal: lead}.Terms(commission.Volume{})
			for name, c := range map[string]struct {
				change func(*db.DealCreate)
				holds  bool
			}{
				"the default":       {func(*db.DealCreate) {}, true},
				"one's own":         {func(c *db.DealCreate) { c.SetAffiliateID(s.Affiliate) }, true},
				"another's":         {func(c *db.DealCreate) { c.SetAffiliateID(stranger) }, false},
				"one that is over":  {func(c *db.DealCreate) { c.SetValidTo(pgtest.Now) }, false},
				"one that is to be": {func(c *db.DealCreate) { c.SetValidFrom(pgtest.Now.Add(day)) }, false},
				"one that begins":   {func(c *db.DealCreate) { c.SetValidFrom(pgtest.Now).SetValidTo(pgtest.Now.Add(day)) }, true},
			} {
				_, err := d.SQL.ExecContext(t.Context(), `DELETE FROM deals`)
				must(t, err)
				row := d.Client().Deal.Create().SetOfferID(s.Offer).SetModel(model).SetLeadGoal(lead).SetAmount(decimal.NewFromInt(90)).SetPercent(decimal.NewFromInt(40)).SetCurrency("EUR").SetCreatedAt(pgtest.Now)
				c.change(row)
				must(t, row.Exec(pgtest.System(t)))
				found, err := gaps.OfViewer(as(t, s.Affiliate))
				must(t, err)
				for _, g := range goals {
					want := g.Key == "registration" || g.Key == "ftd" || c.holds && terms.Pays(g.Key)
					if got := slices.ContainsFunc(found, func(gap report.Gap) bool { return gap.Goal == g.Key }); got != want {
						t.Errorf("%s, %s for %s: %s is a gap: %t", name, model, lead, g.Key, got)
					}
				}
			}
		}
	}
}

// One's own deal goes over the default, also where the default would pay for more.
func TestGapsFollowOnesOwnDeal(t *testing.T) {
	t.Parallel()
	d := pgtest.New(t)
	s := pgtest.NewScene(t, d) // with a CPA by default
	must(t, d.Client().Deal.Create().SetOfferID(s.Offer).SetAffiliateID(s.Affiliate).SetModel(commission.RevShare).SetPercent(decimal.NewFromInt(40)).SetCurrency("EUR").SetCreatedAt(pgtest.Now).Exec(pgtest.System(t)))
	gaps := report.Gaps{DB: viewer.NewScoped(d.SQL), Now: func() time.Time { return pgtest.Now }}
	found, err := gaps.OfViewer(as(t, s.Affiliate))
	must(t, err)
	var keys []string
	for _, g := range found {
		keys = append(keys, g.Goal)
	}
	if slices.Sort(keys); !slices.Equal(keys, []string{"ftd", "net_revenue", "registration"}) {
		t.Errorf("the gaps are %v", keys)
	}
}
