package graph

import (
	"context"
	"time"

	"github.com/vikstrous/dataloadgen"

	"postrider/ent/db"
	"postrider/ent/db/campaign"
	"postrider/ent/db/postback"
	"postrider/ent/db/tracker"
	"postrider/ent/db/trackerversion"
	"postrider/report"
)

// trackerLoaders load trackers, and what belongs to them.
type trackerLoaders struct {
	trackers             *dataloadgen.Loader[int64, *db.Tracker]
	trackersOfAffiliate  *dataloadgen.Loader[int64, *affiliateTrackers]
	postbacksOfTracker   *dataloadgen.Loader[int64, []*db.Postback]
	versionsOfTracker    *dataloadgen.Loader[int64, []*db.TrackerVersion]
	campaignsOfAffiliate *dataloadgen.Loader[int64, []*db.Campaign]
	healthOfTracker      *dataloadgen.Loader[int64, *report.PostbackHealth]
	gapsOfTracker        *dataloadgen.Loader[int64, []*report.TrackerGap]
}

func newTrackerLoaders(c *db.Client, health *report.Health, gaps *report.Gaps, wait time.Duration) trackerLoaders {
	return trackerLoaders{
		trackers: one(wait, func(ctx context.Context, ids []int64) ([]*db.Tracker, error) {
			return c.Tracker.Query().Where(tracker.IDIn(ids...)).All(ctx)
		}, func(r *db.Tracker) int64 { return r.ID }),
		trackersOfAffiliate: dataloadgen.NewMappedLoader(func(ctx context.Context, ids []int64) (map[int64]*affiliateTrackers, error) {
			return trackersOfAffiliates(ctx, c, ids)
		}, dataloadgen.WithWait(wait)),
		postbacksOfTracker: many(wait, func(ctx context.Context, ids []int64) ([]*db.Postback, error) {
			return c.Postback.Query().Where(postback.TrackerIDIn(ids...), postback.DeletedAtIsNil()).Order(db.Asc(postback.FieldID)).All(ctx)
		}, func(r *db.Postback) int64 { return *r.TrackerID }),
		versionsOfTracker: many(wait, func(ctx context.Context, ids []int64) ([]*db.TrackerVersion, error) {
			return c.TrackerVersion.Query().Where(trackerversion.TrackerIDIn(ids...)).Order(db.Desc(trackerversion.FieldNumber)).All(ctx)
		}, func(r *db.TrackerVersion) int64 { return r.TrackerID }),
		campaignsOfAffiliate: many(wait, func(ctx context.Context, ids []int64) ([]*db.Campaign, error) {
			return c.Campaign.Query().Where(campaign.AffiliateIDIn(ids...)).Order(db.Desc(campaign.FieldID)).All(ctx)
		}, func(r *db.Campaign) int64 { return r.AffiliateID }),
		healthOfTracker: one(wait, health.OfTrackers, func(h *report.PostbackHealth) int64 { return h.ID }),
		gapsOfTracker:   many(wait, gaps.OfTrackers, func(g *report.TrackerGap) int64 { return g.TrackerID }),
	}
}
