package setup

import (
	"context"
	"fmt"
	"time"

	"postrider/domain/tracking"
	"postrider/ent/db"
	"postrider/internal/ids"
	"postrider/internal/problem"
)

// archiving is how rows of one kind are archived and restored.
type archiving[T any] struct {
	entity, what string // as in the audit log, as in sentences
	byOwner      bool   // the affiliate itself may, not only staff
	get          func(ctx context.Context, c *change, id int64) (T, error)
	archivedAt   func(T) *time.Time
	owner        func(T) ids.Affiliate // nil where it has none
	check        func(T) error         // why it can be neither archived nor deleted; nil where any can
	archive      func(context.Context, *change, T) (T, error)
	restore      func(context.Context, *change, T) (T, error)
}

// do archives a row, or restores it. One that already is stays as it is.
func (a archiving[T]) do(ctx context.Context, s *Setup, id int64, archived bool) (T, error) {
	var changed T
	within := s.staffChange
	if a.byOwner {
		within = s.change
	}
	err := within(ctx, func(ctx context.Context, c *change) error {
		before, err := a.get(ctx, c, id)
		if err != nil {
			return missing(err, "id", a.what)
		}
		if changed = before; (a.archivedAt(before) != nil) == archived {
			return nil
		}
		act := Act{Action: "restore", Entity: a.entity, ID: fmt.Sprint(id), Before: before}
		if a.owner != nil {
			act.affiliateID = a.owner(before)
		}
		turn := a.restore
		if archived {
			if a.check != nil {
				if err := a.check(before); err != nil {
					return err
				}
			}
			act.Action, turn = "archive", a.archive
		}
		if changed, err = turn(ctx, c, before); err != nil {
			return saved(a.what, err)
		}
		act.After = changed
		return c.audit(ctx, act)
	})
	return changed, err
}

var campaignArchiving = archiving[*db.Campaign]{
	entity: "campaign", what: "campaign", byOwner: true,
	get: func(ctx context.Context, c *change, id int64) (*db.Campaign, error) {
		return c.client.Campaign.Get(ctx, id)
	},
	archivedAt: func(r *db.Campaign) *time.Time { return r.ArchivedAt },
	owner:      func(r *db.Campaign) ids.Affiliate { return ids.Affiliate(r.AffiliateID) },
	archive: func(ctx context.Context, c *change, r *db.Campaign) (*db.Campaign, error) {
		return c.client.Campaign.UpdateOne(r).SetArchivedAt(c.now).SetState(tracking.Paused).Save(ctx)
	},
	restore: func(ctx context.Context, c *change, r *db.Campaign) (*db.Campaign, error) {
		return c.client.Campaign.UpdateOne(r).ClearArchivedAt().Save(ctx)
	},
}

// SetCampaignArchived archives a campaign, which pauses it and hides it from lists, or restores it:
// it stays paused then.
func (s *Setup) SetCampaignArchived(ctx context.Context, id int64, archived bool) (*db.Campaign, error) {
	return campaignArchiving.do(ctx, s, id, archived)
}

var offerArchiving = archiving[*db.Offer]{
	entity: "offer", what: "offer",
	get:        func(ctx context.Context, c *change, id int64) (*db.Offer, error) { return c.client.Offer.Get(ctx, id) },
	archivedAt: func(r *db.Offer) *time.Time { return r.ArchivedAt },
	archive: func(ctx context.Context, c *change, r *db.Offer) (*db.Offer, error) {
		return c.client.Offer.UpdateOne(r).SetArchivedAt(c.now).SetState(tracking.Paused).Save(ctx)
	},
	restore: func(ctx context.Context, c *change, r *db.Offer) (*db.Offer, error) {
		return c.client.Offer.UpdateOne(r).ClearArchivedAt().Save(ctx)
	},
}

// SetOfferArchived archives an offer, which pauses it and hides it from lists, or restores it: it
// stays paused then.
func (s *Setup) SetOfferArchived(ctx context.Context, id int64, archived bool) (*db.Offer, error) {
	return offerArchiving.do(ctx, s, id, archived)
}

var landingPageArchiving = archiving[*db.LandingPage]{
	entity: "landing_page", what: "landing page",
	get: func(ctx context.Context, c *change, id int64) (*db.LandingPage, error) {
		return c.client.LandingPage.Get(ctx, id)
	},
	archivedAt: func(r *db.LandingPage) *time.Time { return r.ArchivedAt },
	archive: func(ctx context.Context, c *change, r *db.LandingPage) (*db.LandingPage, error) {
		return c.client.LandingPage.UpdateOne(r).SetArchivedAt(c.now).Save(ctx)
	},
	restore: func(ctx context.Context, c *change, r *db.LandingPage) (*db.LandingPage, error) {
		return c.client.LandingPage.UpdateOne(r).ClearArchivedAt().Save(ctx)
	},
}

// SetLandingPageArchived archives a landing page, after which links with its key lead to the offer's
// destination, or restores it.
func (s *Setup) SetLandingPageArchived(ctx context.Context, id int64, archived bool) (*db.LandingPage, error) {
	return landingPageArchiving.do(ctx, s, id, archived)
}

var goalArchiving = archiving[*db.Goal]{
	entity: "goal", what: "goal",
	get:        func(ctx context.Context, c *change, id int64) (*db.Goal, error) { return c.client.Goal.Get(ctx, id) },
	archivedAt: func(r *db.Goal) *time.Time { return r.ArchivedAt },
	check: func(r *db.Goal) error {
		if r.BuiltIn {
			return problem.Conflict("id", "%s is built in: operators and deals rely on it, so it can be neither archived nor deleted", r.Name)
		}
		return nil
	},
	archive: func(ctx context.Context, c *change, r *db.Goal) (*db.Goal, error) {
		return c.client.Goal.UpdateOne(r).SetArchivedAt(c.now).Save(ctx)
	},
	restore: func(ctx context.Context, c *change, r *db.Goal) (*db.Goal, error) {
		return c.client.Goal.UpdateOne(r).ClearArchivedAt().Save(ctx)
	},
}

// SetGoalArchived archives a goal, which hides it from lists, or restores it. Its conversions are
// recorded and its postbacks fire as before.
func (s *Setup) SetGoalArchived(ctx context.Context, id int64, archived bool) (*db.Goal, error) {
	return goalArchiving.do(ctx, s, id, archived)
}

var integrationArchiving = archiving[*db.Integration]{
	entity: "integration", what: "integration",
	get: func(ctx context.Context, c *change, id int64) (*db.Integration, error) {
		return c.client.Integration.Get(ctx, id)
	},
	archivedAt: func(r *db.Integration) *time.Time { return r.ArchivedAt },
	archive: func(ctx context.Context, c *change, r *db.Integration) (*db.Integration, error) {
		return c.client.Integration.UpdateOne(r).SetArchivedAt(c.now).SetEnabled(false).Save(ctx)
	},
	restore: func(ctx context.Context, c *change, r *db.Integration) (*db.Integration, error) {
		return c.client.Integration.UpdateOne(r).ClearArchivedAt().Save(ctx)
	},
}

// SetIntegrationArchived archives an integration, which disables it and hides it from lists, or
// restores it: it stays disabled then.
func (s *Setup) SetIntegrationArchived(ctx context.Context, id int64, archived bool) (*db.Integration, error) {
	return integrationArchiving.do(ctx, s, id, archived)
}

var affiliateArchiving = archiving[*db.Affiliate]{
	entity: "affiliate", what: "affiliate",
	get: func(ctx context.Context, c *change, id int64) (*db.Affiliate, error) {
		return c.client.Affiliate.Get(ctx, id)
	},
	archivedAt: func(r *db.Affiliate) *time.Time { return r.ArchivedAt },
	owner:      func(r *db.Affiliate) ids.Affiliate { return ids.Affiliate(r.ID) },
	archive: func(ctx context.Context, c *change, r *db.Affiliate) (*db.Affiliate, error) {
		return c.client.Affiliate.UpdateOne(r).SetArchivedAt(c.now).Save(ctx)
	},
	restore: func(ctx context.Context, c *change, r *db.Affiliate) (*db.Affiliate, error) {
		return c.client.Affiliate.UpdateOne(r).ClearArchivedAt().Save(ctx)
	},
}

// SetAffiliateArchived archives an affiliate, whose links are answered as those of paused campaigns
// and which is hidden from lists, or restores it. Its users still sign in and read.
func (s *Setup) SetAffiliateArchived(ctx context.Context, id int64, archived bool) (*db.Affiliate, error) {
	return affiliateArchiving.do(ctx, s, id, archived)
}

// restoreFirst refuses to start what is archived.
func restoreFirst(archivedAt *time.Time, field, what string) error {
	if archivedAt == nil {
		return nil
	}
	return problem.Conflict(field, "this %s is archived: restore it first", what)
}
