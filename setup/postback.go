package setup

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"postrider/commission"
	"postrider/dispatch"
	"postrider/ent/db"
	"postrider/ent/db/goal"
	"postrider/firing"
	"postrider/internal/problem"
	"postrider/internal/secret"
	"postrider/macro"
)

// PostbackWish is a postback as somebody wants it.
type PostbackWish struct {
	Name        string
	Scope       firing.Scope
	OfferID     int64 // for scope offer
	CampaignID  int64 // for scope campaign
	Goal        string
	URLTemplate string
	Method      dispatch.Method
	Statuses    []commission.Status
	Enabled     bool
	BodyRule    *dispatch.BodyRule // nil for none
}

// CreatePostbacks makes one postback for each goal, all of them or none.
// affiliateID is for staff; zero for the viewer's own, or the campaign's.
func (s *Setup) CreatePostbacks(ctx context.Context, affiliateID int64, goals []string, wish PostbackWish) ([]*db.Postback, error) {
	if len(goals) == 0 {
		return nil, problem.Invalid("goals", "choose at least one goal")
	}
	var made []*db.Postback
	err := s.change(ctx, func(ctx context.Context, c *change) error {
		made = nil
		if wish.Scope == firing.Campaign && affiliateID == 0 && c.viewer.Staff() {
			if campaign, err := c.client.Campaign.Get(ctx, wish.CampaignID); err == nil {
				affiliateID = campaign.AffiliateID
			}
		}
		owner, err := affiliate(c.viewer, affiliateID)
		if err != nil {
			return err
		}
		for _, key := range slices.Compact(slices.Sorted(slices.Values(goals))) {
			wish.Goal = key
			p, err := s.createPostback(ctx, c, owner, wish)
			if err != nil {
				return err
			}
			made = append(made, p)
		}
		return nil
	})
	return made, err
}

func (s *Setup) createPostback(ctx context.Context, c *change, owner int64, wish PostbackWish) (*db.Postback, error) {
	if err := s.check(ctx, c, owner, &wish, "goals"); err != nil {
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
	m.ClearOfferID()
	m.ClearCampaignID()
	switch wish.Scope {
	case firing.Offer:
		m.SetOfferID(wish.OfferID)
	case firing.Campaign:
		m.SetCampaignID(wish.CampaignID)
	}
	m.SetGoal(wish.Goal)
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
		SetURLTemplate(p.URLTemplate).SetMethod(p.Method).SetStatuses(p.Statuses).SetEnabled(p.Enabled).SetCreatedAt(c.now)
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
		if err := s.check(ctx, c, before.AffiliateID, &wish, "goal"); err != nil {
			return err
		}
		if same(wishOf(before), wish) && before.HoldReason == nil {
			changed = before
			return nil
		}
		update := c.client.Postback.UpdateOne(before).SetVersion(before.Version + 1).SetUpdatedAt(c.now).ClearHoldReason()
		setWish(update.Mutation(), wish)
		if changed, err = update.Save(ctx); err != nil {
			return fmt.Errorf("changing the postback: %w", err)
		}
		if err := c.addVersion(ctx, changed); err != nil {
			return err
		}
		if before.HoldReason != nil && changed.Enabled {
			if err := c.release(ctx, id); err != nil {
				return err
			}
		}
		return c.audit(ctx, "update", "postback", id, before.AffiliateID, before, changed)
	})
	return changed, err
}

// release lets the deliveries that a hold kept back go out.
func (c *change) release(ctx context.Context, postbackID int64) error {
	_, err := c.tx.ExecContext(ctx, `
		UPDATE deliveries SET state = CASE WHEN attempt = 0 THEN 'queued' ELSE 'retrying' END, due_at = $2, updated_at = $2, reason = NULL
		WHERE postback_id = $1 AND state = 'held' AND reason = $3`, postbackID, c.now, dispatch.PostbackHeld)
	if err != nil {
		return fmt.Errorf("releasing the deliveries of postback %d: %w", postbackID, err)
	}
	return nil
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
		_, err = c.tx.ExecContext(ctx, `
			UPDATE deliveries SET state = 'cancelled', due_at = NULL, reason = $3, updated_at = $2
			WHERE postback_id = $1 AND state IN ('queued', 'retrying', 'held') AND claimed_at IS NULL`, id, c.now, dispatch.PostbackDeleted)
		if err != nil {
			return fmt.Errorf("calling off what waits for postback %d: %w", id, err)
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
		Statuses: p.Statuses, Enabled: p.Enabled, BodyRule: p.BodyRule,
	}
	if p.OfferID != nil {
		w.OfferID = *p.OfferID
	}
	if p.CampaignID != nil {
		w.CampaignID = *p.CampaignID
	}
	return w
}

func same(a, b PostbackWish) bool {
	sameRule := a.BodyRule == b.BodyRule || a.BodyRule != nil && b.BodyRule != nil && *a.BodyRule == *b.BodyRule
	statuses := slices.Equal(a.Statuses, b.Statuses)
	a.BodyRule, b.BodyRule, a.Statuses, b.Statuses = nil, nil, nil, nil
	return sameRule && statuses && fmt.Sprint(a) == fmt.Sprint(b)
}

// check says what is wrong with a wish, every fault with its field, and fills
// its defaults.
func (s *Setup) check(ctx context.Context, c *change, owner int64, w *PostbackWish, goalField string) error {
	var bad []*problem.Error
	add := func(field, format string, args ...any) { bad = append(bad, problem.Invalid(field, format, args...)) }
	if len(w.Name) > maxName {
		add("name", "is %d bytes long; at most %d are kept", len(w.Name), maxName)
	}
	w.Name = strings.TrimSpace(w.Name)
	if w.Method == "" {
		w.Method = dispatch.GET
	}
	if len(w.Statuses) == 0 {
		add("statuses", "choose at least one status: otherwise it would never fire")
	}
	w.Statuses = slices.Compact(slices.Sorted(slices.Values(w.Statuses)))
	if w.BodyRule != nil {
		if err := w.BodyRule.Validate(); err != nil {
			add("bodyRule", "%s", err)
		}
	}
	bad = append(bad, s.checkTemplate(w.URLTemplate)...)
	known, err := c.client.Goal.Query().Where(goal.Key(w.Goal)).Exist(ctx)
	if err != nil {
		return fmt.Errorf("finding goal %q: %w", w.Goal, err)
	}
	if !known {
		add(goalField, "%q is not in the event dictionary", w.Goal)
	}
	scope, err := c.checkScope(ctx, owner, *w)
	if err != nil {
		return err
	}
	return joined(append(bad, scope...))
}

func (s *Setup) checkTemplate(template string) []*problem.Error {
	parsed, err := macro.Parse(template)
	if err != nil {
		return []*problem.Error{problem.Invalid("urlTemplate", "%s", err)}
	}
	if err := s.Guard.CheckURL(parsed.Expand(&macro.Values{})); err != nil {
		return []*problem.Error{problem.Invalid("urlTemplate", "%s", err)}
	}
	return nil
}

func (c *change) checkScope(ctx context.Context, owner int64, w PostbackWish) ([]*problem.Error, error) {
	switch w.Scope {
	case firing.Offer:
		if w.OfferID == 0 {
			return []*problem.Error{problem.Invalid("offerId", "choose the offer")}, nil
		}
		if _, err := c.client.Offer.Get(ctx, w.OfferID); err != nil {
			return problemOrError(missing(err, "offerId", "offer"))
		}
	case firing.Campaign:
		if w.CampaignID == 0 {
			return []*problem.Error{problem.Invalid("campaignId", "choose the campaign")}, nil
		}
		campaign, err := c.client.Campaign.Get(ctx, w.CampaignID)
		if err != nil {
			return problemOrError(missing(err, "campaignId", "campaign"))
		}
		if campaign.AffiliateID != owner {
			return []*problem.Error{problem.Invalid("campaignId", "there is no such campaign")}, nil
		}
	}
	return nil, nil
}

// problemOrError keeps what the user can mend apart from what went wrong.
func problemOrError(err error) ([]*problem.Error, error) {
	if p := problem.From(err); p != nil && p.Code != problem.CodeInternal {
		return []*problem.Error{p}, nil
	}
	return nil, err
}
