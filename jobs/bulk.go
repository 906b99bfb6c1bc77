package jobs

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/jackc/pgx/v5"

	"postrider/dispatch"
	"postrider/internal/pg"
	"postrider/internal/problem"
	"postrider/macro"
	"postrider/outbox"
)

// A bulk replay is fed into the table little by little, so that it can be paused
// and cancelled, and never stands in the way of live traffic: what is live waits
// for as many as one step queues, so there are many small ones.
const (
	bulkEvery = 50 * time.Millisecond // between two steps
	bulkChunk = 50                    // deliveries that one step of a replay queues
	bulkAhead = 500                   // of one replay that may wait in the table
)

// MaxBulk is the most deliveries that one bulk replay may mean.
const MaxBulk = 1_000_000

// ReplayMany writes a bulk replay of these deliveries down: of one affiliate, or
// of several where it is 0; by whom, 0 for nobody known; by the templates that
// they were made for, or today's. It runs from then on, whatever happens to this
// process. Who may replay what is the caller's to check.
func (r Replayer) ReplayMany(ctx context.Context, affiliateID, userID int64, asSent bool, deliveries []uuid.UUID) (id int64, err error) {
	if len(deliveries) > MaxBulk {
		return 0, problem.Invalid("filter", "matches %d deliveries: narrow it to at most %d", len(deliveries), MaxBulk)
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
		return nil
	})
	return id, err
}

// PauseBulk lets a bulk replay queue nothing more until it is resumed. What waits
// in the table already, a few hundred at most, still goes out.
func (r Replayer) PauseBulk(ctx context.Context, id int64) error {
	return r.moveBulk(ctx, id, dispatch.BulkPaused, dispatch.BulkRunning)
}

// ResumeBulk lets a paused bulk replay go on.
func (r Replayer) ResumeBulk(ctx context.Context, id int64) error {
	return r.moveBulk(ctx, id, dispatch.BulkRunning, dispatch.BulkPaused)
}

// CancelBulk calls off what a bulk replay has not sent yet.
func (r Replayer) CancelBulk(ctx context.Context, id int64) error {
	if err := r.moveBulk(ctx, id, dispatch.BulkCancelled, dispatch.BulkRunning, dispatch.BulkPaused); err != nil {
		return err
	}
	return pg.InGroup(ctx, r.Pool, func(ctx context.Context, tx *pg.Group) error { return outbox.CancelReplay(ctx, tx, id, r.Now()) })
}

func (r Replayer) moveBulk(ctx context.Context, id int64, to dispatch.BulkState, from ...dispatch.BulkState) error {
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
	var state dispatch.BulkState
	err = r.Pool.QueryRow(ctx, `SELECT state FROM bulk_replays WHERE id = $1`, id).Scan(&state)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return problem.NotFound("there is no such bulk replay")
	case err != nil:
		return fmt.Errorf("reading bulk replay %d: %w", id, err)
	case state == to:
		return nil // it is what was wanted
	default:
		return problem.Conflict("id", "it is %s already", state)
	}
}

// feedBulks feeds what runs until ctx is done. Only the process that promotes
// does, and its promoter sees when there is something to feed.
func (e *Engine) feedBulks(ctx context.Context) {
	for ctx.Err() == nil {
		running := false
		if e.member.leads() {
			var err error
			if running, err = e.feedRunning(ctx); err != nil && ctx.Err() == nil {
				e.Log.ErrorContext(ctx, "feeding bulk replays", "error", err)
			}
		}
		if running {
			sleep(ctx, bulkEvery, nil)
			continue
		}
		select {
		case <-ctx.Done():
		case <-e.bulks:
		}
	}
}

// feedRunning takes every running bulk replay a step further, and tells whether
// there is one.
func (e *Engine) feedRunning(ctx context.Context) (bool, error) {
	rows, err := e.Pool.Pgx.Query(ctx, `SELECT id FROM bulk_replays WHERE state = 'running' ORDER BY id`)
	if err != nil {
		return false, fmt.Errorf("looking for bulk replays: %w", err)
	}
	running, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return false, fmt.Errorf("looking for bulk replays: %w", err)
	}
	var problems []error
	for _, id := range running {
		if err := e.feedBulk(ctx, id); err != nil {
			problems = append(problems, fmt.Errorf("bulk replay %d: %w", id, err))
		}
	}
	return len(running) > 0, errors.Join(problems...)
}

// bulk is a bulk replay whose row is locked.
type bulk struct {
	id            int64
	asSent        bool
	total, queued int
}

// feedBulk queues the next deliveries of a bulk replay, or ends it.
func (e *Engine) feedBulk(ctx context.Context, id int64) error {
	now := e.Now().UTC()
	return pgx.BeginFunc(ctx, e.Pool.Pgx, func(tx pgx.Tx) error {
		b := bulk{id: id}
		err := tx.QueryRow(ctx, `SELECT as_sent, total, queued FROM bulk_replays WHERE id = $1 AND state = 'running' FOR UPDATE SKIP LOCKED`, id).
			Scan(&b.asSent, &b.total, &b.queued)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("reading it: %w", err)
		}
		var waiting int
		err = tx.QueryRow(ctx, `
			SELECT count(*) FROM deliveries WHERE bulk_replay_id = $1 AND state IN `+dispatch.UnfinishedSQL, id).Scan(&waiting)
		switch {
		case err != nil:
			return fmt.Errorf("counting what waits: %w", err)
		case b.queued == b.total && waiting == 0:
			_, err := tx.Exec(ctx, `UPDATE bulk_replays SET state = 'done', finished_at = $2, updated_at = $2 WHERE id = $1`, id, now)
			return err
		case b.queued == b.total || waiting >= bulkAhead:
			return nil
		}
		return b.step(ctx, tx, now)
	})
}

// step queues a chunk.
func (b bulk) step(ctx context.Context, tx pgx.Tx, now time.Time) error {
	upTo := min(b.total, b.queued+bulkChunk)
	endpoints, err := b.endpoints(ctx, tx, upTo)
	if err != nil {
		return err
	}
	group := pg.NewGroup(tx)
	made, err := outbox.ReplaySome(ctx, group, outbox.Items{BulkReplay: b.id, After: b.queued, UpTo: upTo, AsSent: b.asSent, Endpoints: endpoints}, now)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE bulk_replays SET queued = $2, skipped = skipped + $3, updated_at = $4 WHERE id = $1`,
		b.id, upTo, upTo-b.queued-made, now)
	if err != nil {
		return fmt.Errorf("noting how far it is: %w", err)
	}
	return group.Send(ctx)
}

// endpoints reads where the versions go that the next deliveries are sent by.
func (b bulk) endpoints(ctx context.Context, tx pgx.Tx, upTo int) (map[int64]string, error) {
	rows, err := tx.Query(ctx, `
		SELECT DISTINCT v.id, v.url_template FROM bulk_replay_items i JOIN deliveries d ON d.id = i.delivery_id
		JOIN postbacks p ON p.id = d.postback_id
		JOIN postback_versions v ON v.postback_id = p.id AND CASE WHEN $4 THEN v.id = d.version_id ELSE v.number = p.version END
		WHERE i.bulk_replay_id = $1 AND i.number > $2 AND i.number <= $3`, b.id, b.queued, upTo, b.asSent)
	if err != nil {
		return nil, fmt.Errorf("reading templates: %w", err)
	}
	found := map[int64]string{}
	var id int64
	var text string
	_, err = pgx.ForEachRow(rows, []any{&id, &text}, func() error {
		template, err := macro.ParseFor(text, macro.Gathered)
		if err != nil {
			return fmt.Errorf("reading the template of version %d: %w", id, err)
		}
		found[id] = template.Endpoint()
		return nil
	})
	return found, err
}
