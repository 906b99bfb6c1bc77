package report

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"postrider/firing"
	"postrider/internal/viewer"
)

// Progress tells how far a campaign's set-up has come.
type Progress struct{ DB *sql.DB }

// Milestones are the first times that something happened in a campaign; nil where
// it has not.
type Milestones struct {
	Tested    *time.Time // a test of a postback that fires for it was taken by the tracker
	Clicked   *time.Time // a click came with a param_1
	Delivered *time.Time // a conversion was delivered
}

// milestoneRows bounds what is looked through for a first time: so many from the
// beginning, and so many from the end. It is asked again and again while somebody
// watches.
const milestoneRows = 2000

// OfCampaign reads a campaign's milestones, as far as the viewer may see it.
func (p *Progress) OfCampaign(ctx context.Context, id int64) (Milestones, error) {
	var m Milestones
	v, err := viewer.Require(ctx)
	if err != nil {
		return m, err
	}
	err = p.DB.QueryRowContext(ctx, `
		SELECT
		  (SELECT min(d.created_at) FROM postbacks p JOIN postback_tests t ON t.postback_id = p.id JOIN deliveries d ON d.id = t.id AND d.state = 'delivered'
		   WHERE p.affiliate_id = c.affiliate_id AND p.deleted_at IS NULL AND `+firing.ReachesSQL+`),
		  coalesce(
		    (SELECT min(clicked_at) FROM (SELECT clicked_at, param_1 FROM clicks WHERE campaign_id = c.id ORDER BY id LIMIT $4) k WHERE param_1 <> ''),
		    (SELECT min(clicked_at) FROM (SELECT clicked_at, param_1 FROM clicks WHERE campaign_id = c.id ORDER BY id DESC LIMIT $4) k WHERE param_1 <> '')),
		  coalesce(
		    (SELECT min(delivered_at) FROM (SELECT delivered_at, state, test FROM deliveries WHERE campaign_id = c.id ORDER BY id LIMIT $4) d WHERE state = 'delivered' AND NOT test),
		    (SELECT min(delivered_at) FROM (SELECT delivered_at, state, test FROM deliveries WHERE campaign_id = c.id ORDER BY id DESC LIMIT $4) d WHERE state = 'delivered' AND NOT test))
		FROM campaigns c WHERE c.id = $1 AND ($2 OR c.affiliate_id = $3)`, id, v.Staff(), v.AffiliateID, milestoneRows).Scan(&m.Tested, &m.Clicked, &m.Delivered)
	if err != nil {
		return m, fmt.Errorf("reading how far campaign %d has come: %w", id, err)
	}
	return m, nil
}
