package jobs

import (
	"context"
	"fmt"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/jackc/pgx/v5"
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

// keepHouse makes the partitions of the months ahead, long before a row needs
// them, and drops what nobody looks at any more. Any node may do it at any time.
func (e *Engine) keepHouse(ctx context.Context) error {
	now := e.Now().UTC()
	for _, chore := range []struct {
		what string
		sql  string
		args []any
	}{
		{"making partitions", `SELECT make_partitions($1, $2)`, []any{now, now.AddDate(0, monthsAhead, 0)}},
		{"dropping old attempts", `SELECT drop_partitions('attempts', $1)`, []any{now.Add(-e.Retention.Attempts)}},
		{"dropping the old received log", `SELECT drop_partitions('received_postbacks', $1)`, []any{now.Add(-e.Retention.Received)}},
		{"dropping old echoes", `DELETE FROM echo_requests WHERE id < uuid_floor($1)`, []any{now.Add(-echoKept)}},
		{"dropping sessions that are over", `DELETE FROM sessions WHERE expiry < $1`, []any{now}},
		{"dropping the lists of old bulk replays", `
			DELETE FROM bulk_replay_items WHERE bulk_replay_id IN (SELECT id FROM bulk_replays WHERE finished_at < $1)`, []any{now.Add(-bulkKept)}},
		{"closing circuits that nothing goes to", `
			UPDATE endpoints c SET state = 'closed', updated_at = $1 WHERE state <> 'closed' AND probe_at < $1::timestamptz - interval '1 hour'
			  AND NOT EXISTS (SELECT FROM deliveries d WHERE d.endpoint = c.endpoint AND d.parked_at IS NOT NULL)`, []any{now}},
	} {
		if _, err := e.Pool.Pgx.Exec(ctx, chore.sql, chore.args...); err != nil {
			return fmt.Errorf("%s: %w", chore.what, err)
		}
	}
	return e.dropBodies(ctx, now.Add(-e.Retention.Bodies))
}

// bodyChunk is how many attempts lose their bodies in one statement.
const bodyChunk = 1000

// dropBodies takes headers and bodies out of attempts from before then, a chunk
// at a time so that nothing else waits long. It remembers how far it came.
func (e *Engine) dropBodies(ctx context.Context, before time.Time) error {
	for ctx.Err() == nil {
		rows, err := e.Pool.Pgx.Query(ctx, `
			WITH old AS (
			  SELECT id FROM attempts WHERE id > $1 AND id < uuid_floor($2) ORDER BY id LIMIT $3
			), emptied AS (
			  UPDATE attempts a SET request_headers = '[]', request_body = NULL, response_headers = '[]', response_body = NULL
			  FROM old WHERE a.id = old.id AND a.id > $1 AND a.id < uuid_floor($2)
			    AND (a.response_body IS NOT NULL OR a.request_body IS NOT NULL OR a.request_headers <> '[]' OR a.response_headers <> '[]')
			)
			SELECT id FROM old ORDER BY id`, e.bodiesUpTo, before, bodyChunk)
		if err != nil {
			return fmt.Errorf("dropping old bodies: %w", err)
		}
		ids, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
		if err != nil {
			return fmt.Errorf("dropping old bodies: %w", err)
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
