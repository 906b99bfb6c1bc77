package intake

import (
	"context"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"postrider/domain/commission"
	"postrider/internal/pg"
)

// reckon works out a conversion's payout. The first time it is reckoned it takes
// the terms of the deal that held when it occurred, and the rate of that time,
// and it keeps both.
func (in *Intake) reckon(ctx context.Context, tx *pg.Pipeline, c *conversion) error {
	if c.Terms == nil {
		if err := in.agree(ctx, tx, c); err != nil || c.Terms == nil || c.tiered {
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
		rate, found, err := in.keptRate(ctx, tx, c)
		if err != nil {
			return err
		}
		if !found {
			c.Payout = decimal.NullDecimal{} // nobody can say until there is a rate
			return nil
		}
		amount = amount.Mul(rate)
	}
	c.Payout = decimal.NewNullDecimal(c.Terms.Payout(c.Goal, amount, c.Status))
	return nil
}

// keptRate is the rate that a conversion was reckoned with, else that of its time.
func (in *Intake) keptRate(ctx context.Context, tx *pg.Pipeline, c *conversion) (decimal.Decimal, bool, error) {
	if c.Rate.Valid {
		return c.Rate.Decimal, true, nil
	}
	rate, found, err := in.rate(ctx, tx, c.Currency, c.Terms.Currency, c.OccurredAt)
	if found {
		c.Rate = decimal.NewNullDecimal(rate)
	}
	return rate, found, err
}

// agree finds the terms that a conversion is paid by.
func (in *Intake) agree(ctx context.Context, tx *pg.Pipeline, c *conversion) error {
	deals, _, err := in.catalog.deals.get(ctx, tx, dealKey{OfferID: c.OfferID, AffiliateID: c.AffiliateID})
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
			return nil // reckonTiered does it
		}
		if volume, err = in.volume(ctx, tx, c, d.Deal); err != nil {
			return err
		}
	}
	terms := d.Terms(volume)
	c.Terms, c.DealID = &terms, d.ID
	return nil
}

// volume is what the month of a conversion has brought before it. Whoever asks
// waits for those that ask for the same month: two that arrive together must not
// both be its fiftieth.
func (in *Intake) volume(ctx context.Context, tx *pg.Pipeline, c *conversion, d commission.Deal) (commission.Volume, error) {
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

// reckonTiered reckons the new conversions whose deals have tiers, now that those
// of the same commit are in the table: each counts for the next.
func (in *Intake) reckonTiered(ctx context.Context, tx *pg.Pipeline, entries []*entry) error {
	for _, e := range entries {
		c := e.conversion
		if !e.isNew || !c.tiered {
			continue
		}
		c.stored, c.tiered = true, false
		if err := in.reckon(ctx, tx, c); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `
			UPDATE conversions SET payout = $2, payout_currency = $3, deal_id = nullif($4::bigint, 0), terms = $5, rate = $6 WHERE id = $1`,
			c.ID, c.Payout, c.PayoutCurrency, c.DealID, termsText(c.Terms), c.Rate)
		if err != nil {
			return fmt.Errorf("reckoning conversion %s by its tier: %w", c.ID, err)
		}
	}
	return nil
}
