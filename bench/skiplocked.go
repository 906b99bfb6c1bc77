package main

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/jackc/pgx/v5"

	"postrider/dispatch"
	"postrider/domain/firing"
	"postrider/internal/pg"
)

// The hand-made queue: one table, rows claimed in batches with FOR UPDATE SKIP LOCKED, sent
// by goroutines, and written in batches with an attempt row each that has what ours has. No
// isolation, no schedule, no circuit, no notices, nothing of a conversion: the limit of
// this design.
const (
	skipBatch    = 256
	skipFetchers = 4
)

func skipLockedPerSecond(ctx context.Context, e *env, n int) (float64, error) {
	pool, err := e.database(ctx)
	if err != nil {
		return 0, err
	}
	defer func() { _ = pool.Close() }()
	for _, statement := range []string{
		`CREATE TABLE queue (id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY, url text NOT NULL, state text NOT NULL DEFAULT 'queued') WITH (fillfactor = 70)`,
		`CREATE TABLE queue_attempts (id uuid PRIMARY KEY, queue_id bigint NOT NULL, number bigint NOT NULL, started_at timestamptz NOT NULL,
		   method text NOT NULL, url text NOT NULL, status_code bigint, duration_ms float8 NOT NULL, error text, detail text NOT NULL,
		   request_headers jsonb NOT NULL, request_body text, response_headers jsonb NOT NULL, response_body text,
		   response_truncated boolean NOT NULL, timings jsonb NOT NULL)`,
		`CREATE INDEX queue_attempts_queue_id ON queue_attempts (queue_id, number)`,
		`CREATE INDEX queue_waiting ON queue (id) WHERE state = 'queued'`,
	} {
		if _, err := pool.Pgx.Exec(ctx, statement); err != nil {
			return 0, err
		}
	}
	urls := make([]string, n)
	for i := range urls {
		urls[i] = fmt.Sprintf("%s?cid=w%08d&payout=0.00&goal=registration", e.sink.url(i), i)
	}
	if _, err := pool.Pgx.Exec(ctx, `INSERT INTO queue (url) SELECT unnest($1::text[])`, urls); err != nil {
		return 0, err
	}
	client := e.client()
	defer client.Close()
	before := e.cpu()
	began := time.Now()
	var fetchers sync.WaitGroup
	for range skipFetchers {
		fetchers.Go(func() { skipWorker(ctx, pool, client) })
	}
	fetchers.Wait()
	e.perEach("deliveries from the hand-made queue", n, before)
	return float64(n) / time.Since(began).Seconds(), nil
}

// skipWorker takes batches until the queue is empty.
func skipWorker(ctx context.Context, pool *pg.Pool, client *dispatch.Client) {
	for {
		rows, _ := pool.Pgx.Query(ctx, `
			UPDATE queue SET state = 'sending' WHERE id IN (SELECT id FROM queue WHERE state = 'queued' ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED)
			RETURNING id, url`, skipBatch/skipFetchers)
		batch, err := pgx.CollectRows(rows, pgx.RowToStructByPos[skipJob])
		if err != nil || len(batch) == 0 {
			return
		}
		skipSend(ctx, client, batch)
		skipFinish(ctx, pool, batch)
	}
}

type skipJob struct {
	ID  int64
	URL string

	exchange dispatch.Exchange `db:"-"`
}

func skipSend(ctx context.Context, client *dispatch.Client, batch []skipJob) {
	var sending sync.WaitGroup
	for i := range batch {
		sending.Go(func() {
			batch[i].exchange = client.Send(ctx, dispatch.Request{Method: firing.GET, URL: batch[i].URL, DeliveryID: "x", Attempt: 1})
		})
	}
	sending.Wait()
}

func skipFinish(ctx context.Context, pool *pg.Pool, batch []skipJob) {
	var ids []int64
	var attempts pg.UUIDs
	var codes []int32
	var took []float64
	var began []time.Time
	var truncated []bool
	var methods, urls, errs, details, requests, sent, responses, bodies, timings []string
	for _, job := range batch {
		x := job.exchange
		id, err := uuid.NewV7AtTime(x.StartedAt)
		if err != nil {
			return
		}
		outcome := dispatch.Judge(x, dispatch.Terms{Attempt: 1, Schedule: dispatch.DefaultSchedule})
		ids, attempts, codes = append(ids, job.ID), append(attempts, id), append(codes, int32(x.StatusCode)) // three digits
		took, began = append(took, float64(x.Duration.Microseconds())/1000), append(began, x.StartedAt.UTC())
		methods, urls, truncated = append(methods, string(x.Method)), append(urls, x.URL), append(truncated, x.ResponseTruncated)
		errs, details = append(errs, string(outcome.AttemptReason)), append(details, outcome.AttemptDetail)
		sent, bodies = append(sent, x.RequestBody), append(bodies, x.ResponseBody)
		requests, responses = append(requests, jsonText(dispatch.Headers(x.RequestHeaders))), append(responses, jsonText(dispatch.Headers(x.ResponseHeaders)))
		timings = append(timings, jsonText(x.Timings))
	}
	write := &pgx.Batch{}
	write.Queue(`INSERT INTO queue_attempts (id, queue_id, number, started_at, method, url, status_code, duration_ms, error, detail,
		  request_headers, request_body, response_headers, response_body, response_truncated, timings)
		SELECT id, queue, 1, at, method, url, code, took, nullif(error, ''), detail, req, nullif(sent, ''), res, nullif(body, ''), cut, timings
		FROM unnest($1::uuid[], $2::bigint[], $3::timestamptz[], $4::text[], $5::text[], $6::int[], $7::float8[], $8::text[], $9::text[],
		            $10::jsonb[], $11::text[], $12::jsonb[], $13::text[], $14::bool[], $15::jsonb[])
		  AS u(id, queue, at, method, url, code, took, error, detail, req, sent, res, body, cut, timings)`,
		attempts, ids, began, methods, urls, codes, took, errs, details, requests, sent, responses, bodies, truncated, timings)
	write.Queue(`UPDATE queue SET state = 'done' WHERE id = ANY($1)`, ids)
	_ = pool.Pgx.SendBatch(ctx, write).Close() // one transaction
}

func jsonText(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return "null"
	}
	return string(text)
}
