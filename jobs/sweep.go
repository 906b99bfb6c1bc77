package jobs

import (
	"context"
	"fmt"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/jackc/pgx/v5"

	"postrider/dispatch"
)

// sweep takes back what a dead process had claimed: the delivery is due again,
// and the attempt that may have left has its row.
func (e *Engine) sweep(ctx context.Context) error {
	now := e.Now().UTC()
	return pgx.BeginFunc(ctx, e.Pool.Pgx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, sweepSQL, now.Add(-e.SweepAfter), now)
		if err != nil {
			return fmt.Errorf("finding dead claims: %w", err)
		}
		var attempts []result
		var swept []uuid.UUID
		var c claim
		var claimedAt *time.Time
		var method dispatch.Method
		var url string
		_, err = pgx.ForEachRow(rows, []any{&c.id, &c.affiliateID, &c.number, &claimedAt, &method, &url}, func() error {
			swept = append(swept, c.id)
			if claimedAt == nil {
				return nil // its job was fetched, but no attempt was begun
			}
			id, err := uuid.NewV7AtTime(*claimedAt)
			taken := c
			attempts = append(attempts, result{
				claim: &taken, attemptID: id,
				exchange: dispatch.Exchange{StartedAt: *claimedAt, Method: method, URL: url, Duration: now.Sub(*claimedAt)},
				outcome:  dispatch.Outcome{AttemptReason: dispatch.Interrupted},
			})
			return err
		})
		if err != nil {
			return fmt.Errorf("reading dead claims: %w", err)
		}
		if len(swept) == 0 {
			return nil
		}
		e.Log.WarnContext(ctx, "took back what a dead process had claimed", "deliveries", len(swept), "attempts", len(attempts))
		batch, err := attemptRows(attempts)
		if err != nil {
			return err
		}
		if err := batch.insert(ctx, tx); err != nil {
			return err
		}
		return notify(ctx, tx, swept)
	})
}
