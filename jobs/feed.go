package jobs

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"postrider/domain/macro"
	"postrider/internal/pg"
	"postrider/outbox"
)

// A bulk replay is fed into the table in small steps, so that it can be paused and
// cancelled and never holds up live traffic: a live delivery waits for no more than one
// step queues.
const (
	bulkEvery = 50 * time.Millisecond // between two steps
	bulkChunk = 50                    // deliveries that one step of a replay queues
	bulkAhead = 500                   // of one replay that may wait in the table
)

// feeder feeds the running bulk replays.
type feeder struct {
	*Config

	member *membership
	wake   <-chan struct{} // there is something to feed
}

// run feeds until ctx is done. Only the process with the lease does, and its promoter wakes
// it when there is something to feed.
func (f *feeder) run(ctx context.Context) {
	for ctx.Err() == nil {
		running := false
		if f.member.leads() {
			var err error
			if running, err = f.feedRunning(ctx); err != nil && ctx.Err() == nil {
				f.Log.ErrorContext(ctx, "feeding bulk replays", "error", err)
			}
		}
		if running {
			sleep(ctx, bulkEvery, nil)
			continue
		}
		select {
		case <-ctx.Done():
		case <-f.wake:
		}
	}
}

// feedRunning advances every running bulk replay by a step, and reports whether there is
// one.
func (f *feeder) feedRunning(ctx context.Context) (bool, error) {
	rows, err := f.Pool.Pgx.Query(ctx, `SELECT id FROM bulk_replays WHERE state = 'running' ORDER BY id`)
	if err != nil {
		return false, fmt.Errorf("looking for bulk replays: %w", err)
	}
	running, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return false, fmt.Errorf("looking for bulk replays: %w", err)
	}
	var problems []error
	for _, id := range running {
		if err := f.feedBulk(ctx, id); err != nil {
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
func (f *feeder) feedBulk(ctx context.Context, id int64) error {
	now := f.Now().UTC()
	return pgx.BeginFunc(ctx, f.Pool.Pgx, func(tx pgx.Tx) error {
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
			SELECT count(*) FROM deliveries WHERE bulk_replay_id = $1 AND state IN `+outbox.UnfinishedSQL, id).Scan(&waiting)
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

// endpoints reads the endpoints of versions that the next deliveries go by.
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
		template, err := macro.ParseFor(text, macro.Aggregated)
		if err != nil {
			return fmt.Errorf("reading the template of version %d: %w", id, err)
		}
		found[id] = template.Endpoint()
		return nil
	})
	return found, err
}
