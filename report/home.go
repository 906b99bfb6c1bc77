package report

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"postrider/commission"
	"postrider/internal/viewer"
)

// Home counts today against yesterday.
type Home struct {
	DB  *sql.DB
	Now func() time.Time
}

// Day is what came in between two moments.
type Day struct {
	From          time.Time
	To            time.Time
	Clicks        int
	Registrations int
	FTDs          int
	Payouts       []Sum // of what is approved, a sum a currency, the greatest first
}

// Sum is money in one currency.
type Sum struct {
	Amount   decimal.Decimal
	Currency string
}

// Days are today until now, yesterday until the same time, and the whole of
// yesterday.
type Days struct {
	Today          Day
	YesterdaySoFar Day
	Yesterday      Day
}

// OfViewer counts the viewer's days in a time zone. What counts is what came in,
// by the time at which it came; conversions that are rejected, cancelled or of an
// unknown status count nowhere.
func (h *Home) OfViewer(ctx context.Context, zone *time.Location) (*Days, error) {
	now := h.Now().In(zone)
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, zone)
	yesterday := today.AddDate(0, 0, -1)
	sameTime := time.Date(yesterday.Year(), yesterday.Month(), yesterday.Day(), now.Hour(), now.Minute(), now.Second(), now.Nanosecond(), zone)
	d := &Days{
		Today: Day{From: today, To: now}, YesterdaySoFar: Day{From: yesterday, To: sameTime}, Yesterday: Day{From: yesterday, To: today},
	}
	for _, day := range []*Day{&d.Today, &d.YesterdaySoFar, &d.Yesterday} {
		if err := h.count(ctx, day); err != nil {
			return nil, err
		}
	}
	return d, nil
}

func (h *Home) count(ctx context.Context, d *Day) error {
	v, err := viewer.Require(ctx)
	if err != nil {
		return err
	}
	err = h.DB.QueryRowContext(ctx, `
		SELECT count(*) FROM clicks WHERE id >= uuid_floor($1) AND id < uuid_floor($2) AND ($3 OR affiliate_id = $4)`,
		d.From.UTC(), d.To.UTC(), v.Staff(), v.AffiliateID).Scan(&d.Clicks)
	if err != nil {
		return fmt.Errorf("counting clicks: %w", err)
	}
	rows, err := h.DB.QueryContext(ctx, `
		SELECT payout_currency, count(*) FILTER (WHERE goal = $5), count(*) FILTER (WHERE goal = $6), coalesce(sum(payout) FILTER (WHERE status = 'approved'), 0)
		FROM conversions
		WHERE id >= uuid_floor($1) AND id < uuid_floor($2) AND ($3 OR affiliate_id = $4) AND affiliate_id IS NOT NULL AND status IN ('approved', 'pending')
		GROUP BY payout_currency ORDER BY 4 DESC, 1`,
		d.From.UTC(), d.To.UTC(), v.Staff(), v.AffiliateID, commission.GoalRegistration, commission.GoalFTD)
	if err != nil {
		return fmt.Errorf("counting conversions: %w", err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var sum Sum
		var registrations, ftds int
		if err := rows.Scan(&sum.Currency, &registrations, &ftds, &sum.Amount); err != nil {
			return fmt.Errorf("counting conversions: %w", err)
		}
		d.add(registrations, ftds, sum)
	}
	return rows.Err()
}

// add counts what conversions of one currency came to.
func (d *Day) add(registrations, ftds int, sum Sum) {
	d.Registrations += registrations
	d.FTDs += ftds
	d.pay(sum)
}

// pay adds a sum to the one in its currency.
func (d *Day) pay(sum Sum) {
	if sum.Currency == "" || sum.Amount.IsZero() {
		return
	}
	for i := range d.Payouts {
		if d.Payouts[i].Currency == sum.Currency {
			d.Payouts[i].Amount = d.Payouts[i].Amount.Add(sum.Amount)
			return
		}
	}
	d.Payouts = append(d.Payouts, sum)
}
