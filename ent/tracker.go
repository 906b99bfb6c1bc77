package ent

import (
	"context"
	"fmt"

	"postrider/domain/firing"
	"postrider/ent/db"
	"postrider/ent/db/tracker"
	"postrider/ent/db/trackercampaign"
	"postrider/internal/ids"
)

// TrackersOf reads the trackers of several affiliates as far as the viewer may see them, without those
// that are archived.
func TrackersOf(ctx context.Context, c *db.Client, affiliates []int64) (map[int64]firing.Trackers, error) {
	rows, err := c.Tracker.Query().Where(tracker.AffiliateIDIn(affiliates...), tracker.ArchivedAtIsNil()).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading trackers: %w", err)
	}
	return FiringTrackers(ctx, c, affiliates, rows)
}

// FiringTrackers converts the trackers of several affiliates for the rules of firing, with the
// campaigns that were chosen for them. Rows are all of them that are not archived.
func FiringTrackers(ctx context.Context, c *db.Client, affiliates []int64, rows []*db.Tracker) (map[int64]firing.Trackers, error) {
	chosen, err := c.TrackerCampaign.Query().Where(trackercampaign.AffiliateIDIn(affiliates...)).Order(db.Asc(trackercampaign.FieldCampaignID)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the campaigns of trackers: %w", err)
	}
	campaigns := map[int64][]ids.Campaign{}
	for _, row := range chosen {
		campaigns[row.TrackerID] = append(campaigns[row.TrackerID], ids.Campaign(row.CampaignID))
	}
	lists := map[int64][]firing.Tracker{}
	for _, t := range rows {
		lists[t.AffiliateID] = append(lists[t.AffiliateID], firing.Tracker{
			ID: ids.Tracker(t.ID), Name: t.Name, AllCampaigns: t.AllCampaigns, DefaultLinks: t.DefaultLinks, Shares: t.Shares, Campaigns: campaigns[t.ID],
		})
	}
	found := map[int64]firing.Trackers{}
	for _, id := range affiliates {
		found[id] = firing.NewTrackers(lists[id])
	}
	return found, nil
}

// WriteTracker writes the fields of a tracker's own into the creation or the update of a row.
func WriteTracker(m *db.TrackerMutation, t *db.Tracker) {
	m.SetName(t.Name)
	m.SetPreset(t.Preset)
	m.SetURLTemplate(t.URLTemplate)
	m.SetMethod(t.Method)
	if t.BodyRule == nil {
		m.ClearBodyRule()
	} else {
		m.SetBodyRule(t.BodyRule)
	}
	if t.Tokens == nil {
		m.ClearTokens()
	} else {
		m.SetTokens(t.Tokens)
	}
	m.SetAllCampaigns(t.AllCampaigns)
	m.SetDefaultLinks(t.DefaultLinks)
	m.SetShares(t.Shares)
}
