package report_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"postrider/ent/db"
	"postrider/internal/viewer"
	"postrider/outbox"
	"postrider/pgtest"
	"postrider/report"
)

// crossed is an affiliate with two trackers that are called with {param_1} of every click, in two
// campaigns and one default link.
type crossed struct {
	t               *testing.T
	d               *pgtest.DB
	s               pgtest.Scene
	second          pgtest.Link
	keitaro, voluum *db.Tracker
	sale, lead      *db.Postback // of Keitaro and of Voluum
}

func newCrossed(t *testing.T) *crossed {
	t.Helper()
	d := pgtest.New(t)
	c := &crossed{t: t, d: d, s: pgtest.NewScene(t, d)}
	c.second = pgtest.Campaign(t, d, pgtest.For{Affiliate: c.s.Affiliate, Offer: c.s.Offer})
	pgtest.DefaultLink(t, d, pgtest.For{Affiliate: c.s.Affiliate, Offer: c.s.Offer})
	c.keitaro = pgtest.Tracker(t, d, c.s.Affiliate, "https://kt.example/?s={param_1}", func(c *db.TrackerCreate) { c.SetName("Keitaro") })
	c.voluum = pgtest.Tracker(t, d, c.s.Affiliate, "https://vl.example/?cid={param_1}", func(c *db.TrackerCreate) { c.SetName("Voluum") })
	c.sale = pgtest.Postback(t, d, c.s.Affiliate, c.keitaro.URLTemplate, pgtest.ForTracker(c.keitaro.ID))
	c.lead = pgtest.Postback(t, d, c.s.Affiliate, c.voluum.URLTemplate, pgtest.ForTracker(c.voluum.ID))
	return c
}

func (c *crossed) find(affiliate int64) []*report.Crossing {
	c.t.Helper()
	crossings := report.Crossings{DB: viewer.NewScoped(c.d.SQL), Now: func() time.Time { return pgtest.Now }}
	found, err := crossings.OfViewer(as(c.t, affiliate))
	must(c.t, err)
	return found
}

func (c *crossed) only() *report.Crossing {
	c.t.Helper()
	found := c.find(c.s.Affiliate)
	if len(found) != 1 {
		c.t.Fatalf("%d crossings", len(found))
	}
	return found[0]
}

// sent records a conversion of a campaign that was sent by these postbacks.
func (c *crossed) sent(campaign int64, ago time.Duration, change func(*db.DeliveryCreate), by ...*db.Postback) {
	c.t.Helper()
	made := c.s.Conversion(c.t, c.d, func(r *db.ConversionCreate) { r.SetID(idAt(c.t, ago)).SetCampaignID(campaign) })
	for _, p := range by {
		pgtest.Delivery(c.t, c.d, made.ID, p, func(r *db.DeliveryCreate) { r.SetID(idAt(c.t, ago)); change(r) })
	}
}

func as200(*db.DeliveryCreate)     {}
func as404(r *db.DeliveryCreate)   { r.SetState(outbox.Failed) }
func asATest(r *db.DeliveryCreate) { r.SetTest(true) }

func (c *crossed) choose(tracker *db.Tracker, campaign int64) {
	c.t.Helper()
	must(c.t, c.d.Client().TrackerCampaign.Create().SetAffiliateID(c.s.Affiliate).SetTrackerID(tracker.ID).SetCampaignID(campaign).Exec(pgtest.System(c.t)))
}

func TestTrackersThatMeetAreFoundWithTheirCampaigns(t *testing.T) {
	t.Parallel()
	c := newCrossed(t)
	got := c.only()
	if !slices.Equal(got.Trackers, []int64{c.keitaro.ID, c.voluum.ID}) || got.AffiliateID != c.s.Affiliate || !got.DefaultLinks || got.Wrong != 0 ||
		len(got.Campaigns) != 2 || got.Campaigns[0].CampaignID != c.second.CampaignID || got.Campaigns[1].CampaignID != c.s.Link.CampaignID {
		t.Errorf("%+v", got)
	}
	if other := c.find(pgtest.NewScene(t, c.d).Affiliate); len(other) != 0 {
		t.Errorf("another affiliate sees %+v", other)
	}
}

// Of each conversion that both were told of, one got the click id of the other.
func TestPostbacksToTheWrongTrackerAreCountedExactly(t *testing.T) {
	t.Parallel()
	c := newCrossed(t)
	day := 24 * time.Hour
	binom := pgtest.Tracker(t, c.d, c.s.Affiliate, "https://bn.example/?c={param_1}", func(c *db.TrackerCreate) { c.SetName("Binom").SetDefaultLinks(false) })
	third := pgtest.Postback(t, c.d, c.s.Affiliate, binom.URLTemplate, pgtest.ForTracker(binom.ID))
	pixel := pgtest.Postback(t, c.d, c.s.Affiliate, "https://kt.example/?t={conversion_id}", pgtest.ForTracker(c.keitaro.ID))
	gone := pgtest.Postback(t, c.d, c.s.Affiliate, "https://vl.example/?x=1&cid={param_1}", pgtest.ForTracker(c.voluum.ID), func(c *db.PostbackCreate) {
		c.SetEnabled(false).SetDeletedAt(pgtest.Now)
	})
	own := pgtest.Postback(t, c.d, c.s.Affiliate, "https://vl.example/?cid={param_1}", pgtest.ForTracker(c.voluum.ID), pgtest.ForCampaign(c.s.Link.CampaignID))
	both := pgtest.Campaign(t, c.d, pgtest.For{Affiliate: c.s.Affiliate, Offer: c.s.Offer})
	c.choose(c.keitaro, both.CampaignID)
	c.choose(c.voluum, both.CampaignID)
	here := c.s.Link.CampaignID

	c.sent(here, day, as200, c.sale, c.lead)            // 1
	c.sent(here, 29*day, as200, c.sale, c.lead, third)  // 2 more
	c.sent(c.second.CampaignID, 0, as200, c.sale, gone) // 1 more, by a postback that was deleted since
	c.sent(here, 31*day, as200, c.sale, c.lead)         // too long ago
	c.sent(here, day, as200, c.sale)                    // to one alone
	c.sent(here, day, as404, c.sale, c.lead)            // it reached nobody
	c.sent(here, day, asATest, c.sale, c.lead)          // a test
	c.sent(here, day, as200, c.lead, pixel)             // which has no click id
	c.sent(here, day, as200, c.sale, own)               // of this campaign on purpose
	c.sent(both.CampaignID, day, as200, c.sale, c.lead) // chosen for both
	failed := c.s.Conversion(t, c.d, func(r *db.ConversionCreate) { r.SetID(idAt(t, day)) })
	pgtest.Delivery(t, c.d, failed.ID, c.sale, func(r *db.DeliveryCreate) { r.SetID(idAt(t, day)) })
	first := pgtest.Delivery(t, c.d, failed.ID, c.lead, func(r *db.DeliveryCreate) { r.SetID(idAt(t, day)).SetState(outbox.Failed) })
	for range 2 { // 1 more, however often it was replayed
		pgtest.Delivery(t, c.d, failed.ID, c.lead, func(r *db.DeliveryCreate) { r.SetID(idAt(t, day)).SetReplayOf(first.ID) })
	}

	var got []string
	for _, one := range c.find(c.s.Affiliate) {
		got = append(got, fmt.Sprintf("%d in %d: %d", len(one.Trackers), len(one.Campaigns), one.Wrong))
	}
	if want := []string{"3 in 2: 5", "2 in 0: 4"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestACampaignsClickIDsAreTheLast(t *testing.T) {
	t.Parallel()
	c := newCrossed(t)
	for i := range 5 {
		pgtest.Click(t, c.d, c.second, func(r *db.ClickCreate) {
			r.SetID(idAt(t, time.Duration(5-i)*time.Minute)).SetParam1(fmt.Sprintf("w%d", i)).SetParam2("other")
		})
	}
	pgtest.Click(t, c.d, c.second, func(r *db.ClickCreate) { r.SetID(idAt(t, 0)).SetParam1("") })
	pgtest.Click(t, c.d, c.second, func(r *db.ClickCreate) { r.SetID(idAt(t, 0)).SetParam1("tried").SetTest(true) })
	got := c.only().Campaigns
	if !slices.Equal(got[0].ClickIDs, []string{"w4", "w3", "w2"}) || !slices.Equal(got[1].ClickIDs, []string{"wgk3l5f2c1"}) {
		t.Errorf("%q and %q", got[0].ClickIDs, got[1].ClickIDs)
	}
}

// A tracker made the click ids that it takes, and that the others refuse.
func TestATrackerIsProposedByTheAnswers(t *testing.T) {
	t.Parallel()
	c := newCrossed(t)
	here, there := c.s.Link.CampaignID, c.second.CampaignID
	for range 4 {
		c.sent(here, time.Hour, as200, c.sale)
		c.sent(here, time.Hour, as404, c.lead)
		c.sent(there, time.Hour, as200, c.sale, c.lead)
	}
	if got := c.only().Campaigns; got[0].Proposal != nil || got[1].Proposal != nil {
		t.Errorf("four answers are enough: %+v", got)
	}
	c.sent(here, time.Hour, as200, c.sale)
	c.sent(here, time.Hour, as404, c.lead)
	c.sent(there, time.Hour, as200, c.sale, c.lead)
	got := c.only().Campaigns
	if got[0].Proposal != nil || got[1].Proposal == nil || *got[1].Proposal != c.keitaro.ID {
		t.Errorf("of the one that both take %v, of Keitaro's %v", got[0].Proposal, got[1].Proposal)
	}
	for range 5 { // now Voluum takes half of them
		c.sent(here, time.Hour, as200, c.lead)
	}
	if got := c.only().Campaigns; got[1].Proposal != nil {
		t.Errorf("%d is proposed, though both take its click ids", *got[1].Proposal)
	}
}

func TestTrackersThatMeetOnPurposeAreNotCrossed(t *testing.T) {
	t.Parallel()
	c := newCrossed(t)
	ctx := pgtest.System(t)
	must(t, c.d.Client().Tracker.UpdateOne(c.voluum).SetShares(true).Exec(ctx))
	if got := c.find(c.s.Affiliate); len(got) != 0 {
		t.Errorf("with a tracker that shares: %+v", got[0])
	}
	must(t, c.d.Client().Tracker.UpdateOne(c.voluum).SetShares(false).Exec(ctx))
	c.choose(c.keitaro, c.s.Link.CampaignID)
	if got := c.only(); len(got.Campaigns) != 1 || got.Campaigns[0].CampaignID != c.second.CampaignID {
		t.Errorf("of the campaign that one has chosen: %+v", got)
	}
	c.choose(c.voluum, c.s.Link.CampaignID)
	c.choose(c.voluum, c.second.CampaignID)
	if got := c.only(); len(got.Campaigns) != 0 || !got.DefaultLinks {
		t.Errorf("with campaigns that were chosen: %+v", got)
	}
	must(t, c.d.Client().Tracker.UpdateOne(c.voluum).SetDefaultLinks(false).Exec(ctx))
	if got := c.find(c.s.Affiliate); len(got) != 0 {
		t.Errorf("where they meet nowhere: %+v", got[0])
	}
}

// What brings no conversions makes no trackers meet.
func TestPausedCampaignsAreNotCrossed(t *testing.T) {
	t.Parallel()
	c := newCrossed(t)
	_, err := c.d.SQL.ExecContext(t.Context(), `UPDATE campaigns SET state = 'paused' WHERE id = $1`, c.second.CampaignID)
	must(t, err)
	if got := c.only(); len(got.Campaigns) != 1 || got.Campaigns[0].CampaignID != c.s.Link.CampaignID {
		t.Errorf("%+v", got)
	}
	_, err = c.d.SQL.ExecContext(t.Context(), `UPDATE offers SET state = 'paused' WHERE id = $1`, c.s.Offer)
	must(t, err)
	if got := c.find(c.s.Affiliate); len(got) != 0 {
		t.Errorf("of a paused offer: %+v", got[0])
	}
}
