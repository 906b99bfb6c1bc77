package jobs

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"postrider/dispatch"
	"postrider/internal/live"
	"postrider/internal/pg"
)

// flushRows is how many results share a commit at most.
const flushRows = 500

// result is one attempt that is over.
type result struct {
	claim     *claim
	attemptID uuid.UUID
	exchange  dispatch.Exchange
	outcome   dispatch.Outcome
	at        time.Time
	unspent   bool // nothing was sent: no attempt is written, and its number is given back
}

// writer commits results in groups: many attempts share one transaction, and
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

// write hands a result over and waits until it is committed.
func (w *writer) write(ctx context.Context, r result) error { return w.batch.Do(ctx, r) }

// What could not be written is sent again after the sweep: that is worth some
// more tries, and each may be made though the one before was committed after all.
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

// commit writes results in one transaction and one round trip: attempts,
// deliveries, held postbacks, and the notice to whoever watches. Only where
// something is to be held does it have to look first.
func commit(ctx context.Context, pool *pgxpool.Pool, results []result) error {
	if !slices.ContainsFunc(results, result.holds) {
		batch, err := flushBatch(results)
		if err != nil {
			return err
		}
		return flushed(len(results), pool.SendBatch(ctx, batch))
	}
	return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		if err := confirmHolds(ctx, tx, results); err != nil {
			return err
		}
		batch, err := flushBatch(results)
		if err != nil {
			return err
		}
		return flushed(len(results), tx.SendBatch(ctx, batch))
	})
}

func flushed(n int, sent pgx.BatchResults) error {
	if err := sent.Close(); err != nil {
		return fmt.Errorf("writing what came of %d deliveries: %w", n, err)
	}
	return nil
}

// flushBatch is all that results write.
func flushBatch(results []result) (*pgx.Batch, error) {
	attempts, err := attemptRows(results)
	if err != nil {
		return nil, err
	}
	batch := &pgx.Batch{}
	if attempts.rows > 0 {
		batch.Queue(insertAttemptsSQL, attempts.columns[:]...)
	}
	finish(batch, results)
	ids, over := make([]uuid.UUID, len(results)), pg.UUIDs{}
	for i, r := range results {
		ids[i] = r.claim.id
		if r.outcome.State.Final() {
			over = append(over, r.claim.id)
		}
	}
	if len(over) > 0 {
		batch.Queue(unblockSQL, over, results[0].at.UTC(), string(live.Deliveries))
	}
	if jobs := ending(runs(results)); len(jobs) > 0 {
		batch.Queue(dropJobsSQL, jobs)
	}
	live.Queue(queuer{batch}, live.Deliveries, ids...)
	return batch, nil
}

// runs gives the job of each result.
func runs(results []result) []*run {
	all := make([]*run, len(results))
	for i, r := range results {
		all[i] = r.claim.run
	}
	return all
}

// queuer queues without asking for the result.
type queuer struct{ batch *pgx.Batch }

// Queue adds a statement.
func (q queuer) Queue(query string, args ...any) { q.batch.Queue(query, args...) }

// holds tells whether the delivery of a result is to be held with its postback.
func (r result) holds() bool { return r.unspent && r.outcome.State == dispatch.Held }

// confirmHolds looks again whether the postbacks of deliveries that are to be
// held are on hold. One that was resumed meanwhile has let go what was held
// before: what is held after that would wait for ever, so it is due at once.
func confirmHolds(ctx context.Context, tx pgx.Tx, results []result) error {
	var postbacks []int64
	for _, r := range results {
		if r.holds() {
			postbacks = append(postbacks, r.claim.postbackID)
		}
	}
	if len(postbacks) == 0 {
		return nil
	}
	rows, err := tx.Query(ctx, heldSQL, postbacks)
	if err != nil {
		return fmt.Errorf("looking at held postbacks: %w", err)
	}
	held, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return fmt.Errorf("looking at held postbacks: %w", err)
	}
	for i, r := range results {
		if r.holds() && !slices.Contains(held, r.claim.postbackID) {
			results[i].outcome = dispatch.Outcome{State: dispatch.Waits(r.claim.number - 1), RetryAt: r.at}
		}
	}
	return nil
}

func notify(ctx context.Context, tx pgx.Tx, ids []uuid.UUID) error {
	for _, payload := range live.Payloads(ids) {
		if _, err := tx.Exec(ctx, `SELECT pg_notify($1, $2)`, string(live.Deliveries), payload); err != nil {
			return fmt.Errorf("announcing deliveries: %w", err)
		}
	}
	return nil
}

// finish moves the deliveries on.
func finish(batch *pgx.Batch, results []result) {
	var (
		ids                          pg.UUIDs
		numbers, codes               []int32
		states, urls, reasons, texts []string
		dues                         []*time.Time
		took                         []float64
		ats                          []time.Time
		unspent                      []bool
		gone                         []int64
	)
	for _, r := range results {
		var due *time.Time
		if !r.outcome.RetryAt.IsZero() {
			at := r.outcome.RetryAt.UTC()
			due = &at
		}
		ids, numbers = append(ids, r.claim.id), append(numbers, int32(r.claim.number)) //nolint:gosec // an attempt's number is small
		states, dues = append(states, string(r.outcome.State)), append(dues, due)
		urls, codes = append(urls, r.exchange.URL), append(codes, int32(r.exchange.StatusCode)) //nolint:gosec // three digits
		took, reasons = append(took, milliseconds(r.exchange.Duration)), append(reasons, string(r.outcome.Reason))
		texts, ats, unspent = append(texts, r.outcome.Detail), append(ats, r.at.UTC()), append(unspent, r.unspent)
		if r.outcome.HoldPostback {
			gone = append(gone, r.claim.postbackID)
		}
	}
	batch.Queue(finishSQL, ids, numbers, states, dues, urls, codes, took, reasons, texts, ats, unspent)
	if len(gone) > 0 {
		batch.Queue(holdSQL, gone, ats[0])
	}
}
