package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"postrider/dispatch"
	"postrider/internal/pg"
)

// The hand-made queue: one table, rows claimed in batches with FOR UPDATE SKIP
// LOCKED, sent by goroutines, and written down in batches with an attempt row
// each. No isolation, no schedule, no circuit: the limit of this shape.
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
		`CREATE TABLE queue_attempts (id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY, queue_id bigint NOT NULL, status int NOT NULL, took float8 NOT NULL, at timestamptz NOT NULL DEFAULT now(), url text, request_headers jsonb, response_headers jsonb, body text)`,
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
	began := time.Now()
	var fetchers sync.WaitGroup
	for range skipFetchers {
		fetchers.Go(func() { skipWorker(ctx, pool, client) })
	}
	fetchers.Wait()
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
			batch[i].exchange = client.Send(ctx, dispatch.Request{Method: dispatch.GET, URL: batch[i].URL, DeliveryID: "x", Attempt: 1})
		})
	}
	sending.Wait()
}

func skipFinish(ctx context.Context, pool *pg.Pool, batch []skipJob) {
	var ids []int64
	var codes []int32
	var took []float64
	var urls, requests, responses, bodies []string
	for _, job := range batch {
		ids, codes = append(ids, job.ID), append(codes, int32(job.exchange.StatusCode)) //nolint:gosec // three digits
		took, urls = append(took, job.exchange.Duration.Seconds()), append(urls, job.URL)
		requests, responses = append(requests, `[]`), append(responses, `[]`)
		bodies = append(bodies, job.exchange.ResponseBody)
	}
	_ = pgx.BeginFunc(ctx, pool.Pgx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `INSERT INTO queue_attempts (queue_id, status, took, url, request_headers, response_headers, body)
			SELECT * FROM unnest($1::bigint[], $2::int[], $3::float8[], $4::text[], $5::jsonb[], $6::jsonb[], $7::text[])`,
			ids, codes, took, urls, requests, responses, bodies); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `UPDATE queue SET state = 'done' WHERE id = ANY($1)`, ids)
		return err
	})
}
