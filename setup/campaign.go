package setup

import (
	"context"
	"fmt"
	"strings"

	"postrider/domain/tracking"
	"postrider/ent/db"
	"postrider/internal/ids"
	"postrider/internal/problem"
)

// maxName is the maximum length of a name, in bytes.
const maxName = 200

// NewCampaign is a campaign to create.
type NewCampaign struct {
	Name        string
	OfferID     ids.Offer
	AffiliateID ids.Affiliate // for staff; zero for the viewer's own
	Trackers    []ids.Tracker // that it is chosen for
}

// CreateCampaign creates a campaign and its tracking link.
func (s *Setup) CreateCampaign(ctx context.Context, n NewCampaign) (*db.Campaign, error) {
	name, err := cleanName(n.Name)
	if err != nil {
		return nil, err
	}
	var made *db.Campaign
	err = s.change(ctx, func(ctx context.Context, c *change) error {
		owner, err := c.affiliate(n.AffiliateID)
		if err != nil {
			return err
		}
		if err := c.mayHaveCampaign(ctx, owner, n.OfferID); err != nil {
			return err
		}
		made, err = c.client.Campaign.Create().SetAffiliateID(int64(owner)).SetOfferID(int64(n.OfferID)).SetName(name).SetCreatedAt(c.now).Save(ctx)
		if err != nil {
			return fmt.Errorf("making the campaign: %w", err)
		}
		_, err = c.client.TrackingLink.Create().SetAffiliateID(int64(owner)).SetOfferID(int64(n.OfferID)).SetCampaignID(made.ID).
			SetCode(tracking.NewLinkCode()).SetCreatedAt(c.now).Save(ctx)
		if err != nil {
			return fmt.Errorf("making the campaign's link: %w", err)
		}
		if len(n.Trackers) > 0 {
			wish := CampaignTrackers{CampaignID: ids.Campaign(made.ID), TrackerIDs: n.Trackers}
			if _, err := c.assignTrackers(ctx, owner, Assignment{Campaigns: []CampaignTrackers{wish}}); err != nil {
				return under(err, "campaigns", "trackerIds")
			}
		}
		return c.audit(ctx, Act{Action: "create", Entity: "campaign", ID: fmt.Sprint(made.ID), affiliateID: owner, After: made})
	})
	return made, err
}

// mayHaveCampaign checks that there are the affiliate and the offer of a new campaign, and that
// neither is archived.
func (c *change) mayHaveCampaign(ctx context.Context, owner ids.Affiliate, offer ids.Offer) error {
	a, err := c.client.Affiliate.Get(ctx, int64(owner))
	if err != nil {
		return missing(err, "affiliateId", "affiliate")
	}
	o, err := c.client.Offer.Get(ctx, int64(offer))
	if err != nil {
		return missing(err, "offerId", "offer")
	}
	if err := restoreFirst(a.ArchivedAt, "affiliateId", "affiliate"); err != nil {
		return err
	}
	return restoreFirst(o.ArchivedAt, "offerId", "offer")
}

// CampaignPatch changes a campaign; nil fields are left unchanged.
type CampaignPatch struct {
	Name  *string
	State *tracking.RunState
	// DailyCap is the daily cap, 0 for none. Only staff set it.
	DailyCap *int
}

// UpdateCampaign renames, pauses or resumes a campaign.
func (s *Setup) UpdateCampaign(ctx context.Context, id int64, p CampaignPatch) (*db.Campaign, error) {
	var changed *db.Campaign
	err := s.change(ctx, func(ctx context.Context, c *change) error {
		before, err := c.client.Campaign.Get(ctx, id)
		if err != nil {
			return missing(err, "id", "campaign")
		}
		update := c.client.Campaign.UpdateOne(before)
		if p.Name != nil {
			name, err := cleanName(*p.Name)
			if err != nil {
				return err
			}
			update.SetName(name)
		}
		if p.State != nil {
			if *p.State == tracking.Active {
				if err := restoreFirst(before.ArchivedAt, "state", "campaign"); err != nil {
					return err
				}
			}
			update.SetState(*p.State)
		}
		if p.DailyCap != nil {
			if !c.viewer.Staff() {
				return problem.Forbidden("only the network's staff can set a daily cap").At("dailyCap")
			}
			if err := checkCap(*p.DailyCap); err != nil {
				return err
			}
			if *p.DailyCap > 0 {
				update.SetDailyCap(*p.DailyCap)
			} else {
				update.ClearDailyCap()
			}
		}
		if changed, err = update.Save(ctx); err != nil {
			return fmt.Errorf("changing the campaign: %w", err)
		}
		return c.audit(ctx, Act{Action: "update", Entity: "campaign", ID: fmt.Sprint(id), affiliateID: ids.Affiliate(before.AffiliateID), Before: before, After: changed})
	})
	return changed, err
}

// maxCap is the largest cap; anything more is no cap.
const maxCap = 1_000_000

func checkCap(most int) error {
	if most < 0 || most > maxCap {
		return problem.Invalid("dailyCap", "must be from 1 to %d conversions; 0 for no cap", maxCap)
	}
	return nil
}

// cleanName trims a name and refuses one that is empty, too long or invalid text.
func cleanName(name string) (string, error) {
	name = strings.TrimSpace(name)
	switch {
	case name == "":
		return "", problem.Invalid("name", "enter a name")
	case len(name) > maxName:
		return "", problem.Invalid("name", "is %d bytes long; the limit is %d", len(name), maxName)
	case !tracking.IsText(name):
		return "", problem.Invalid("name", "is not valid text")
	}
	return name, nil
}
