package ent_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/shopspring/decimal"

	"postrider/dispatch"
	"postrider/domain/doctor"
	"postrider/domain/firing"
	"postrider/domain/inbound"
	"postrider/ent/db"
	"postrider/ent/db/migrate"
	"postrider/ent/db/privacy"
	"postrider/internal/ids"
	"postrider/internal/viewer"
	"postrider/outbox"
	"postrider/pgtest"
)

// seen is what an affiliate sees of an entity.
type seen string

const (
	own       seen = "its own"            // rows of its own alone
	shared    seen = "what is everyone's" // as much as anybody
	nothing   seen = "nothing"            // refused: staff's
	ownTokens seen = "its own, staff too" // nobody sees another user's
)

// changed is who may change an entity through the program.
type changed string

const (
	byOwner changed = "its owner and staff"
	byStaff changed = "staff"
	byUs    changed = "Postrider alone"
	byNone  changed = "nobody"
)

// access is the rules of one entity, and how to try them.
type access struct {
	seen    seen
	changed changed
	count   func(ctx context.Context, c *db.Client) (int, error)
	wipe    func(ctx context.Context, c *db.Client) (int, error) // tries to delete every row
}

// table has for every entity who sees and changes it. An entity without a row here fails the
// test.
var table = map[string]access{
	"affiliates": {own, byStaff,
		func(ctx context.Context, c *db.Client) (int, error) { return c.Affiliate.Query().Count(ctx) },
		func(ctx context.Context, c *db.Client) (int, error) { return c.Affiliate.Delete().Exec(ctx) }},
	"alerts": {own, byOwner,
		func(ctx context.Context, c *db.Client) (int, error) { return c.Alert.Query().Count(ctx) },
		func(ctx context.Context, c *db.Client) (int, error) { return c.Alert.Delete().Exec(ctx) }},
	"api_tokens": {ownTokens, byOwner,
		func(ctx context.Context, c *db.Client) (int, error) { return c.ApiToken.Query().Count(ctx) },
		func(ctx context.Context, c *db.Client) (int, error) { return c.ApiToken.Delete().Exec(ctx) }},
	"attempts": {own, byUs,
		func(ctx context.Context, c *db.Client) (int, error) { return c.Attempt.Query().Count(ctx) },
		func(ctx context.Context, c *db.Client) (int, error) { return c.Attempt.Delete().Exec(ctx) }},
	"audit_entries": {nothing, byNone,
		func(ctx context.Context, c *db.Client) (int, error) { return c.AuditEntry.Query().Count(ctx) },
		func(ctx context.Context, c *db.Client) (int, error) { return c.AuditEntry.Delete().Exec(ctx) }},
	"bulk_replays": {own, byUs,
		func(ctx context.Context, c *db.Client) (int, error) { return c.BulkReplay.Query().Count(ctx) },
		func(ctx context.Context, c *db.Client) (int, error) { return c.BulkReplay.Delete().Exec(ctx) }},
	"campaigns": {own, byOwner,
		func(ctx context.Context, c *db.Client) (int, error) { return c.Campaign.Query().Count(ctx) },
		func(ctx context.Context, c *db.Client) (int, error) { return c.Campaign.Delete().Exec(ctx) }},
	"clicks": {own, byUs,
		func(ctx context.Context, c *db.Client) (int, error) { return c.Click.Query().Count(ctx) },
		func(ctx context.Context, c *db.Client) (int, error) { return c.Click.Delete().Exec(ctx) }},
	"conversions": {own, byUs,
		func(ctx context.Context, c *db.Client) (int, error) { return c.Conversion.Query().Count(ctx) },
		func(ctx context.Context, c *db.Client) (int, error) { return c.Conversion.Delete().Exec(ctx) }},
	"conversion_bindings": {own, byUs,
		func(ctx context.Context, c *db.Client) (int, error) { return c.ConversionBinding.Query().Count(ctx) },
		func(ctx context.Context, c *db.Client) (int, error) { return c.ConversionBinding.Delete().Exec(ctx) }},
	"conversion_events": {own, byUs,
		func(ctx context.Context, c *db.Client) (int, error) { return c.ConversionEvent.Query().Count(ctx) },
		func(ctx context.Context, c *db.Client) (int, error) { return c.ConversionEvent.Delete().Exec(ctx) }},
	"exchange_rates": {shared, byStaff,
		func(ctx context.Context, c *db.Client) (int, error) { return c.ExchangeRate.Query().Count(ctx) },
		func(ctx context.Context, c *db.Client) (int, error) { return c.ExchangeRate.Delete().Exec(ctx) }},
	"deals": {shared, byStaff,
		func(ctx context.Context, c *db.Client) (int, error) { return c.Deal.Query().Count(ctx) },
		func(ctx context.Context, c *db.Client) (int, error) { return c.Deal.Delete().Exec(ctx) }},
	"deliveries": {own, byUs,
		func(ctx context.Context, c *db.Client) (int, error) { return c.Delivery.Query().Count(ctx) },
		func(ctx context.Context, c *db.Client) (int, error) { return c.Delivery.Delete().Exec(ctx) }},
	"delivery_changes": {own, byUs,
		func(ctx context.Context, c *db.Client) (int, error) { return c.DeliveryChange.Query().Count(ctx) },
		func(ctx context.Context, c *db.Client) (int, error) { return c.DeliveryChange.Delete().Exec(ctx) }},
	"destination_checks": {nothing, byStaff,
		func(ctx context.Context, c *db.Client) (int, error) { return c.DestinationCheck.Query().Count(ctx) },
		func(ctx context.Context, c *db.Client) (int, error) { return c.DestinationCheck.Delete().Exec(ctx) }},
	"echo_requests": {own, byUs,
		func(ctx context.Context, c *db.Client) (int, error) { return c.EchoRequest.Query().Count(ctx) },
		func(ctx context.Context, c *db.Client) (int, error) { return c.EchoRequest.Delete().Exec(ctx) }},
	"aggregated_events": {own, byUs,
		func(ctx context.Context, c *db.Client) (int, error) { return c.AggregatedEvent.Query().Count(ctx) },
		func(ctx context.Context, c *db.Client) (int, error) { return c.AggregatedEvent.Delete().Exec(ctx) }},
	"ignored_attention": {own, byOwner,
		func(ctx context.Context, c *db.Client) (int, error) { return c.IgnoredAttention.Query().Count(ctx) },
		func(ctx context.Context, c *db.Client) (int, error) { return c.IgnoredAttention.Delete().Exec(ctx) }},
	"goals": {shared, byStaff,
		func(ctx context.Context, c *db.Client) (int, error) { return c.Goal.Query().Count(ctx) },
		func(ctx context.Context, c *db.Client) (int, error) { return c.Goal.Delete().Exec(ctx) }},
	"landing_pages": {shared, byStaff,
		func(ctx context.Context, c *db.Client) (int, error) { return c.LandingPage.Query().Count(ctx) },
		func(ctx context.Context, c *db.Client) (int, error) { return c.LandingPage.Delete().Exec(ctx) }},
	"offers": {shared, byStaff,
		func(ctx context.Context, c *db.Client) (int, error) { return c.Offer.Query().Count(ctx) },
		func(ctx context.Context, c *db.Client) (int, error) { return c.Offer.Delete().Exec(ctx) }},
	"clashes": {nothing, byStaff,
		func(ctx context.Context, c *db.Client) (int, error) { return c.Clash.Query().Count(ctx) },
		func(ctx context.Context, c *db.Client) (int, error) { return c.Clash.Delete().Exec(ctx) }},
	"unmapped_reports": {nothing, byStaff,
		func(ctx context.Context, c *db.Client) (int, error) { return c.UnmappedReport.Query().Count(ctx) },
		func(ctx context.Context, c *db.Client) (int, error) { return c.UnmappedReport.Delete().Exec(ctx) }},
	"players": {nothing, byStaff,
		func(ctx context.Context, c *db.Client) (int, error) { return c.Player.Query().Count(ctx) },
		func(ctx context.Context, c *db.Client) (int, error) { return c.Player.Delete().Exec(ctx) }},
	"postbacks": {own, byOwner,
		func(ctx context.Context, c *db.Client) (int, error) { return c.Postback.Query().Count(ctx) },
		func(ctx context.Context, c *db.Client) (int, error) { return c.Postback.Delete().Exec(ctx) }},
	"postback_versions": {own, byOwner,
		func(ctx context.Context, c *db.Client) (int, error) { return c.PostbackVersion.Query().Count(ctx) },
		func(ctx context.Context, c *db.Client) (int, error) { return c.PostbackVersion.Delete().Exec(ctx) }},
	"postback_tests": {own, byUs,
		func(ctx context.Context, c *db.Client) (int, error) { return c.PostbackTest.Query().Count(ctx) },
		func(ctx context.Context, c *db.Client) (int, error) { return c.PostbackTest.Delete().Exec(ctx) }},
	"received_postbacks": {nothing, byStaff,
		func(ctx context.Context, c *db.Client) (int, error) { return c.ReceivedPostback.Query().Count(ctx) },
		func(ctx context.Context, c *db.Client) (int, error) { return c.ReceivedPostback.Delete().Exec(ctx) }},
	"integrations": {nothing, byStaff,
		func(ctx context.Context, c *db.Client) (int, error) { return c.Integration.Query().Count(ctx) },
		func(ctx context.Context, c *db.Client) (int, error) { return c.Integration.Delete().Exec(ctx) }},
	"integration_secrets": {nothing, byStaff,
		func(ctx context.Context, c *db.Client) (int, error) { return c.IntegrationSecret.Query().Count(ctx) },
		func(ctx context.Context, c *db.Client) (int, error) { return c.IntegrationSecret.Delete().Exec(ctx) }},
	"trackers": {own, byOwner,
		func(ctx context.Context, c *db.Client) (int, error) { return c.Tracker.Query().Count(ctx) },
		func(ctx context.Context, c *db.Client) (int, error) { return c.Tracker.Delete().Exec(ctx) }},
	"tracker_campaigns": {own, byOwner,
		func(ctx context.Context, c *db.Client) (int, error) { return c.TrackerCampaign.Query().Count(ctx) },
		func(ctx context.Context, c *db.Client) (int, error) { return c.TrackerCampaign.Delete().Exec(ctx) }},
	"tracker_versions": {own, byOwner,
		func(ctx context.Context, c *db.Client) (int, error) { return c.TrackerVersion.Query().Count(ctx) },
		func(ctx context.Context, c *db.Client) (int, error) { return c.TrackerVersion.Delete().Exec(ctx) }},
	"tracking_links": {own, byOwner,
		func(ctx context.Context, c *db.Client) (int, error) { return c.TrackingLink.Query().Count(ctx) },
		func(ctx context.Context, c *db.Client) (int, error) { return c.TrackingLink.Delete().Exec(ctx) }},
	"users": {own, byStaff,
		func(ctx context.Context, c *db.Client) (int, error) { return c.User.Query().Count(ctx) },
		func(ctx context.Context, c *db.Client) (int, error) { return c.User.Delete().Exec(ctx) }},
}

// furnish creates a row of every entity for a new affiliate, and returns its viewer.
func furnish(t *testing.T, d *pgtest.DB) *viewer.Viewer {
	t.Helper()
	ctx, client := pgtest.System(t), d.Client()
	s := pgtest.NewScene(t, d)
	c := s.Conversion(t, d)
	owned := pgtest.Postback(t, d, s.Affiliate, "https://tracker.example/")
	delivery := pgtest.Delivery(t, d, c.ID, owned)
	pgtest.Attempt(t, d, delivery)
	pgtest.Aggregate(t, d, delivery)
	s.Player(t, d, "their-7")
	tracker := pgtest.Tracker(t, d, s.Affiliate, "https://tracker.example/")
	s.Received(t, d)
	if _, err := d.SQL.ExecContext(t.Context(), `INSERT INTO conversion_bindings (affiliate_id, conversion_id) VALUES ($1, $2)`, s.Affiliate, c.ID); err != nil {
		t.Fatal(err)
	}
	user := pgtest.User(t, d, viewer.Affiliate, s.Affiliate)
	for _, err := range []error{
		client.ApiToken.Create().SetUserID(user).SetName("ci").SetHash([]byte{byte(user)}).SetPrefix("prt_").SetScopes(nil).SetCreatedAt(pgtest.Now).Exec(ctx),
		client.EchoRequest.Create().SetID(pgtest.ID(t)).SetAffiliateID(s.Affiliate).SetReceivedAt(pgtest.Now).SetMethod("GET").SetURL("/").
			SetHeaders([]dispatch.Header{}).SetBody("").SetStatusCode(200).Exec(ctx),
		client.ExchangeRate.Create().SetQuote("USD").SetRate(decimal.NewFromInt(1)).SetValidFrom(pgtest.Now.AddDate(0, 0, int(user))).
			SetCreatedAt(pgtest.Now).Exec(ctx),
		client.PostbackTest.Create().SetID(pgtest.ID(t)).SetAffiliateID(s.Affiliate).SetURLTemplate("https://tracker.example/").SetMethod(firing.GET).
			SetMacros(map[string]string{}).Exec(ctx),
		client.BulkReplay.Create().SetAffiliateID(s.Affiliate).SetAsSent(false).SetState(outbox.BulkRunning).SetTotal(1).
			SetCreatedAt(pgtest.Now).SetUpdatedAt(pgtest.Now).Exec(ctx),
		client.Alert.Create().SetID(pgtest.ID(t)).SetAffiliateID(s.Affiliate).SetKind(doctor.AlertNoParam).SetCampaignID(s.Link.CampaignID).
			SetMessage("no param_1").SetRaisedAt(pgtest.Now).Exec(ctx),
		client.IgnoredAttention.Create().SetAffiliateID(s.Affiliate).SetPostbackID(owned.ID).SetIgnoredAt(pgtest.Now).Exec(ctx),
		client.TrackerCampaign.Create().SetAffiliateID(s.Affiliate).SetTrackerID(tracker.ID).SetCampaignID(s.Link.CampaignID).Exec(ctx),
		client.Clash.Create().SetID(pgtest.ID(t)).SetReceivedAt(pgtest.Now).SetIntegrationID(s.Integration.ID).SetConversionID(c.ID).SetReport(&inbound.Report{}).
			SetDiffers([]inbound.Difference{}).SetKey("").SetLastAt(pgtest.Now).Exec(ctx),
		client.UnmappedReport.Create().SetID(pgtest.ID(t)).SetReceivedAt(pgtest.Now).SetIntegrationID(s.Integration.ID).SetWord("bonus").SetKey("").
			SetReport(&inbound.Report{}).Exec(ctx),
		client.AuditEntry.Create().SetAt(pgtest.Now).SetAction("create").SetEntity("campaign").SetEntityID("1").SetAffiliateID(s.Affiliate).Exec(ctx),
		client.DestinationCheck.Create().SetURL(fmt.Sprintf("https://operator.example/%d", user)).SetDueAt(pgtest.Now).Exec(ctx),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return &viewer.Viewer{UserID: ids.User(user), Role: viewer.Affiliate, AffiliateID: ids.Affiliate(s.Affiliate), Scopes: viewer.Scopes()}
}

func TestEveryEntityHasItsRules(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	for _, entity := range migrate.Tables {
		names[entity.Name] = true
		if _, ok := table[entity.Name]; !ok {
			t.Errorf("nobody has said who may see %s: add it to the table of this test", entity.Name)
		}
	}
	for name := range table {
		if !names[name] {
			t.Errorf("there is no entity %s", name)
		}
	}
}

func TestWhoSeesWhat(t *testing.T) {
	t.Parallel()
	d := pgtest.New(t)
	client := d.Client()
	one, other := furnish(t, d), furnish(t, d)
	admin := &viewer.Viewer{UserID: ids.User(pgtest.User(t, d, viewer.Admin, 0)), Role: viewer.Admin, Scopes: viewer.Scopes()}
	stranger := &viewer.Viewer{UserID: 1 << 40, Role: viewer.Affiliate, AffiliateID: 1 << 40}

	for _, name := range slices.Sorted(maps.Keys(table)) {
		a := table[name]
		count := func(v *viewer.Viewer) (int, error) { return a.count(viewer.With(t.Context(), v), client) }
		all, err := a.count(pgtest.System(t), client)
		if err != nil || all < 2 {
			t.Fatalf("%s: %d rows, %v: the test needs one of each affiliate", name, all, err)
		}
		if _, err := a.count(t.Context(), client); !errors.Is(err, privacy.Deny) {
			t.Errorf("%s: nobody is asking, and gets %v", name, err)
		}
		staff, err := count(admin)
		if want := map[bool]int{true: all, false: 0}[a.seen != ownTokens]; err != nil || staff != want {
			t.Errorf("%s: staff see %d of %d; %v", name, staff, all, err)
		}
		ones, err := count(one)
		others, otherErr := count(other)
		strangers, strangeErr := count(stranger)
		switch a.seen {
		case nothing:
			if !errors.Is(err, privacy.Deny) {
				t.Errorf("%s: an affiliate is not refused: %d rows, %v", name, ones, err)
			}
		case shared:
			if err != nil || ones != all {
				t.Errorf("%s: an affiliate sees %d of %d; %v", name, ones, all, err)
			}
		default:
			if err := errors.Join(err, otherErr, strangeErr); err != nil || ones != 1 || others != 1 || strangers != 0 {
				t.Errorf("%s: of one row each, two affiliates see %d and %d, a third %d; %v", name, ones, others, strangers, err)
			}
		}
	}
}

func TestAnAffiliateSeesItsOwnDealsAndThoseOfAll(t *testing.T) {
	t.Parallel()
	d := pgtest.New(t)
	one, other := furnish(t, d), furnish(t, d)
	_, err := d.SQL.ExecContext(t.Context(), `
		INSERT INTO deals (offer_id, affiliate_id, model, amount, currency, created_at)
		SELECT min(id), $1, 'cpa', 500, 'EUR', now() FROM offers`, one.AffiliateID)
	if err != nil {
		t.Fatal(err)
	}
	for v, want := range map[*viewer.Viewer]int{one: 3, other: 2} {
		if got, err := d.Client().Deal.Query().Count(viewer.With(t.Context(), v)); err != nil || got != want {
			t.Errorf("%d deals, want %d; %v", got, want, err)
		}
	}
}

func TestWhoChangesWhat(t *testing.T) {
	t.Parallel()
	// Each try is rolled back: deleting is refused by rules alone, never by a
	// foreign key that would hide a missing rule.
	d := pgtest.New(t)
	one := furnish(t, d)
	furnish(t, d)
	admin := &viewer.Viewer{UserID: 1, Role: viewer.Admin, Scopes: viewer.Scopes()}

	for _, name := range slices.Sorted(maps.Keys(table)) {
		a := table[name]
		wipe := func(ctx context.Context) (int, error) {
			tx, err := d.SQL.BeginTx(ctx, nil)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = tx.Rollback() }()
			if _, err := tx.ExecContext(ctx, `SET LOCAL session_replication_role = 'replica'`); err != nil {
				t.Fatal(err)
			}
			return a.wipe(ctx, inTx(tx))
		}
		if n, err := wipe(t.Context()); !errors.Is(err, privacy.Deny) {
			t.Errorf("%s: nobody deletes %d; %v", name, n, err)
		}
		n, err := wipe(viewer.With(t.Context(), one))
		if a.changed == byOwner {
			if err != nil || n != 1 {
				t.Errorf("%s: an affiliate that deletes all deletes %d of its one; %v", name, n, err)
			}
		} else if !errors.Is(err, privacy.Deny) {
			t.Errorf("%s: an affiliate deletes %d; %v", name, n, err)
		}
		n, err = wipe(viewer.With(t.Context(), admin))
		if staffMay := a.changed != byUs && a.changed != byNone; staffMay != (err == nil) {
			t.Errorf("%s: staff delete %d; %v", name, n, err)
		}
	}
}

func TestNobodyMakesARowForAnotherAffiliate(t *testing.T) {
	t.Parallel()
	d := pgtest.New(t)
	one, other := furnish(t, d), furnish(t, d)
	ctx, client := viewer.With(t.Context(), one), d.Client()
	offer, err := client.Offer.Query().FirstID(ctx)
	if err != nil {
		t.Fatal(err)
	}
	create := func(owner int64) error {
		return client.Campaign.Create().SetAffiliateID(owner).SetOfferID(offer).SetName("Theirs").Exec(ctx)
	}
	if err := create(int64(other.AffiliateID)); !errors.Is(err, privacy.Deny) {
		t.Errorf("a campaign for another affiliate: %v", err)
	}
	if err := create(int64(one.AffiliateID)); err != nil {
		t.Errorf("a campaign of its own: %v", err)
	}
	token := client.ApiToken.Create().SetUserID(int64(other.UserID)).SetName("x").SetHash([]byte("x")).SetPrefix("").SetScopes(nil)
	if err := token.Exec(ctx); !errors.Is(err, privacy.Deny) {
		t.Errorf("a token for another user: %v", err)
	}
	itself := client.User.UpdateOneID(int64(one.UserID))
	if err := itself.SetTimeZone("Europe/Riga").Exec(ctx); err != nil {
		t.Errorf("its own time zone: %v", err)
	}
	if err := client.User.UpdateOneID(int64(one.UserID)).SetRole(viewer.Admin).Exec(ctx); !errors.Is(err, privacy.Deny) {
		t.Errorf("making itself an admin: %v", err)
	}
	if err := client.User.UpdateOneID(int64(other.UserID)).SetTimeZone("Europe/Riga").Exec(ctx); !db.IsNotFound(err) {
		t.Errorf("another's time zone: %v", err)
	}
	n, err := client.Campaign.Update().SetName("Taken over").Save(ctx)
	if err != nil || n != 2 {
		t.Errorf("renaming all renames %d, %v, want its own two", n, err)
	}
}
