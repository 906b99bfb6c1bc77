package report

import (
	"context"
	"database/sql"
	"time"

	"github.com/shopspring/decimal"

	"postrider/domain/commission"
	"postrider/internal/viewer"
)

// Earnings is what an affiliate is owed for one offer in one currency, month by month.
type Earnings struct {
	AffiliateID       int64
	OfferID           int64
	Currency          string
	NegativeCarryover bool            // whether a month below zero is deducted from the next, by its newest deal
	Carried           decimal.Decimal // what the last month carries into the next; zero or less
	Months            []EarningsMonth // oldest first
}

// EarningsMonth is one UTC month of earnings.
type EarningsMonth struct {
	Month      time.Time       // its start
	Commission decimal.Decimal // of its approved conversions, by the time they occurred
	Payable    decimal.Decimal // after what was carried into it
	Currency   string
}

// mostEarnings is how many months one answer reads at most.
const mostEarnings = 20_000

// Earnings sums the commission of the viewer's approved conversions: for each affiliate and
// offer, each currency separately.
func (h *Home) Earnings(ctx context.Context) ([]*Earnings, error) {
	scope, err := viewer.RowScopeFrom(ctx)
	if err != nil {
		return nil, err
	}
	found := []*Earnings{}
	err = h.DB.Each(ctx, scope, "adding earnings up", func(rows *sql.Rows) error {
		var b Earnings
		var m EarningsMonth
		if err := rows.Scan(&b.AffiliateID, &b.OfferID, &b.Currency, &m.Month, &m.Commission, &b.NegativeCarryover); err != nil {
			return err
		}
		m.Currency = b.Currency
		if last := len(found) - 1; last < 0 || found[last].AffiliateID != b.AffiliateID || found[last].OfferID != b.OfferID || found[last].Currency != b.Currency {
			found = append(found, &b)
		}
		of := found[len(found)-1]
		of.NegativeCarryover, of.Months = b.NegativeCarryover, append(of.Months, m)
		return nil
	}, `
		SELECT c.affiliate_id, c.offer_id, c.payout_currency, date_trunc('month', c.occurred_at AT TIME ZONE 'UTC') AS month, sum(c.payout),
		       bool_and(coalesce(d.negative_carryover, true))
		FROM conversions c LEFT JOIN deals d ON d.id = c.deal_id
		WHERE c.status = 'approved' AND c.affiliate_id IS NOT NULL AND c.payout <> 0 AND {sees c.affiliate_id}
		GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4 LIMIT $1`, mostEarnings)
	if err != nil {
		return nil, err
	}
	for _, b := range found {
		b.settle()
	}
	return found, nil
}

// settle calculates the payable of each month.
func (b *Earnings) settle() {
	months := make([]decimal.Decimal, len(b.Months))
	for i, m := range b.Months {
		months[i] = m.Commission
	}
	payable, carried := commission.Payable(months, b.NegativeCarryover)
	for i := range b.Months {
		b.Months[i].Payable = payable[i]
	}
	b.Carried = carried
}
