package setup

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/lib/pq"

	"postrider/domain/doctor"
	"postrider/domain/firing"
	"postrider/domain/tracking"
	"postrider/ent"
	"postrider/ent/db"
	"postrider/ent/db/campaign"
	"postrider/ent/db/tracker"
	"postrider/ent/db/trackercampaign"
	"postrider/internal/ids"
	"postrider/internal/problem"
)

// CampaignsPatch is which campaigns a tracker is to have; nil fields are left unchanged.
type CampaignsPatch struct {
	All          *bool
	DefaultLinks *bool
	Chosen       *[]ids.Campaign
	Shares       *bool
	Move         bool // what another tracker has becomes this one's alone; otherwise it is refused
}

// trackersOf reads the trackers of an affiliate with their campaigns.
func (c *change) trackersOf(ctx context.Context, owner ids.Affiliate) (firing.Trackers, error) {
	all, err := ent.TrackersOf(ctx, c.client, []int64{int64(owner)})
	return all[int64(owner)], err
}

// chosen reads the campaigns that were chosen for a tracker.
func (c *change) chosen(ctx context.Context, trackerID int64) ([]ids.Campaign, error) {
	rows, err := c.client.TrackerCampaign.Query().Where(trackercampaign.TrackerID(trackerID)).Order(db.Asc(trackercampaign.FieldCampaignID)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the campaigns of tracker %d: %w", trackerID, err)
	}
	list := make([]ids.Campaign, len(rows))
	for i, row := range rows {
		list[i] = ids.Campaign(row.CampaignID)
	}
	return list, nil
}

// setChosen chooses exactly these campaigns for a tracker.
func (c *change) setChosen(ctx context.Context, t *db.Tracker, campaigns []ids.Campaign) error {
	keys := make([]int64, len(campaigns))
	for i, id := range campaigns {
		keys[i] = int64(id)
	}
	_, err := c.tx.ExecContext(ctx, `DELETE FROM tracker_campaigns WHERE tracker_id = $1 AND campaign_id <> ALL($2)`, t.ID, pq.Array(keys))
	if err == nil {
		_, err = c.tx.ExecContext(ctx, `
			INSERT INTO tracker_campaigns (affiliate_id, tracker_id, campaign_id)
			SELECT $1, $2, k FROM unnest($3::bigint[]) k ON CONFLICT (tracker_id, campaign_id) DO NOTHING`, t.AffiliateID, t.ID, pq.Array(keys))
	}
	if err != nil {
		return fmt.Errorf("choosing the campaigns of tracker %d: %w", t.ID, err)
	}
	return nil
}

// patchCampaigns changes which campaigns a tracker has. What another tracker has is moved if the
// patch says so, and refused otherwise; a tracker that shares campaigns takes none.
func (c *change) patchCampaigns(ctx context.Context, t *db.Tracker, isNew bool, p CampaignsPatch) error {
	before, err := c.trackersOf(ctx, ids.Affiliate(t.AffiliateID))
	if err != nil {
		return err
	}
	all, links := t.AllCampaigns, t.DefaultLinks
	if p.All != nil {
		all = *p.All
	}
	if p.DefaultLinks != nil {
		links = *p.DefaultLinks
	}
	shares := t.Shares
	if p.Shares != nil {
		shares = *p.Shares
	}
	claims := claims{change: c, trackers: before, id: ids.Tracker(t.ID), move: p.Move}
	stops := t.Shares && !shares // what it shared, it takes now
	if !shares {
		if err := claims.flags(ctx, all && (isNew || stops || !t.AllCampaigns), links && (isNew || stops || !t.DefaultLinks)); err != nil {
			return err
		}
	}
	if all != t.AllCampaigns || links != t.DefaultLinks || shares != t.Shares {
		if err := c.client.Tracker.UpdateOneID(t.ID).SetAllCampaigns(all).SetDefaultLinks(links).SetShares(shares).Exec(ctx); err != nil {
			return fmt.Errorf("changing the campaigns of tracker %d: %w", t.ID, err)
		}
	}
	chosen, err := c.chosen(ctx, t.ID)
	if err != nil {
		return err
	}
	if p.Chosen != nil {
		chosen = slices.Compact(slices.Sorted(slices.Values(*p.Chosen)))
		if err := c.ownCampaigns(ctx, ids.Affiliate(t.AffiliateID), chosen, func(int) string { return "campaignIds" }); err != nil {
			return err
		}
	}
	if !shares && (stops || p.Chosen != nil) {
		if err := claims.take(ctx, chosen); err != nil {
			return err
		}
	}
	if err := c.setChosen(ctx, t, chosen); err != nil {
		return err
	}
	return c.hasScoped(ctx, t, func(ids.Campaign) string { return "campaignIds" })
}

// ownCampaigns refuses campaigns that are not the affiliate's; field is the input's field for one of
// them.
func (c *change) ownCampaigns(ctx context.Context, owner ids.Affiliate, campaigns []ids.Campaign, field func(i int) string) error {
	keys := make([]int64, len(campaigns))
	for i, id := range campaigns {
		keys[i] = int64(id)
	}
	own, err := c.client.Campaign.Query().Where(campaign.AffiliateID(int64(owner)), campaign.IDIn(keys...)).IDs(ctx)
	if err != nil {
		return fmt.Errorf("reading the campaigns: %w", err)
	}
	if i := slices.IndexFunc(keys, func(id int64) bool { return !slices.Contains(own, id) }); i >= 0 {
		return problem.NotFoundAt(field(i), "there is no such campaign")
	}
	return nil
}

// hasScoped refuses to leave out a campaign that a postback of the tracker is for alone; field is the
// input's field for a campaign.
func (c *change) hasScoped(ctx context.Context, t *db.Tracker, field func(ids.Campaign) string) error {
	trackers, err := c.trackersOf(ctx, ids.Affiliate(t.AffiliateID))
	if err != nil {
		return err
	}
	rows, err := c.postbacksOf(ctx, t.ID)
	if err != nil {
		return err
	}
	for _, p := range rows {
		if p.CampaignID != nil && p.Enabled && !trackers.Has(ids.Tracker(t.ID), ids.Campaign(*p.CampaignID)) {
			name, err := c.campaignName(ctx, *p.CampaignID)
			if err != nil {
				return err
			}
			return problem.Invalid(field(ids.Campaign(*p.CampaignID)), "“%s” has its own campaign postback to “%s” for %s, which would no longer fire: delete that postback first, or leave the campaign to the tracker", name, t.Name, p.Goal)
		}
	}
	return nil
}

func (c *change) campaignName(ctx context.Context, id int64) (string, error) {
	row, err := c.client.Campaign.Get(ctx, id)
	if err != nil {
		return "", fmt.Errorf("reading campaign %d: %w", id, err)
	}
	return row.Name, nil
}

// claims is one change of which campaigns a tracker has.
type claims struct {
	*change

	trackers firing.Trackers // before it
	id       ids.Tracker
	move     bool
}

// flags takes over all campaigns and the default links from the trackers that have them.
func (k *claims) flags(ctx context.Context, all, links bool) error {
	for _, other := range k.trackers.List() {
		takesAll, takesLinks := all && other.AllCampaigns, links && other.DefaultLinks
		if other.ID == k.id || other.Shares || !takesAll && !takesLinks {
			continue
		}
		if !k.move {
			if takesAll {
				return problem.Conflict("allCampaigns", "“%s” has all campaigns already, and each click carries the click id of one tracker: choose the campaigns of this tracker, move them all here, or let this tracker share them", other.Name)
			}
			return problem.Conflict("defaultLinks", "“%s” has the default links already: move them here, or let this tracker share campaigns", other.Name)
		}
		update := k.client.Tracker.UpdateOneID(int64(other.ID)).SetUpdatedAt(k.now)
		if takesAll {
			update.SetAllCampaigns(false)
		}
		if takesLinks {
			update.SetDefaultLinks(false)
		}
		if err := k.lose(ctx, other.ID, update); err != nil {
			return err
		}
	}
	return nil
}

// take takes over campaigns that are chosen for other trackers.
func (k *claims) take(ctx context.Context, campaigns []ids.Campaign) error {
	for _, other := range k.trackers.List() {
		taken := func(id ids.Campaign) bool { return slices.Contains(campaigns, id) }
		first := slices.IndexFunc(other.Campaigns, taken)
		if other.ID == k.id || other.Shares || first < 0 {
			continue
		}
		if !k.move {
			name, err := k.campaignName(ctx, int64(other.Campaigns[first]))
			if err != nil {
				return err
			}
			return problem.Conflict("campaignIds", "“%s” is a campaign of “%s” already, and its clicks carry click ids of that tracker: move it here, or let this tracker share campaigns", name, other.Name)
		}
		row, err := k.client.Tracker.Get(ctx, int64(other.ID))
		if err != nil {
			return fmt.Errorf("reading tracker %d: %w", other.ID, err)
		}
		if err := k.setChosen(ctx, row, slices.DeleteFunc(slices.Clone(other.Campaigns), taken)); err != nil {
			return err
		}
		if err := k.lose(ctx, other.ID, k.client.Tracker.UpdateOne(row).SetUpdatedAt(k.now)); err != nil {
			return err
		}
	}
	return nil
}

// lose saves a change of another tracker, with its version and its entry in the audit log.
func (k *claims) lose(ctx context.Context, id ids.Tracker, update *db.TrackerUpdateOne) error {
	before, err := k.client.Tracker.Get(ctx, int64(id))
	if err != nil {
		return fmt.Errorf("reading tracker %d: %w", id, err)
	}
	if err := update.Exec(ctx); err != nil {
		return fmt.Errorf("changing tracker %d: %w", id, err)
	}
	if err := k.keepTrackers(ctx, &before.ID); err != nil {
		return err
	}
	after, err := k.client.Tracker.Get(ctx, int64(id))
	if err != nil {
		return fmt.Errorf("reading tracker %d: %w", id, err)
	}
	if err := k.hasScoped(ctx, after, func(ids.Campaign) string { return "campaignIds" }); err != nil {
		return err
	}
	return k.audit(ctx, Act{Action: "update", Entity: "tracker", ID: fmt.Sprint(id), affiliateID: ids.Affiliate(before.AffiliateID), Before: before, After: after})
}

func (k *claims) names(of []ids.Tracker) string {
	var names []string
	for _, other := range k.trackers.List() {
		if slices.Contains(of, other.ID) {
			names = append(names, "“"+other.Name+"”")
		}
	}
	return strings.Join(names, " and ")
}

// claim lets a campaign postback's tracker have the campaign: one that no tracker has chosen becomes
// the tracker's, one of another tracker is refused.
func (c *change) claim(ctx context.Context, owner ids.Affiliate, p firing.Postback) error {
	if p.Scope != firing.Campaign || p.TrackerID == 0 {
		return nil
	}
	trackers, err := c.trackersOf(ctx, owner)
	if err != nil || trackers.Has(p.TrackerID, p.CampaignID) {
		return err
	}
	if chosen := trackers.Chosen(p.CampaignID); len(chosen) > 0 {
		k := claims{change: c, trackers: trackers}
		return problem.Conflict("campaignId", "is a campaign of %s, and its clicks carry click ids of that tracker: move the campaign to this URL's tracker first, or share it", k.names(chosen))
	}
	for _, t := range trackers.List() {
		if t.ID != p.TrackerID {
			continue
		}
		row, err := c.client.Tracker.Get(ctx, int64(t.ID))
		if err != nil {
			return fmt.Errorf("reading tracker %d: %w", t.ID, err)
		}
		return c.setChosen(ctx, row, append(slices.Clone(t.Campaigns), p.CampaignID))
	}
	return nil
}

// Assignment is which trackers campaigns are to have. What Remaining and DefaultLinks get, other
// trackers that are called with the same param give up, but for those that share campaigns.
type Assignment struct {
	AffiliateID  ids.Affiliate // for staff; zero for the viewer's own
	Campaigns    []CampaignTrackers
	Remaining    ids.Tracker // the tracker of all other campaigns, and of new ones; 0 to leave it unchanged
	DefaultLinks ids.Tracker // the tracker of the default links; 0 to leave it unchanged
}

// field is the input's field for a campaign's trackers; campaigns for one that is not named.
func (a *Assignment) field(campaign ids.Campaign) string {
	i := slices.IndexFunc(a.Campaigns, func(c CampaignTrackers) bool { return c.CampaignID == campaign })
	if i < 0 {
		return "campaigns"
	}
	return fmt.Sprintf("campaigns.%d.trackerIds", i)
}

// CampaignTrackers chooses the trackers of a campaign; none leaves it to the tracker that has all.
type CampaignTrackers struct {
	CampaignID ids.Campaign
	TrackerIDs []ids.Tracker
}

// AssignTrackers chooses the trackers of several campaigns at once, and returns the affiliate's
// trackers.
func (s *Setup) AssignTrackers(ctx context.Context, a Assignment) ([]*db.Tracker, error) {
	var list []*db.Tracker
	err := s.change(ctx, func(ctx context.Context, c *change) error {
		owner, err := c.affiliate(a.AffiliateID)
		if err != nil {
			return err
		}
		list, err = c.assignTrackers(ctx, owner, a)
		return err
	})
	return list, err
}

// assignTrackers chooses the trackers of campaigns, with a version and an entry in the audit log for
// each tracker that changes.
func (c *change) assignTrackers(ctx context.Context, owner ids.Affiliate, a Assignment) ([]*db.Tracker, error) {
	if err := c.lockTrackers(ctx, owner); err != nil {
		return nil, err
	}
	list, err := c.assign(ctx, owner, a)
	if err != nil {
		return nil, err
	}
	for i, before := range list {
		if err := c.hasScoped(ctx, before, a.field); err != nil {
			return nil, err
		}
		if err := c.keepTrackers(ctx, &before.ID); err != nil {
			return nil, err
		}
		if list[i], err = c.client.Tracker.Get(ctx, before.ID); err != nil {
			return nil, fmt.Errorf("reading tracker %d: %w", before.ID, err)
		}
		if list[i].Version == before.Version {
			continue
		}
		act := Act{Action: "update", Entity: "tracker", ID: fmt.Sprint(before.ID), affiliateID: owner, Before: before, After: list[i]}
		if err := c.audit(ctx, act); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// assign changes what the trackers have, and returns them as they were.
func (c *change) assign(ctx context.Context, owner ids.Affiliate, a Assignment) ([]*db.Tracker, error) {
	rows, err := c.client.Tracker.Query().Where(tracker.AffiliateID(int64(owner)), tracker.ArchivedAtIsNil()).Order(db.Asc(tracker.FieldID)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the trackers: %w", err)
	}
	if err := a.check(rows); err != nil {
		return nil, err
	}
	named := make([]ids.Campaign, len(a.Campaigns))
	for i, wish := range a.Campaigns {
		named[i] = wish.CampaignID
	}
	if err := c.ownCampaigns(ctx, owner, named, func(i int) string { return fmt.Sprintf("campaigns.%d.campaignId", i) }); err != nil {
		return nil, err
	}
	for _, row := range rows {
		before, err := c.chosen(ctx, row.ID)
		if err != nil {
			return nil, err
		}
		if err := c.setChosen(ctx, row, a.chosen(row, before)); err != nil {
			return nil, err
		}
		all, links := a.flags(row, rows)
		if all == row.AllCampaigns && links == row.DefaultLinks {
			continue
		}
		if err := c.client.Tracker.UpdateOneID(row.ID).SetAllCampaigns(all).SetDefaultLinks(links).Exec(ctx); err != nil {
			return nil, fmt.Errorf("changing tracker %d: %w", row.ID, err)
		}
	}
	return rows, nil
}

// check refuses trackers that are not among the affiliate's.
func (a *Assignment) check(rows []*db.Tracker) error {
	known := func(id ids.Tracker) bool {
		return id == 0 || slices.ContainsFunc(rows, func(t *db.Tracker) bool { return t.ID == int64(id) })
	}
	field := ""
	switch {
	case !known(a.Remaining):
		field = "remaining"
	case !known(a.DefaultLinks):
		field = "defaultLinks"
	}
	for _, wish := range a.Campaigns {
		if slices.ContainsFunc(wish.TrackerIDs, func(id ids.Tracker) bool { return id == 0 || !known(id) }) {
			field = a.field(wish.CampaignID)
		}
	}
	if field != "" {
		return problem.NotFoundAt(field, "there is no such tracker")
	}
	return nil
}

// chosen returns the campaigns that a tracker is chosen for after the assignment. One that shares
// campaigns loses none.
func (a *Assignment) chosen(row *db.Tracker, before []ids.Campaign) []ids.Campaign {
	after := slices.Clone(before)
	for _, wish := range a.Campaigns {
		wanted := slices.Contains(wish.TrackerIDs, ids.Tracker(row.ID))
		if wanted || !row.Shares {
			after = slices.DeleteFunc(after, func(id ids.Campaign) bool { return id == wish.CampaignID })
		}
		if wanted {
			after = append(after, wish.CampaignID)
		}
	}
	return after
}

// flags returns whether a tracker has all campaigns and the default links after the assignment.
func (a *Assignment) flags(row *db.Tracker, rows []*db.Tracker) (all, links bool) {
	all, links = row.AllCampaigns, row.DefaultLinks
	if row.Shares {
		return all, links
	}
	for _, other := range rows {
		if other.ID == int64(a.Remaining) {
			all = row.ID == other.ID || all && !rivals(row, other)
		}
		if other.ID == int64(a.DefaultLinks) {
			links = row.ID == other.ID || links && !rivals(row, other)
		}
	}
	return all, links
}

// rivals reports whether a click can carry the click id of one of two trackers alone: both are called
// with the same param, and neither shares campaigns.
func rivals(a, b *db.Tracker) bool {
	param := doctor.ClickParam(firing.Postback{URLTemplate: a.URLTemplate})
	return param != "" && !a.Shares && !b.Shares && param == doctor.ClickParam(firing.Postback{URLTemplate: b.URLTemplate})
}

// cleanTokens checks the tokens of a tracker's links.
func cleanTokens(tokens []string) ([]string, error) {
	if tokens == nil {
		return nil, nil
	}
	clean := make([]string, 3)
	for i, token := range tokens {
		switch field := fmt.Sprintf("tokens.param%d", i+1); {
		case i >= len(clean):
			return nil, problem.Invalid("tokens", "a link has three params")
		case len(token) > tracking.MaxParam:
			return nil, problem.Invalid(field, "is %d bytes long; the limit is %d", len(token), tracking.MaxParam)
		case !tracking.IsText(token):
			return nil, problem.Invalid(field, "is not valid text")
		}
		clean[i] = strings.TrimSpace(token)
	}
	return clean, nil
}

// under gives problems with a field, or with one below it, another field.
func under(err error, field, instead string) error {
	var all []error
	for _, p := range problem.All(err) {
		if len(p.Field) == 0 || p.Field[0] != field {
			return err
		}
		moved := *p
		moved.Field = []string{instead}
		all = append(all, &moved)
	}
	return errors.Join(all...)
}
