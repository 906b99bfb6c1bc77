package report

import (
	"context"
	"database/sql"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/lib/pq"

	"postrider/domain/commission"
	"postrider/domain/firing"
	"postrider/internal/viewer"
)

// Gaps finds goals without a postback.
type Gaps struct {
	DB  viewer.Scoped
	Now func() time.Time
}

// Gap is a goal of a running campaign for which no enabled postback fires: one that pays, or
// one that trackers count.
type Gap struct {
	CampaignID  int64
	Goal        string
	Conversions int // of the last 30 days; OfCampaigns counts none

	ignoredAt *time.Time // when the affiliate chose to ignore the goal
}

const (
	gapWindow = 30 * 24 * time.Hour
	mostGaps  = 200
)

// dealInForceSQL is commission.InForce for a row c of campaigns, at $4.
const dealInForceSQL = `
	SELECT d.model, d.lead_goal FROM deals d
	WHERE d.offer_id = c.offer_id AND (d.affiliate_id IS NULL OR d.affiliate_id = c.affiliate_id)
	  AND (d.valid_from IS NULL OR d.valid_from <= $4) AND (d.valid_to IS NULL OR d.valid_to > $4)
	ORDER BY d.affiliate_id IS NULL, d.id LIMIT 1`

// OfViewer lists the viewer's gaps, most conversions first, without the goals that the affiliate
// ignores. A goal is considered if the affiliate's deal in force pays for it; registration and
// first deposit always are, because trackers count them.
func (g *Gaps) OfViewer(ctx context.Context) ([]Gap, error) {
	all, err := g.withIgnored(ctx)
	return slices.DeleteFunc(all, func(gap Gap) bool { return gap.ignoredAt != nil }), err
}

// withIgnored lists the gaps of OfViewer and those that are ignored.
func (g *Gaps) withIgnored(ctx context.Context) ([]Gap, error) {
	return g.find(ctx, nil, g.Now().Add(-gapWindow), mostGaps)
}

// OfCampaigns lists the gaps of several campaigns, as OfViewer does, without counting conversions.
func (g *Gaps) OfCampaigns(ctx context.Context, campaigns []int64) ([]*Gap, error) {
	all, err := g.find(ctx, campaigns, g.Now(), math.MaxInt32)
	var found []*Gap
	for _, gap := range all {
		if gap.ignoredAt == nil {
			found = append(found, &gap)
		}
	}
	return found, err
}

// TrackerGap is a goal that a tracker is not sent.
type TrackerGap struct {
	TrackerID int64
	Goal      string
}

// OfTrackers lists the goals for which several trackers have no enabled postback, of those that a
// deal in force pays for in a running campaign of the tracker, and of registration and first deposit;
// without the goals that the affiliate ignores.
func (g *Gaps) OfTrackers(ctx context.Context, trackers []int64) ([]*TrackerGap, error) {
	scope, err := viewer.RowScopeFrom(ctx)
	if err != nil {
		return nil, err
	}
	var found []*TrackerGap
	err = g.DB.Each(ctx, scope, "finding the goals that trackers are not sent", func(rows *sql.Rows) error {
		var gap TrackerGap
		found = append(found, &gap)
		return rows.Scan(&gap.TrackerID, &gap.Goal)
	}, `
		SELECT x.id, g.key FROM trackers x CROSS JOIN goals g
		WHERE x.id = ANY($1) AND x.archived_at IS NULL AND g.archived_at IS NULL AND {sees x.affiliate_id}
		  AND NOT EXISTS (SELECT FROM postbacks p WHERE p.tracker_id = x.id AND `+firing.FiresForSQL+` AND p.enabled AND p.deleted_at IS NULL)
		  AND NOT EXISTS (SELECT FROM ignored_attention i WHERE i.affiliate_id = x.affiliate_id AND i.goal = g.key)
		  AND (g.key = ANY($2) OR EXISTS (
		    SELECT FROM campaigns c JOIN offers o ON o.id = c.offer_id, (SELECT x.id AS tracker_id) p
		    WHERE c.affiliate_id = x.affiliate_id AND c.state = 'active' AND o.state = 'active' AND `+firing.HasSQL+`
		      AND EXISTS (SELECT FROM (`+strings.ReplaceAll(dealInForceSQL, "$4", "$3")+`) d WHERE `+commission.PaysSQL+`)))
		ORDER BY x.id, g.position`, pq.Array(trackers), pq.Array([]string{commission.GoalRegistration, commission.GoalFTD}), g.Now())
	return found, err
}

// find lists the gaps of some campaigns, or of all that the viewer sees, with the conversions since then.
func (g *Gaps) find(ctx context.Context, campaigns []int64, since time.Time, most int) ([]Gap, error) {
	scope, err := viewer.RowScopeFrom(ctx)
	if err != nil {
		return nil, err
	}
	var found []Gap
	err = g.DB.Each(ctx, scope, "finding goals without a postback", func(rows *sql.Rows) error {
		var gap Gap
		if err := rows.Scan(&gap.CampaignID, &gap.Goal, &gap.Conversions, &gap.ignoredAt); err != nil {
			return err
		}
		found = append(found, gap)
		return nil
	}, `
		WITH running AS (
		  SELECT c.id, c.affiliate_id, c.offer_id FROM campaigns c JOIN offers o ON o.id = c.offer_id
		  WHERE c.state = 'active' AND o.state = 'active' AND ($5::bigint[] IS NULL OR c.id = ANY($5)) AND {sees c.affiliate_id}
		), seen AS (
		  SELECT x.campaign_id, x.goal, count(*) AS n FROM conversions x JOIN running c ON c.id = x.campaign_id
		  WHERE x.id >= uuid_floor($1) GROUP BY 1, 2
		)
		SELECT c.id, g.key, coalesce(s.n, 0), (SELECT i.ignored_at FROM ignored_attention i WHERE i.affiliate_id = c.affiliate_id AND i.goal = g.key)
		FROM running c CROSS JOIN goals g LEFT JOIN seen s ON s.campaign_id = c.id AND s.goal = g.key
		WHERE g.archived_at IS NULL AND (g.key = ANY($2) OR EXISTS (SELECT FROM (`+dealInForceSQL+`) d WHERE `+commission.PaysSQL+`)) AND NOT EXISTS (
		  SELECT FROM postbacks p WHERE p.affiliate_id = c.affiliate_id AND `+firing.FiresForSQL+` AND p.enabled AND p.deleted_at IS NULL
		    AND `+firing.ReachesSQL+` AND `+firing.HasSQL+`)
		ORDER BY 3 DESC, c.id DESC, g.position LIMIT $3`,
		since, pq.Array([]string{commission.GoalRegistration, commission.GoalFTD}), most, g.Now(), pq.Array(campaigns))
	return found, err
}
