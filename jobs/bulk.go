package jobs

import (
	"context"
	"errors"
	"fmt"

	"github.com/gofrs/uuid/v5"
	"github.com/jackc/pgx/v5"

	"postrider/idempotency"
	"postrider/internal/globalid"
	"postrider/internal/ids"
	"postrider/internal/pg"
	"postrider/internal/problem"
	"postrider/outbox"
)

// MaxBulk is the maximum number of deliveries in a bulk replay.
const MaxBulk = 1_000_000

// ReplayMany creates a bulk replay of deliveries. affiliateID is 0 for those of several
// affiliates, userID 0 for an unknown user; asSent selects the templates that they were
// made for, not the current ones. It runs even if this process ends. The caller checks who
// may replay what.
func (r Replayer) ReplayMany(ctx context.Context, affiliateID ids.Affiliate, userID ids.User, asSent bool, deliveries []uuid.UUID) (id int64, err error) {
	if len(deliveries) > MaxBulk {
		return 0, problem.Invalid("filter", "matches %d deliveries; the limit is %d", len(deliveries), MaxBulk)
	}
	now := r.Now().UTC()
	err = pgx.BeginFunc(ctx, r.Pool, func(tx pgx.Tx) error {
		err := tx.QueryRow(ctx, `
			INSERT INTO bulk_replays (affiliate_id, user_id, as_sent, state, total, created_at, updated_at)
			VALUES (nullif($1::bigint, 0), nullif($2::bigint, 0), $3, 'running', $4, $5, $5) RETURNING id`,
			affiliateID, userID, asSent, len(deliveries), now).Scan(&id)
		if err != nil {
			return fmt.Errorf("writing the bulk replay down: %w", err)
		}
		n := int64(0)
		_, err = tx.CopyFrom(ctx, pgx.Identifier{"bulk_replay_items"}, []string{"bulk_replay_id", "number", "delivery_id"},
			pgx.CopyFromSlice(len(deliveries), func(i int) ([]any, error) {
				n++
				return []any{id, n, deliveries[i]}, nil
			}))
		if err != nil {
			return fmt.Errorf("writing the deliveries of the bulk replay down: %w", err)
		}
		group := pg.NewGroup(tx)
		done := idempotency.Done{IDs: []string{globalid.Int("BulkReplay", id)}, Count: len(deliveries)}
		if err := idempotency.From(ctx).Done(group, done); err != nil {
			return err
		}
		return group.Send(ctx)
	})
	return id, err
}

// PauseBulk stops a bulk replay from queuing more until it is resumed. What is in the table
// already, a few hundred at most, is still sent.
func (r Replayer) PauseBulk(ctx context.Context, id int64) error {
	return r.moveBulk(ctx, id, outbox.BulkPaused, outbox.BulkRunning)
}

// ResumeBulk resumes a paused bulk replay.
func (r Replayer) ResumeBulk(ctx context.Context, id int64) error {
	return r.moveBulk(ctx, id, outbox.BulkRunning, outbox.BulkPaused)
}

// CancelBulk cancels what a bulk replay has not sent yet.
func (r Replayer) CancelBulk(ctx context.Context, id int64) error {
	if err := r.moveBulk(ctx, id, outbox.BulkCancelled, outbox.BulkRunning, outbox.BulkPaused); err != nil {
		return err
	}
	return pg.InGroup(ctx, r.Pool, func(ctx context.Context, tx *pg.Group) error { return outbox.CancelReplay(ctx, tx, id, r.Now()) })
}

func (r Replayer) moveBulk(ctx context.Context, id int64, to outbox.BulkState, from ...outbox.BulkState) error {
	states := make([]string, len(from))
	for i, s := range from {
		states[i] = string(s)
	}
	now := r.Now().UTC()
	tag, err := r.Pool.Exec(ctx, `
		UPDATE bulk_replays SET state = $2::text, updated_at = $3::timestamptz, finished_at = CASE WHEN $2::text = 'cancelled' THEN $3::timestamptz END
		WHERE id = $1 AND state = ANY($4)`, id, string(to), now, states)
	if err != nil {
		return fmt.Errorf("changing bulk replay %d: %w", id, err)
	}
	if tag.RowsAffected() > 0 {
		return nil
	}
	var state outbox.BulkState
	err = r.Pool.QueryRow(ctx, `SELECT state FROM bulk_replays WHERE id = $1`, id).Scan(&state)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return problem.NotFound("there is no such bulk replay")
	case err != nil:
		return fmt.Errorf("reading bulk replay %d: %w", id, err)
	case state == to:
		return nil // already as wanted
	default:
		return problem.Conflict("id", "it is already %s", state)
	}
}
