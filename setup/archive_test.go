package setup_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"postrider/domain/commission"
	"postrider/domain/tracking"
	"postrider/internal/ids"
	"postrider/internal/problem"
	"postrider/internal/secret"
	"postrider/internal/viewer"
	"postrider/pgtest"
	"postrider/setup"
)

// shelf is how things of one kind are archived and deleted.
type shelf struct {
	of     func(c *world) int64 // makes an unused one
	set    func(ctx context.Context, id int64, archived bool) (*time.Time, error)
	delete func(ctx context.Context, id int64) error
	links  bool // it must be archived before it is deleted
}

func (w *world) shelves() map[string]shelf {
	s := w.setup
	return map[string]shelf{
		"campaign": {
			func(w *world) int64 {
				c, err := s.CreateCampaign(w.oneCtx, setup.NewCampaign{Name: "Summer", OfferID: ids.Offer(w.one.Offer)})
				w.must(err)
				return c.ID
			},
			func(ctx context.Context, id int64, archived bool) (*time.Time, error) {
				r, err := s.SetCampaignArchived(ctx, id, archived)
				return at(r != nil, func() *time.Time { return r.ArchivedAt }), err
			}, s.DeleteCampaign, true,
		},
		"tracker": w.trackerShelf(),
		"offer": {
			func(w *world) int64 {
				o, err := s.CreateOffer(w.staff, func(o *setup.OfferWish) {
					o.Name, o.Operator, o.Vertical, o.Currency, o.DestinationURL = "Golden", "Golden", commission.Casino, "EUR", "https://golden.example/?cid={click_id}"
				})
				w.must(err)
				return o.ID
			},
			func(ctx context.Context, id int64, archived bool) (*time.Time, error) {
				r, err := s.SetOfferArchived(ctx, id, archived)
				return at(r != nil, func() *time.Time { return r.ArchivedAt }), err
			}, s.DeleteOffer, true,
		},
		"landing_page": {
			func(w *world) int64 {
				p, err := s.CreateLandingPage(w.staff, func(p *setup.LandingPageWish) {
					p.OfferID, p.Key, p.Name, p.URL = w.one.Offer, "slots", "Slots", "https://royalspin.example/slots?cid={click_id}"
				})
				w.must(err)
				return p.ID
			},
			func(ctx context.Context, id int64, archived bool) (*time.Time, error) {
				r, err := s.SetLandingPageArchived(ctx, id, archived)
				return at(r != nil, func() *time.Time { return r.ArchivedAt }), err
			}, s.DeleteLandingPage, false,
		},
		"goal": {
			func(w *world) int64 {
				g, err := s.CreateGoal(w.staff, func(g *commission.Goal) { g.Key, g.Name, g.Trigger = "bonus_used", "Bonus used", "A bonus is used." })
				w.must(err)
				return g.ID
			},
			func(ctx context.Context, id int64, archived bool) (*time.Time, error) {
				r, err := s.SetGoalArchived(ctx, id, archived)
				return at(r != nil, func() *time.Time { return r.ArchivedAt }), err
			}, s.DeleteGoal, false,
		},
		"integration": {
			func(w *world) int64 {
				i, err := s.CreateIntegration(w.staff, func(i *setup.IntegrationWish) { i.Key, i.Name, i.OfferID = "golden", "Golden", w.one.Offer })
				w.must(err)
				return i.ID
			},
			func(ctx context.Context, id int64, archived bool) (*time.Time, error) {
				r, err := s.SetIntegrationArchived(ctx, id, archived)
				return at(r != nil, func() *time.Time { return r.ArchivedAt }), err
			}, s.DeleteIntegration, false,
		},
		"affiliate": {
			func(w *world) int64 {
				a, err := s.CreateAffiliate(w.staff, "Golden Reels")
				w.must(err)
				return a.ID
			},
			func(ctx context.Context, id int64, archived bool) (*time.Time, error) {
				r, err := s.SetAffiliateArchived(ctx, id, archived)
				return at(r != nil, func() *time.Time { return r.ArchivedAt }), err
			}, s.DeleteAffiliate, true,
		},
	}
}

func (w *world) trackerShelf() shelf {
	return shelf{
		func(w *world) int64 { return w.tracker("https://unused.example/?c={param_1}").ID },
		func(ctx context.Context, id int64, archived bool) (*time.Time, error) {
			r, err := w.setup.SetTrackerArchived(ctx, id, archived)
			return at(r != nil, func() *time.Time { return r.ArchivedAt }), err
		}, w.setup.DeleteTracker, true,
	}
}

func at(there bool, of func() *time.Time) *time.Time {
	if !there {
		return nil
	}
	return of()
}

// Each kind: archived once, restored once, deleted where nothing uses it, each with its entry.
func TestWhatIsMadeIsArchivedRestoredAndDeleted(t *testing.T) {
	w := newWorld(t)
	for entity, s := range w.shelves() {
		id := s.of(w)
		ctx := w.staff
		if entity == "campaign" || entity == "tracker" {
			ctx = w.oneCtx
		}
		if s.links {
			if err := s.delete(ctx, id); problem.CodeOf(err) != problem.CodeConflict || !strings.Contains(err.Error(), "archive it first") {
				t.Errorf("%s: deleted while it may be in use: %v", entity, err)
			}
		}
		for _, archived := range []bool{true, true, false, false, true} {
			at, err := s.set(ctx, id, archived)
			w.must(err)
			if (at != nil) != archived || at != nil && !at.Equal(pgtest.Now) {
				t.Errorf("%s: archived %v, since %v", entity, archived, at)
			}
		}
		w.must(s.delete(ctx, id))
		if err := s.delete(ctx, id); problem.CodeOf(err) == "" || problem.CodeOf(err) == problem.CodeInternal {
			t.Errorf("%s: deleted twice: %v", entity, err)
		}
		var said []string
		for _, e := range w.audit(entity) {
			if e.EntityID == fmt.Sprint(id) {
				said = append(said, e.Action+" "+statesOf(e))
			}
		}
		want := "create after, archive before and after, restore before and after, archive before and after, delete before"
		if got := strings.Join(said, ", "); got != want {
			t.Errorf("%s: the log has %s", entity, got)
		}
	}
}

// What is used is not deleted, archived or not, and the refusal counts what uses it.
func TestWhatIsUsedIsNotDeleted(t *testing.T) {
	w := newWorld(t)
	s := w.one
	conversion := s.Conversion(t, w.d)
	s.Received(t, w.d)
	deal := w.client.Deal.Query().FirstX(w.system)
	w.must(w.client.Conversion.UpdateOneID(conversion.ID).SetDealID(deal.ID).Exec(w.system))
	page, err := w.setup.CreateLandingPage(w.staff, func(p *setup.LandingPageWish) {
		p.OfferID, p.Key, p.Name, p.URL = s.Offer, "slots", "Slots", "https://royalspin.example/slots?cid={click_id}"
	})
	w.must(err)
	_, err = w.d.SQL.ExecContext(t.Context(), `UPDATE clicks SET landing_page_id = $1 WHERE id = $2`, page.ID, s.Click)
	w.must(err)
	sent := w.tracker("https://used.example/?c={param_1}", func(p *setup.TrackerPatch) { p.Campaigns.Shares = new(true) })
	pgtest.Delivery(t, w.d, conversion.ID, w.of(sent)[0])
	own := map[string]int64{"in a postback": w.ownGoal("a"), "in a mapping": w.ownGoal("b"), "in a qualification": w.ownGoal("c")}
	_, err = w.setup.CreatePostbacks(w.oneCtx, 0, []string{"a"}, wish())
	w.must(err)
	_, err = w.setup.UpdateIntegration(w.staff, s.Integration.ID, func(i *setup.IntegrationWish) { i.GoalMapping = map[string]string{"B": "b"} })
	w.must(err)
	_, err = w.setup.UpdateOffer(w.staff, s.Offer, func(o *setup.OfferWish) { o.Qualification = &commission.Qualification{Goals: []string{"c"}} })
	w.must(err)
	for name, c := range map[string]struct {
		delete func(ctx context.Context, id int64) error
		id     int64
		said   string
	}{
		"campaign":     {w.setup.DeleteCampaign, s.Link.CampaignID, "it has 1 click and 1 conversion: archive it instead"},
		"offer":        {w.setup.DeleteOffer, s.Offer, "it has 1 campaign, 1 integration, 1 click and 1 conversion: archive it instead"},
		"landing page": {w.setup.DeleteLandingPage, page.ID, "it has 1 click: archive it instead"},
		"integration":  {w.setup.DeleteIntegration, s.Integration.ID, "it has 1 conversion and 1 call in the inbound log: archive it instead"},
		"affiliate":    {w.setup.DeleteAffiliate, s.Affiliate, "it has 1 campaign, 1 user, 1 click, 1 conversion, 3 postbacks and 2 trackers: archive it instead"},
		"tracker":      {w.setup.DeleteTracker, sent.ID, "it has 1 delivery: archive it instead"},
		"deal":         {w.setup.DeleteDeal, deal.ID, "it has 1 conversion: end it instead"},
		"a postback":   {w.setup.DeleteGoal, own["in a postback"], "it has 1 postback: archive it instead"},
		"a mapping":    {w.setup.DeleteGoal, own["in a mapping"], "it has 1 integration that maps it: archive it instead"},
		"a qualifying": {w.setup.DeleteGoal, own["in a qualification"], "it has 1 offer that it qualifies for: archive it instead"},
	} {
		before := w.client.AuditEntry.Query().CountX(w.system)
		err := c.delete(w.staff, c.id)
		if p := problem.From(err); p == nil || p.Code != problem.CodeConflict || p.Message != c.said {
			t.Errorf("%s: %v, want %q", name, err, c.said)
		}
		if n := w.client.AuditEntry.Query().CountX(w.system); n != before {
			t.Errorf("%s: it was refused, and the log has %d entries more", name, n-before)
		}
	}
	w.must(w.client.Conversion.UpdateOneID(conversion.ID).ClearDealID().Exec(w.system))
	w.must(w.setup.DeleteDeal(w.staff, deal.ID))
	rate, err := w.setup.SetRate(w.staff, "USD", decimal.NewFromInt(1), nil)
	w.must(err)
	w.must(w.setup.DeleteRate(w.staff, rate.ID))
}

// ownGoal adds a goal.
func (w *world) ownGoal(key string) int64 {
	w.t.Helper()
	g, err := w.setup.CreateGoal(w.staff, func(g *commission.Goal) { g.Key, g.Name, g.Trigger = key, "Bonus used", "A bonus is used." })
	w.must(err)
	return g.ID
}

// What is archived takes no clicks and no calls, and does not begin to by itself.
func TestWhatIsArchivedIsPaused(t *testing.T) {
	w := newWorld(t)
	s := w.one
	campaign, err := w.setup.SetCampaignArchived(w.oneCtx, s.Link.CampaignID, true)
	w.must(err)
	offer, err := w.setup.SetOfferArchived(w.staff, s.Offer, true)
	w.must(err)
	integration, err := w.setup.SetIntegrationArchived(w.staff, s.Integration.ID, true)
	w.must(err)
	if campaign.State != tracking.Paused || offer.State != tracking.Paused || integration.Enabled {
		t.Errorf("campaign %s, offer %s, integration enabled %v", campaign.State, offer.State, integration.Enabled)
	}
	builtIn := w.client.Goal.Query().FirstX(w.system).ID
	w.refuses(map[string]refusal{
		"a campaign resumed": {"CONFLICT state", func() error {
			_, err := w.setup.UpdateCampaign(w.oneCtx, campaign.ID, setup.CampaignPatch{State: new(tracking.Active)})
			return err
		}},
		"an offer resumed": {"CONFLICT state", func() error {
			_, err := w.setup.UpdateOffer(w.staff, offer.ID, func(o *setup.OfferWish) { o.State = tracking.Active })
			return err
		}},
		"an integration enabled": {"CONFLICT enabled", func() error {
			_, err := w.setup.UpdateIntegration(w.staff, integration.ID, func(i *setup.IntegrationWish) { i.Enabled = true })
			return err
		}},
		"a campaign for an archived offer": {"CONFLICT offerId", func() error {
			_, err := w.setup.CreateCampaign(w.oneCtx, setup.NewCampaign{Name: "Next", OfferID: ids.Offer(offer.ID)})
			return err
		}},
		"a built-in goal archived": {"CONFLICT id", func() error { _, err := w.setup.SetGoalArchived(w.staff, builtIn, true); return err }},
		"a built-in goal deleted":  {"CONFLICT id", func() error { return w.setup.DeleteGoal(w.staff, builtIn) }},
	})
	// It is renamed all the same, and comes back paused.
	_, err = w.setup.UpdateCampaign(w.oneCtx, campaign.ID, setup.CampaignPatch{Name: new("Last summer")})
	w.must(err)
	campaign, err = w.setup.SetCampaignArchived(w.oneCtx, campaign.ID, false)
	w.must(err)
	if campaign.State != tracking.Paused || campaign.Name != "Last summer" {
		t.Errorf("it came back %s as %s", campaign.State, campaign.Name)
	}
}

// A tracker comes back with the postbacks that it had when it was archived, switched off, and takes no
// campaign from another.
func TestATrackerIsRestored(t *testing.T) {
	w := newWorld(t)
	w.must(w.client.Tracker.Update().SetShares(true).Exec(w.system))
	tr := w.tracker("https://first.example/?c={param_1}", chosenFor(w.one.Link.CampaignID))
	_, err := w.setup.UpdateTracker(w.oneCtx, tr.ID, 0, setup.TrackerPatch{Campaigns: setup.CampaignsPatch{All: new(true), DefaultLinks: new(true)}})
	w.must(err)
	gone, kept := w.of(tr)[0], w.of(tr)[1]
	w.must(w.setup.DeletePostback(w.oneCtx, gone.ID))
	later := w.setupAt(pgtest.Now.Add(time.Minute))
	_, err = later.SetTrackerArchived(w.oneCtx, tr.ID, true)
	w.must(err)
	back, err := later.SetTrackerArchived(w.oneCtx, tr.ID, false)
	w.must(err)
	if !back.AllCampaigns || !back.DefaultLinks {
		t.Errorf("nothing else has the campaigns, and it came back without: %v", back)
	}
	postbacks := w.of(tr)
	if len(postbacks) != 1 || postbacks[0].ID != kept.ID || postbacks[0].Enabled {
		t.Errorf("it came back with %v, want number %d, switched off", postbacks, kept.ID)
	}
	if left := w.client.TrackerCampaign.Query().CountX(w.system); left != 0 {
		t.Errorf("%d chosen campaigns came back", left)
	}
	_, err = w.setup.UpdateTracker(w.oneCtx, tr.ID, 0, setup.TrackerPatch{Goals: switchedOn(kept.Goal)})
	w.must(err)
	_, err = later.SetTrackerArchived(w.oneCtx, tr.ID, true)
	w.must(err)
	w.tracker("https://second.example/?c={param_1}")
	back, err = later.SetTrackerArchived(w.oneCtx, tr.ID, false)
	w.must(err)
	if back.AllCampaigns || back.DefaultLinks {
		t.Errorf("another has the campaigns, and it came back with them: %v", back)
	}
}

// Who moves first: whoever deletes finds the use, or whoever uses finds nothing.
func TestADeletionAndAUseAtOnce(t *testing.T) {
	w := newWorld(t)
	for range 20 {
		offer := w.shelves()["offer"].of(w)
		_, err := w.setup.SetOfferArchived(w.staff, offer, true)
		w.must(err)
		var deleted, used error
		var both sync.WaitGroup
		both.Go(func() { deleted = w.setup.DeleteOffer(w.staff, offer) })
		both.Go(func() {
			_, used = w.setup.CreateIntegration(w.staff, func(i *setup.IntegrationWish) {
				i.Key, i.Name, i.OfferID = strings.ToLower(secret.Random()[:20]), "Golden", offer
			})
		})
		both.Wait()
		if (deleted == nil) == (used == nil) || problem.CodeOf(deleted) == problem.CodeInternal {
			t.Errorf("deleted: %v, used: %v", deleted, used)
		}
	}
}

func TestAUserIsGivenAnotherRole(t *testing.T) {
	w := newWorld(t)
	admin := w.as(viewer.Admin, 0)
	one, other := ids.Affiliate(w.one.Affiliate), ids.Affiliate(w.other.Affiliate)
	for name, c := range map[string]struct {
		from    viewer.Role
		of      int64
		by      context.Context
		patch   setup.UserPatch
		refused string
		revoked bool
	}{
		"a name":                         {viewer.Affiliate, w.one.Affiliate, w.staff, setup.UserPatch{Name: new("Mara")}, "", false},
		"another affiliate":              {viewer.Affiliate, w.one.Affiliate, w.staff, setup.UserPatch{AffiliateID: &other}, "", true},
		"its own affiliate":              {viewer.Affiliate, w.one.Affiliate, w.staff, setup.UserPatch{AffiliateID: &one}, "", false},
		"a manager":                      {viewer.Affiliate, w.one.Affiliate, admin, setup.UserPatch{Role: new(viewer.Manager)}, "", true},
		"an admin of a manager":          {viewer.Manager, 0, admin, setup.UserPatch{Role: new(viewer.Admin)}, "", true},
		"a manager of an admin":          {viewer.Admin, 0, admin, setup.UserPatch{Role: new(viewer.Manager)}, "", false},
		"an affiliate's of a manager":    {viewer.Manager, 0, admin, setup.UserPatch{Role: new(viewer.Affiliate), AffiliateID: &one}, "", true},
		"a manager by a manager":         {viewer.Affiliate, w.one.Affiliate, w.staff, setup.UserPatch{Role: new(viewer.Manager)}, "role", false},
		"a colleague by a manager":       {viewer.Manager, 0, w.staff, setup.UserPatch{Name: new("Mara")}, "id", false},
		"an affiliate's of no affiliate": {viewer.Manager, 0, admin, setup.UserPatch{Role: new(viewer.Affiliate)}, "affiliateId", false},
		"a manager of an affiliate":      {viewer.Affiliate, w.one.Affiliate, admin, setup.UserPatch{Role: new(viewer.Manager), AffiliateID: &one}, "affiliateId", false},
		"a long name":                    {viewer.Affiliate, w.one.Affiliate, w.staff, setup.UserPatch{Name: &long}, "name", false},
	} {
		user := pgtest.User(t, w.d, c.from, c.of)
		token := w.token(user, false)
		u, err := w.setup.UpdateUser(c.by, user, c.patch)
		if c.refused != "" {
			if p := problem.From(err); p == nil || strings.Join(p.Field, ".") != c.refused {
				t.Errorf("%s: %v, want a refusal of %s", name, err, c.refused)
			}
			continue
		}
		w.must(err)
		if c.patch.Role != nil && u.Role != *c.patch.Role || (u.Role == viewer.Affiliate) != (u.AffiliateID != nil) {
			t.Errorf("%s: it is %v", name, u)
		}
		if at := w.client.ApiToken.GetX(w.system, token.ID).RevokedAt; (at != nil) != c.revoked {
			t.Errorf("%s: its token was revoked %v", name, at)
		}
	}
}

// Two admins take the role from each other at once: one of them keeps it.
func TestTheLastAdminStaysOne(t *testing.T) {
	w := newWorld(t)
	a, b := w.as(viewer.Admin, 0), w.as(viewer.Admin, 0)
	demote := func(ctx, other context.Context) error {
		_, err := w.setup.UpdateUser(ctx, int64(viewer.From(other).UserID), setup.UserPatch{Role: new(viewer.Manager)})
		return err
	}
	var first, second error
	var both sync.WaitGroup
	both.Go(func() { first = demote(a, b) })
	both.Go(func() { second = demote(b, a) })
	both.Wait()
	if (first == nil) == (second == nil) {
		t.Errorf("%v; %v", first, second)
	}
	if err := demote(a, a); problem.CodeOf(err) != problem.CodeInvalid {
		t.Errorf("of its own: %v", err)
	}
}

func TestOnlyAUserThatDidNothingIsDeleted(t *testing.T) {
	w := newWorld(t)
	user := func() int64 { return pgtest.User(t, w.d, viewer.Affiliate, w.one.Affiliate) }
	signedIn, withToken, acted, unused := user(), user(), user(), user()
	w.must(w.client.User.UpdateOneID(signedIn).SetLastSignInAt(pgtest.Now).Exec(w.system))
	w.token(withToken, true)
	w.must(w.client.AuditEntry.Create().SetAt(pgtest.Now).SetUserID(acted).SetAction("update").SetEntity("campaign").SetEntityID("1").Exec(w.system))
	for id, said := range map[int64]string{signedIn: "it has signed in", withToken: "it has 1 API token", acted: "it has 1 entry in the audit log"} {
		if p := problem.From(w.setup.DeleteUser(w.staff, id)); p == nil || p.Code != problem.CodeConflict || p.Message != said+": disable it instead" {
			t.Errorf("%v, want %s", p, said)
		}
	}
	w.must(w.setup.DeleteUser(w.staff, unused))
	if n := w.client.User.Query().CountX(w.system); n == 0 {
		t.Error("all are gone")
	}
}
