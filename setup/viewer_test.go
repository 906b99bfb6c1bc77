package setup_test

import (
	"context"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"postrider/domain/commission"
	"postrider/domain/doctor"
	"postrider/domain/firing"
	"postrider/internal/ids"
	"postrider/internal/viewer"
	"postrider/pgtest"
	"postrider/setup"
)

// attempts are actions of a viewer, by name.
type attempts map[string]func(ctx context.Context) error

// staffs returns every action that is for staff only.
func (w *world) staffs() attempts {
	deal := w.client.Deal.Query().FirstX(w.system).ID
	page := w.client.LandingPage.Query().FirstX(w.system).ID
	user := viewer.From(w.oneCtx).UserID
	return attempts{
		"an offer": func(ctx context.Context) error {
			_, err := w.setup.UpdateOffer(ctx, w.one.Offer, func(*setup.OfferWish) {})
			return err
		},
		"a landing page": func(ctx context.Context) error {
			_, err := w.setup.UpdateLandingPage(ctx, page, func(*setup.LandingPageWish) {})
			return err
		},
		"a page less": func(ctx context.Context) error { return w.setup.DeleteLandingPage(ctx, page) },
		"a deal": func(ctx context.Context) error {
			_, err := w.setup.CreateDeal(ctx, dealFor(w.one.Offer, w.one.Affiliate, time.Time{}, time.Time{}))
			return err
		},
		"a deal's end": func(ctx context.Context) error { _, err := w.setup.EndDeal(ctx, deal, nil); return err },
		"a rate": func(ctx context.Context) error {
			_, err := w.setup.SetRate(ctx, "USD", decimal.NewFromInt(1), nil)
			return err
		},
		"a goal": func(ctx context.Context) error {
			_, err := w.setup.UpdateGoal(ctx, 1, func(*commission.Goal) {})
			return err
		},
		"an integration": func(ctx context.Context) error {
			_, err := w.setup.UpdateIntegration(ctx, w.one.Integration.ID, func(*setup.IntegrationWish) {})
			return err
		},
		"a secret": func(ctx context.Context) error {
			_, _, err := w.setup.Reveal(ctx, w.one.Integration.ID, "token")
			return err
		},
		"a new secret": func(ctx context.Context) error {
			_, _, err := w.setup.RotateSecret(ctx, w.one.Integration.ID, "token", 0)
			return err
		},
		"an affiliate": func(ctx context.Context) error { _, err := w.setup.CreateAffiliate(ctx, "x"); return err },
		"its own name": func(ctx context.Context) error {
			_, err := w.setup.UpdateAffiliate(ctx, w.one.Affiliate, "x")
			return err
		},
		"a sign-in": func(ctx context.Context) error {
			_, _, err := w.setup.CreateUser(ctx, setup.NewUser{Email: "x@example.com", Role: viewer.Affiliate, AffiliateID: ids.Affiliate(w.one.Affiliate)})
			return err
		},
		"a colleague": func(ctx context.Context) error { _, err := w.setup.SetUserDisabled(ctx, int64(user), true); return err },
		"a password": func(ctx context.Context) error {
			_, _, err := w.setup.ResetPassword(ctx, int64(user), false)
			return err
		},
		"an offer to archive": func(ctx context.Context) error {
			_, err := w.setup.SetOfferArchived(ctx, w.one.Offer, true)
			return err
		},
		"an offer less": func(ctx context.Context) error { return w.setup.DeleteOffer(ctx, w.one.Offer) },
		"itself, archived": func(ctx context.Context) error {
			_, err := w.setup.SetAffiliateArchived(ctx, w.one.Affiliate, true)
			return err
		},
		"a role": func(ctx context.Context) error {
			_, err := w.setup.UpdateUser(ctx, int64(user), setup.UserPatch{Role: new(viewer.Manager)})
			return err
		},
		"a user less": func(ctx context.Context) error { return w.setup.DeleteUser(ctx, int64(user)) },
		"a deal less": func(ctx context.Context) error { return w.setup.DeleteDeal(ctx, deal) },
		"a hold":      func(ctx context.Context) error { _, err := w.setup.SetHold(ctx, true, ""); return err },
		"no hold":     func(ctx context.Context) error { _, err := w.setup.SetHold(ctx, false, ""); return err },
	}
}

func TestAffiliatesSetUpNothingOfStaffs(t *testing.T) {
	w := newWorld(t)
	all := map[string]refusal{}
	colleague := w.as(viewer.Affiliate, w.one.Affiliate)
	looking := viewer.With(t.Context(), &viewer.Viewer{UserID: 3, Role: viewer.Affiliate, AffiliateID: ids.Affiliate(w.one.Affiliate), Looking: true})
	for name, try := range w.staffs() {
		all[name] = refusal{"FORBIDDEN", func() error { return try(colleague) }}
		all[name+", by staff who view as it"] = refusal{"FORBIDDEN", func() error { return try(looking) }}
		all[name+", by nobody"] = refusal{"UNAUTHENTICATED", func() error { return try(t.Context()) }}
	}
	w.refuses(all)
}

func TestNobodyTouchesAnothersThings(t *testing.T) {
	w := newWorld(t)
	p := w.postback()
	version, campaign, alert := w.versions(p.ID)[0].ID, w.one.Link.CampaignID, pgtest.ID(t)
	w.must(w.client.Alert.Create().SetID(alert).SetAffiliateID(w.one.Affiliate).SetKind(doctor.AlertFailing).SetPostbackID(p.ID).
		SetMessage("It fails.").SetRaisedAt(pgtest.Now).Exec(w.system))
	all := map[string]refusal{}
	for name, c := range map[string]struct {
		said string
		try  func(ctx context.Context) error
	}{
		"changing its postback": {"NOT_FOUND id", func(ctx context.Context) error {
			_, err := w.setup.UpdatePostback(ctx, p.ID, func(w *firing.Postback) { w.Name = "mine" })
			return err
		}},
		"deleting its postback": {"NOT_FOUND id", func(ctx context.Context) error { return w.setup.DeletePostback(ctx, p.ID) }},
		"changing its secret":   {"NOT_FOUND id", func(ctx context.Context) error { _, err := w.setup.RotateSigningSecret(ctx, p.ID, 0); return err }},
		"putting a version back": {"NOT_FOUND versionId", func(ctx context.Context) error {
			_, err := w.setup.RestorePostbackVersion(ctx, w.client, version)
			return err
		}},
		"dismissing its alert": {"NOT_FOUND id", func(ctx context.Context) error { _, err := w.setup.DismissAlert(ctx, alert); return err }},
		"archiving its campaign": {"NOT_FOUND id", func(ctx context.Context) error {
			_, err := w.setup.SetCampaignArchived(ctx, campaign, true)
			return err
		}},
		"deleting its campaign":   {"NOT_FOUND id", func(ctx context.Context) error { return w.setup.DeleteCampaign(ctx, campaign) }},
		"showing its alert again": {"NOT_FOUND id", func(ctx context.Context) error { _, err := w.setup.RestoreAlert(ctx, alert); return err }},
		"renaming its campaign": {"NOT_FOUND id", func(ctx context.Context) error {
			_, err := w.setup.UpdateCampaign(ctx, campaign, setup.CampaignPatch{Name: new("mine")})
			return err
		}},
		"making a campaign for it": {"INVALID affiliateId", func(ctx context.Context) error {
			_, err := w.setup.CreateCampaign(ctx, setup.NewCampaign{Name: "x", OfferID: ids.Offer(w.one.Offer), AffiliateID: ids.Affiliate(w.one.Affiliate)})
			return err
		}},
		"making a postback for it": {"INVALID affiliateId", func(ctx context.Context) error {
			_, err := w.setup.CreatePostbacks(ctx, ids.Affiliate(w.one.Affiliate), []string{"ftd"}, wish())
			return err
		}},
	} {
		all[name] = refusal{c.said, func() error { return c.try(w.otherCtx) }}
		if c.said != "NOT_FOUND versionId" { // read before it is changed
			all[name+", by nobody"] = refusal{"UNAUTHENTICATED", func() error { return c.try(t.Context()) }}
		}
	}
	w.refuses(all)
}

// What an affiliate creates is its own, also if it names itself.
func TestAnAffiliateMayNameItself(t *testing.T) {
	w := newWorld(t)
	c, err := w.setup.CreateCampaign(w.oneCtx, setup.NewCampaign{Name: "x", OfferID: ids.Offer(w.one.Offer), AffiliateID: ids.Affiliate(w.one.Affiliate)})
	w.must(err)
	made, err := w.setup.CreatePostbacks(w.oneCtx, ids.Affiliate(w.one.Affiliate), []string{"ftd"}, wish())
	if w.must(err); c.AffiliateID != w.one.Affiliate || made[0].AffiliateID != w.one.Affiliate {
		t.Errorf("the campaign is %d's, the postback %d's, want %d", c.AffiliateID, made[0].AffiliateID, w.one.Affiliate)
	}
}
