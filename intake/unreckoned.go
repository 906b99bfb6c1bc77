package intake

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/gofrs/uuid/v5"

	"postrider/internal/pg"
)

// ReckonMissing reckons the conversions that had no payout for want of a currency's
// rate, now that there is one. Each gets a step of its own that says so; nothing
// fires for it, since its status is what it was. It gives how many there were.
func (in *Intake) ReckonMissing(ctx context.Context, currency string, by Move) (int, error) {
	var waiting []uuid.UUID
	err := pg.Each(ctx, in.DB, "finding what waits for a rate", func(rows *sql.Rows) error {
		var id uuid.UUID
		err := rows.Scan(&id)
		waiting = append(waiting, id)
		return err
	}, `SELECT id FROM conversions WHERE payout IS NULL AND terms IS NOT NULL AND (currency = $1 OR payout_currency = $1) ORDER BY id`, currency)
	if err != nil {
		return 0, err
	}
	reckoned := 0
	for _, id := range waiting {
		done := false
		err := pg.WithPipeline(ctx, in.DB, func(ctx context.Context, tx *pg.Pipeline) (err error) {
			done, err = in.reckonLate(ctx, tx, id, currency, by)
			return err
		})
		if err != nil {
			return reckoned, err
		}
		if done {
			reckoned++
		}
	}
	return reckoned, nil
}

func (in *Intake) reckonLate(ctx context.Context, tx *pg.Pipeline, id uuid.UUID, currency string, by Move) (bool, error) {
	c, err := findConversion(ctx, tx, `id = $1`, id)
	if err != nil || c.Payout.Valid {
		return false, err
	}
	if err := in.reckon(ctx, tx, c); err != nil || !c.Payout.Valid {
		return false, err
	}
	if _, err := tx.ExecContext(ctx, `UPDATE conversions SET payout = $2, rate = $3 WHERE id = $1`, c.ID, c.Payout, c.Rate); err != nil {
		return false, fmt.Errorf("reckoning conversion %s: %w", c.ID, err)
	}
	last, macros, err := lastEvent(ctx, tx, c.ID)
	if err != nil {
		return false, err
	}
	setState(macros, c)
	now := in.now()
	l := in.newLedger(tx)
	err = in.take(ctx, l, c, step{
		Previous: c.Status, Status: c.Status, Reason: "reckoned: there is a rate for " + currency + " now",
		Actor: by.Actor, UserID: by.UserID, At: now, Macros: macros, After: last,
	}, now)
	if err != nil {
		return false, err
	}
	return true, l.close(ctx)
}
