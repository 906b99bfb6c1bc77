package report

import (
	"context"
	"database/sql"
	"time"

	"github.com/shopspring/decimal"

	"postrider/domain/commission"
	"postrider/internal/ids"
	"postrider/internal/viewer"
)

// MonthOf is whose conversions are counted: of one offer or campaign, if not zero.
type MonthOf struct {
	AffiliateID ids.Affiliate
	OfferID     ids.Offer
	CampaignID  ids.Campaign
}

// GoalMonth is what a goal brought in a month, in one currency.
type GoalMonth struct {
	Goal        string
	Conversions int
	Payout      decimal.Decimal
	Currency    string // of the payout; empty if none has one
}

// LastMonth counts the pending and approved conversions that an affiliate's goals had in the last
// calendar month (UTC), and sums what they pay.
func (h *Home) LastMonth(ctx context.Context, of MonthOf) ([]GoalMonth, error) {
	scope, err := viewer.RowScopeFrom(ctx)
	if err != nil {
		return nil, err
	}
	now := h.Now().UTC()
	end := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC)
	var found []GoalMonth
	err = h.DB.Each(ctx, scope.Of(of.AffiliateID), "counting last month's conversions", func(rows *sql.Rows) error {
		var m GoalMonth
		if err := rows.Scan(&m.Goal, &m.Currency, &m.Conversions, &m.Payout); err != nil {
			return err
		}
		found = append(found, m)
		return nil
	}, `
		SELECT c.goal, c.payout_currency, count(*), coalesce(sum(c.payout), 0)
		FROM conversions c JOIN goals g ON g.key = c.goal
		WHERE {sees c.affiliate_id} AND c.id >= uuid_floor($1) AND c.id < uuid_floor($2)
		  AND c.status IN `+commission.CountedSQL+` AND ($3 = 0 OR c.offer_id = $3) AND ($4 = 0 OR c.campaign_id = $4)
		GROUP BY 1, 2, g.position ORDER BY g.position, 2`,
		end.AddDate(0, -1, 0), end, int64(of.OfferID), int64(of.CampaignID))
	return found, err
}
