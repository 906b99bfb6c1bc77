package setup

import (
	"context"
	"encoding/json"
	"fmt"

	"postrider/domain/firing"
	"postrider/ent"
	"postrider/ent/db"
	"postrider/ent/db/trackerversion"
	"postrider/internal/problem"
)

// keepTrackers keeps a version of each tracker that is not what its last version says, whether the
// tracker itself was changed, one of its postbacks or its campaigns. Nil is for no tracker.
func (c *change) keepTrackers(ctx context.Context, ids ...*int64) error {
	done := map[int64]bool{}
	for _, id := range ids {
		if id == nil || done[*id] {
			continue
		}
		done[*id] = true
		if err := c.keepTracker(ctx, *id); err != nil {
			return fmt.Errorf("keeping a version of tracker %d: %w", *id, err)
		}
	}
	return nil
}

func (c *change) keepTracker(ctx context.Context, id int64) error {
	row, err := c.client.Tracker.Get(ctx, id)
	if err != nil {
		return err
	}
	spec, err := c.trackerSpec(ctx, row)
	if err != nil {
		return err
	}
	last, err := c.client.TrackerVersion.Query().Where(trackerversion.TrackerID(id)).Order(db.Desc(trackerversion.FieldNumber)).First(ctx)
	number := 1
	switch {
	case db.IsNotFound(err):
	case err != nil:
		return err
	default:
		if same(last.Spec, spec) {
			return nil
		}
		number = last.Number + 1
	}
	v := c.client.TrackerVersion.Create().SetAffiliateID(row.AffiliateID).SetTrackerID(id).SetNumber(number).SetSpec(spec).SetCreatedAt(c.now)
	if c.viewer.UserID != 0 {
		v.SetUserID(int64(c.viewer.UserID))
	}
	if err := v.Exec(ctx); err != nil {
		return err
	}
	return c.client.Tracker.UpdateOneID(id).SetVersion(number).SetUpdatedAt(c.now).Exec(ctx)
}

// same compares two specifications as they are stored.
func same(a, b firing.TrackerSpec) bool {
	x, err1 := json.Marshal(a)
	y, err2 := json.Marshal(b)
	return err1 == nil && err2 == nil && string(x) == string(y)
}

// trackerSpec returns what a version of the tracker keeps.
func (c *change) trackerSpec(ctx context.Context, row *db.Tracker) (firing.TrackerSpec, error) {
	chosen, err := c.chosen(ctx, row.ID)
	if err != nil {
		return firing.TrackerSpec{}, err
	}
	postbacks, err := c.postbacksOf(ctx, row.ID)
	if err != nil {
		return firing.TrackerSpec{}, err
	}
	spec := firing.TrackerSpec{
		Name: row.Name, Preset: row.Preset, URLTemplate: row.URLTemplate, Method: row.Method, BodyRule: row.BodyRule, Tokens: row.Tokens,
		AllCampaigns: row.AllCampaigns, DefaultLinks: row.DefaultLinks, Shares: row.Shares, Campaigns: chosen, Goals: []firing.TrackerGoal{},
	}
	for _, p := range postbacks {
		rule := ent.FiringPostback(p)
		spec.Goals = append(spec.Goals, firing.TrackerGoal{
			Goal: rule.Goal, Scope: rule.Scope, OfferID: rule.OfferID, CampaignID: rule.CampaignID, Enabled: rule.Enabled, Statuses: rule.Statuses, URLTemplate: rule.URLTemplate,
		})
	}
	return spec, nil
}

// trackerChangedSince says who saved the version that a change did not begin from.
func (c *change) trackerChangedSince(ctx context.Context, t *db.Tracker, version int) error {
	last, err := c.client.TrackerVersion.Query().Where(trackerversion.TrackerID(t.ID), trackerversion.Number(t.Version)).Only(ctx)
	if err != nil {
		return fmt.Errorf("reading version %d of tracker %d: %w", t.Version, t.ID, err)
	}
	author, err := c.author(ctx, last.UserID)
	if err != nil {
		return err
	}
	return problem.Conflict("version", "was changed since version %d: version %d was saved%s at %s UTC", version, t.Version, author, last.CreatedAt.UTC().Format("2006-01-02 15:04:05"))
}
