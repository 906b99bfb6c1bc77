package report

import (
	"context"
	"database/sql"
	"time"

	"github.com/lib/pq"

	"postrider/internal/viewer"
	"postrider/outbox"
)

// healthHours is healthWindow in hours.
const healthHours = int(healthWindow / time.Hour)

// PostbackHealthHour is one hour of a postback's last day: the deliveries that were recorded
// in it and have ended.
type PostbackHealthHour struct {
	At        time.Time // when it begins
	Delivered int
	Failed    int
}

// addHours sets the hours of the health of what a column of postbacks p names, within a scope.
func (h *Health) addHours(ctx context.Context, scope viewer.RowScope, now time.Time, column string, named map[int64]*PostbackHealth) error {
	since := now.Add(-healthWindow)
	ids := make([]int64, 0, len(named))
	for id, p := range named {
		ids = append(ids, id)
		p.Hours = emptyHours(since)
	}
	return h.DB.Each(ctx, scope, "reading the hours of postbacks", func(rows *sql.Rows) error {
		var id int64
		var hour, delivered, failed int
		if err := rows.Scan(&id, &hour, &delivered, &failed); err != nil {
			return err
		}
		at := named[id].Hours[min(max(hour, 0), healthHours-1)] // ids and times may differ slightly
		at.Delivered, at.Failed = at.Delivered+delivered, at.Failed+failed
		return nil
	}, `
		SELECT `+column+`, floor(extract(epoch FROM d.created_at - $2::timestamptz) / 3600)::int,
		  count(*) FILTER (WHERE d.state = 'delivered'), count(*) FILTER (WHERE `+outbox.FailedSQL+`)
		FROM postbacks p JOIN deliveries d ON d.postback_id = p.id
		WHERE `+column+` = ANY($1) AND d.id >= uuid_floor($2) AND d.state IN `+outbox.JudgedSQL+` AND NOT d.test AND {sees d.affiliate_id}
		GROUP BY 1, 2`, pq.Array(ids), since)
}

func emptyHours(since time.Time) []*PostbackHealthHour {
	hours := make([]*PostbackHealthHour, healthHours)
	for i := range hours {
		hours[i] = &PostbackHealthHour{At: since.Add(time.Duration(i) * time.Hour)}
	}
	return hours
}

// Nothing returns the health of what has sent nothing.
func (h *Health) Nothing(id int64) *PostbackHealth {
	return &PostbackHealth{ID: id, Hours: emptyHours(h.Now().Add(-healthWindow))}
}
