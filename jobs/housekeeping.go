package jobs

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/gofrs/uuid/v5"

	"postrider/idempotency"
	"postrider/internal/pg"
	"postrider/outbox"
)

// Retention of other data, and how many months ahead partitions are created.
const (
	echoKept    = 7 * day
	bulkKept    = 30 * day
	monthsAhead = 3
)

// How often the housekeeper runs, and how soon again after an error.
const (
	houseEvery = time.Hour
	houseAgain = time.Minute
)

// housekeeper drops data that is no longer needed.
type housekeeper struct {
	*Config

	bodiesUpTo uuid.UUID // attempts up to this one have lost their bodies
}

// run does the chores at once and then periodically. Any node may do it at any time.
func (h *housekeeper) run(ctx context.Context) {
	for ctx.Err() == nil {
		pause := houseEvery
		if err := h.chores(ctx, h.Now().UTC()); err != nil && ctx.Err() == nil {
			pause = houseAgain
			h.Log.WarnContext(ctx, "keeping house: to be tried again", "error", err, "in", pause)
		}
		sleep(ctx, pause, nil)
	}
}

// chores creates the partitions of the months ahead, long before a row needs them, and
// drops data that is no longer needed. A failed chore does not stop the others.
func (h *housekeeper) chores(ctx context.Context, now time.Time) error {
	return errors.Join(
		pg.MakePartitions(ctx, h.Pool.SQL, pg.MonthOf(now), pg.MonthOf(now).Add(monthsAhead)),
		h.dropPartitions(ctx, "attempts", now.Add(-h.Retention.Attempts)),
		h.dropPartitions(ctx, "delivery_changes", now.Add(-h.Retention.Attempts)),
		h.dropPartitions(ctx, "received_postbacks", now.Add(-h.Retention.Received)),
		h.dropRows(ctx, now),
		idempotency.Forget(ctx, h.Pool.SQL, now),
		h.dropBodies(ctx, now.Add(-h.Retention.Bodies)),
	)
}

func (h *housekeeper) dropPartitions(ctx context.Context, table string, before time.Time) error {
	dropped, err := pg.DropPartitions(ctx, h.Pool.SQL, table, before)
	if len(dropped) > 0 {
		h.Log.InfoContext(ctx, "dropped what is older than it is kept", "partitions", dropped)
	}
	return err
}

// dropRows deletes what has expired, row by row.
func (h *housekeeper) dropRows(ctx context.Context, now time.Time) error {
	var faults []error
	for _, chore := range []struct {
		what string
		sql  string
		at   time.Time
	}{
		{"dropping old echoes", `DELETE FROM echo_requests WHERE id < uuid_floor($1)`, now.Add(-echoKept)},
		{"dropping sessions that are over", `DELETE FROM sessions WHERE expiry < $1`, now},
		{"dropping the lists of old bulk replays", `
			DELETE FROM bulk_replay_items WHERE bulk_replay_id IN (SELECT id FROM bulk_replays WHERE finished_at < $1)`, now.Add(-bulkKept)},
		{"closing circuits that nothing goes to", `
			UPDATE endpoints c SET state = 'closed', updated_at = $1 WHERE state <> 'closed' AND probe_at < $1::timestamptz - interval '1 hour'
			  AND NOT EXISTS (SELECT FROM deliveries d WHERE d.endpoint = c.endpoint AND d.parked_at IS NOT NULL)`, now},
	} {
		if _, err := h.Pool.Pgx.Exec(ctx, chore.sql, chore.at); err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", chore.what, err))
		}
	}
	return errors.Join(faults...)
}

// bodyChunk is how many attempts lose their bodies in one statement.
const bodyChunk = 1000

// dropBodies clears headers and bodies of attempts from before then, a chunk at a time so
// that nothing else waits long. It remembers how far it came.
func (h *housekeeper) dropBodies(ctx context.Context, before time.Time) error {
	for ctx.Err() == nil {
		ids, err := outbox.ForgetBodies(ctx, pg.NewGroup(h.Pool.Pgx), h.bodiesUpTo, before, bodyChunk)
		if err != nil {
			return err
		}
		if len(ids) > 0 {
			h.bodiesUpTo = ids[len(ids)-1]
		}
		if len(ids) < bodyChunk {
			return nil
		}
	}
	return ctx.Err()
}
