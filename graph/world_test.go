package graph_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/shopspring/decimal"

	"postrider/dispatch"
	"postrider/domain/commission"
	"postrider/domain/doctor"
	"postrider/domain/firing"
	"postrider/domain/macro"
	"postrider/ent/db"
	"postrider/ent/db/trackerversion"
	"postrider/internal/globalid"
	"postrider/internal/ids"
	"postrider/internal/viewer"
	"postrider/outbox"
	"postrider/pgtest"
)

// world is two affiliates, A and B, each with a row of every entity, every field filled in, on
// two offers that they share.
type world struct {
	*api

	offer, other int64
	integration  pgtest.Inlet
	a, b         *estate
	orphan       string // an unattributed conversion with a proposal
	mistake      string // a conversion that staff attributed
	undone       string // one whose attribution was undone: the orphan stands in its place
}

// estate is what one affiliate has.
type estate struct {
	mark      string // in every text of its own
	affiliate *db.Affiliate
	user      *db.User
	link      pgtest.Link
	scene     pgtest.Scene
	ids       map[string][]string // global ids by kind
	needles   []string            // what no other affiliate may read: the mark, ids, codes
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{api: newAPI(t)}
	w.offer = pgtest.Offer(t, w.db)
	w.other = pgtest.Offer(t, w.db)
	w.integration = pgtest.Integration(t, w.db, w.offer, func(c *db.IntegrationCreate) { c.SetRateLimit(50).SetAllowedAddresses([]string{"203.0.113.0/24"}) })
	w.a = w.newEstate(t, "zqalpha")
	w.b = w.newEstate(t, "zqbravo")
	w.furnishOffice(t)
	return w
}

// keep adds an id to the estate's under its kind.
func (e *estate) keep(id string) {
	parsed, _ := globalid.Parse(id)
	e.ids[parsed.Kind] = append(e.ids[parsed.Kind], id)
	e.needles = append(e.needles, id)
	if u, ok := parsed.UUID(); ok {
		e.needles = append(e.needles, globalid.Hex(u))
	}
}

// all returns the estate's ids.
func (e *estate) all() []string {
	var ids []string
	for _, kind := range slices.Sorted(maps.Keys(e.ids)) {
		ids = append(ids, e.ids[kind]...)
	}
	return ids
}

func (w *world) newEstate(t testing.TB, mark string) *estate {
	t.Helper()
	e := &estate{mark: mark, ids: map[string][]string{}, needles: []string{mark}}
	id := pgtest.Affiliate(t, w.db, func(c *db.AffiliateCreate) { c.SetName("Affiliate " + mark).SetEchoKey("echo-" + mark) })
	ctx, c := pgtest.System(t), w.db.Client()
	var err error
	e.affiliate, err = c.Affiliate.Get(ctx, id)
	must(t, err)
	e.keep(e.affiliate.GlobalID())
	e.user = w.user(t, viewer.Affiliate, id, func(c *db.UserCreate) {
		c.SetEmail(mark + "@example.com").SetName("User " + mark).SetTimeZone("Europe/Riga").SetLastSignInAt(pgtest.Now)
	})
	e.keep(e.user.GlobalID())
	w.settle(t, e)
	w.happen(t, e)
	return e
}

// settle creates an affiliate's settings.
func (w *world) settle(t testing.TB, e *estate) {
	t.Helper()
	ctx, c, id := pgtest.System(t), w.db.Client(), e.affiliate.ID
	e.link = pgtest.Campaign(t, w.db, pgtest.For{Affiliate: id, Offer: w.offer}, func(c *db.CampaignCreate) { c.SetName("Campaign " + e.mark).SetDailyCap(500) })
	e.keep(globalid.Int("Campaign", e.link.CampaignID))
	_, err := w.db.SQL.ExecContext(ctx, `UPDATE offers SET daily_cap = 900 WHERE id = $1`, w.offer)
	must(t, err)
	for _, link := range []pgtest.Link{e.link, pgtest.DefaultLink(t, w.db, pgtest.For{Affiliate: id, Offer: w.offer})} {
		e.keep(globalid.Int("TrackingLink", link.ID))
		e.needles = append(e.needles, link.Code)
	}
	later := pgtest.Now.Add(time.Hour)
	token, err := c.ApiToken.Create().SetUserID(e.user.ID).SetName("token " + e.mark).SetHash([]byte(e.mark)).SetPrefix("prt_" + e.mark).
		SetScopes(viewer.Scopes()).SetCreatedAt(pgtest.Now).SetExpiresAt(later).SetLastUsedAt(pgtest.Now).SetRevokedAt(later).Save(ctx)
	must(t, err)
	e.keep(token.GlobalID())
	deal, err := c.Deal.Create().SetOfferID(w.offer).SetAffiliateID(id).SetModel(commission.Hybrid).SetAmount(decimal.NewFromInt(150)).
		SetPercent(decimal.NewFromInt(30)).SetCurrency("EUR").SetTierBy(commission.ByCount).
		SetTiers([]commission.Tier{{From: decimal.NewFromInt(5), Amount: decimal.NewFromInt(200), Percent: decimal.NewFromInt(35)}}).
		SetValidFrom(pgtest.Now.AddDate(0, -1, 0)).SetValidTo(pgtest.Now.AddDate(10, 0, 0)).SetCreatedAt(pgtest.Now).Save(ctx)
	must(t, err)
	e.keep(deal.GlobalID())
	tracker := pgtest.Tracker(t, w.db, id, "https://tracker-"+e.mark+".example/?c={param_1}", func(c *db.TrackerCreate) { c.SetName("tracker " + e.mark).SetShares(true) })
	e.keep(tracker.GlobalID())
	must(t, c.TrackerCampaign.Create().SetAffiliateID(id).SetTrackerID(tracker.ID).SetCampaignID(e.link.CampaignID).Exec(ctx))
	for _, name := range []string{"one", "other"} { // which meet in every campaign
		crossed := pgtest.Tracker(t, w.db, id, "https://"+name+"-"+e.mark+".example/?c={param_1}")
		e.keep(crossed.GlobalID())
		e.keep(w.postback(t, e, pgtest.ForTracker(crossed.ID)).GlobalID())
	}
	trackerVersions, err := c.TrackerVersion.Query().Where(trackerversion.AffiliateID(id)).All(ctx)
	must(t, err)
	for _, v := range trackerVersions {
		e.keep(v.GlobalID())
	}
	for _, scope := range []func(*db.PostbackCreate){pgtest.ForCampaign(e.link.CampaignID), pgtest.ForOffer(w.offer)} {
		e.keep(w.postback(t, e, scope).GlobalID())
	}
	versions, err := c.PostbackVersion.Query().All(ctx)
	must(t, err)
	for _, v := range versions {
		if v.AffiliateID == id {
			e.keep(v.GlobalID())
		}
	}
	_, err = w.db.SQL.ExecContext(t.Context(), `UPDATE postback_versions SET user_id = $1 WHERE affiliate_id = $2`, e.user.ID, id)
	must(t, err)
}

// postback creates a postback of the estate, signed, with every option.
func (w *world) postback(t testing.TB, e *estate, options ...func(*db.PostbackCreate)) *db.Postback {
	t.Helper()
	return pgtest.Postback(t, w.db, e.affiliate.ID, "https://"+e.mark+".example/?c={param_1}", append(options, func(c *db.PostbackCreate) {
		c.SetName("Postback " + e.mark).SetAggregateSeconds(60).SetFurtherGoals([]string{"kyc"}).SetMethod(firing.POST).SetHoldReason("GONE").
			SetBodyRule(&firing.BodyRule{Kind: firing.JSONField, Path: "result." + e.mark, Value: "ok " + e.mark})
	})...)
}

// happen creates an affiliate's facts: a click, a conversion, its deliveries.
func (w *world) happen(t testing.TB, e *estate) {
	t.Helper()
	ctx, c := pgtest.System(t), w.db.Client()
	page, err := c.LandingPage.Query().First(ctx)
	must(t, err)
	_, err = w.db.SQL.ExecContext(ctx, `
		INSERT INTO destination_checks (url, due_at, checked_at, status_code) SELECT url, $1::timestamptz, $1::timestamptz, 200 FROM landing_pages
		UNION SELECT destination_url, $1::timestamptz, $1::timestamptz, 200 FROM offers ON CONFLICT DO NOTHING`, pgtest.Now)
	must(t, err)
	click := pgtest.Click(t, w.db, e.link, func(c *db.ClickCreate) {
		c.SetParam1("one-" + e.mark).SetParam2("two-" + e.mark).SetParam3("three-" + e.mark).SetLandingPageID(page.ID).
			SetDeepLink("https://royalspin.example/" + e.mark).SetReferrer("https://" + e.mark + ".example/from").SetUserAgent("agent " + e.mark)
	})
	e.keep(globalid.UUID("Click", click))
	e.scene = pgtest.Scene{Affiliate: e.affiliate.ID, Offer: w.offer, Link: e.link, Click: click, Integration: w.integration}
	player := e.scene.Player(t, w.db, "player-"+e.mark)
	e.needles = append(e.needles, globalid.Hex(player.ID))
	conversion := e.scene.Conversion(t, w.db, func(c *db.ConversionCreate) {
		c.SetPlayerID(player.ID).SetTransactionID("tx-" + e.mark).SetAmount(decimal.NewFromInt(25)).SetPayout(decimal.NewFromInt(120)).SetPayoutCurrency("EUR").
			SetTerms(&commission.Terms{Model: commission.CPA, Amount: decimal.NewFromInt(120), Currency: "EUR", Tier: 1}).
			SetRate(decimal.NewFromInt(1)).SetReportedStatus("said " + e.mark).SetCappedBy("offer").
			SetReportedPayout(decimal.NewFromInt(150)).SetReportedPayoutCurrency("EUR")
	})
	e.keep(conversion.GlobalID())
	postback, err := c.Postback.Get(ctx, idOf(e.ids["Postback"][0]))
	must(t, err)
	w.event(t, e, conversion, postback)
	delivery := w.delivery(t, e, conversion, postback, outbox.Delivered)
	replay := w.delivery(t, e, conversion, postback, outbox.Retrying, func(c *db.DeliveryCreate) { c.SetReplayOf(delivery.ID) })
	_, err = w.db.SQL.ExecContext(ctx, `UPDATE deliveries SET superseded_by = $1 WHERE id = $2`, replay.ID, delivery.ID)
	must(t, err)
	pgtest.Aggregate(t, w.db, delivery)
	failed := w.delivery(t, e, conversion, postback, outbox.Failed, func(c *db.DeliveryCreate) { c.SetReplayOf(delivery.ID) })
	for _, d := range []*db.Delivery{delivery, replay, failed} {
		e.keep(d.GlobalID())
	}
	e.keep(w.attempt(t, e, delivery).GlobalID())
	e.keep(e.scene.Received(t, w.db, func(c *db.ReceivedPostbackCreate) {
		c.SetQuery("click_id=" + e.mark).SetBody("body " + e.mark).SetReason("reason " + e.mark).SetConversionID(conversion.ID).
			SetHeaders([]dispatch.Header{{Name: "X-Operator", Value: e.mark}})
	}).GlobalID())
	w.test(t, e, postback)
	e.keep(w.bulkReplay(t, e, outbox.BulkDone).GlobalID())
	w.alert(t, e, func(c *db.AlertCreate) { c.SetPostbackID(postback.ID).SetKind(doctor.AlertGone) })
	var own int64 // its default link
	must(t, w.db.SQL.QueryRowContext(ctx, `SELECT id FROM tracking_links WHERE affiliate_id = $1 AND campaign_id IS NULL`, e.affiliate.ID).Scan(&own))
	w.alert(t, e, func(c *db.AlertCreate) { c.SetLinkID(own).SetKind(doctor.AlertNoParam) })
	w.alert(t, e, func(c *db.AlertCreate) {
		c.SetCampaignID(e.link.CampaignID).SetKind(doctor.AlertNoParam).SetResolvedAt(pgtest.Now)
	})
	echo, err := c.EchoRequest.Create().SetID(pgtest.ID(t)).SetAffiliateID(e.affiliate.ID).SetReceivedAt(pgtest.Now).SetMethod("GET").
		SetURL("/echo/echo-" + e.mark + "?v=" + e.mark).SetHeaders([]dispatch.Header{{Name: "User-Agent", Value: e.mark}}).
		SetBody("body " + e.mark).SetStatusCode(200).Save(ctx)
	must(t, err)
	e.keep(echo.GlobalID())
}

// alert creates an alert of the estate.
func (w *world) alert(t testing.TB, e *estate, about func(*db.AlertCreate)) *db.Alert {
	t.Helper()
	c := w.db.Client().Alert.Create().SetID(pgtest.ID(t)).SetAffiliateID(e.affiliate.ID).SetMessage("alert " + e.mark).SetRaisedAt(pgtest.Now)
	about(c)
	made, err := c.Save(pgtest.System(t))
	must(t, err)
	e.keep(made.GlobalID())
	return made
}

// test creates a test of a postback.
func (w *world) test(t testing.TB, e *estate, p *db.Postback) {
	t.Helper()
	fired, err := w.db.Client().PostbackTest.Create().SetID(pgtest.ID(t)).SetAffiliateID(e.affiliate.ID).SetPostbackID(p.ID).SetUserID(e.user.ID).
		SetURLTemplate(p.URLTemplate).SetMethod(p.Method).SetMacros(map[string]string{"param_1": e.mark}).SetScenario("normal").
		SetRunID(pgtest.ID(t)).Save(pgtest.System(t))
	must(t, err)
	e.keep(fired.GlobalID())
	d, err := w.db.Client().Delivery.Create().SetID(fired.ID).SetAffiliateID(e.affiliate.ID).SetPostbackID(p.ID).SetGoal("ftd").SetStatus(commission.Approved).
		SetState(outbox.Failed).SetPriority(outbox.PriorityLive).SetEndpoint("https://" + e.mark + ".example:443").SetAttempt(1).SetTest(true).
		SetURL("https://" + e.mark + ".example/?c=1").SetStatusCode(404).SetDurationMs(12).SetReason("HTTP_404").
		SetDetail(e.mark).SetCreatedAt(pgtest.Now).SetUpdatedAt(pgtest.Now).Save(pgtest.System(t))
	must(t, err)
	w.attempt(t, e, d)
}

// event creates a step of the conversion's lifecycle that considered a postback.
func (w *world) event(t testing.TB, e *estate, conversion *db.Conversion, p *db.Postback) {
	t.Helper()
	event, err := w.db.Client().ConversionEvent.Create().SetID(pgtest.ID(t)).SetAffiliateID(e.affiliate.ID).SetConversionID(conversion.ID).
		SetPreviousStatus(commission.Pending).SetStatus(commission.Approved).SetAmount(decimal.NewFromInt(25)).SetPayout(decimal.NewFromInt(120)).
		SetReason("because " + e.mark).SetActor("operator").SetMacros(map[string]string{"param_1": e.mark}).
		SetConsidered([]firing.Decision{{PostbackID: ids.Postback(p.ID), Fired: true, Rule: "matched", Reason: "decided " + e.mark}}).
		SetOccurredAt(pgtest.Now).SetReceivedAt(pgtest.Now).Save(pgtest.System(t))
	must(t, err)
	e.keep(event.GlobalID())
}

func (w *world) delivery(t testing.TB, e *estate, conversion *db.Conversion, p *db.Postback, state outbox.State, options ...func(*db.DeliveryCreate)) *db.Delivery {
	t.Helper()
	return pgtest.Delivery(t, w.db, conversion.ID, p, append([]func(*db.DeliveryCreate){func(c *db.DeliveryCreate) {
		c.SetState(state).SetEndpoint("https://" + e.mark + ".example:443").SetURL("https://" + e.mark + ".example/?c=1").
			SetStatusCode(200).SetDurationMs(12).SetReason("HTTP_404").SetDetail(e.mark).SetWarning(outbox.ClickIDMissing).SetDeliveredAt(pgtest.Now).SetDueAt(pgtest.Now)
	}}, options...)...)
}

func (w *world) attempt(t testing.TB, e *estate, d *db.Delivery) *db.Attempt {
	t.Helper()
	ms := 1.5
	return pgtest.Attempt(t, w.db, d, func(c *db.AttemptCreate) {
		c.SetURL("https://" + e.mark + ".example/?c=1").SetError("HTTP_404").SetDetail(e.mark).SetEmptyMacros([]macro.Name{macro.Param1}).
			SetRequestHeaders([]dispatch.Header{{Name: "X-Sent", Value: e.mark}}).SetRequestBody("sent " + e.mark).
			SetResponseHeaders([]dispatch.Header{{Name: "X-Got", Value: e.mark}}).SetResponseBody("got " + e.mark).
			SetTimings(dispatch.Timings{DNSMs: &ms, ConnectMs: &ms, TLSMs: &ms, WaitMs: &ms, ReadMs: &ms})
	})
}

// idOf returns the key in the global id of a configuration row.
func idOf(id string) int64 {
	parsed, _ := globalid.Parse(id)
	key, _ := parsed.Int()
	return key
}

// factOf returns the key in the global id of a fact.
func factOf(id string) uuid.UUID {
	parsed, _ := globalid.Parse(id)
	key, _ := parsed.UUID()
	return key
}

func globalOffer(id int64) string { return globalid.Int("Offer", id) }
