package report

import (
	"context"
	"fmt"
	"time"

	"postrider/domain/firing"
	"postrider/internal/viewer"
)

// Progress reports which steps of a campaign's set-up are done.
type Progress struct{ DB viewer.Scoped }

// Milestones are the times at which something first happened in a campaign; nil if it has not.
type Milestones struct {
	Tested    *time.Time // the tracker accepted a test of a postback that fires for it, or of the same template before it was saved
	Clicked   *time.Time // a click had a param_1; a test click is none
	Delivered *time.Time // a conversion was delivered
}

// milestoneRows bounds the rows that are searched for a first time: so many from the
// beginning, and so many from the end. The page polls it.
const milestoneRows = 2000

// OfCampaign returns a campaign's milestones, within the viewer's scope.
func (p *Progress) OfCampaign(ctx context.Context, id int64) (Milestones, error) {
	var m Milestones
	scope, err := viewer.RowScopeFrom(ctx)
	if err != nil {
		return m, err
	}
	err = p.DB.One(ctx, scope, fmt.Sprintf("reading how far campaign %d has come", id), []any{&m.Tested, &m.Clicked, &m.Delivered}, `
		SELECT
		  (SELECT min(d.created_at) FROM postbacks p 
		     CROSS JOIN LATERAL (
		       SELECT id FROM postback_tests WHERE postback_id = p.id
		       UNION ALL
		       SELECT id FROM postback_tests WHERE affiliate_id = p.affiliate_id AND postback_id IS NULL AND url_template = p.url_template AND method = p.method
		     ) t JOIN deliveries d ON d.id = t.id AND d.state = 'delivered'
		   WHERE p.affiliate_id = c.affiliate_id AND p.deleted_at IS NULL AND `+firing.ReachesSQL+` AND `+firing.HasSQL+`),
		  coalesce(
		    (SELECT min(clicked_at) FROM (SELECT clicked_at, param_1, test FROM clicks WHERE campaign_id = c.id ORDER BY id LIMIT $2) k WHERE param_1 <> '' AND NOT test),
		    (SELECT min(clicked_at) FROM (SELECT clicked_at, param_1, test FROM clicks WHERE campaign_id = c.id ORDER BY id DESC LIMIT $2) k WHERE param_1 <> '' AND NOT test)),
		  coalesce(
		    (SELECT min(delivered_at) FROM (SELECT delivered_at, state, test FROM deliveries WHERE campaign_id = c.id ORDER BY id LIMIT $2) d WHERE state = 'delivered' AND NOT test),
		    (SELECT min(delivered_at) FROM (SELECT delivered_at, state, test FROM deliveries WHERE campaign_id = c.id ORDER BY id DESC LIMIT $2) d WHERE state = 'delivered' AND NOT test))
		FROM campaigns c WHERE c.id = $1 AND {sees c.affiliate_id}`, id, milestoneRows)
	return m, err
}
