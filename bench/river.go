package main

import (
	"context"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"postrider/dispatch"
	"postrider/domain/firing"
	"postrider/internal/pg"
)

// noopArgs is a job that does nothing.
type noopArgs struct{}

// Kind is its kind.
func (noopArgs) Kind() string { return "noop" }

// noopJobsPerSecond is how fast River itself works jobs that do nothing.
func noopJobsPerSecond(ctx context.Context, e *env, n int) (float64, error) {
	pool, err := e.database(ctx)
	if err != nil {
		return 0, err
	}
	defer func() { _ = pool.Close() }()
	var done atomic.Int64
	finished := make(chan struct{})
	workers := river.NewWorkers()
	river.AddWorker(workers, river.WorkFunc(func(context.Context, *river.Job[noopArgs]) error {
		if done.Add(1) == int64(n) {
			close(finished)
		}
		return nil
	}))
	client, err := riverClient(e, pool, workers, 2*time.Millisecond)
	if err != nil {
		return 0, err
	}
	params := make([]river.InsertManyParams, n)
	for i := range params {
		params[i] = river.InsertManyParams{Args: noopArgs{}}
	}
	for from := 0; from < n; from += 5000 {
		if _, err := client.InsertManyFast(ctx, params[from:min(n, from+5000)]); err != nil {
			return 0, err
		}
	}
	began := time.Now()
	if err := client.Start(ctx); err != nil {
		return 0, err
	}
	select {
	case <-finished:
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	took := time.Since(began)
	return float64(n) / took.Seconds(), client.Stop(ctx)
}

func riverClient(e *env, pool *pg.Pool, w *river.Workers, cooldown time.Duration) (*river.Client[pgx.Tx], error) {
	return river.NewClient(riverpgxv5.New(pool.Pgx), &river.Config{
		Queues:        map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: workers}},
		Workers:       w,
		FetchCooldown: cooldown,
		Logger:        e.log,
	})
}

// plainArgs is plain River delivery: the URL is in the job, the attempt is one
// INSERT.
type plainArgs struct {
	URL string `json:"url"`
}

// Kind is its kind.
func (plainArgs) Kind() string { return "plain" }

// plainRiver takes a conversion as one row and one job in a transaction, and
// delivers it with one INSERT.
type plainRiver struct {
	pool   *pg.Pool
	client *river.Client[pgx.Tx]
}

func newPlainRiver(ctx context.Context, e *env, pool *pg.Pool) (*plainRiver, error) {
	for _, statement := range []string{
		`CREATE TABLE plain_conversions (id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY, click text, at timestamptz DEFAULT now())`,
		`CREATE TABLE plain_attempts (id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY, url text, status int, at timestamptz DEFAULT now())`,
	} {
		if _, err := pool.Pgx.Exec(ctx, statement); err != nil {
			return nil, err
		}
	}
	sender := e.client()
	w := river.NewWorkers()
	river.AddWorker(w, river.WorkFunc(func(ctx context.Context, job *river.Job[plainArgs]) error {
		x := sender.Send(ctx, dispatch.Request{Method: firing.GET, URL: job.Args.URL, DeliveryID: "x", Attempt: 1})
		_, err := pool.Pgx.Exec(ctx, `INSERT INTO plain_attempts (url, status) VALUES ($1, $2)`, job.Args.URL, x.StatusCode)
		return err
	}))
	client, err := riverClient(e, pool, w, 2*time.Millisecond)
	if err != nil {
		return nil, err
	}
	return &plainRiver{pool: pool, client: client}, client.Start(ctx)
}

// ServeHTTP accepts a conversion.
func (p *plainRiver) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	url := r.URL.Query().Get("url")
	err := pgx.BeginFunc(r.Context(), p.pool.Pgx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(r.Context(), `INSERT INTO plain_conversions (click) VALUES ($1)`, url); err != nil {
			return err
		}
		_, err := p.client.InsertTx(r.Context(), tx, plainArgs{URL: url}, nil)
		return err
	})
	if err != nil {
		http.Error(w, fmt.Sprint(err), http.StatusInternalServerError)
		return
	}
	w.WriteHeader(http.StatusCreated)
}
