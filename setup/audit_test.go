package setup_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"postrider/domain/commission"
	"postrider/domain/firing"
	"postrider/domain/tracking"
	"postrider/ent/db"
	"postrider/ent/db/auditentry"
	"postrider/internal/ids"
	"postrider/internal/viewer"
	"postrider/pgtest"
	"postrider/setup"
)

// act is an action and its expected entry in the audit log.
type act struct {
	entry  string // action and entity
	owner  int64  // the owner; zero for none
	states string // which of "before" and "after" are set
	do     func(ctx context.Context) (int64, error)
}

// logs fails unless each act adds exactly its own entry to the audit log.
func (w *world) logs(ctx context.Context, acts []act) {
	w.t.Helper()
	who := viewer.From(ctx)
	last := 0
	for _, a := range acts {
		id, err := a.do(ctx)
		w.must(err)
		entries := w.client.AuditEntry.Query().Order(auditentry.ByID()).AllX(w.system)
		if len(entries) != last+1 {
			w.t.Errorf("%s: %d new entries", a.entry, len(entries)-last)
		}
		last = len(entries)
		e := entries[last-1]
		if got := e.Action + " " + e.Entity; got != a.entry || e.EntityID != fmt.Sprint(id) {
			w.t.Errorf("%q of %s, want %q of %d", got, e.EntityID, a.entry, id)
		}
		if owner := orZero(e.AffiliateID); owner != a.owner || ids.User(orZero(e.UserID)) != who.UserID || orZero(e.TokenID) != who.TokenID || !e.At.Equal(pgtest.Now) {
			w.t.Errorf("%s: by %d with %d at %s, of affiliate %d; want of %d", a.entry, orZero(e.UserID), orZero(e.TokenID), e.At, owner, a.owner)
		}
		if got := statesOf(e); got != a.states {
			w.t.Errorf("%s: it has %q, want %q", a.entry, got, a.states)
		}
		text, err := json.Marshal([]any{e.Before, e.After})
		w.must(err)
		for _, secret := range []string{"password_hash", "signing_secret", "sealed"} {
			if strings.Contains(string(text), `"`+secret+`"`) || strings.Contains(string(text), `_`+secret+`"`) {
				w.t.Errorf("%s: it tells the %s: %s", a.entry, secret, text)
			}
		}
	}
}

func statesOf(e *db.AuditEntry) string {
	var has []string
	if e.Before != nil {
		has = append(has, "before")
	}
	if e.After != nil {
		has = append(has, "after")
	}
	return strings.Join(has, " and ")
}

func orZero(n *int64) int64 {
	if n == nil {
		return 0
	}
	return *n
}

func TestWhatAnAffiliateDoesIsInTheAuditLog(t *testing.T) {
	w := newWorld(t)
	ctx := viewer.With(t.Context(), &viewer.Viewer{
		UserID: viewer.From(w.oneCtx).UserID, TokenID: 77, Role: viewer.Affiliate, AffiliateID: ids.Affiliate(w.one.Affiliate), Scopes: viewer.Scopes(),
	})
	var campaign, postback int64
	w.logs(ctx, []act{
		{"create campaign", w.one.Affiliate, "after", func(ctx context.Context) (int64, error) {
			c, err := w.setup.CreateCampaign(ctx, setup.NewCampaign{Name: "Summer", OfferID: ids.Offer(w.one.Offer)})
			w.must(err)
			campaign = c.ID
			return c.ID, nil
		}},
		{"update campaign", w.one.Affiliate, "before and after", func(ctx context.Context) (int64, error) {
			_, err := w.setup.UpdateCampaign(ctx, campaign, setup.CampaignPatch{State: new(tracking.Paused)})
			return campaign, err
		}},
		{"create postback", w.one.Affiliate, "after", func(ctx context.Context) (int64, error) {
			made, err := w.setup.CreatePostbacks(ctx, 0, []string{"ftd"}, wish())
			w.must(err)
			postback = made[0].ID
			return postback, nil
		}},
		{"update postback", w.one.Affiliate, "before and after", func(ctx context.Context) (int64, error) {
			_, err := w.setup.UpdatePostback(ctx, postback, func(p *firing.Postback) { p.Enabled = false })
			return postback, err
		}},
		{"update postback", w.one.Affiliate, "before and after", func(ctx context.Context) (int64, error) {
			_, err := w.setup.RestorePostbackVersion(ctx, w.client, w.versions(postback)[0].ID)
			return postback, err
		}},
		{"rotate_secret postback", w.one.Affiliate, "", func(ctx context.Context) (int64, error) {
			_, err := w.setup.RotateSigningSecret(ctx, postback, time.Hour)
			return postback, err
		}},
		{"delete postback", w.one.Affiliate, "before", func(ctx context.Context) (int64, error) { return postback, w.setup.DeletePostback(ctx, postback) }},
		{"create api_token", w.one.Affiliate, "after", func(ctx context.Context) (int64, error) {
			return 5, w.setup.Note(ctx, setup.Act{Action: "create", Entity: "api_token", ID: "5", After: map[string]any{"name": "CI"}})
		}},
	})
}

func TestWhatStaffDoIsInTheAuditLog(t *testing.T) {
	w := newWorld(t)
	var page, deal, goal int64
	integration := w.one.Integration.ID
	w.logs(w.staff, []act{
		{"update offer", 0, "before and after", func(ctx context.Context) (int64, error) {
			_, err := w.setup.UpdateOffer(ctx, w.one.Offer, func(o *setup.OfferWish) { o.DailyCap = 5 })
			return w.one.Offer, err
		}},
		{"create landing_page", 0, "after", func(ctx context.Context) (int64, error) {
			p, err := w.setup.CreateLandingPage(ctx, func(p *setup.LandingPageWish) {
				p.OfferID, p.Key, p.Name, p.URL = w.one.Offer, "slots", "Slots", "https://royalspin.example/slots?cid={click_id}"
			})
			w.must(err)
			page = p.ID
			return page, nil
		}},
		{"update landing_page", 0, "before and after", func(ctx context.Context) (int64, error) {
			_, err := w.setup.UpdateLandingPage(ctx, page, func(p *setup.LandingPageWish) { p.Name = "All slots" })
			return page, err
		}},
		{"delete landing_page", 0, "before", func(ctx context.Context) (int64, error) { return page, w.setup.DeleteLandingPage(ctx, page) }},
		{"create deal", w.one.Affiliate, "after", func(ctx context.Context) (int64, error) {
			d, err := w.setup.CreateDeal(ctx, dealFor(w.one.Offer, w.one.Affiliate, time.Time{}, time.Time{}))
			w.must(err)
			deal = d.ID
			return deal, nil
		}},
		{"update deal", w.one.Affiliate, "before and after", func(ctx context.Context) (int64, error) {
			_, err := w.setup.EndDeal(ctx, deal, nil)
			return deal, err
		}},
		{"update exchange_rate", 0, "after", func(ctx context.Context) (int64, error) {
			r, err := w.setup.SetRate(ctx, "USD", decimal.RequireFromString("1.08"), nil)
			w.must(err)
			return r.ID, nil
		}},
		{"update exchange_rate", 0, "before and after", func(ctx context.Context) (int64, error) {
			r, err := w.setup.SetRate(ctx, "USD", decimal.RequireFromString("1.09"), nil)
			w.must(err)
			return r.ID, nil
		}},
		{"create goal", 0, "after", func(ctx context.Context) (int64, error) {
			g, err := w.setup.CreateGoal(ctx, func(g *commission.Goal) { g.Key, g.Name, g.Trigger = "bonus_used", "Bonus used", "A bonus is used." })
			w.must(err)
			goal = g.ID
			return goal, nil
		}},
		{"update goal", 0, "before and after", func(ctx context.Context) (int64, error) {
			_, err := w.setup.UpdateGoal(ctx, goal, func(g *commission.Goal) { g.Billable = true })
			return goal, err
		}},
		{"create integration", 0, "after", func(ctx context.Context) (int64, error) {
			s, err := w.setup.CreateIntegration(ctx, func(s *setup.IntegrationWish) { s.Key, s.Name, s.OfferID = "golden", "Golden", w.one.Offer })
			w.must(err)
			return s.ID, nil
		}},
		{"update integration", 0, "before and after", func(ctx context.Context) (int64, error) {
			_, err := w.setup.UpdateIntegration(ctx, integration, func(s *setup.IntegrationWish) { s.TestMode = true })
			return integration, err
		}},
		{"rotate_secret integration", 0, "after", func(ctx context.Context) (int64, error) {
			_, _, err := w.setup.RotateSecret(ctx, integration, "hmac", time.Hour)
			return integration, err
		}},
		{"reveal_secret integration", 0, "after", func(ctx context.Context) (int64, error) {
			_, _, err := w.setup.Reveal(ctx, integration, "hmac")
			return integration, err
		}},
		{"hold installation", 0, "before and after", func(ctx context.Context) (int64, error) {
			_, err := w.setup.SetHold(ctx, true, "moving")
			return 1, err
		}},
		{"resume installation", 0, "before and after", func(ctx context.Context) (int64, error) {
			_, err := w.setup.SetHold(ctx, false, "")
			return 1, err
		}},
	})
}

func TestWhatStaffDoAboutPeopleIsInTheAuditLog(t *testing.T) {
	w := newWorld(t)
	var affiliate, user int64
	w.logs(w.staff, []act{
		{"update affiliate", w.one.Affiliate, "before and after", func(ctx context.Context) (int64, error) {
			_, err := w.setup.UpdateAffiliate(ctx, w.one.Affiliate, "Bright Reels")
			return w.one.Affiliate, err
		}},
		{"create user", w.one.Affiliate, "after", func(ctx context.Context) (int64, error) {
			u, _, err := w.setup.CreateUser(ctx, setup.NewUser{Email: "mara@example.com", Role: viewer.Affiliate, AffiliateID: ids.Affiliate(w.one.Affiliate)})
			w.must(err)
			user = u.ID
			return user, nil
		}},
		{"update user", w.one.Affiliate, "before and after", func(ctx context.Context) (int64, error) {
			_, err := w.setup.SetUserDisabled(ctx, user, true)
			return user, err
		}},
		{"reset_password user", w.one.Affiliate, "after", func(ctx context.Context) (int64, error) {
			_, _, err := w.setup.ResetPassword(ctx, user, false)
			return user, err
		}},
	})
	made, err := w.setup.CreateAffiliate(w.staff, "Golden Reels")
	w.must(err)
	affiliate = made.ID
	entries := w.audit("affiliate")
	if e := entries[len(entries)-1]; orZero(e.AffiliateID) != affiliate || statesOf(e) != "after" {
		t.Errorf("a new affiliate is logged as %v", e)
	}
}

func TestSeveralPostbacksAreSeveralEntries(t *testing.T) {
	w := newWorld(t)
	made, err := w.setup.CreatePostbacks(w.oneCtx, 0, []string{"registration", "ftd", "deposit"}, wish())
	w.must(err)
	var want, got []string
	for _, p := range made {
		want = append(want, fmt.Sprint(p.ID))
	}
	for _, e := range w.audit("postback") {
		got = append(got, e.EntityID)
	}
	if !slices.Equal(got, want) || len(got) != 3 {
		t.Errorf("entries of %q, want of %q", got, want)
	}
}

// A new deal may end another: that is a change too.
func TestADealThatIsEndedByTheNextIsInTheAuditLog(t *testing.T) {
	w := newWorld(t)
	july := time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)
	made, err := w.setup.CreateDeal(w.staff, dealFor(w.one.Offer, 0, july, time.Time{}))
	w.must(err)
	entries := w.audit("deal")
	if len(entries) != 2 || entries[0].Action != "update" || entries[0].Before["valid_to"] != nil || entries[0].After["valid_to"] != "2026-07-01T00:00:00Z" ||
		entries[1].Action != "create" || entries[1].EntityID != fmt.Sprint(made.ID) {
		t.Errorf("%v", entries)
	}
}
