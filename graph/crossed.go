package graph

import (
	"context"
	"slices"

	"postrider/domain/doctor"
	"postrider/domain/firing"
	"postrider/ent"
	"postrider/ent/db"
	"postrider/internal/ids"
)

// newTracker stands for the tracker that a postback makes when it is saved.
const newTracker ids.Tracker = -1

// crosses returns the names of the trackers that get the same click ids as the one to which a
// postback, a draft or a saved one, goes.
func (r *Resolver) crosses(ctx context.Context, p firing.Postback) ([]string, error) {
	affiliateID, err := r.affiliateOf(ctx, p)
	if err != nil || affiliateID == 0 || p.Scope == firing.Campaign {
		return nil, err
	}
	of, err := load(ctx).trackersOfAffiliate.Load(ctx, int64(affiliateID))
	if err != nil || len(of.rows) == 0 {
		return nil, err
	}
	places, err := r.Crossings.PlacesOf(ctx, affiliateID)
	if err != nil {
		return nil, err
	}
	p.AffiliateID, p.Enabled = affiliateID, true
	return crossesIn(ctx, p, places...)
}

// placesIn returns the campaign as a place where trackers meet; none if no conversions come from it.
func (r *Resolver) placesIn(ctx context.Context, c *db.Campaign) ([]doctor.Place, error) {
	places, err := r.Crossings.PlacesOf(ctx, ids.Affiliate(c.AffiliateID))
	return slices.DeleteFunc(places, func(at doctor.Place) bool { return at.CampaignID != ids.Campaign(c.ID) }), err
}

// crossesIn returns the names of the trackers that get the same click ids in these places.
func crossesIn(ctx context.Context, p firing.Postback, places ...doctor.Place) ([]string, error) {
	of, err := load(ctx).trackersOfAffiliate.Load(ctx, int64(p.AffiliateID))
	if err != nil || len(of.rows) == 0 {
		return nil, err
	}
	rows, err := load(ctx).postbacksOfAffiliate.Load(ctx, int64(p.AffiliateID))
	if err != nil {
		return nil, err
	}
	postbacks := make([]firing.Postback, len(rows))
	for i, row := range rows {
		postbacks[i] = ent.FiringPostback(row)
	}
	trackers := of.goesTo(&p, postbacks)
	names := map[ids.Tracker]string{}
	for _, t := range trackers.List() {
		names[t.ID] = t.Name
	}
	var list []string
	for _, id := range doctor.CrossesWith(p, trackers, postbacks, places) {
		list = append(list, names[id])
	}
	return list, nil
}

// goesTo gives a postback the tracker that it goes to when it is saved, and returns the trackers that
// there are then.
func (of *affiliateTrackers) goesTo(p *firing.Postback, postbacks []firing.Postback) firing.Trackers {
	made := firing.Tracker{ID: newTracker, AllCampaigns: true, DefaultLinks: true}
	if i := slices.IndexFunc(postbacks, func(saved firing.Postback) bool { return saved.ID == p.ID }); i >= 0 && p.ID != 0 {
		saved, others := postbacks[i], 0
		for _, other := range postbacks {
			if other.ID != p.ID && other.TrackerID == saved.TrackerID {
				others++
			}
		}
		if !saved.LeavesTracker(p.URLTemplate, others) {
			p.TrackerID = saved.TrackerID
			return of.firing
		}
		for _, t := range of.firing.List() {
			if t.ID == saved.TrackerID {
				made.AllCampaigns, made.DefaultLinks, made.Campaigns = t.AllCampaigns, t.DefaultLinks, t.Campaigns
			}
		}
	}
	urls := make([]firing.TrackerURL, 0, len(of.rows))
	for _, row := range slices.Backward(of.rows) { // oldest first
		urls = append(urls, firing.TrackerURL{ID: ids.Tracker(row.ID), Template: row.URLTemplate})
	}
	if p.TrackerID = firing.TrackerFor(*p, urls, postbacks); p.TrackerID != 0 {
		return of.firing
	}
	p.TrackerID = newTracker
	return firing.NewTrackers(append(of.firing.List(), made))
}
