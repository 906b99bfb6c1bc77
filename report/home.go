package report

import (
	"context"
	"database/sql"
	"time"

	"github.com/shopspring/decimal"

	"postrider/domain/commission"
	"postrider/internal/viewer"
)

// Home compares today with yesterday.
type Home struct {
	DB  viewer.Scoped
	Now func() time.Time
}

// Day counts what was received within a period.
type Day struct {
	From          time.Time
	To            time.Time
	Clicks        int
	Registrations int
	FTDs          int
	Payouts       []Sum // of approved conversions, one sum per currency, largest first

	withoutParam int // of the clicks, counted for Home
}

// Sum is money in one currency.
type Sum struct {
	Amount   decimal.Decimal
	Currency string
}

// Days are today so far, yesterday until the same time, and the whole of yesterday.
type Days struct {
	Today          Day
	YesterdaySoFar Day
	Yesterday      Day

	ClicksWithoutParam int // of today's
}

// OfViewer counts the viewer's days in a time zone. Everything counts on the day on which it
// was received; conversions that are rejected, cancelled or of an unknown status do not count.
func (h *Home) OfViewer(ctx context.Context, zone *time.Location) (*Days, error) {
	scope, err := viewer.RowScopeFrom(ctx)
	if err != nil {
		return nil, err
	}
	now := h.Now().In(zone)
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, zone)
	yesterday := today.AddDate(0, 0, -1)
	sameTime := time.Date(yesterday.Year(), yesterday.Month(), yesterday.Day(), now.Hour(), now.Minute(), now.Second(), now.Nanosecond(), zone)
	d := &Days{
		Today: Day{From: today, To: now}, YesterdaySoFar: Day{From: yesterday, To: sameTime}, Yesterday: Day{From: yesterday, To: today},
	}
	for _, day := range []*Day{&d.Today, &d.YesterdaySoFar, &d.Yesterday} {
		if err := h.count(ctx, scope, day); err != nil {
			return nil, err
		}
	}
	d.ClicksWithoutParam = d.Today.withoutParam
	return d, nil
}

func (h *Home) count(ctx context.Context, scope viewer.RowScope, d *Day) error {
	err := h.DB.One(ctx, scope, "counting clicks", []any{&d.Clicks, &d.withoutParam}, `
		SELECT count(*), count(*) FILTER (WHERE param_1 = '') FROM clicks WHERE id >= uuid_floor($1) AND id < uuid_floor($2) AND NOT test AND {sees affiliate_id}`, d.From.UTC(), d.To.UTC())
	if err != nil {
		return err
	}
	return h.DB.Each(ctx, scope, "counting conversions", func(rows *sql.Rows) error {
		var sum Sum
		var registrations, ftds int
		if err := rows.Scan(&sum.Currency, &registrations, &ftds, &sum.Amount); err != nil {
			return err
		}
		d.add(registrations, ftds, sum)
		return nil
	}, `
		SELECT payout_currency, count(*) FILTER (WHERE goal = $3), count(*) FILTER (WHERE goal = $4), coalesce(sum(payout) FILTER (WHERE status = 'approved'), 0)
		FROM conversions
		WHERE id >= uuid_floor($1) AND id < uuid_floor($2) AND {sees affiliate_id} AND affiliate_id IS NOT NULL AND status IN `+commission.CountedSQL+`
		GROUP BY payout_currency ORDER BY 4 DESC, 1`,
		d.From.UTC(), d.To.UTC(), commission.GoalRegistration, commission.GoalFTD)
}

// add adds a count and sum of conversions in one currency.
func (d *Day) add(registrations, ftds int, sum Sum) {
	d.Registrations += registrations
	d.FTDs += ftds
	d.pay(sum)
}

// pay adds a sum to that of its currency.
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
