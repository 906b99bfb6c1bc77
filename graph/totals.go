package graph

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/shopspring/decimal"

	"postrider/ent/db"
	"postrider/ent/db/conversion"
	"postrider/graph/filter"
	"postrider/graph/gen"
)

// MaxTotal is how many conversions are counted and added up: the newest that match.
const MaxTotal = 100_000

// conversionTotals counts and adds up the conversions that a filter matches, of those that the
// viewer may see. Each currency has its own sum.
func (r *Resolver) conversionTotals(ctx context.Context, f *filter.Conversion) (*gen.ConversionTotals, error) {
	if err := f.Reach(ctx, r.Client); err != nil {
		return nil, err
	}
	return totalsOf(ctx, r.Client, f, MaxTotal)
}

// currencySum is what the conversions paid in one currency come to; the currency is empty where no
// deal pays.
type currencySum struct {
	Currency string              `sql:"payout_currency"`
	Count    int                 `sql:"count"`
	Sum      decimal.NullDecimal `sql:"sum"`
}

func totalsOf(ctx context.Context, client *db.Client, f *filter.Conversion, most int) (*gen.ConversionTotals, error) {
	matching, err := f.Predicates()
	if err != nil {
		return nil, err
	}
	beyond, err := client.Conversion.Query().Where(matching...).Order(db.Desc(conversion.FieldID)).Offset(most).Limit(1).IDs(ctx)
	if err != nil {
		return nil, fmt.Errorf("finding where to stop counting: %w", err)
	}
	totals := &gen.ConversionTotals{Payouts: []*gen.Money{}, Capped: len(beyond) > 0}
	q := client.Conversion.Query().Where(matching...)
	if totals.Capped {
		q.Where(conversion.IDGT(beyond[0]))
	}
	var sums []currencySum
	err = q.GroupBy(conversion.FieldPayoutCurrency).Aggregate(db.Count(), db.As(db.Sum(conversion.FieldPayout), "sum")).Scan(ctx, &sums)
	if err != nil {
		return nil, fmt.Errorf("adding conversions up: %w", err)
	}
	slices.SortFunc(sums, func(a, b currencySum) int {
		return cmp.Or(b.Sum.Decimal.Cmp(a.Sum.Decimal), cmp.Compare(a.Currency, b.Currency))
	})
	for _, s := range sums {
		totals.Count += s.Count
		if s.Currency != "" && s.Sum.Valid {
			totals.Payouts = append(totals.Payouts, money(&s.Sum.Decimal, s.Currency))
		}
	}
	return totals, nil
}
