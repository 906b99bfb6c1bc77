package report

import (
	"context"
	"database/sql"
	"time"

	"github.com/shopspring/decimal"

	"postrider/domain/commission"
	"postrider/internal/viewer"
)

// Balance is what an affiliate is owed for one offer in one currency, month by
// month.
type Balance struct {
	AffiliateID int64
	OfferID     int64
	Currency    string
	CarriesOver bool            // whether a month below zero is taken off the next, by its newest deal
	Carried     decimal.Decimal // what the last month leaves for the next to make up for; zero or less
	Months      []BalanceMonth  // the oldest first
}

// BalanceMonth is one month of a balance, of UTC.
type BalanceMonth struct {
	Month    time.Time       // its first moment
	Earned   decimal.Decimal // what its approved conversions pay, by when they occurred
	ToPay    decimal.Decimal // after what was carried into it
	Currency string
}

// mostBalances bounds how many months are read for one answer.
const mostBalances = 20_000

// Balances adds up what the viewer's approved conversions pay: for each affiliate
// and offer, a currency for itself.
func (h *Home) Balances(ctx context.Context) ([]*Balance, error) {
	scope, err := viewer.RowScopeFrom(ctx)
	if err != nil {
		return nil, err
	}
	found := []*Balance{}
	err = h.DB.Each(ctx, scope, "adding balances up", func(rows *sql.Rows) error {
		var b Balance
		var m BalanceMonth
		if err := rows.Scan(&b.AffiliateID, &b.OfferID, &b.Currency, &m.Month, &m.Earned, &b.CarriesOver); err != nil {
			return err
		}
		m.Currency = b.Currency
		if last := len(found) - 1; last < 0 || found[last].AffiliateID != b.AffiliateID || found[last].OfferID != b.OfferID || found[last].Currency != b.Currency {
			found = append(found, &b)
		}
		of := found[len(found)-1]
		of.CarriesOver, of.Months = b.CarriesOver, append(of.Months, m)
		return nil
	}, `
		SELECT c.affiliate_id, c.offer_id, c.payout_currency, date_trunc('month', c.occurred_at AT TIME ZONE 'UTC') AS month, sum(c.payout),
		       bool_and(coalesce(d.carry_over, true))
		FROM conversions c LEFT JOIN deals d ON d.id = c.deal_id
		WHERE c.status = 'approved' AND c.affiliate_id IS NOT NULL AND c.payout <> 0 AND {sees c.affiliate_id}
		GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4 LIMIT $1`, mostBalances)
	if err != nil {
		return nil, err
	}
	for _, b := range found {
		b.settle()
	}
	return found, nil
}

// settle calculates what each month leaves to pay.
func (b *Balance) settle() {
	earned := make([]decimal.Decimal, len(b.Months))
	for i, m := range b.Months {
		earned[i] = m.Earned
	}
	toPay, carried := commission.Balance(earned, b.CarriesOver)
	for i := range b.Months {
		b.Months[i].ToPay = toPay[i]
	}
	b.Carried = carried
}
