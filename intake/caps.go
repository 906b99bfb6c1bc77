package intake

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/lib/pq"
	"github.com/shopspring/decimal"

	"postrider/internal/pg"
)

// capKey names what can have a cap: how many conversions that pay it takes in
// a day of UTC.
type capKey struct {
	kind string // offer or campaign
	ref  int64
}

// The kinds of cap.
const (
	capOfCampaign = "campaign"
	capOfOffer    = "offer"
)

// lastFullDay is, of the offer o and the campaign c, the last day on which the cap
// of one was reached.
const lastFullDay = `coalesce((
  SELECT max(d.day)::text FROM cap_days d
  WHERE d.kind = 'offer' AND d.ref = o.id AND d.taken >= o.daily_cap OR d.kind = 'campaign' AND d.ref = c.id AND d.taken >= c.daily_cap), '')`

// fullAt tells whether the link takes no more clicks on the day of a time.
func (l *link) fullAt(at time.Time) bool { return l.fullOn != "" && l.fullOn == capDay(at) }

func capDay(at time.Time) string { return at.UTC().Format(time.DateOnly) }

// dailyCap reads a cap; there is none where it is not found.
func (l loader) dailyCap(ctx context.Context, on querier, key capKey) (int, bool, error) {
	table := map[string]string{capOfOffer: "offers", capOfCampaign: "campaigns"}[key.kind]
	var most sql.NullInt64
	err := on.QueryRowContext(ctx, `SELECT daily_cap FROM `+table+` WHERE id = $1`, key.ref).Scan(&most)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, false, fmt.Errorf("reading the cap of %s %d: %w", key.kind, key.ref, err)
	}
	return int(most.Int64), true, nil
}

// takePlaces takes, for each new conversion that pays, a place of its
// campaign's day and one of its offer's. What finds none is kept, pays nothing,
// and nobody is told of it. Places are taken in one order, whatever order the
// conversions have, and given back by nobody: what is reversed later had its place.
func (in *Intake) takePlaces(ctx context.Context, tx *pg.Pipeline, entries []*entry) error {
	byCampaign := slices.SortedStableFunc(slices.Values(entries), func(a, b *entry) int {
		return cmp.Compare(a.conversion.CampaignID, b.conversion.CampaignID)
	})
	for _, e := range byCampaign {
		if err := in.takePlace(ctx, tx, e, capKey{capOfCampaign, e.conversion.CampaignID}); err != nil {
			return err
		}
	}
	byOffer := slices.SortedStableFunc(slices.Values(entries), func(a, b *entry) int {
		return cmp.Compare(a.conversion.OfferID, b.conversion.OfferID)
	})
	for _, e := range byOffer {
		if err := in.takePlace(ctx, tx, e, capKey{capOfOffer, e.conversion.OfferID}); err != nil {
			return err
		}
	}
	return nil
}

// takePlace takes one place, or notes that there is none.
func (in *Intake) takePlace(ctx context.Context, tx *pg.Pipeline, e *entry, key capKey) error {
	c := e.conversion
	if !e.isNew || !c.Payout.Decimal.IsPositive() || key.ref == 0 {
		return nil
	}
	most, _, err := in.catalog.caps.get(ctx, tx, key)
	if err != nil || most == 0 {
		return err
	}
	var taken int
	err = tx.QueryRowContext(ctx, `
		INSERT INTO cap_days (kind, ref, day, taken) VALUES ($1, $2, $3, 1)
		ON CONFLICT (kind, ref, day) DO UPDATE SET taken = cap_days.taken + 1 WHERE cap_days.taken < $4
		RETURNING taken`, key.kind, key.ref, capDay(e.now), most).Scan(&taken)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return in.overCap(ctx, tx, e, key)
	case err != nil:
		return fmt.Errorf("taking a place of %s %d: %w", key.kind, key.ref, err)
	case taken == most: // clicks have to know
		if _, err := tx.ExecContext(ctx, `SELECT pg_notify('postrider_config', 'cap_days')`); err != nil {
			return fmt.Errorf("announcing that %s %d is full: %w", key.kind, key.ref, err)
		}
	}
	return nil
}

// overCap keeps a conversion for which there was no place.
func (in *Intake) overCap(ctx context.Context, tx *pg.Pipeline, e *entry, key capKey) error {
	c := e.conversion
	c.CappedBy, c.Payout = key.kind, decimal.NewNullDecimal(decimal.Zero)
	if _, err := tx.ExecContext(ctx, `UPDATE conversions SET capped_by = $2, payout = $3 WHERE id = $1`, c.ID, c.CappedBy, c.Payout); err != nil {
		return fmt.Errorf("keeping conversion %s over the cap: %w", c.ID, err)
	}
	if key.kind != capOfOffer || c.CampaignID == 0 {
		return nil
	}
	most, _, err := in.catalog.caps.get(ctx, tx, capKey{capOfCampaign, c.CampaignID})
	if err != nil || most == 0 {
		return err
	}
	// The place that its campaign gave is free again.
	_, err = tx.ExecContext(ctx, `UPDATE cap_days SET taken = taken - 1 WHERE kind = 'campaign' AND ref = $1 AND day = $2 AND taken > 0`,
		c.CampaignID, capDay(e.now))
	if err != nil {
		return fmt.Errorf("giving a place of campaign %d back: %w", c.CampaignID, err)
	}
	return nil
}

// TakenOfCampaigns tells how many places of today's campaigns are taken.
func (in *Intake) TakenOfCampaigns(ctx context.Context, ids []int64) (map[int64]int, error) {
	return in.taken(ctx, capOfCampaign, ids)
}

// TakenOfOffers tells how many places of today's offers are taken.
func (in *Intake) TakenOfOffers(ctx context.Context, ids []int64) (map[int64]int, error) {
	return in.taken(ctx, capOfOffer, ids)
}

func (in *Intake) taken(ctx context.Context, kind string, ids []int64) (map[int64]int, error) {
	found := make(map[int64]int, len(ids))
	for _, id := range ids {
		found[id] = 0
	}
	err := pg.Each(ctx, in.DB, "reading how full the day is", func(rows *sql.Rows) error {
		var id int64
		var taken int
		if err := rows.Scan(&id, &taken); err != nil {
			return err
		}
		found[id] = taken
		return nil
	}, `SELECT ref, taken FROM cap_days WHERE kind = $1 AND ref = ANY($2) AND day = $3`,
		kind, pq.Array(ids), capDay(in.now()))
	if err != nil {
		return nil, err
	}
	return found, nil
}
