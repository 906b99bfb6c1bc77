// Package report has the read models: counts over clicks, conversions and deliveries.
// Every query is limited to its viewer's scope; none changes anything.
package report

import (
	"context"
	"database/sql"
	"time"

	"github.com/lib/pq"

	"postrider/internal/viewer"
	"postrider/outbox"
)

// Health reports on the delivery of postbacks.
type Health struct {
	DB  viewer.Scoped
	Now func() time.Time
}

// PostbackHealth is the health of a postback, or of all postbacks of a tracker, over the last day.
type PostbackHealth struct {
	ID                int64 // of the postback or the tracker
	Delivered         int
	Failed            int // without those that a replay stands for, here and in what follows
	Waiting           int
	WithoutClickID    int      // delivered without the tracker's click id
	SuccessRate       *float64 // delivered among those that ended; nil if none has
	P50Ms             *float64 // median time from recorded to delivered
	P95Ms             *float64
	LastFailureAt     *time.Time
	LastFailureReason *string
	Hours             []*PostbackHealthHour // of the last day, oldest first
}

// healthWindow is the time that health covers.
const healthWindow = 24 * time.Hour

// OfPostbacks returns the health of several postbacks, one row for each that the viewer may
// see.
func (h *Health) OfPostbacks(ctx context.Context, ids []int64) ([]*PostbackHealth, error) {
	return h.by(ctx, "p.id", ids)
}

// OfTrackers returns the health of several trackers, one row for each that the viewer may see and
// that has, or had, a postback.
func (h *Health) OfTrackers(ctx context.Context, ids []int64) ([]*PostbackHealth, error) {
	return h.by(ctx, "p.tracker_id", ids)
}

// by returns the health of what a column of postbacks p names.
func (h *Health) by(ctx context.Context, column string, ids []int64) ([]*PostbackHealth, error) {
	scope, err := viewer.RowScopeFrom(ctx)
	if err != nil {
		return nil, err
	}
	now := h.Now()
	found, err := h.sums(ctx, scope, now, column, ids)
	if err != nil || len(found) == 0 {
		return found, err
	}
	byID := make(map[int64]*PostbackHealth, len(found))
	for _, p := range found {
		byID[p.ID] = p
	}
	return found, h.addHours(ctx, scope, now, column, byID)
}

func (h *Health) sums(ctx context.Context, scope viewer.RowScope, now time.Time, column string, ids []int64) ([]*PostbackHealth, error) {
	var found []*PostbackHealth
	err := h.DB.Each(ctx, scope, "reading the health of postbacks", func(rows *sql.Rows) error {
		var p PostbackHealth
		found = append(found, &p)
		return rows.Scan(&p.ID, &p.Delivered, &p.Failed, &p.Waiting, &p.WithoutClickID, &p.SuccessRate, &p.P50Ms, &p.P95Ms,
			&p.LastFailureAt, &p.LastFailureReason)
	}, `
		SELECT `+column+`,
		  count(d.id) FILTER (WHERE d.state = 'delivered'),
		  count(d.id) FILTER (WHERE `+outbox.FailedSQL+`),
		  count(d.id) FILTER (WHERE d.state IN `+outbox.UnfinishedSQL+`),
		  count(d.id) FILTER (WHERE d.state = 'delivered' AND d.warning IS NOT NULL),
		  count(d.id) FILTER (WHERE d.state = 'delivered')::float8 / nullif(count(d.id) FILTER (WHERE d.state = 'delivered' OR `+outbox.FailedSQL+`), 0),
		  percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM d.delivered_at - d.created_at) * 1000) FILTER (WHERE d.state = 'delivered' AND d.replay_of IS NULL),
		  percentile_cont(0.95) WITHIN GROUP (ORDER BY extract(epoch FROM d.delivered_at - d.created_at) * 1000) FILTER (WHERE d.state = 'delivered' AND d.replay_of IS NULL),
		  max(d.updated_at) FILTER (WHERE d.state IN `+outbox.FailingSQL+` AND d.superseded_by IS NULL),
		  (array_agg(d.reason ORDER BY d.updated_at DESC) FILTER (WHERE d.state IN `+outbox.FailingSQL+` AND d.superseded_by IS NULL))[1]
		FROM postbacks p
		LEFT JOIN deliveries d ON d.postback_id = p.id AND d.id >= uuid_floor($2) AND NOT d.test
		WHERE `+column+` = ANY($1) AND {sees p.affiliate_id}
		GROUP BY 1`, pq.Array(ids), now.Add(-healthWindow))
	return found, err
}
