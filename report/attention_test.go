package report_test

import (
	"slices"
	"testing"
	"time"

	"postrider/domain/commission"
	"postrider/domain/doctor"
	"postrider/ent/db"
	"postrider/internal/viewer"
	"postrider/outbox"
	"postrider/pgtest"
	"postrider/report"
)

// attending is an affiliate with a campaign for each of whose goals a global postback fires.
type attending struct {
	t         *testing.T
	d         *pgtest.DB
	s         pgtest.Scene
	postback  *db.Postback // of Registration
	postbacks map[string]*db.Postback
}

func newAttending(t *testing.T) *attending {
	t.Helper()
	d := pgtest.New(t)
	a := &attending{t: t, d: d, s: pgtest.NewScene(t, d), postbacks: map[string]*db.Postback{}}
	for _, goal := range []string{commission.GoalRegistration, commission.GoalFTD, commission.GoalCPA} {
		a.postbacks[goal] = pgtest.Postback(t, d, a.s.Affiliate, "https://tracker.example/", pgtest.On(goal))
	}
	a.postback = a.postbacks[commission.GoalRegistration]
	return a
}

func (a *attending) list() *report.AttentionList {
	a.t.Helper()
	now := func() time.Time { return pgtest.Now }
	reads := viewer.NewScoped(a.d.SQL)
	attention := report.Attention{DB: reads, Gaps: &report.Gaps{DB: reads, Now: now}, Crossings: &report.Crossings{DB: reads, Now: now}, Now: now}
	found, err := attention.OfViewer(as(a.t, a.s.Affiliate))
	must(a.t, err)
	return found
}

func (a *attending) fail(at time.Time) {
	a.t.Helper()
	id := idOf(a.t, at)
	conversion := a.s.Conversion(a.t, a.d, func(c *db.ConversionCreate) { c.SetID(id) })
	pgtest.Delivery(a.t, a.d, conversion.ID, a.postback, func(c *db.DeliveryCreate) {
		c.SetID(idOf(a.t, at)).SetState(outbox.Failed).SetReason("HTTP_403").SetUpdatedAt(at)
	})
}

func (a *attending) alert(kind doctor.AlertKind, about func(*db.AlertCreate)) {
	a.t.Helper()
	create := a.d.Client().Alert.Create().SetID(pgtest.ID(a.t)).SetAffiliateID(a.s.Affiliate).SetKind(kind).SetMessage("It says so.").SetRaisedAt(pgtest.Now)
	about(create)
	create.ExecX(pgtest.System(a.t))
}

func TestNothingNeedsAttention(t *testing.T) {
	t.Parallel()
	a := newAttending(t)
	if got := a.list(); len(got.Items)+len(got.Ignored) != 0 || got.Postbacks != 3 {
		t.Errorf("%+v", got.Items)
	}
}

// However many things say it, a trouble is one line.
func TestATroubleIsSaidOnce(t *testing.T) {
	t.Parallel()
	a := newAttending(t)
	a.fail(pgtest.Now.Add(-time.Hour))
	a.fail(pgtest.Now.Add(-2 * time.Hour))
	got := a.list()
	if len(got.Items) != 1 || *got.Items[0].PostbackID != a.postback.ID || got.Items[0].Message != "2 deliveries failed. The tracker forbids the request (403)." ||
		!got.Items[0].Since.Equal(pgtest.Now.Add(-time.Hour)) || got.Failed != 2 {
		t.Fatalf("%+v", got)
	}
	for _, kind := range []doctor.AlertKind{doctor.AlertFailing, doctor.AlertGone} {
		a.alert(kind, func(c *db.AlertCreate) { c.SetPostbackID(a.postback.ID) })
	}
	got = a.list()
	if len(got.Items) != 1 || got.Items[0].Alert == nil || *got.Items[0].PostbackID != a.postback.ID || got.Items[0].Severity != doctor.Error {
		t.Fatalf("%+v", got.Items)
	}
	if kind := a.d.Client().Alert.GetX(pgtest.System(t), *got.Items[0].Alert).Kind; kind != doctor.AlertGone {
		t.Errorf("%s instead of the address that is gone", kind)
	}
	// Put aside with its alert, not shown by its failures instead.
	a.d.Client().Alert.Update().SetDismissedAt(pgtest.Now).ExecX(pgtest.System(t))
	if got = a.list(); len(got.Items) != 0 || len(got.Ignored) != 1 {
		t.Errorf("%+v, ignored %+v", got.Items, got.Ignored)
	}
}

func TestAnIgnoredPostbackComesBackWhenItFailsAgain(t *testing.T) {
	t.Parallel()
	a := newAttending(t)
	a.fail(pgtest.Now.Add(-2 * time.Hour))
	a.d.Client().IgnoredAttention.Create().SetAffiliateID(a.s.Affiliate).SetPostbackID(a.postback.ID).SetIgnoredAt(pgtest.Now.Add(-time.Hour)).ExecX(pgtest.System(t))
	if got := a.list(); len(got.Items) != 0 || len(got.Ignored) != 1 {
		t.Errorf("%+v, ignored %+v", got.Items, got.Ignored)
	}
	a.fail(pgtest.Now.Add(-30 * time.Minute))
	if got := a.list(); len(got.Items) != 1 || len(got.Ignored) != 0 {
		t.Errorf("%+v, ignored %+v", got.Items, got.Ignored)
	}
}

func TestAMissingGoalIsOneItemWithItsCampaigns(t *testing.T) {
	t.Parallel()
	a := newAttending(t)
	second := pgtest.Campaign(t, a.d, pgtest.For{Affiliate: a.s.Affiliate, Offer: a.s.Offer})
	for _, goal := range []string{commission.GoalFTD, commission.GoalCPA} {
		a.d.Client().Postback.UpdateOne(a.postbacks[goal]).SetEnabled(false).ExecX(pgtest.System(t))
	}
	pgtest.Postback(t, a.d, a.s.Affiliate, "https://tracker.example/", pgtest.ForCampaign(second.CampaignID), pgtest.On(commission.GoalFTD))
	items := a.list().Items
	if len(items) != 2 || *items[0].Goal != commission.GoalCPA || len(items[0].Campaigns) != 2 || *items[1].Goal != commission.GoalFTD ||
		!slices.Equal(items[1].Campaigns, []int64{a.s.Link.CampaignID}) {
		t.Fatalf("%+v", items)
	}
	a.d.Client().IgnoredAttention.Create().SetAffiliateID(a.s.Affiliate).SetGoal(commission.GoalCPA).SetIgnoredAt(pgtest.Now).ExecX(pgtest.System(t))
	if got := a.list(); len(got.Items) != 1 || len(got.Ignored) != 1 || *got.Ignored[0].Goal != commission.GoalCPA {
		t.Errorf("%+v, ignored %+v", got.Items, got.Ignored)
	}
	// An alert about its clicks is another trouble.
	a.alert(doctor.AlertNoParam, func(c *db.AlertCreate) { c.SetCampaignID(a.s.Link.CampaignID) })
	if items := a.list().Items; len(items) != 2 {
		t.Errorf("%+v", items)
	}
	// Without any postback the campaign is one line, not one for each goal.
	a.alert(doctor.AlertUncovered, func(c *db.AlertCreate) { c.SetCampaignID(a.s.Link.CampaignID) })
	if items := a.list().Items; len(items) != 2 || items[0].Alert == nil || items[1].Alert == nil {
		t.Errorf("%+v", items)
	}
}
