package intake

import (
	"context"
	"database/sql"

	"github.com/gofrs/uuid/v5"

	"postrider/internal/pg"
)

// priceMissing prices the conversions without a payout for lack of a currency's rate.
func (r *recorder) priceMissing(ctx context.Context, currency string, by Move) (int, error) {
	var waiting []uuid.UUID
	err := pg.Each(ctx, r.db, "finding what waits for a rate", func(rows *sql.Rows) error {
		var id uuid.UUID
		err := rows.Scan(&id)
		waiting = append(waiting, id)
		return err
	}, `SELECT id FROM conversions WHERE payout IS NULL AND terms IS NOT NULL AND undone_at IS NULL AND (currency = $1 OR payout_currency = $1) ORDER BY id`, currency)
	if err != nil {
		return 0, err
	}
	priced := 0
	for _, id := range waiting {
		done := false
		err := r.changeOne(ctx, id, func(ctx context.Context, ch *changes, c *conversion) (err error) {
			done, err = priceLate(ctx, ch, c, currency, by)
			return err
		})
		if err != nil {
			return priced, err
		}
		if done {
			priced++
		}
	}
	return priced, nil
}

// priceLate prices a conversion that has no payout, and records that as a step.
func priceLate(ctx context.Context, ch *changes, c *conversion, currency string, by Move) (bool, error) {
	if c.Payout.Valid {
		return false, nil
	}
	if err := price(ctx, ch, c); err != nil || !c.Payout.Valid {
		return false, err
	}
	if err := c.save(ctx, ch.tx); err != nil {
		return false, err
	}
	last, err := ch.lastStep(ctx, c.ID)
	if err != nil {
		return false, err
	}
	setState(last.Macros, c)
	return true, decide(ctx, ch, c, step{
		Previous: c.Status, Status: c.Status, Correction: true, Reason: "calculated: there is a rate for " + currency + " now",
		Actor: by.Actor, UserID: by.UserID, At: ch.now, Macros: last.Macros, After: last.ID,
	}, ch.now)
}
