package pgtest

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/shopspring/decimal"

	"postrider/domain/commission"
	"postrider/domain/firing"
	"postrider/domain/tracking"
	"postrider/ent"
	"postrider/ent/db"
	"postrider/internal/secret"
	"postrider/internal/viewer"
)

// Now is the time of the factories' rows, unless an option sets another.
var Now = time.Date(2026, 6, 12, 10, 0, 0, 0, time.UTC)

// count makes names unique.
var count atomic.Int64

func next(what string) string { return fmt.Sprintf("%s %d", what, count.Add(1)) }

// testKey is the key of every test: the code under test opens what a factory sealed.
var testKey = sync.OnceValue(secret.NewKey)

// KeyText returns the key with which the factories seal secrets, in the format of POSTRIDER_KEY.
func KeyText() string { return testKey() }

// Key returns the key with which the factories seal secrets.
func Key(t testing.TB) *secret.Ring {
	t.Helper()
	ring, err := secret.ParseRing(testKey())
	must(t, err)
	return ring
}

// Client returns ent's client over the test's database. With System as its context, it sees and
// changes everything.
func (d *DB) Client() *db.Client { return ent.NewClient(d.SQL) }

// System returns a context whose viewer is Postrider itself.
func System(t testing.TB) context.Context { return viewer.AsSystem(t.Context()) }

// Affiliate creates an affiliate.
func Affiliate(t testing.TB, d *DB, options ...func(*db.AffiliateCreate)) int64 {
	t.Helper()
	c := d.Client().Affiliate.Create().SetName(next("Affiliate")).SetEchoKey(secret.Random()).SetCreatedAt(Now)
	return saved(t, c, options).ID
}

// User creates a user: an affiliate's, or with affiliateID zero, staff. No password matches.
func User(t testing.TB, d *DB, role viewer.Role, affiliateID int64, options ...func(*db.UserCreate)) int64 {
	t.Helper()
	c := d.Client().User.Create().SetEmail(fmt.Sprintf("user%d@example.com", count.Add(1))).SetPasswordHash("none").
		SetRole(role).SetCreatedAt(Now)
	if affiliateID != 0 {
		c.SetAffiliateID(affiliateID)
	}
	return saved(t, c, options).ID
}

// Operator is the operator of the factories' offers.
const Operator = "Royal Spin"

// Offer creates an offer with the landing page welcome and a deal of 120 EUR for each qualified
// player.
func Offer(t testing.TB, d *DB, options ...func(*db.OfferCreate)) int64 {
	t.Helper()
	c := d.Client().Offer.Create().SetName(next("Offer")).SetOperator(Operator).SetVertical(commission.Casino).
		SetDestinationURL("https://royalspin.example/?cid={click_id}").SetDeepLinkHosts([]string{"royalspin.example"}).
		SetCurrency("EUR").SetCreatedAt(Now)
	id := saved(t, c, options).ID
	saved(t, d.Client().LandingPage.Create().SetOfferID(id).SetKey("welcome").SetName("Welcome").
		SetURL("https://royalspin.example/welcome?cid={click_id}"), nil)
	saved(t, d.Client().Deal.Create().SetOfferID(id).SetModel(commission.CPA).SetAmount(decimal.NewFromInt(120)).
		SetCurrency("EUR").SetCreatedAt(Now), nil)
	return id
}

// Link is a tracking link.
type Link struct {
	ID         int64
	Code       string
	CampaignID int64 // zero for a default link
}

// For is the owner and the offer of a campaign or link to be created.
type For struct{ Affiliate, Offer int64 }

// Campaign creates a campaign and its link.
func Campaign(t testing.TB, d *DB, f For, options ...func(*db.CampaignCreate)) Link {
	t.Helper()
	c := d.Client().Campaign.Create().SetAffiliateID(f.Affiliate).SetOfferID(f.Offer).SetName(next("Campaign")).SetCreatedAt(Now)
	id := saved(t, c, options).ID
	l := saved(t, newLink(d, f).SetCampaignID(id), nil)
	return Link{ID: l.ID, Code: l.Code, CampaignID: id}
}

// DefaultLink creates an affiliate's link for an offer, without a campaign.
func DefaultLink(t testing.TB, d *DB, f For) Link {
	t.Helper()
	l := saved(t, newLink(d, f), nil)
	return Link{ID: l.ID, Code: l.Code}
}

func newLink(d *DB, f For) *db.TrackingLinkCreate {
	return d.Client().TrackingLink.Create().SetAffiliateID(f.Affiliate).SetOfferID(f.Offer).SetCode(tracking.NewLinkCode()).SetCreatedAt(Now)
}

// Postback creates an affiliate's postback with its first version: global, for registrations
// that are approved, by GET.
func Postback(t testing.TB, d *DB, affiliateID int64, template string, options ...func(*db.PostbackCreate)) *db.Postback {
	t.Helper()
	signing, err := Key(t).Seal(secret.NewSigningSecret(), secret.ForPostback)
	must(t, err)
	c := d.Client().Postback.Create().SetAffiliateID(affiliateID).SetScope(firing.Global).SetGoal(commission.GoalRegistration).
		SetURLTemplate(template).SetMethod(firing.GET).SetStatuses([]commission.Status{commission.Approved}).
		SetSigningSecret(signing).SetCreatedAt(Now).SetUpdatedAt(Now)
	p := saved(t, c, options)
	v := d.Client().PostbackVersion.Create().SetAffiliateID(affiliateID).SetPostbackID(p.ID).SetNumber(p.Version).
		SetURLTemplate(p.URLTemplate).SetMethod(p.Method).SetStatuses(p.Statuses).SetEnabled(p.Enabled).SetCreatedAt(Now).
		SetFurtherGoals(p.FurtherGoals).SetNillableAggregateSeconds(p.AggregateSeconds)
	if p.BodyRule != nil {
		v.SetBodyRule(p.BodyRule)
	}
	saved(t, v, nil)
	return p
}

// Tracker creates a tracker with all campaigns, and its first version.
func Tracker(t testing.TB, d *DB, affiliateID int64, template string, options ...func(*db.TrackerCreate)) *db.Tracker {
	t.Helper()
	c := d.Client().Tracker.Create().SetAffiliateID(affiliateID).SetName(firing.Host(template)).SetURLTemplate(template).SetMethod(firing.GET).
		SetCreatedAt(Now).SetUpdatedAt(Now)
	row := saved(t, c, options)
	saved(t, d.Client().TrackerVersion.Create().SetAffiliateID(affiliateID).SetTrackerID(row.ID).SetNumber(1).SetCreatedAt(Now).
		SetSpec(firing.TrackerSpec{Name: row.Name, URLTemplate: template, Method: row.Method, AllCampaigns: row.AllCampaigns, DefaultLinks: row.DefaultLinks}), nil)
	return row
}

// ForTracker gives a postback its tracker.
func ForTracker(id int64) func(*db.PostbackCreate) {
	return func(c *db.PostbackCreate) { c.SetTrackerID(id) }
}

// ForOffer gives a postback the scope of an offer.
func ForOffer(id int64) func(*db.PostbackCreate) {
	return func(c *db.PostbackCreate) { c.SetScope(firing.Offer).SetOfferID(id) }
}

// ForCampaign gives a postback the scope of a campaign.
func ForCampaign(id int64) func(*db.PostbackCreate) {
	return func(c *db.PostbackCreate) { c.SetScope(firing.Campaign).SetCampaignID(id) }
}

// Aggregation makes a postback aggregate for that many seconds, also for further goals.
func Aggregation(seconds int, further ...string) func(*db.PostbackCreate) {
	return func(c *db.PostbackCreate) {
		if further == nil {
			further = []string{}
		}
		c.SetAggregateSeconds(seconds).SetFurtherGoals(further)
	}
}

// On sets a postback's goal and, if any are given, its statuses.
func On(goal string, statuses ...commission.Status) func(*db.PostbackCreate) {
	return func(c *db.PostbackCreate) {
		c.SetGoal(goal)
		if len(statuses) > 0 {
			c.SetStatuses(statuses)
		}
	}
}

// Inlet is an operator's integration with its secrets.
type Inlet struct {
	ID    int64
	Key   string
	Token string
	HMAC  string
}

// Integration creates an integration that requires its token. Its secrets are sealed with Key.
func Integration(t testing.TB, d *DB, offerID int64, options ...func(*db.IntegrationCreate)) Inlet {
	t.Helper()
	in := Inlet{Key: fmt.Sprintf("integration-%d", count.Add(1)), Token: secret.Random(), HMAC: secret.Random()}
	c := d.Client().Integration.Create().SetKey(in.Key).SetName("Royal Spin").SetOfferID(offerID).SetAllowedAddresses([]string{}).SetCreatedAt(Now)
	in.ID = saved(t, c, options).ID
	IntegrationSecret(t, d, in.ID, "token", in.Token)
	IntegrationSecret(t, d, in.ID, "hmac", in.HMAC)
	return in
}

// IntegrationSecret adds a secret of a kind, token or hmac, to an integration.
func IntegrationSecret(t testing.TB, d *DB, integrationID int64, kind, value string, options ...func(*db.IntegrationSecretCreate)) {
	t.Helper()
	sealed, err := Key(t).Seal(value, secret.ForIntegration)
	must(t, err)
	saved(t, d.Client().IntegrationSecret.Create().SetIntegrationID(integrationID).SetKind(kind).SetSealed(sealed).SetCreatedAt(Now), options)
}

// Click creates a click on a link, made at Now from a phone in Germany.
func Click(t testing.TB, d *DB, link Link, options ...func(*db.ClickCreate)) uuid.UUID {
	t.Helper()
	l, err := d.Client().TrackingLink.Get(System(t), link.ID)
	must(t, err)
	c := d.Client().Click.Create().SetID(ID(t)).SetAffiliateID(l.AffiliateID).SetClickedAt(Now).SetOfferID(l.OfferID).
		SetNillableCampaignID(l.CampaignID).SetLinkID(l.ID).SetParam1("wgk3l5f2c1").SetParam2("").SetParam3("").SetDeepLink("").
		SetCountry("DE").SetReferrer("https://bets.example/top-10").SetUserAgent("Mozilla/5.0 (Linux; Android 15)").SetAddress("203.0.113.0/24")
	return saved(t, c, options).ID
}

// ids makes only ids of Now. The program's generator restarts its counter for each other time,
// so ids of the same time sort in the order they were made only if none of another time is made
// in between.
var ids = uuid.NewGen()

// ID returns the id of a fact of Now. Ids sort in the order in which they are made.
func ID(t testing.TB) uuid.UUID {
	t.Helper()
	id, err := ids.NewV7AtTime(Now)
	must(t, err)
	return id
}

// Scene is what most tests need: an affiliate with a campaign for an offer, a
// click on its link, and the operator's integration.
type Scene struct {
	Affiliate   int64
	Offer       int64
	Link        Link
	Click       uuid.UUID
	Integration Inlet
}

// NewScene creates a Scene.
func NewScene(t testing.TB, d *DB) Scene {
	t.Helper()
	s := Scene{Affiliate: Affiliate(t, d), Offer: Offer(t, d)}
	s.Link = Campaign(t, d, For{Affiliate: s.Affiliate, Offer: s.Offer})
	s.Click = Click(t, d, s.Link)
	s.Integration = Integration(t, d, s.Offer)
	return s
}

// saved applies the options to a row to be created, and saves it.
func saved[C interface {
	Save(context.Context) (*R, error)
}, R any](t testing.TB, c C, options []func(C),
) *R {
	t.Helper()
	for _, o := range options {
		o(c)
	}
	row, err := c.Save(System(t))
	must(t, err)
	return row
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
