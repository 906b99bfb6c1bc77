package setup

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"postrider/domain/firing"
	"postrider/domain/presets"
	"postrider/ent"
	"postrider/ent/db"
	"postrider/ent/db/goal"
	"postrider/ent/db/postback"
	"postrider/ent/db/tracker"
	"postrider/internal/ids"
	"postrider/internal/problem"
)

// TrackerPatch is what a tracker is to be; nil fields are left unchanged.
type TrackerPatch struct {
	Name        *string
	Preset      *string // a preset's key; empty to tell by the URL
	URLTemplate *string // of the goals that have no URL of their own
	Domain      *string // the new host of every URL of the tracker
	Method      *firing.Method
	BodyRule    **firing.BodyRule
	Tokens      *[]string // of param_1 to param_3; nil for the preset's
	Goals       []GoalPatch
	Campaigns   CampaignsPatch
}

// GoalPatch switches a goal of a tracker, or changes what it sends; nil fields are left unchanged.
type GoalPatch struct {
	Goal        string
	Enabled     *bool
	Event       *string // what is sent in place of the goal's macro
	URLTemplate *string // its own URL; empty for the tracker's
	firing.GoalRules
}

// CreateTracker creates a tracker with a postback for each goal that is switched on.
func (s *Setup) CreateTracker(ctx context.Context, affiliateID ids.Affiliate, p TrackerPatch) (*db.Tracker, error) {
	var made *db.Tracker
	err := s.change(ctx, func(ctx context.Context, c *change) error {
		owner, err := c.affiliate(affiliateID)
		if err != nil {
			return err
		}
		if p.URLTemplate == nil || *p.URLTemplate == "" {
			return problem.Invalid("urlTemplate", "enter your tracker's postback URL")
		}
		if err := c.lockTrackers(ctx, owner); err != nil {
			return err
		}
		chosen := p.Campaigns.Chosen != nil
		row := &db.Tracker{AffiliateID: int64(owner), URLTemplate: *p.URLTemplate, Method: firing.GET, AllCampaigns: !chosen, DefaultLinks: !chosen}
		if p.Name == nil {
			row.Name = trackerName("", row.URLTemplate)
		}
		made, err = s.saveTracker(ctx, c, row, p)
		return err
	})
	return made, err
}

// UpdateTracker changes a tracker and its postbacks. If the change began from another version than
// the newest, nothing is changed; zero is for a change that does not depend on what was there.
func (s *Setup) UpdateTracker(ctx context.Context, id int64, version int, p TrackerPatch) (*db.Tracker, error) {
	var changed *db.Tracker
	err := s.change(ctx, func(ctx context.Context, c *change) error {
		before, err := c.liveTracker(ctx, id)
		if err != nil {
			return err
		}
		if version != 0 && version != before.Version {
			return c.trackerChangedSince(ctx, before, version)
		}
		changed, err = s.saveTracker(ctx, c, before, p)
		return err
	})
	return changed, err
}

// PostbackChange is what a change of a tracker makes of one of its postbacks.
type PostbackChange struct {
	Before *db.Postback // nil for one that is created
	After  firing.Postback
}

// PreviewTracker returns what UpdateTracker would make of a tracker's postbacks, and changes nothing.
// Which campaigns the tracker is to have is not looked at.
func (s *Setup) PreviewTracker(ctx context.Context, id int64, p TrackerPatch) ([]PostbackChange, error) {
	var list []PostbackChange
	err := s.within(ctx, func(ctx context.Context, c *change) error {
		before, err := c.client.Tracker.Get(ctx, id)
		if err != nil {
			return missing(err, "id", "tracker")
		}
		_, wishes, err := c.planTracker(ctx, before, p)
		for _, w := range wishes {
			w.wish.AffiliateID, w.wish.TrackerID = ids.Affiliate(before.AffiliateID), ids.Tracker(before.ID)
			list = append(list, PostbackChange{Before: w.before, After: w.wish})
		}
		return err
	})
	return list, err
}

// liveTracker locks and reads a tracker that is not archived.
func (c *change) liveTracker(ctx context.Context, id int64) (*db.Tracker, error) {
	t, err := c.lockedTracker(ctx, id)
	if err != nil {
		return nil, missing(err, "id", "tracker")
	}
	if t.ArchivedAt != nil {
		return nil, problem.Invalid("id", "this tracker was archived")
	}
	return t, nil
}

// lockTrackers keeps two changes at once from making the same tracker, the same version of it, or
// choosing the same campaign. It comes before every other lock of a change.
func (c *change) lockTrackers(ctx context.Context, owner ids.Affiliate) error {
	if _, err := c.tx.ExecContext(ctx, `SELECT FROM affiliates WHERE id = $1 FOR NO KEY UPDATE`, owner); err != nil {
		return fmt.Errorf("locking the affiliate: %w", err)
	}
	return nil
}

// postbacksOf reads the postbacks of a tracker, those of all campaigns first.
func (c *change) postbacksOf(ctx context.Context, id int64) ([]*db.Postback, error) {
	rows, err := c.client.Postback.Query().Where(postback.TrackerID(id), postback.DeletedAtIsNil()).Order(db.Asc(postback.FieldID)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the postbacks of tracker %d: %w", id, err)
	}
	slices.SortStableFunc(rows, func(a, b *db.Postback) int {
		return slices.Index(firing.Scopes(), a.Scope) - slices.Index(firing.Scopes(), b.Scope)
	})
	return rows, nil
}

// saveTracker changes a tracker, its postbacks and its campaigns, or makes those of a new one.
func (s *Setup) saveTracker(ctx context.Context, c *change, before *db.Tracker, p TrackerPatch) (*db.Tracker, error) {
	next, wishes, err := c.planTracker(ctx, before, p)
	if err != nil {
		return nil, err
	}
	saved, err := c.writeTracker(ctx, before, next)
	if err != nil {
		return nil, err
	}
	if err := c.patchCampaigns(ctx, saved, before.ID == 0, p.Campaigns); err != nil {
		return nil, err
	}
	if saved, err = c.client.Tracker.Get(ctx, saved.ID); err != nil {
		return nil, fmt.Errorf("reading the tracker: %w", err)
	}
	var bad []error
	for _, w := range wishes {
		if err := s.saveGoal(ctx, c, saved, w); err != nil {
			if problem.CodeOf(err) == problem.CodeInternal {
				return nil, err
			}
			bad = append(bad, err)
		}
	}
	if err := errors.Join(bad...); err != nil {
		return nil, errors.Join(distinct(err)...)
	}
	if err := c.keepTrackers(ctx, &saved.ID); err != nil {
		return nil, err
	}
	if saved, err = c.client.Tracker.Get(ctx, saved.ID); err != nil {
		return nil, fmt.Errorf("reading the tracker: %w", err)
	}
	act := Act{Action: "update", Entity: "tracker", ID: fmt.Sprint(saved.ID), affiliateID: ids.Affiliate(saved.AffiliateID), Before: before, After: saved}
	if before.ID == 0 {
		act.Action, act.Before = "create", nil
	} else if before.Version == saved.Version {
		return saved, nil
	}
	return saved, c.audit(ctx, act)
}

// planTracker returns what a tracker, and each of its postbacks, is to be.
func (c *change) planTracker(ctx context.Context, before *db.Tracker, p TrackerPatch) (next *db.Tracker, wishes []postbackWish, err error) {
	copied := *before
	plan := trackerPlan{before: before, next: &copied, patch: p}
	if err := patchTracker(plan.next, p); err != nil {
		return nil, nil, err
	}
	if plan.goals, err = c.dictionary(ctx); err != nil {
		return nil, nil, err
	}
	if before.ID != 0 {
		if plan.postbacks, err = c.postbacksOf(ctx, before.ID); err != nil {
			return nil, nil, err
		}
	}
	wishes, err = plan.wishes()
	return plan.next, wishes, err
}

// distinct returns each problem once: one template is wrong for each of its goals.
func distinct(err error) []error {
	var all []error
	said := map[string]bool{}
	for _, p := range problem.All(err) {
		if !said[p.Error()] {
			said[p.Error()] = true
			all = append(all, p)
		}
	}
	return all
}

// patchTracker changes the fields of a tracker's own.
func patchTracker(t *db.Tracker, p TrackerPatch) error {
	if p.Name != nil {
		name, err := cleanName(*p.Name)
		if err != nil {
			return err
		}
		t.Name = name
	}
	if p.Preset != nil {
		if *p.Preset != "" && presets.Find(*p.Preset) == nil {
			return problem.NotFoundAt("preset", "there is no preset %q", *p.Preset)
		}
		t.Preset = *p.Preset
	}
	if p.Method != nil {
		t.Method = *p.Method
	}
	if p.BodyRule != nil {
		t.BodyRule = *p.BodyRule
	}
	if p.Tokens != nil {
		tokens, err := cleanTokens(*p.Tokens)
		if err != nil {
			return err
		}
		t.Tokens = tokens
	}
	return nil
}

// writeTracker saves the fields of a tracker's own.
func (c *change) writeTracker(ctx context.Context, before, next *db.Tracker) (*db.Tracker, error) {
	var saved *db.Tracker
	var err error
	if before.ID == 0 {
		create := c.client.Tracker.Create().SetAffiliateID(before.AffiliateID).SetCreatedAt(c.now).SetUpdatedAt(c.now)
		ent.WriteTracker(create.Mutation(), next)
		saved, err = create.Save(ctx)
	} else {
		update := c.client.Tracker.UpdateOne(before).SetUpdatedAt(c.now)
		ent.WriteTracker(update.Mutation(), next)
		saved, err = update.Save(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("saving the tracker: %w", err)
	}
	return saved, nil
}

// dictionary reads the goals that there are.
func (c *change) dictionary(ctx context.Context) ([]firing.Named, error) {
	rows, err := c.client.Goal.Query().Order(db.Asc(goal.FieldPosition, goal.FieldID)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the goals: %w", err)
	}
	named := make([]firing.Named, len(rows))
	for i, g := range rows {
		named[i] = firing.Named{Key: g.Key, Name: g.Name}
	}
	return named, nil
}

// saveGoal saves one postback of a tracker.
func (s *Setup) saveGoal(ctx context.Context, c *change, t *db.Tracker, w postbackWish) error {
	w.wish.TrackerID = ids.Tracker(t.ID)
	var err error
	if w.before == nil {
		_, err = s.createPostback(ctx, c, ids.Affiliate(t.AffiliateID), w.wish)
	} else {
		_, err = s.savePostback(ctx, c, w.before, w.wish)
	}
	if w.at < 0 || problem.CodeOf(err) == problem.CodeInternal {
		return err
	}
	var all []error
	for _, p := range problem.All(err) {
		if ofTracker := !w.own && slices.Equal(p.Field, []string{"urlTemplate"}); !ofTracker {
			p = p.At("goals", strconv.Itoa(w.at))
		}
		all = append(all, p)
	}
	return errors.Join(all...)
}

// trackerName names a tracker that its owner has not named: by its preset, or by its host.
func trackerName(said, template string) string {
	if preset, confidence := presets.Identify(template); preset != nil && confidence == presets.Sure {
		return preset.Name
	}
	if said != "" {
		return said
	}
	return firing.Host(template)
}

// trackerFor finds the tracker that a new postback goes to, or makes it. One that is made has all
// campaigns, or those of the tracker that the postback leaves.
func (c *change) trackerFor(ctx context.Context, p firing.Postback, leaves *db.Tracker) (ids.Tracker, error) {
	if err := c.lockTrackers(ctx, p.AffiliateID); err != nil {
		return 0, err
	}
	trackers, err := c.client.Tracker.Query().Where(tracker.AffiliateID(int64(p.AffiliateID)), tracker.ArchivedAtIsNil()).Order(db.Asc(tracker.FieldID)).All(ctx)
	if err != nil {
		return 0, fmt.Errorf("reading the trackers: %w", err)
	}
	rows, err := c.client.Postback.Query().Where(postback.AffiliateID(int64(p.AffiliateID)), postback.DeletedAtIsNil(), postback.TrackerIDNotNil()).All(ctx)
	if err != nil {
		return 0, fmt.Errorf("reading the postbacks: %w", err)
	}
	urls := make([]firing.TrackerURL, len(trackers))
	for i, t := range trackers {
		urls[i] = firing.TrackerURL{ID: ids.Tracker(t.ID), Template: t.URLTemplate}
	}
	postbacks := make([]firing.Postback, len(rows))
	for i, row := range rows {
		postbacks[i] = ent.FiringPostback(row)
	}
	if found := firing.TrackerFor(p, urls, postbacks); found != 0 {
		return found, nil
	}
	return c.makeTracker(ctx, p, leaves)
}

// makeTracker makes the tracker of a postback. The audit log has it with the postback.
func (c *change) makeTracker(ctx context.Context, p firing.Postback, leaves *db.Tracker) (ids.Tracker, error) {
	row := &db.Tracker{
		AffiliateID: int64(p.AffiliateID), Name: trackerName(p.Name, p.URLTemplate), URLTemplate: p.URLTemplate, Method: p.Method, BodyRule: p.BodyRule,
		AllCampaigns: true, DefaultLinks: true,
	}
	if leaves != nil {
		row.AllCampaigns, row.DefaultLinks = leaves.AllCampaigns, leaves.DefaultLinks
	}
	made, err := c.writeTracker(ctx, row, row)
	if err != nil {
		return 0, err
	}
	if leaves != nil {
		chosen, err := c.chosen(ctx, leaves.ID)
		if err != nil {
			return 0, err
		}
		if err := c.setChosen(ctx, made, chosen); err != nil {
			return 0, err
		}
	}
	return ids.Tracker(made.ID), nil
}

// moveTracker lets a postback whose URL is changed to another host or path go to the tracker of that
// URL; the only postback of its tracker takes the tracker along.
func (c *change) moveTracker(ctx context.Context, before *db.Postback, wish *firing.Postback) error {
	place := firing.Place(wish.URLTemplate)
	if before.TrackerID == nil || wish.URLTemplate == before.URLTemplate || place == "" {
		return nil
	}
	t, err := c.liveTracker(ctx, *before.TrackerID)
	if err != nil {
		return fmt.Errorf("reading the tracker of postback %d: %w", before.ID, err)
	}
	rows, err := c.postbacksOf(ctx, t.ID)
	if err != nil {
		return err
	}
	others := slices.DeleteFunc(rows, func(p *db.Postback) bool { return p.ID == before.ID })
	moves := place != firing.Place(before.URLTemplate)
	switch {
	case ent.FiringPostback(before).LeavesTracker(wish.URLTemplate, len(others)):
		wish.AffiliateID = ids.Affiliate(before.AffiliateID)
		wish.TrackerID, err = c.trackerFor(ctx, *wish, t)
		return err
	case slices.ContainsFunc(others, func(p *db.Postback) bool { return p.URLTemplate == t.URLTemplate }):
		return nil // the URL is this goal's own
	}
	next := *t
	next.URLTemplate = wish.URLTemplate
	if moves && (t.Name == firing.Host(before.URLTemplate) || t.Name == trackerName("", before.URLTemplate)) {
		next.Name, next.Preset = trackerName("", wish.URLTemplate), ""
	}
	_, err = c.writeTracker(ctx, t, &next)
	return err
}
