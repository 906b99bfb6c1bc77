package intake

import (
	"context"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"postrider/domain/commission"
	"postrider/internal/pg"
)

// price calculates a conversion's payout. The first time it takes the terms of the deal that
// was active when the conversion occurred, and the rate of that time, and stores both.
func price(ctx context.Context, ch *changes, c *conversion) error {
	if c.Terms == nil {
		if err := agree(ctx, ch, c); err != nil || c.Terms == nil || c.tiered {
			return err
		}
	}
	c.PayoutCurrency = c.Terms.Currency
	if c.CappedBy != "" {
		c.Payout = decimal.NewNullDecimal(decimal.Zero)
		return nil
	}
	amount := c.Amount.Decimal
	if c.Terms.PaysShare(c.Goal) {
		rate, found, err := keptRate(ctx, ch, c)
		if err != nil {
			return err
		}
		if !found {
			c.Payout = decimal.NullDecimal{} // unknown until there is a rate
			return nil
		}
		amount = amount.Mul(rate)
	}
	c.Payout = decimal.NewNullDecimal(c.Terms.Payout(c.Goal, amount, c.Status))
	return nil
}

// keptRate returns the rate that a conversion was priced with, else that of its time.
func keptRate(ctx context.Context, ch *changes, c *conversion) (decimal.Decimal, bool, error) {
	if c.Rate.Valid {
		return c.Rate.Decimal, true, nil
	}
	rate, found, err := ch.catalog.rate(ctx, ch.tx, c.Currency, c.Terms.Currency, c.OccurredAt)
	if found {
		c.Rate = decimal.NewNullDecimal(rate)
	}
	return rate, found, err
}

// agree finds the terms by which a conversion is paid.
func agree(ctx context.Context, ch *changes, c *conversion) error {
	deals, _, err := ch.catalog.deals.get(ctx, ch.tx, dealKey{OfferID: c.OfferID, AffiliateID: c.AffiliateID})
	if err != nil {
		return err
	}
	d, ok := commission.InForce(deals, func(d deal) commission.Deal { return d.Deal }, c.AffiliateID, c.OccurredAt)
	if !ok {
		return nil
	}
	var volume commission.Volume
	if len(d.Tiers) > 0 {
		if c.tiered = !c.stored; c.tiered {
			return nil // priceTiered does it
		}
		if volume, err = volumeBefore(ctx, ch.tx, c, d.Deal); err != nil {
			return err
		}
	}
	terms := d.Terms(volume)
	c.Terms, c.DealID = &terms, d.ID
	return nil
}

// volumeBefore returns the volume of a conversion's month before it. An advisory lock per
// month serialises the callers: two conversions that arrive together must not both be its
// fiftieth.
func volumeBefore(ctx context.Context, tx *pg.Pipeline, c *conversion, d commission.Deal) (commission.Volume, error) {
	year, month, _ := c.OccurredAt.UTC().Date()
	from := time.Date(year, month, 1, 0, 0, 0, 0, time.UTC)
	var v commission.Volume
	if err := pg.Lock(ctx, tx, pg.LockTier.Of(c.OfferID, c.AffiliateID, from.Format(time.DateOnly))); err != nil {
		return v, fmt.Errorf("waiting for the tiers of a month: %w", err)
	}
	err := tx.QueryRowContext(ctx, `
		SELECT count(*) FILTER (WHERE goal = $5 AND payout IS NOT NULL),
		       coalesce(sum(amount * coalesce(rate, CASE currency WHEN $7 THEN 1 END)) FILTER (WHERE goal = $8 AND payout IS NOT NULL), 0)
		FROM conversions
		WHERE affiliate_id = $1 AND offer_id = $2 AND occurred_at >= $3 AND occurred_at < $4 AND status IN `+commission.CountedSQL+`
		  AND id <> $6`,
		c.AffiliateID, c.OfferID, from, from.AddDate(0, 1, 0), d.PaidGoal(), c.ID, d.Currency, commission.GoalNetRevenue).Scan(&v.Count, &v.Revenue)
	if err != nil {
		return v, fmt.Errorf("counting the month of affiliate %d for offer %d: %w", c.AffiliateID, c.OfferID, err)
	}
	return v, nil
}

// priceTiered prices the new conversions whose deals have tiers, once the members of the
// commit are in the table: each counts for the next.
func priceTiered(ctx context.Context, ch *changes, recorded []*conversion) error {
	for _, c := range recorded {
		if c.stored = true; !c.tiered {
			continue
		}
		c.tiered = false
		if err := price(ctx, ch, c); err != nil {
			return err
		}
		if err := c.save(ctx, ch.tx); err != nil {
			return err
		}
	}
	return nil
}
