package jobs

import (
	"context"
	"encoding/json"
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
	w.batch = pg.NewBatch(flushRows, 1, w.flush)
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

// commit writes results in one transaction: attempts, deliveries, held
// postbacks, and the notice to whoever watches.
func commit(ctx context.Context, pool *pgxpool.Pool, results []result) error {
	attempts, err := attemptRows(results)
	if err != nil {
		return err
	}
	return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		if err := confirmHolds(ctx, tx, results); err != nil {
			return err
		}
		if err := attempts.insert(ctx, tx); err != nil {
			return err
		}
		if err := finish(ctx, tx, results); err != nil {
			return err
		}
		ids, over, jobs := make([]uuid.UUID, len(results)), []uuid.UUID{}, make([]int64, len(results))
		for i, r := range results {
			ids[i], jobs[i] = r.claim.id, r.claim.job
			if r.outcome.State.Final() {
				over = append(over, r.claim.id)
			}
		}
		unblocked, err := unblock(ctx, tx, over, results[0].at)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, dropJobsSQL, jobs); err != nil {
			return fmt.Errorf("dropping %d jobs: %w", len(jobs), err)
		}
		return notify(ctx, tx, append(ids, unblocked...))
	})
}

// unblock lets go what waited for deliveries that have ended.
func unblock(ctx context.Context, tx pgx.Tx, over []uuid.UUID, now time.Time) ([]uuid.UUID, error) {
	if len(over) == 0 {
		return nil, nil
	}
	rows, err := tx.Query(ctx, unblockSQL, over, now.UTC())
	if err != nil {
		return nil, fmt.Errorf("letting go what waited: %w", err)
	}
	unblocked, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil {
		return nil, fmt.Errorf("letting go what waited: %w", err)
	}
	return unblocked, nil
}

// confirmHolds looks again whether the postbacks of deliveries that are to be
// held are on hold. One that was resumed meanwhile has let go what was held
// before: what is held after that would wait for ever, so it is due at once.
func confirmHolds(ctx context.Context, tx pgx.Tx, results []result) error {
	var postbacks []int64
	for _, r := range results {
		if r.unspent && r.outcome.State == dispatch.Held {
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
		if r.unspent && r.outcome.State == dispatch.Held && !slices.Contains(held, r.claim.postbackID) {
			results[i].outcome = dispatch.Outcome{State: dispatch.Retrying, RetryAt: r.at}
			if r.claim.number == 1 {
				results[i].outcome.State = dispatch.Queued
			}
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
func finish(ctx context.Context, tx pgx.Tx, results []result) error {
	var (
		ids                          []uuid.UUID
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
	if _, err := tx.Exec(ctx, finishSQL, ids, numbers, states, dues, urls, codes, took, reasons, texts, ats, unspent); err != nil {
		return fmt.Errorf("moving %d deliveries on: %w", len(results), err)
	}
	if len(gone) > 0 {
		if _, err := tx.Exec(ctx, holdSQL, gone, ats[0]); err != nil {
			return fmt.Errorf("holding postbacks: %w", err)
		}
	}
	return nil
}

// attemptBatch is rows of attempts, a slice a column.
type attemptBatch struct {
	columns [17]any
	rows    int
}

func attemptRows(results []result) (attemptBatch, error) {
	var (
		ids, deliveries                                    []uuid.UUID
		affiliates                                         []int64
		numbers, codes                                     []int32
		started                                            []time.Time
		methods, urls, errs, details, reqBodies, resBodies []string
		took                                               []float64
		reqHeaders, resHeaders, timings                    []string
		truncated                                          []bool
	)
	for _, r := range results {
		if r.unspent {
			continue
		}
		e := r.exchange
		parts, err := jsonTexts(dispatch.Headers(e.RequestHeaders), dispatch.Headers(e.ResponseHeaders), e.Timings)
		if err != nil {
			return attemptBatch{}, err
		}
		ids, deliveries, affiliates = append(ids, r.attemptID), append(deliveries, r.claim.id), append(affiliates, r.claim.affiliateID)
		numbers = append(numbers, int32(r.claim.number)) //nolint:gosec // an attempt's number is small
		started, methods, urls = append(started, e.StartedAt.UTC()), append(methods, string(e.Method)), append(urls, e.URL)
		codes = append(codes, int32(e.StatusCode)) //nolint:gosec // three digits
		took, truncated = append(took, milliseconds(e.Duration)), append(truncated, e.ResponseTruncated)
		errs, details = append(errs, string(r.outcome.AttemptReason)), append(details, r.outcome.AttemptDetail)
		reqBodies, resBodies = append(reqBodies, e.RequestBody), append(resBodies, e.ResponseBody)
		reqHeaders, resHeaders, timings = append(reqHeaders, parts[0]), append(resHeaders, parts[1]), append(timings, parts[2])
	}
	return attemptBatch{rows: len(ids), columns: [17]any{
		ids, affiliates, deliveries, numbers, started, methods, urls, codes, took, errs, details,
		reqHeaders, reqBodies, resHeaders, resBodies, truncated, timings,
	}}, nil
}

func (b attemptBatch) insert(ctx context.Context, tx pgx.Tx) error {
	if b.rows == 0 {
		return nil
	}
	if _, err := tx.Exec(ctx, insertAttemptsSQL, b.columns[:]...); err != nil {
		return fmt.Errorf("writing %d attempts down: %w", b.rows, err)
	}
	return nil
}

func jsonTexts(values ...any) ([]string, error) {
	texts := make([]string, len(values))
	for i, v := range values {
		text, err := json.Marshal(v)
		if err != nil {
			return nil, fmt.Errorf("writing down %T: %w", v, err)
		}
		texts[i] = string(text)
	}
	return texts, nil
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
