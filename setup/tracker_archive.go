package setup

import (
	"context"
	"fmt"
	"time"

	"postrider/ent/db"
	"postrider/ent/db/postback"
	"postrider/internal/ids"
)

var trackerArchiving = archiving[*db.Tracker]{
	entity: "tracker", what: "tracker", byOwner: true,
	get:        func(ctx context.Context, c *change, id int64) (*db.Tracker, error) { return c.lockedTracker(ctx, id) },
	archivedAt: func(r *db.Tracker) *time.Time { return r.ArchivedAt },
	owner:      func(r *db.Tracker) ids.Affiliate { return ids.Affiliate(r.AffiliateID) },
	archive: func(ctx context.Context, c *change, r *db.Tracker) (*db.Tracker, error) {
		postbacks, err := c.postbacksOf(ctx, r.ID)
		if err != nil {
			return nil, err
		}
		for _, p := range postbacks {
			if err := c.deletePostback(ctx, p); err != nil {
				return nil, err
			}
		}
		if err := c.setChosen(ctx, r, nil); err != nil {
			return nil, err
		}
		return c.client.Tracker.UpdateOne(r).SetArchivedAt(c.now).SetUpdatedAt(c.now).Save(ctx)
	},
	restore: func(ctx context.Context, c *change, r *db.Tracker) (*db.Tracker, error) {
		if err := c.restorePostbacksOf(ctx, r); err != nil {
			return nil, err
		}
		trackers, err := c.trackersOf(ctx, ids.Affiliate(r.AffiliateID))
		if err != nil {
			return nil, err
		}
		update := c.client.Tracker.UpdateOne(r).ClearArchivedAt().SetUpdatedAt(c.now)
		// What another tracker has by now stays there.
		for _, other := range trackers.List() {
			if r.Shares || other.Shares {
				continue
			}
			if other.AllCampaigns {
				update.SetAllCampaigns(false)
			}
			if other.DefaultLinks {
				update.SetDefaultLinks(false)
			}
		}
		return update.Save(ctx)
	},
}

// SetTrackerArchived archives a tracker: its postbacks are deleted, and its campaigns are no longer
// its own; its deliveries stay. Or it restores one, with the postbacks that it had then, switched off,
// and without chosen campaigns.
func (s *Setup) SetTrackerArchived(ctx context.Context, id int64, archived bool) (*db.Tracker, error) {
	return trackerArchiving.do(ctx, s, id, archived)
}

// restorePostbacksOf brings back the postbacks that were deleted with their tracker. They stay off.
func (c *change) restorePostbacksOf(ctx context.Context, r *db.Tracker) error {
	rows, err := c.client.Postback.Query().Where(postback.TrackerID(r.ID), postback.DeletedAt(*r.ArchivedAt)).All(ctx)
	if err != nil {
		return fmt.Errorf("reading the postbacks that tracker %d had: %w", r.ID, err)
	}
	for _, before := range rows {
		after, err := c.client.Postback.UpdateOne(before).ClearDeletedAt().SetUpdatedAt(c.now).Save(ctx)
		if err != nil {
			return fmt.Errorf("restoring postback %d: %w", before.ID, err)
		}
		act := Act{Action: "restore", Entity: "postback", ID: fmt.Sprint(before.ID), affiliateID: ids.Affiliate(before.AffiliateID), Before: before, After: after}
		if err := c.audit(ctx, act); err != nil {
			return err
		}
	}
	return nil
}

// ofTracker are rows of a table by the postback of a tracker.
func ofTracker(one, many, table string) use {
	return use{one, many, table + " t JOIN postbacks p ON p.id = t.postback_id WHERE p.tracker_id = $1"}
}

const postbacksOfTracker = `(SELECT id FROM postbacks WHERE tracker_id = $1)`

var trackerDeleting = deleting[*db.Tracker]{
	archiving: trackerArchiving, from: "trackers", busy: "it may be called at this moment", instead: archiveInstead,
	uses: []use{ofTracker("delivery", "deliveries", "deliveries")},
	with: []string{
		`DELETE FROM alerts WHERE postback_id IN ` + postbacksOfTracker,
		`DELETE FROM ignored_attention WHERE postback_id IN ` + postbacksOfTracker,
		`DELETE FROM postback_tests WHERE postback_id IN ` + postbacksOfTracker,
		`DELETE FROM postback_versions WHERE postback_id IN ` + postbacksOfTracker,
		`DELETE FROM postbacks WHERE tracker_id = $1`,
		`DELETE FROM tracker_versions WHERE tracker_id = $1`,
		`DELETE FROM tracker_campaigns WHERE tracker_id = $1`,
	},
}

// DeleteTracker deletes an archived tracker that was never sent anything, not even a test, with its
// postbacks and their versions.
func (s *Setup) DeleteTracker(ctx context.Context, id int64) error {
	return trackerDeleting.do(ctx, s, id)
}

// lockedTracker locks an affiliate's trackers, and reads one of them.
func (c *change) lockedTracker(ctx context.Context, id int64) (*db.Tracker, error) {
	t, err := c.client.Tracker.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := c.lockTrackers(ctx, ids.Affiliate(t.AffiliateID)); err != nil {
		return nil, err
	}
	return c.client.Tracker.Get(ctx, id)
}
