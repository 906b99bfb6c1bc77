package intake

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"
)

func capDay(at time.Time) string { return at.UTC().Format(time.DateOnly) }

// takeCaps counts each new conversion that pays against the daily caps of its campaign and its
// offer, on the day on which it was received, or the day of at. A conversion over a cap is
// recorded, pays nothing, and no postback is sent. Lock order: campaigns before offers, each
// by id. A conversion that is reversed later stays counted, unless its attribution was undone.
func takeCaps(ctx context.Context, ch *changes, recorded []*conversion, at time.Time) error {
	for _, kind := range []struct {
		name string
		ref  func(c *conversion) int64
	}{
		{capOfCampaign, func(c *conversion) int64 { return int64(c.CampaignID) }},
		{capOfOffer, func(c *conversion) int64 { return int64(c.OfferID) }},
	} {
		inOrder := slices.SortedStableFunc(slices.Values(recorded), func(a, b *conversion) int { return cmp.Compare(kind.ref(a), kind.ref(b)) })
		for _, c := range inOrder {
			day := capDay(at)
			if at.IsZero() {
				day = capDay(c.ReceivedAt)
			}
			if err := takeCap(ctx, ch, c, capKey{kind.name, kind.ref(c)}, day); err != nil {
				return err
			}
		}
	}
	return nil
}

// takeCap counts a conversion, or marks it as over the cap.
func takeCap(ctx context.Context, ch *changes, c *conversion, key capKey, day string) error {
	if !c.Payout.Decimal.IsPositive() || key.ref == 0 {
		return nil
	}
	most, _, err := ch.catalog.caps.get(ctx, ch.tx, key)
	if err != nil || most == 0 {
		return err
	}
	var used int
	err = ch.tx.QueryRowContext(ctx, `
		WITH place AS (
		  INSERT INTO cap_days (kind, ref, day, used) VALUES ($1, $2, $3, 1)
		  ON CONFLICT (kind, ref, day) DO UPDATE SET used = cap_days.used + 1 WHERE cap_days.used < $4
		  RETURNING kind, ref, day, used),
		taken AS (INSERT INTO cap_places (conversion_id, kind, ref, day) SELECT $5, kind, ref, day FROM place)
		SELECT used FROM place`, key.kind, key.ref, day, most, c.ID).Scan(&used)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return overCap(ctx, ch, c, key)
	case err != nil:
		return fmt.Errorf("counting in the cap of %s %d: %w", key.kind, key.ref, err)
	case used == most: // the click caches must drop the link's cap
		if _, err := ch.tx.ExecContext(ctx, `SELECT pg_notify('postrider_config', 'cap_days')`); err != nil {
			return fmt.Errorf("announcing that %s %d is full: %w", key.kind, key.ref, err)
		}
	}
	return nil
}

// overCap saves a conversion that is over a cap.
func overCap(ctx context.Context, ch *changes, c *conversion, key capKey) error {
	c.CappedBy, c.Payout = key.kind, decimal.NewNullDecimal(decimal.Zero)
	if err := c.save(ctx, ch.tx); err != nil {
		return err
	}
	return freeCaps(ctx, ch, c) // the place that it already had in its campaign
}

// freeCaps gives back the places in caps that a conversion took.
func freeCaps(ctx context.Context, ch *changes, c *conversion) error {
	_, err := ch.tx.ExecContext(ctx, `
		WITH freed AS (DELETE FROM cap_places WHERE conversion_id = $1 RETURNING kind, ref, day),
		days AS (
		  UPDATE cap_days d SET used = d.used - 1 FROM freed f WHERE d.kind = f.kind AND d.ref = f.ref AND d.day = f.day AND d.used > 0
		  RETURNING d.kind)
		SELECT pg_notify('postrider_config', 'cap_days') FROM days LIMIT 1`, c.ID)
	if err != nil {
		return fmt.Errorf("giving back the places of conversion %s: %w", c.ID, err)
	}
	return nil
}
