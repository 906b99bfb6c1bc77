package setup_test

import (
	"bytes"
	"context"
	"database/sql"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"postrider/dispatch"
	"postrider/domain/commission"
	"postrider/domain/firing"
	"postrider/domain/presets"
	"postrider/domain/tracking"
	"postrider/ent/db"
	"postrider/ent/db/auditentry"
	"postrider/ent/db/postbackversion"
	"postrider/internal/ids"
	"postrider/internal/pg"
	"postrider/internal/problem"
	"postrider/internal/viewer"
	"postrider/outbox"
	"postrider/pgtest"
	"postrider/setup"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// world is two affiliates of one network.
type world struct {
	t          *testing.T
	d          *pgtest.DB
	client     *db.Client
	system     context.Context
	setup      *setup.Setup
	changes    atomic.Int64 // may be at once
	one, other pgtest.Scene
	oneCtx     context.Context // the first affiliate's viewer
	otherCtx   context.Context
	staff      context.Context
}

const template = "https://tracker.example/?c={param_1}"

func newWorld(t *testing.T) *world {
	t.Helper()
	t.Parallel()
	d := pgtest.New(t)
	w := &world{t: t, d: d, client: d.Client(), system: pgtest.System(t), one: pgtest.NewScene(t, d), other: pgtest.NewScene(t, d)}
	w.setup = w.setupAt(pgtest.Now)
	w.oneCtx, w.otherCtx, w.staff = w.as(viewer.Affiliate, w.one.Affiliate), w.as(viewer.Affiliate, w.other.Affiliate), w.as(viewer.Manager, 0)
	return w
}

// setupAt returns a setup at a time.
func (w *world) setupAt(now time.Time) *setup.Setup {
	return setup.New(setup.Config{
		DB: w.d.SQL, Guard: dispatch.NewGuard(dispatch.GuardOptions{}), Secrets: pgtest.Key(w.t), PublicURL: "https://postrider.example",
		Changed: func() { w.changes.Add(1) }, Now: func() time.Time { return now },
	})
}

// as returns the context of a new user.
func (w *world) as(role viewer.Role, affiliate int64) context.Context {
	w.t.Helper()
	user := pgtest.User(w.t, w.d, role, affiliate)
	return viewer.With(w.t.Context(), &viewer.Viewer{UserID: ids.User(user), Role: role, AffiliateID: ids.Affiliate(affiliate), Scopes: viewer.Scopes()})
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// wish returns a valid postback.
func wish(change ...func(*firing.Postback)) firing.Postback {
	p := firing.Postback{
		Name: "Keitaro", Scope: firing.Global, URLTemplate: template, Statuses: []commission.Status{commission.Approved}, Enabled: true,
	}
	for _, c := range change {
		c(&p)
	}
	return p
}

func (w *world) postback(change ...func(*firing.Postback)) *db.Postback {
	w.t.Helper()
	made, err := w.setup.CreatePostbacks(w.oneCtx, 0, []string{"ftd"}, wish(change...))
	w.must(err)
	return made[0]
}

func (w *world) versions(id int64) []*db.PostbackVersion {
	w.t.Helper()
	all, err := w.client.PostbackVersion.Query().Where(postbackversion.PostbackID(id)).Order(postbackversion.ByNumber()).All(w.system)
	w.must(err)
	return all
}

func (w *world) audit(entity string) []*db.AuditEntry {
	w.t.Helper()
	all, err := w.client.AuditEntry.Query().Where(auditentry.Entity(entity)).Order(auditentry.ByID()).All(w.system)
	w.must(err)
	return all
}

// fields returns the fields of the problems; it fails for any other error.
func fields(t *testing.T, err error) []string {
	t.Helper()
	var found []string
	for _, p := range problem.All(err) {
		if p.Code != problem.CodeInvalid && p.Code != problem.CodeNotFound {
			t.Errorf("%s: %v", p.Code, err)
		}
		found = append(found, strings.Join(p.Field, "."))
	}
	return found
}

func TestAPostbackIsMadeForEachGoal(t *testing.T) {
	w := newWorld(t)
	made, err := w.setup.CreatePostbacks(w.oneCtx, 0, []string{"registration", "ftd", "ftd"}, wish())
	w.must(err)
	if len(made) != 2 || w.changes.Load() != 1 {
		t.Fatalf("%d postbacks, %d changes", len(made), w.changes.Load())
	}
	for i, p := range made {
		if p.Goal != []string{"ftd", "registration"}[i] || p.AffiliateID != w.one.Affiliate || p.Version != 1 || p.Method != firing.GET || len(p.SigningSecret) == 0 {
			t.Errorf("%+v", p)
		}
		v := w.versions(p.ID)
		if len(v) != 1 || v[0].URLTemplate != template || v[0].UserID == nil {
			t.Errorf("versions %v", v)
		}
	}
	if bytes.Equal(made[0].SigningSecret, made[1].SigningSecret) {
		t.Error("two postbacks share a signing secret")
	}
}

func TestWhatIsWrongWithAPostbackIsSaidByField(t *testing.T) {
	w := newWorld(t)
	paused := pgtest.Campaign(t, w.d, pgtest.For{Affiliate: w.one.Affiliate, Offer: w.one.Offer})
	for name, c := range map[string]struct {
		change func(*firing.Postback)
		fields []string
	}{
		"an unknown macro":            {func(p *firing.Postback) { p.URLTemplate = "https://tracker.example/?c={clickid}" }, []string{"urlTemplate"}},
		"a blank":                     {func(p *firing.Postback) { p.URLTemplate = "https://tracker.example/?c=<clickid>" }, []string{"urlTemplate"}},
		"a host that stands in":       {func(p *firing.Postback) { p.URLTemplate = "https://" + presets.Nowhere + "/?c={param_1}" }, []string{"urlTemplate"}},
		"no URL":                      {func(p *firing.Postback) { p.URLTemplate = "" }, []string{"urlTemplate"}},
		"another scheme":              {func(p *firing.Postback) { p.URLTemplate = "ftp://tracker.example/" }, []string{"urlTemplate"}},
		"a private address":           {func(p *firing.Postback) { p.URLTemplate = "http://127.0.0.1/?c={param_1}" }, []string{"urlTemplate"}},
		"a metadata address":          {func(p *firing.Postback) { p.URLTemplate = "http://169.254.169.254/" }, []string{"urlTemplate"}},
		"a name of a private network": {func(p *firing.Postback) { p.URLTemplate = "http://localhost/" }, []string{"urlTemplate"}},
		"another port":                {func(p *firing.Postback) { p.URLTemplate = "https://tracker.example:22/" }, []string{"urlTemplate"}},
		"a header that is a secret": {func(p *firing.Postback) {
			p.URLTemplate = "https://tracker.example/?c={param_1}&Authorization=Bearer%20x"
		}, []string{"urlTemplate"}},
		"a cookie":               {func(p *firing.Postback) { p.URLTemplate = "https://tracker.example/?co%6Fkie=a" }, []string{"urlTemplate"}},
		"no status":              {func(p *firing.Postback) { p.Statuses = nil }, []string{"statuses"}},
		"a long name":            {func(p *firing.Postback) { p.Name = strings.Repeat("x", 201) }, []string{"name"}},
		"a name that is no text": {func(p *firing.Postback) { p.Name = "a\x00b" }, []string{"name"}},
		"a rule without a text":  {func(p *firing.Postback) { p.BodyRule = &firing.BodyRule{Kind: firing.Contains} }, []string{"bodyRule"}},
		"no offer":               {func(p *firing.Postback) { p.Scope = firing.Offer }, []string{"offerId"}},
		"an unknown offer":       {func(p *firing.Postback) { p.Scope, p.OfferID = firing.Offer, 1<<40 }, []string{"offerId"}},
		"no campaign":            {func(p *firing.Postback) { p.Scope = firing.Campaign }, []string{"campaignId"}},
		"another's campaign": {func(p *firing.Postback) {
			p.Scope, p.CampaignID = firing.Campaign, ids.Campaign(w.other.Link.CampaignID)
		}, []string{"campaignId"}},
		"all at once": {func(p *firing.Postback) {
			*p = firing.Postback{Scope: firing.Campaign, Name: "\xff"}
		}, []string{"name", "statuses", "urlTemplate", "campaignId"}},
		"its own campaign": {func(p *firing.Postback) { p.Scope, p.CampaignID = firing.Campaign, ids.Campaign(paused.CampaignID) }, nil},
	} {
		_, err := w.setup.CreatePostbacks(w.oneCtx, 0, []string{"ftd"}, wish(c.change))
		if got := fields(t, err); !slices.Equal(got, c.fields) {
			t.Errorf("%s: %q, want %q (%v)", name, got, c.fields, err)
		}
	}
	for name, goals := range map[string][]string{"no goal": nil, "an unknown goal": {"ftd", "jackpot"}} {
		if _, err := w.setup.CreatePostbacks(w.oneCtx, 0, goals, wish()); !slices.Equal(fields(t, err), []string{"goals"}) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n, err := w.client.Postback.Query().Count(w.system); err != nil || n != 1 {
		t.Errorf("%d postbacks were made, want its own campaign's alone: all or none; %v", n, err)
	}
}

func TestPrivateTargetsAreTakenWhereTheyAreAllowed(t *testing.T) {
	w := newWorld(t)
	w.setup.Guard = dispatch.NewGuard(dispatch.GuardOptions{AllowPrivate: true})
	w.postback(func(p *firing.Postback) { p.URLTemplate = "http://127.0.0.1:9090/?c={param_1}" })
}

func TestAChangeMakesAVersionAndNoChangeMakesNone(t *testing.T) {
	w := newWorld(t)
	p := w.postback()
	update := func(patch func(*firing.Postback)) *db.Postback {
		t.Helper()
		changed, err := w.setup.UpdatePostback(w.oneCtx, p.ID, patch)
		w.must(err)
		return changed
	}
	for i, c := range []struct {
		patch   func(*firing.Postback)
		version int
	}{
		{func(*firing.Postback) {}, 1},
		{func(w *firing.Postback) { w.Name = " Keitaro " }, 1},
		{func(w *firing.Postback) { w.URLTemplate += "&p={payout}" }, 2},
		{func(w *firing.Postback) { w.Statuses = []commission.Status{"rejected", "approved", "approved"} }, 3},
		{func(w *firing.Postback) { w.Statuses = []commission.Status{"approved", "rejected"} }, 3},
		{func(w *firing.Postback) { w.BodyRule = &firing.BodyRule{Kind: firing.Contains, Value: "OK"} }, 4},
		{func(w *firing.Postback) { w.BodyRule = &firing.BodyRule{Kind: firing.Contains, Value: "OK"} }, 4},
		{func(w *firing.Postback) { w.Enabled = false }, 5},
		{func(w *firing.Postback) { w.BodyRule = nil }, 6},
		{func(w *firing.Postback) { w.Method = firing.POST }, 7},
	} {
		if got := update(c.patch); got.Version != c.version || len(w.versions(p.ID)) != c.version {
			t.Errorf("change %d: version %d of %d, want %d", i, got.Version, len(w.versions(p.ID)), c.version)
		}
	}
	v := w.versions(p.ID)
	if v[0].URLTemplate != template || v[1].URLTemplate != template+"&p={payout}" || v[3].BodyRule == nil || v[5].BodyRule != nil || v[4].Enabled {
		t.Errorf("%v", v)
	}
	entries := w.audit("postback")
	if len(entries) != 7 || entries[0].Action != "create" || entries[1].Action != "update" || *entries[1].AffiliateID != w.one.Affiliate ||
		entries[1].Before["url_template"] != template || entries[1].After["url_template"] != template+"&p={payout}" || entries[1].UserID == nil {
		t.Errorf("%v", entries)
	}
	for _, e := range entries {
		if _, told := e.After["signing_secret"]; told {
			t.Error("the audit log keeps the signing secret")
		}
	}
	if _, err := w.setup.UpdatePostback(w.oneCtx, p.ID, func(w *firing.Postback) { w.URLTemplate = "http://10.0.0.1/" }); !slices.Equal(fields(t, err), []string{"urlTemplate"}) {
		t.Errorf("%v", err)
	}
	if now := update(func(*firing.Postback) {}); now.Version != 7 {
		t.Errorf("what was refused has changed it: %+v", now)
	}
}

func TestResumingIsNoNewVersionAndWaitsForWhatIsSwitchedOff(t *testing.T) {
	w := newWorld(t)
	p := pgtest.Postback(t, w.d, w.one.Affiliate, template, func(c *db.PostbackCreate) { c.SetHoldReason("GONE") })
	held := pgtest.Delivery(t, w.d, w.one.Conversion(t, w.d).ID, p, func(c *db.DeliveryCreate) {
		c.SetState(outbox.Held).SetReason(string(outbox.PostbackHeld)).SetAttempt(0)
	})
	state := func() *db.Delivery {
		d, err := w.client.Delivery.Get(w.system, held.ID)
		w.must(err)
		return d
	}
	update := func(patch func(*firing.Postback)) *db.Postback {
		t.Helper()
		changed, err := w.setup.UpdatePostback(w.oneCtx, p.ID, patch)
		w.must(err)
		return changed
	}
	off := update(func(w *firing.Postback) { w.Enabled = false })
	if off.HoldReason == nil || off.Version != 2 || state().State != outbox.Held {
		t.Errorf("switched off: %+v, %s", off, state().State)
	}
	if still := update(func(w *firing.Postback) {}); still.HoldReason == nil || still.Version != 2 {
		t.Errorf("unchanged: %+v", still)
	}
	on := update(func(w *firing.Postback) { w.Enabled = true })
	if d := state(); on.HoldReason != nil || on.Version != 3 || d.State != outbox.Queued || d.DueAt == nil || d.Reason != nil || *d.VersionID == *held.VersionID {
		t.Errorf("switched on: %+v, %+v", on, d)
	}
	_, err := w.d.SQL.ExecContext(t.Context(), `UPDATE postbacks SET hold_reason = 'GONE'`)
	w.must(err)
	if resumed := update(func(*firing.Postback) {}); resumed.HoldReason != nil || resumed.Version != 3 || len(w.versions(p.ID)) != 3 {
		t.Errorf("resumed as it is: %+v", resumed)
	}
}

func TestADeletedPostbackCallsOffWhatWaits(t *testing.T) {
	w := newWorld(t)
	p := pgtest.Postback(t, w.d, w.one.Affiliate, template)
	c := w.one.Conversion(t, w.d).ID
	make := func(replay bool, change func(*db.DeliveryCreate)) *db.Delivery {
		return pgtest.Delivery(t, w.d, c, p, change, func(d *db.DeliveryCreate) {
			if replay {
				d.SetReplayOf(pgtest.ID(t))
			}
		})
	}
	want := map[*db.Delivery]outbox.State{
		make(false, func(d *db.DeliveryCreate) { d.SetState(outbox.Queued) }):                           outbox.Cancelled,
		make(true, func(d *db.DeliveryCreate) { d.SetState(outbox.Retrying).SetDueAt(pgtest.Now) }):     outbox.Cancelled,
		make(true, func(d *db.DeliveryCreate) { d.SetState(outbox.Held) }):                              outbox.Cancelled,
		make(true, func(d *db.DeliveryCreate) { d.SetState(outbox.Delivered) }):                         outbox.Delivered,
		make(true, func(d *db.DeliveryCreate) { d.SetState(outbox.Retrying).SetClaimedAt(pgtest.Now) }): outbox.Retrying,
	}
	w.must(w.setup.DeletePostback(w.oneCtx, p.ID))
	for d, state := range want {
		got, err := w.client.Delivery.Get(w.system, d.ID)
		w.must(err)
		if got.State != state || state == outbox.Cancelled && (got.DueAt != nil || *got.Reason != string(outbox.PostbackDeleted)) {
			t.Errorf("%s became %+v, want %s", d.State, got, state)
		}
	}
	if _, err := w.setup.UpdatePostback(w.oneCtx, p.ID, func(*firing.Postback) {}); !slices.Equal(fields(t, err), []string{"id"}) {
		t.Errorf("changed after it was deleted: %v", err)
	}
	if err := w.setup.DeletePostback(w.oneCtx, p.ID); !slices.Equal(fields(t, err), []string{"id"}) {
		t.Errorf("deleted twice: %v", err)
	}
	if entries := w.audit("postback"); len(entries) != 1 || entries[0].Action != "delete" || entries[0].After != nil || entries[0].Before == nil {
		t.Errorf("%v", entries)
	}
}

func TestStaffActForAnAffiliate(t *testing.T) {
	w := newWorld(t)
	ofCampaign := wish(func(p *firing.Postback) { p.Scope, p.CampaignID = firing.Campaign, ids.Campaign(w.one.Link.CampaignID) })
	made, err := w.setup.CreatePostbacks(w.staff, 0, []string{"ftd"}, ofCampaign)
	if err != nil || made[0].AffiliateID != w.one.Affiliate {
		t.Errorf("by its campaign: %v, %v", made, err)
	}
	if _, err := w.setup.CreatePostbacks(w.staff, ids.Affiliate(w.other.Affiliate), []string{"ftd"}, ofCampaign); !slices.Equal(fields(t, err), []string{"campaignId"}) {
		t.Errorf("for another's campaign: %v", err)
	}
	if _, err := w.setup.CreatePostbacks(w.staff, 0, []string{"ftd"}, wish()); !slices.Equal(fields(t, err), []string{"affiliateId"}) {
		t.Errorf("for nobody: %v", err)
	}
	if _, err := w.setup.CreateCampaign(w.staff, setup.NewCampaign{Name: "x", OfferID: ids.Offer(w.one.Offer), AffiliateID: 1 << 40}); !slices.Equal(fields(t, err), []string{"affiliateId"}) {
		t.Errorf("for an unknown affiliate: %v", err)
	}
	c, err := w.setup.CreateCampaign(w.staff, setup.NewCampaign{Name: "x", OfferID: ids.Offer(w.one.Offer), AffiliateID: ids.Affiliate(w.other.Affiliate)})
	if err != nil || c.AffiliateID != w.other.Affiliate {
		t.Errorf("%v, %v", c, err)
	}
}

func TestACampaignHasItsLink(t *testing.T) {
	w := newWorld(t)
	c, err := w.setup.CreateCampaign(w.oneCtx, setup.NewCampaign{Name: "  Summer ", OfferID: ids.Offer(w.one.Offer)})
	w.must(err)
	if c.Name != "Summer" || c.State != tracking.Active || c.AffiliateID != w.one.Affiliate {
		t.Errorf("%+v", c)
	}
	var code string
	w.must(w.d.SQL.QueryRowContext(t.Context(), `SELECT code FROM tracking_links WHERE campaign_id = $1 AND affiliate_id = $2`, c.ID, w.one.Affiliate).Scan(&code))
	if !tracking.IsLinkCode(code) {
		t.Errorf("code %q", code)
	}
	paused, name := tracking.Paused, "Autumn"
	c, err = w.setup.UpdateCampaign(w.oneCtx, c.ID, setup.CampaignPatch{Name: &name, State: &paused})
	if err != nil || c.Name != "Autumn" || c.State != tracking.Paused {
		t.Errorf("%+v, %v", c, err)
	}
	if entries := w.audit("campaign"); len(entries) != 2 || entries[1].Before["name"] != "Summer" || entries[1].After["state"] != "paused" {
		t.Errorf("%v", entries)
	}
	for name, field := range map[string]string{"": "name", "  ": "name", strings.Repeat("x", 201): "name", "\xff": "name"} {
		if _, err := w.setup.CreateCampaign(w.oneCtx, setup.NewCampaign{Name: name, OfferID: ids.Offer(w.one.Offer)}); !slices.Equal(fields(t, err), []string{field}) {
			t.Errorf("%q: %v", name, err)
		}
		if _, err := w.setup.UpdateCampaign(w.oneCtx, c.ID, setup.CampaignPatch{Name: &name}); !slices.Equal(fields(t, err), []string{field}) {
			t.Errorf("%q: %v", name, err)
		}
	}
	if _, err := w.setup.CreateCampaign(w.oneCtx, setup.NewCampaign{Name: "x", OfferID: 1 << 40}); !slices.Equal(fields(t, err), []string{"offerId"}) {
		t.Errorf("%v", err)
	}
}

func TestALinkIsBuiltAsItWillWork(t *testing.T) {
	w := newWorld(t)
	link, err := w.client.TrackingLink.Get(w.system, w.one.Link.ID)
	w.must(err)
	base := "https://postrider.example/c/" + link.Code
	for _, c := range []struct {
		wish        setup.LinkWish
		url         string
		destination string // its prefix
		fields      []string
	}{
		{setup.LinkWish{}, base, "https://royalspin.example/?cid=", nil},
		{setup.LinkWish{Params: [3]string{"{subid}", "a b&c", ""}, LandingPage: "welcome"}, base + "?param_1={subid}&param_2=a%20b%26c&lp=welcome", "https://royalspin.example/welcome?cid=", nil},
		{setup.LinkWish{DeepLink: "https://royalspin.example/slots"}, base + "?dl=https%3A%2F%2Froyalspin.example%2Fslots", "https://royalspin.example/slots?cid=", nil},
		{setup.LinkWish{DeepLink: "https://evil.example/"}, "", "", []string{"deepLink"}},
		{setup.LinkWish{DeepLink: "javascript:alert(1)"}, "", "", []string{"deepLink"}},
		{setup.LinkWish{LandingPage: "nothing", Params: [3]string{strings.Repeat("x", 513)}}, "", "", []string{"param1", "landingPage"}},
	} {
		built, err := w.setup.BuildLink(w.oneCtx, w.client, link, c.wish)
		if got := fields(t, err); !slices.Equal(got, c.fields) {
			t.Errorf("%+v: %v", c.wish, err)
		}
		if built.URL != c.url || !strings.HasPrefix(built.Destination, c.destination) {
			t.Errorf("%+v: %+v", c.wish, built)
		}
	}
}

func TestDefaultLinksAreMadeOnce(t *testing.T) {
	w := newWorld(t)
	count := func() int {
		var n int
		w.must(w.d.SQL.QueryRowContext(t.Context(), `SELECT count(*) FROM tracking_links WHERE campaign_id IS NULL`).Scan(&n))
		return n
	}
	for range 2 {
		w.must(pg.WithTx(t.Context(), w.d.SQL, func(ctx context.Context, tx *sql.Tx) error {
			return setup.MakeDefaultLinks(ctx, tx, pgtest.Now)
		}))
		if n := count(); n != 4 {
			t.Errorf("%d links of two affiliates for two offers", n)
		}
	}
}
