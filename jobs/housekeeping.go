package jobs

import (
	"context"
	"errors"
	"fmt"
	"time"

	"postrider/internal/pg"
	"postrider/outbox"
)

// Retention is how long what is no longer needed is kept. Conversions and clicks
// are kept for good. Zero fields have defaults.
type Retention struct {
	Bodies   time.Duration // headers and bodies of attempts; 30 days
	Attempts time.Duration // attempts themselves, a month at a time; 90 days
	Received time.Duration // the received log, a month at a time; 90 days
}

const day = 24 * time.Hour

func (r Retention) withDefaults() Retention {
	for _, d := range []struct {
		of    *time.Duration
		value time.Duration
	}{{&r.Bodies, 30 * day}, {&r.Attempts, 90 * day}, {&r.Received, 90 * day}} {
		if *d.of == 0 {
			*d.of = d.value
		}
	}
	return r
}

// What is kept for how long besides, and how far ahead months are made.
const (
	echoKept    = 7 * day
	bulkKept    = 30 * day
	monthsAhead = 3
)

// How often house is kept, and how soon again where something could not be done.
const (
	houseEvery = time.Hour
	houseAgain = time.Minute
)

// keepHouse does the chores now and from time to time. Any node may do it at any time.
func (e *Engine) keepHouse(ctx context.Context) {
	for ctx.Err() == nil {
		pause := houseEvery
		if err := e.chores(ctx, e.Now().UTC()); err != nil && ctx.Err() == nil {
			pause = houseAgain
			e.Log.WarnContext(ctx, "keeping house: to be tried again", "error", err, "in", pause)
		}
		sleep(ctx, pause, nil)
	}
}

// chores makes the partitions of the months ahead, long before a row needs them,
// and drops what nobody looks at any more. One that fails does not keep the
// others from being done.
func (e *Engine) chores(ctx context.Context, now time.Time) error {
	return errors.Join(
		pg.MakePartitions(ctx, e.Pool.SQL, pg.MonthOf(now), pg.MonthOf(now).Add(monthsAhead)),
		e.dropPartitions(ctx, "attempts", now.Add(-e.Retention.Attempts)),
		e.dropPartitions(ctx, "received_postbacks", now.Add(-e.Retention.Received)),
		e.dropRows(ctx, now),
		e.dropBodies(ctx, now.Add(-e.Retention.Bodies)),
	)
}

func (e *Engine) dropPartitions(ctx context.Context, table string, before time.Time) error {
	dropped, err := pg.DropPartitions(ctx, e.Pool.SQL, table, before)
	if len(dropped) > 0 {
		e.Log.InfoContext(ctx, "dropped what is older than it is kept", "partitions", dropped)
	}
	return err
}

// dropRows deletes what is over, row by row.
func (e *Engine) dropRows(ctx context.Context, now time.Time) error {
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
		if _, err := e.Pool.Pgx.Exec(ctx, chore.sql, chore.at); err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", chore.what, err))
		}
	}
	return errors.Join(faults...)
}

// bodyChunk is how many attempts lose their bodies in one statement.
const bodyChunk = 1000

// dropBodies takes headers and bodies out of attempts from before then, a chunk
// at a time so that nothing else waits long. It remembers how far it came.
func (e *Engine) dropBodies(ctx context.Context, before time.Time) error {
	for ctx.Err() == nil {
		ids, err := outbox.ForgetBodies(ctx, pg.NewGroup(e.Pool.Pgx), e.bodiesUpTo, before, bodyChunk)
		if err != nil {
			return err
		}
		if len(ids) > 0 {
			e.bodiesUpTo = ids[len(ids)-1]
		}
		if len(ids) < bodyChunk {
			return nil
		}
	}
	return ctx.Err()
}
