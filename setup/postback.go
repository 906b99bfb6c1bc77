package setup

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"time"

	"postrider/dispatch"
	"postrider/domain/commission"
	"postrider/domain/firing"
	"postrider/domain/macro"
	"postrider/ent/db"
	"postrider/internal/problem"
	"postrider/internal/secret"
	"postrider/outbox"
)

// PostbackWish is a postback as somebody wants it.
type PostbackWish struct {
	Name        string
	Scope       firing.Scope
	OfferID     int64 // for scope offer
	CampaignID  int64 // for scope campaign
	Goal        string
	Further     []string      // goals that it aggregates too
	Aggregates  time.Duration // for how long it aggregates the conversions of a click; zero to send each by itself
	URLTemplate string
	Method      dispatch.Method
	Statuses    []commission.Status
	Enabled     bool
	BodyRule    *dispatch.BodyRule // nil for none
}

// CreatePostbacks makes one postback for each goal, all of them or none; one that
// aggregates is made for all of the goals together.
// affiliateID is for staff; zero for the viewer's own, or the campaign's.
func (s *Setup) CreatePostbacks(ctx context.Context, affiliateID int64, goals []string, wish PostbackWish) ([]*db.Postback, error) {
	if len(goals) == 0 {
		return nil, problem.Invalid("goals", "choose at least one goal")
	}
	var made []*db.Postback
	err := s.change(ctx, func(ctx context.Context, c *change) error {
		made = nil
		if wish.Scope == firing.Campaign && affiliateID == 0 && c.viewer.Staff() {
			campaign, err := c.client.Campaign.Get(ctx, wish.CampaignID)
			switch {
			case err == nil:
				affiliateID = campaign.AffiliateID
			case !db.IsNotFound(err): // what is wrong with the wish is said below
				return fmt.Errorf("reading campaign %d: %w", wish.CampaignID, err)
			}
		}
		owner, err := c.affiliate(affiliateID)
		if err != nil {
			return err
		}
		if _, err := c.client.Affiliate.Get(ctx, owner); err != nil {
			return missing(err, "affiliateId", "affiliate")
		}
		wanted := slices.Compact(slices.Sorted(slices.Values(goals)))
		wish.Further = nil
		if wish.Aggregates > 0 {
			wanted, wish.Further = goals[:1], goals[1:]
		}
		for _, key := range wanted {
			wish.Goal = key
			p, err := s.createPostback(ctx, c, owner, wish)
			if err != nil {
				return err
			}
			made = append(made, p)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return made, nil
}

func (s *Setup) createPostback(ctx context.Context, c *change, owner int64, wish PostbackWish) (*db.Postback, error) {
	wish.normalise()
	if err := s.check(ctx, c, owner, wish, "goals"); err != nil {
		return nil, err
	}
	signing, err := s.Secrets.Seal(secret.NewSigningSecret(), secret.ForPostback)
	if err != nil {
		return nil, fmt.Errorf("sealing the signing secret: %w", err)
	}
	create := c.client.Postback.Create().SetAffiliateID(owner).SetSigningSecret(signing).SetCreatedAt(c.now).SetUpdatedAt(c.now)
	m := create.Mutation()
	setWish(m, wish)
	p, err := create.Save(ctx)
	if err != nil {
		return nil, fmt.Errorf("making the postback: %w", err)
	}
	if err := c.addVersion(ctx, p); err != nil {
		return nil, err
	}
	return p, c.audit(ctx, "create", "postback", p.ID, owner, nil, p)
}

// setWish writes a checked wish into a creation or a change.
func setWish(m *db.PostbackMutation, wish PostbackWish) {
	m.SetName(wish.Name)
	m.SetScope(wish.Scope)
	if wish.Scope == firing.Offer {
		m.SetOfferID(wish.OfferID)
	} else {
		m.ClearOfferID()
	}
	if wish.Scope == firing.Campaign {
		m.SetCampaignID(wish.CampaignID)
	} else {
		m.ClearCampaignID()
	}
	m.SetGoal(wish.Goal)
	m.SetFurtherGoals(wish.Further)
	if wish.Aggregates > 0 {
		m.SetAggregateSeconds(int(wish.Aggregates / time.Second))
	} else {
		m.ClearAggregateSeconds()
	}
	m.SetURLTemplate(wish.URLTemplate)
	m.SetMethod(wish.Method)
	m.SetStatuses(wish.Statuses)
	m.SetEnabled(wish.Enabled)
	if wish.BodyRule == nil {
		m.ClearBodyRule()
	} else {
		m.SetBodyRule(wish.BodyRule)
	}
}

func (c *change) addVersion(ctx context.Context, p *db.Postback) error {
	v := c.client.PostbackVersion.Create().SetAffiliateID(p.AffiliateID).SetPostbackID(p.ID).SetNumber(p.Version).
		SetURLTemplate(p.URLTemplate).SetMethod(p.Method).SetStatuses(p.Statuses).SetEnabled(p.Enabled).SetCreatedAt(c.now).
		SetFurtherGoals(p.FurtherGoals).SetNillableAggregateSeconds(p.AggregateSeconds)
	if p.BodyRule != nil {
		v.SetBodyRule(p.BodyRule)
	}
	if c.viewer.UserID != 0 {
		v.SetUserID(c.viewer.UserID)
	}
	if err := v.Exec(ctx); err != nil {
		return fmt.Errorf("keeping version %d of postback %d: %w", p.Version, p.ID, err)
	}
	return nil
}

// UpdatePostback changes a postback: patch turns the wish that it is today into
// the one that it shall be. A change makes a new version; one that changes
// nothing does not. A change resumes a postback that was on hold.
func (s *Setup) UpdatePostback(ctx context.Context, id int64, patch func(*PostbackWish)) (*db.Postback, error) {
	var changed *db.Postback
	err := s.change(ctx, func(ctx context.Context, c *change) error {
		before, err := c.livePostback(ctx, id)
		if err != nil {
			return err
		}
		wish := wishOf(before)
		patch(&wish)
		wish.normalise()
		if err := s.check(ctx, c, before.AffiliateID, wish, "goal"); err != nil {
			return err
		}
		changes, resumes := !same(wishOf(before), wish), before.HoldReason != nil && wish.Enabled
		if !changes && !resumes {
			changed = before
			return nil
		}
		update := c.client.Postback.UpdateOne(before).SetUpdatedAt(c.now)
		if changes {
			update.SetVersion(before.Version + 1)
			setWish(update.Mutation(), wish)
		}
		if resumes {
			update.ClearHoldReason()
		}
		if changed, err = update.Save(ctx); err != nil {
			return fmt.Errorf("changing the postback: %w", err)
		}
		if changes {
			if err := c.addVersion(ctx, changed); err != nil {
				return err
			}
		}
		if resumes {
			if err := c.release(ctx, changed); err != nil {
				return err
			}
		}
		return c.audit(ctx, "update", "postback", id, before.AffiliateID, before, changed)
	})
	return changed, err
}

// release lets the deliveries that a hold kept back go out, by the version of
// now: the one that they were made for names an address that is gone.
func (c *change) release(ctx context.Context, p *db.Postback) error {
	template, err := macro.ParseFor(p.URLTemplate, macro.Aggregated)
	if err != nil {
		return fmt.Errorf("reading the template of postback %d: %w", p.ID, err)
	}
	return outbox.Release(ctx, c.tx, p.ID, p.Version, template.Endpoint(), c.now)
}

// DeletePostback takes a postback away. Its past deliveries stay; those that
// wait are called off.
func (s *Setup) DeletePostback(ctx context.Context, id int64) error {
	return s.change(ctx, func(ctx context.Context, c *change) error {
		before, err := c.livePostback(ctx, id)
		if err != nil {
			return err
		}
		if err := c.client.Postback.UpdateOne(before).SetDeletedAt(c.now).SetEnabled(false).SetUpdatedAt(c.now).Exec(ctx); err != nil {
			return fmt.Errorf("deleting the postback: %w", err)
		}
		if err := outbox.CancelPostback(ctx, c.tx, id, c.now); err != nil {
			return err
		}
		return c.audit(ctx, "delete", "postback", id, before.AffiliateID, before, nil)
	})
}

func (c *change) livePostback(ctx context.Context, id int64) (*db.Postback, error) {
	p, err := c.client.Postback.Get(ctx, id)
	if err == nil && p.DeletedAt != nil {
		return nil, problem.Invalid("id", "this postback was deleted")
	}
	return p, missing(err, "id", "postback")
}

func wishOf(p *db.Postback) PostbackWish {
	w := PostbackWish{
		Name: p.Name, Scope: p.Scope, Goal: p.Goal, URLTemplate: p.URLTemplate, Method: p.Method,
		Statuses: p.Statuses, Enabled: p.Enabled, BodyRule: p.BodyRule, Further: p.FurtherGoals,
		Aggregates: aggregates(p.AggregateSeconds),
	}
	if p.OfferID != nil {
		w.OfferID = *p.OfferID
	}
	if p.CampaignID != nil {
		w.CampaignID = *p.CampaignID
	}
	return w
}

// aggregates is for how long a postback aggregates that is kept with so many seconds.
func aggregates(seconds *int) time.Duration {
	if seconds == nil {
		return 0
	}
	return time.Duration(*seconds) * time.Second
}

func same(a, b PostbackWish) bool {
	sameRule := a.BodyRule == b.BodyRule || a.BodyRule != nil && b.BodyRule != nil && *a.BodyRule == *b.BodyRule
	statuses := slices.Equal(a.Statuses, b.Statuses)
	a.BodyRule, b.BodyRule, a.Statuses, b.Statuses = nil, nil, nil, nil
	return sameRule && statuses && reflect.DeepEqual(a, b)
}
