package report

import (
	"context"
	"fmt"
	"time"

	"github.com/lib/pq"

	"postrider/internal/viewer"
)

// healthHours is how many hours healthWindow has.
const healthHours = int(healthWindow / time.Hour)

// PostbackHealthHour is one hour of a postback's last day: what was recorded in it
// and has ended.
type PostbackHealthHour struct {
	At        time.Time // when it begins
	Delivered int
	Failed    int
}

// addHours fills in the hours of the postbacks' health, of what v may see.
func (h *Health) addHours(ctx context.Context, v *viewer.Viewer, now time.Time, postbacks map[int64]*PostbackHealth) error {
	since := now.Add(-healthWindow)
	ids := make([]int64, 0, len(postbacks))
	for id, p := range postbacks {
		ids = append(ids, id)
		p.Hours = make([]*PostbackHealthHour, healthHours)
		for i := range p.Hours {
			p.Hours[i] = &PostbackHealthHour{At: since.Add(time.Duration(i) * time.Hour)}
		}
	}
	rows, err := h.DB.QueryContext(ctx, `
		SELECT d.postback_id, floor(extract(epoch FROM d.created_at - $2::timestamptz) / 3600)::int,
		  count(*) FILTER (WHERE d.state = 'delivered'), count(*) FILTER (WHERE d.state = 'failed')
		FROM deliveries d
		WHERE d.postback_id = ANY($1) AND d.id >= uuid_floor($2) AND d.state IN ('delivered', 'failed') AND NOT d.test AND ($3 OR d.affiliate_id = $4)
		GROUP BY 1, 2`, pq.Array(ids), since, v.Staff(), v.AffiliateID)
	if err != nil {
		return fmt.Errorf("reading the hours of postbacks: %w", err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var id int64
		var hour, delivered, failed int
		if err := rows.Scan(&id, &hour, &delivered, &failed); err != nil {
			return fmt.Errorf("reading the hours of postbacks: %w", err)
		}
		at := postbacks[id].Hours[min(max(hour, 0), healthHours-1)] // ids and times may differ by a moment
		at.Delivered, at.Failed = at.Delivered+delivered, at.Failed+failed
	}
	return rows.Err()
}
