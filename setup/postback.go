package setup

import (
	"context"
	"fmt"
	"slices"

	"postrider/domain/firing"
	"postrider/domain/macro"
	"postrider/ent"
	"postrider/ent/db"
	"postrider/ent/db/postbackversion"
	"postrider/internal/ids"
	"postrider/internal/problem"
	"postrider/internal/secret"
	"postrider/outbox"
)

// CreatePostbacks makes one postback for each goal, all of them or none; one that
// aggregates is made for all of the goals together.
// affiliateID is for staff; zero for the viewer's own, or the campaign's.
func (s *Setup) CreatePostbacks(ctx context.Context, affiliateID ids.Affiliate, goals []string, wish firing.Postback) ([]*db.Postback, error) {
	if len(goals) == 0 {
		return nil, problem.Invalid("goals", "choose at least one goal")
	}
	var made []*db.Postback
	err := s.change(ctx, func(ctx context.Context, c *change) error {
		made = nil
		if wish.Scope == firing.Campaign && affiliateID == 0 && c.viewer.Staff() {
			campaign, err := c.client.Campaign.Get(ctx, int64(wish.CampaignID))
			switch {
			case err == nil:
				affiliateID = ids.Affiliate(campaign.AffiliateID)
			case !db.IsNotFound(err): // check reports an unknown campaign
				return fmt.Errorf("reading campaign %d: %w", wish.CampaignID, err)
			}
		}
		owner, err := c.affiliate(affiliateID)
		if err != nil {
			return err
		}
		if _, err := c.client.Affiliate.Get(ctx, int64(owner)); err != nil {
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
		return c.keepTrackers(ctx, made[0].TrackerID)
	})
	if err != nil {
		return nil, err
	}
	return made, nil
}

func (s *Setup) createPostback(ctx context.Context, c *change, owner ids.Affiliate, wish firing.Postback) (*db.Postback, error) {
	wish = wish.Normalised()
	if err := s.check(ctx, c, owner, wish); err != nil {
		return nil, err
	}
	if wish.TrackerID == 0 {
		wish.AffiliateID = owner
		var err error
		if wish.TrackerID, err = c.trackerFor(ctx, wish, nil); err != nil {
			return nil, err
		}
	}
	if err := c.claim(ctx, owner, wish); err != nil {
		return nil, err
	}
	signing, err := s.Secrets.Seal(secret.NewSigningSecret(), secret.ForPostback)
	if err != nil {
		return nil, fmt.Errorf("sealing the signing secret: %w", err)
	}
	create := c.client.Postback.Create().SetAffiliateID(int64(owner)).SetSigningSecret(signing).SetCreatedAt(c.now).SetUpdatedAt(c.now)
	ent.WritePostback(create.Mutation(), wish)
	p, err := create.Save(ctx)
	if err != nil {
		return nil, fmt.Errorf("making the postback: %w", err)
	}
	if err := c.addVersion(ctx, p); err != nil {
		return nil, err
	}
	return p, c.audit(ctx, Act{Action: "create", Entity: "postback", ID: fmt.Sprint(p.ID), affiliateID: owner, After: p})
}

func (c *change) addVersion(ctx context.Context, p *db.Postback) error {
	v := c.client.PostbackVersion.Create().SetAffiliateID(p.AffiliateID).SetPostbackID(p.ID).SetNumber(p.Version).SetCreatedAt(c.now)
	ent.WriteVersion(v.Mutation(), p)
	if c.viewer.UserID != 0 {
		v.SetUserID(int64(c.viewer.UserID))
	}
	if err := v.Exec(ctx); err != nil {
		return fmt.Errorf("keeping version %d of postback %d: %w", p.Version, p.ID, err)
	}
	return nil
}

// UpdatePostback changes a postback with patch. A change makes a new version; a patch that
// changes nothing does not. Saving an enabled postback resumes one that was held.
func (s *Setup) UpdatePostback(ctx context.Context, id int64, patch func(*firing.Postback)) (*db.Postback, error) {
	return s.UpdatePostbackFrom(ctx, id, 0, patch)
}

// UpdatePostbackFrom is UpdatePostback for a change that began from a version: if another was
// saved since, nothing is changed. Zero is for a change that does not depend on what was there.
func (s *Setup) UpdatePostbackFrom(ctx context.Context, id int64, version int, patch func(*firing.Postback)) (*db.Postback, error) {
	var changed *db.Postback
	err := s.change(ctx, func(ctx context.Context, c *change) error {
		before, err := c.livePostback(ctx, id)
		if err != nil {
			return err
		}
		if version != 0 && version != before.Version {
			return c.changedSince(ctx, before, version)
		}
		was := ent.FiringPostback(before)
		wish := was
		patch(&wish)
		wish.TrackerID = was.TrackerID
		if err := c.moveTracker(ctx, before, &wish); err != nil {
			return err
		}
		if changed, err = s.savePostback(ctx, c, before, wish); err != nil {
			return err
		}
		return c.keepTrackers(ctx, before.TrackerID, changed.TrackerID)
	})
	return changed, err
}

// savePostback checks and saves what a postback is to be. A change makes a new version, and an
// enabled postback that was held is resumed.
func (s *Setup) savePostback(ctx context.Context, c *change, before *db.Postback, wish firing.Postback) (*db.Postback, error) {
	was := ent.FiringPostback(before)
	wish.ID, wish.AffiliateID, wish.Deleted, wish.Held = was.ID, was.AffiliateID, was.Deleted, was.Held
	wish = wish.Normalised()
	if err := s.check(ctx, c, was.AffiliateID, wish); err != nil {
		return nil, err
	}
	if err := c.claim(ctx, was.AffiliateID, wish); err != nil {
		return nil, err
	}
	changes, resumes := !was.Same(wish), before.HoldReason != nil && wish.Enabled
	if !changes && !resumes {
		return before, nil
	}
	update := c.client.Postback.UpdateOne(before).SetUpdatedAt(c.now)
	if changes {
		update.SetVersion(before.Version + 1)
		ent.WritePostback(update.Mutation(), wish)
	}
	if resumes {
		update.ClearHoldReason()
	}
	changed, err := update.Save(ctx)
	if err != nil {
		return nil, fmt.Errorf("changing the postback: %w", err)
	}
	if changes {
		if err := c.addVersion(ctx, changed); err != nil {
			return nil, err
		}
	}
	if resumes {
		if err := c.release(ctx, changed); err != nil {
			return nil, err
		}
	}
	return changed, c.audit(ctx, Act{Action: "update", Entity: "postback", ID: fmt.Sprint(before.ID), affiliateID: was.AffiliateID, Before: before, After: changed})
}

// changedSince says who saved the version that a change did not begin from.
func (c *change) changedSince(ctx context.Context, p *db.Postback, version int) error {
	last, err := c.client.PostbackVersion.Query().Where(postbackversion.PostbackID(p.ID), postbackversion.Number(p.Version)).Only(ctx)
	if err != nil {
		return fmt.Errorf("reading version %d of postback %d: %w", p.Version, p.ID, err)
	}
	author, err := c.author(ctx, last.UserID)
	if err != nil {
		return err
	}
	return problem.Conflict("version", "was changed since version %d: version %d was saved%s at %s UTC", version, p.Version, author, last.CreatedAt.UTC().Format("2006-01-02 15:04:05"))
}

// author returns who saved a version, for a sentence: empty for Postrider itself, and for staff, whom
// an affiliate's viewer does not see.
func (c *change) author(ctx context.Context, userID *int64) (string, error) {
	if userID == nil {
		return "", nil
	}
	u, err := c.client.User.Get(ctx, *userID)
	switch {
	case db.IsNotFound(err):
		return "", nil
	case err != nil:
		return "", fmt.Errorf("reading the author of a version: %w", err)
	}
	return " by " + u.Email, nil
}

// release queues the held deliveries with the current version: the one that they were recorded
// with got a 410.
func (c *change) release(ctx context.Context, p *db.Postback) error {
	template, err := macro.ParseFor(p.URLTemplate, macro.Aggregated)
	if err != nil {
		return fmt.Errorf("reading the template of postback %d: %w", p.ID, err)
	}
	return outbox.Release(ctx, c.tx, p.ID, p.Version, template.Endpoint(), c.now)
}

// DeletePostback deletes a postback. Its past deliveries stay; waiting ones are cancelled.
func (s *Setup) DeletePostback(ctx context.Context, id int64) error {
	return s.change(ctx, func(ctx context.Context, c *change) error {
		before, err := c.livePostback(ctx, id)
		if err != nil {
			return err
		}
		if err := c.deletePostback(ctx, before); err != nil {
			return err
		}
		return c.keepTrackers(ctx, before.TrackerID)
	})
}

func (c *change) deletePostback(ctx context.Context, before *db.Postback) error {
	if err := c.client.Postback.UpdateOne(before).SetDeletedAt(c.now).SetEnabled(false).SetUpdatedAt(c.now).Exec(ctx); err != nil {
		return fmt.Errorf("deleting the postback: %w", err)
	}
	if err := outbox.CancelPostback(ctx, c.tx, before.ID, c.now); err != nil {
		return err
	}
	return c.audit(ctx, Act{Action: "delete", Entity: "postback", ID: fmt.Sprint(before.ID), affiliateID: ids.Affiliate(before.AffiliateID), Before: before})
}

// livePostback locks and reads a postback that is not deleted. The lock keeps two changes at once from
// beginning with the same version. Its owner's trackers are locked before it, as by a change of its
// tracker.
func (c *change) livePostback(ctx context.Context, id int64) (*db.Postback, error) {
	p, err := c.client.Postback.Get(ctx, id)
	if err != nil {
		return nil, missing(err, "id", "postback")
	}
	if err := c.lockTrackers(ctx, ids.Affiliate(p.AffiliateID)); err != nil {
		return nil, err
	}
	if _, err := c.tx.ExecContext(ctx, `SELECT FROM postbacks WHERE id = $1 FOR NO KEY UPDATE`, id); err != nil {
		return nil, fmt.Errorf("locking the postback: %w", err)
	}
	if p, err = c.client.Postback.Get(ctx, id); err == nil && p.DeletedAt != nil {
		return nil, problem.Invalid("id", "this postback was deleted")
	}
	return p, missing(err, "id", "postback")
}
