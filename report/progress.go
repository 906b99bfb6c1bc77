package report

import (
	"context"
	"database/sql"
	"fmt"
	"time"

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

// OfCampaign reads a campaign's milestones, as far as the viewer may see it.
func (p *Progress) OfCampaign(ctx context.Context, id int64) (Milestones, error) {
	var m Milestones
	v, err := viewer.Require(ctx)
	if err != nil {
		return m, err
	}
	err = p.DB.QueryRowContext(ctx, `
		SELECT
		  (SELECT min(d.created_at) FROM postbacks p JOIN deliveries d ON d.postback_id = p.id AND d.test AND d.state = 'delivered'
		   WHERE p.affiliate_id = c.affiliate_id AND p.deleted_at IS NULL AND (p.scope = 'global' OR p.offer_id = c.offer_id OR p.campaign_id = c.id)),
		  (SELECT k.clicked_at FROM clicks k WHERE k.campaign_id = c.id AND k.param_1 <> '' ORDER BY k.id LIMIT 1),
		  (SELECT d.delivered_at FROM deliveries d WHERE d.campaign_id = c.id AND d.state = 'delivered' AND NOT d.test ORDER BY d.id LIMIT 1)
		FROM campaigns c WHERE c.id = $1 AND ($2 OR c.affiliate_id = $3)`, id, v.Staff(), v.AffiliateID).Scan(&m.Tested, &m.Clicked, &m.Delivered)
	if err != nil {
		return m, fmt.Errorf("reading how far campaign %d has come: %w", id, err)
	}
	return m, nil
}
