package graph

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"postrider/ent"
	"postrider/ent/db"
	"postrider/ent/db/trackinglink"
	"postrider/graph/gen"
	"postrider/internal/ids"
	"postrider/internal/problem"
	"postrider/internal/viewer"
	"postrider/setup"
)

func (r *Resolver) createCampaign(ctx context.Context, input gen.CreateCampaignInput) (*db.Campaign, error) {
	offerID, err1 := intID("Offer", "offerId", input.OfferID)
	affiliateID, err2 := optionalID[ids.Affiliate]("affiliateId", input.AffiliateID)
	trackers, err3 := optionalIDs[ids.Tracker]("trackerIds", input.TrackerIds)
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, err
	}
	return r.Setup.CreateCampaign(ctx, setup.NewCampaign{Name: input.Name, OfferID: ids.Offer(offerID), AffiliateID: affiliateID, Trackers: trackers})
}

// link finds a campaign's link, or the viewer's default link for an offer.
func (r *Resolver) link(ctx context.Context, campaignID, offerID *string) (*db.TrackingLink, error) {
	campaign, err1 := optionalInt("Campaign", "campaignId", campaignID)
	offer, err2 := optionalInt("Offer", "offerId", offerID)
	if err := errors.Join(err1, err2); err != nil {
		return nil, err
	}
	scope, err := viewer.RowScopeFrom(ctx)
	if err != nil {
		return nil, err
	}
	q := r.Client.TrackingLink.Query()
	switch {
	case campaign != 0:
		q.Where(trackinglink.CampaignID(campaign))
	case offer != 0:
		q.Where(trackinglink.OfferID(offer), trackinglink.CampaignIDIsNil(), trackinglink.AffiliateID(int64(scope.AffiliateID())))
	default:
		return nil, problem.Invalid("campaignId", "choose a campaign, or an offer for its default link")
	}
	link, err := q.Only(ctx)
	if db.IsNotFound(err) {
		return nil, problem.NotFoundAt("campaignId", "there is no such link")
	}
	return link, err
}

// firingPostbacks returns the enabled postbacks that fire in the campaign, in the order in which they
// were made.
func firingPostbacks(ctx context.Context, c *db.Campaign) ([]*db.Postback, error) {
	all, err := load(ctx).postbacksOfAffiliate.Load(ctx, c.AffiliateID)
	if err != nil {
		return nil, err
	}
	trackers, err := load(ctx).trackersOfAffiliate.Load(ctx, c.AffiliateID)
	if err != nil {
		return nil, err
	}
	list := []*db.Postback{}
	for _, p := range all {
		rule := ent.FiringPostback(p)
		if rule.Enabled && rule.Reaches(ids.Offer(c.OfferID), ids.Campaign(c.ID)) && trackers.firing.Has(rule.TrackerID, ids.Campaign(c.ID)) {
			list = append(list, p)
		}
	}
	slices.SortFunc(list, func(a, b *db.Postback) int { return cmp.Compare(a.ID, b.ID) })
	return list, nil
}

// missingGoals returns the goals for which no postback fires in the campaign, as postbackGaps does.
func (r *Resolver) missingGoals(ctx context.Context, c *db.Campaign) ([]*db.Goal, error) {
	gaps, err := load(ctx).gapsOfCampaign.Load(ctx, c.ID)
	if err != nil {
		return nil, fmt.Errorf("finding the goals that campaign %d lacks: %w", c.ID, err)
	}
	keys := make([]string, len(gaps))
	for i, gap := range gaps {
		keys[i] = gap.Goal
	}
	return load(ctx).goals.LoadAll(ctx, keys)
}
