package jobs

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"postrider/internal/pg"
	"postrider/outbox"
)

// flushRows is the maximum number of results in a commit.
const flushRows = 500

// result is how a claim ended.
type result struct {
	outbox.Result

	claim *claim
}

// givenBack is the result of an unused claim: the installation is on hold, it is due at
// once.
func givenBack(c *claim, now time.Time) result { return result{c.GiveBack(now), c} }

// stopped is the result of an unused claim: its postback was held or deleted meanwhile.
func stopped(c *claim, now time.Time) result { return result{c.Stop(now), c} }

// writer commits results by group commit: many attempts share one transaction, and
// each caller waits until its own is durable.
type writer struct {
	pool    *pgxpool.Pool
	metrics *metrics
	log     *slog.Logger
	batch   *pg.Batch[result]
}

func newWriter(pool *pgxpool.Pool, m *metrics, log *slog.Logger) *writer {
	w := &writer{pool: pool, metrics: m, log: log}
	w.batch = pg.NewBatch(flushRows, w.flush)
	return w
}

// write adds a result to the batch and waits for its commit.
func (w *writer) write(ctx context.Context, r result) error { return w.batch.Do(ctx, r) }

// A result that is not written is sent again after the sweep: that is worth some more
// tries, and a try is safe even if the one before was committed after all.
const (
	flushTries = 3
	flushPause = 50 * time.Millisecond
)

func (w *writer) flush(ctx context.Context, results []result) error {
	started := time.Now()
	for try := 1; ; try++ {
		err := commit(ctx, w.pool, results)
		if err == nil {
			ended(runs(results))
			w.metrics.flush(len(results), time.Since(started))
			return nil
		}
		w.log.ErrorContext(ctx, "writing attempts down", "attempts", len(results), "try", try, "error", err)
		if try == flushTries {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(time.Duration(try) * flushPause):
		}
	}
}

// commit writes results in one transaction and one round trip: attempts, deliveries, held
// postbacks, and the notice to subscribers. Only a delivery that is to be held needs a
// query first.
func commit(ctx context.Context, pool *pgxpool.Pool, results []result) error {
	ends := make([]outbox.Result, len(results))
	for i, r := range results {
		ends[i] = r.Result
	}
	write := func(ctx context.Context, tx *pg.Group) error {
		if err := outbox.Finish(tx, ends); err != nil {
			return err
		}
		if jobs := ending(runs(results)); len(jobs) > 0 {
			tx.Queue(dropJobsSQL, jobs)
		}
		if err := tx.Send(ctx); err != nil {
			return fmt.Errorf("writing what came of %d deliveries: %w", len(results), err)
		}
		return nil
	}
	if !outbox.NeedsLook(ends) {
		return write(ctx, pg.NewGroup(pool))
	}
	return pg.InGroup(ctx, pool, func(ctx context.Context, tx *pg.Group) error {
		if err := outbox.ConfirmHolds(ctx, tx, ends); err != nil {
			return err
		}
		return write(ctx, tx)
	})
}

// runs returns the job of each result.
func runs(results []result) []*run {
	all := make([]*run, len(results))
	for i, r := range results {
		all[i] = r.claim.run
	}
	return all
}
