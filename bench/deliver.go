package main

import (
	"context"
	"fmt"
	"time"

	"postrider/internal/pg"
	"postrider/jobs"
)

// workers is how many deliveries, or jobs, every contender may have in flight.
const workers = 256

// deliveriesPerSecond measures how fast the engine empties a backlog: claim, send, answer,
// and attempt committed.
func deliveriesPerSecond(ctx context.Context, e *env, n int) (float64, error) {
	return deliveriesAfter(ctx, e, n, nil)
}

// deliveriesAfter is deliveriesPerSecond in a prepared database.
func deliveriesAfter(ctx context.Context, e *env, n int, prepare func(*pg.Pool) error) (float64, error) {
	return sustained{n: n, over: endpoints, prepare: prepare, work: e.engineHere}.perSecond(ctx, e)
}

// sustained is a measurement of deliveries: how many, over how many endpoints, how the
// database is prepared, and who does the work.
type sustained struct {
	n, over int
	prepare func(*pg.Pool) error
	work    func(ctx context.Context, pool *pg.Pool) (stop func(), err error)
}

func (m sustained) perSecond(ctx context.Context, e *env) (float64, error) {
	pool, err := e.database(ctx)
	if err != nil {
		return 0, err
	}
	defer func() { _ = pool.Close() }()
	if _, err := newWorld(ctx, e, pool); err != nil {
		return 0, err
	}
	if err := morePostbacks(ctx, e, pool, m.over); err != nil {
		return 0, err
	}
	if m.prepare != nil {
		if err := m.prepare(pool); err != nil {
			return 0, err
		}
	}
	// A new engine does not know the limits of its endpoints yet.
	hits := e.sink.hits.Load()
	if err := fillDeliveries(ctx, e, pool, warmDeliveries, m.over); err != nil {
		return 0, err
	}
	stop, err := m.work(ctx, pool)
	if err != nil {
		return 0, err
	}
	defer stop()
	if err := e.delivered(ctx, pool, warmDeliveries, hits); err != nil {
		return 0, err
	}
	hits = e.sink.hits.Load()
	began, err := fillAtOnce(ctx, e, pool, m.n, m.over)
	if err != nil {
		return 0, err
	}
	before := e.cpu()
	err = e.delivered(ctx, pool, m.n, hits)
	took := time.Since(began)
	e.perEach("deliveries", m.n, before)
	return float64(m.n) / took.Seconds(), err
}

// engineHere runs in this process.
func (e *env) engineHere(ctx context.Context, pool *pg.Pool) (stop func(), err error) {
	client := e.client()
	engine, err := jobs.New(jobs.Config{Pool: pool, Client: client, Secrets: e.key, Workers: workers, Log: e.log})
	if err != nil {
		return nil, err
	}
	end := start(ctx, engine.Run)
	return func() {
		end()
		client.Close()
	}, nil
}

// warmDeliveries precede those that are timed.
const warmDeliveries = 200 * endpoints

// delivered waits until the sink has had n more than hits, and until the last of them is
// committed: that commit deletes its job.
func (e *env) delivered(ctx context.Context, pool *pg.Pool, n int, hits int64) error {
	for e.sink.hits.Load()-hits < int64(n) && ctx.Err() == nil {
		time.Sleep(5 * time.Millisecond)
	}
	return await(ctx, pool, fmt.Sprintf(`
		SELECT NOT EXISTS (SELECT FROM river_job WHERE state IN ('available', 'running') AND args ->> 'endpoint' LIKE '%%:%d')`, e.sink.port))
}

// start runs something until stop is called; stop waits for its end.
func start(ctx context.Context, run func(context.Context) error) (stop func()) {
	running, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = run(running)
	}()
	return func() {
		cancel()
		<-ended
	}
}

// await polls until a condition holds. Polling costs every contender the same.
func await(ctx context.Context, pool *pg.Pool, condition string) error {
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	for {
		var holds bool
		if err := pool.SQL.QueryRowContext(ctx, condition).Scan(&holds); err != nil {
			return err
		}
		if holds {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
	}
}

func deliveriesAgainstSkipLocked(ctx context.Context, e *env) (figures, error) {
	n := e.size(30_000)
	peer, err := skipLockedPerSecond(ctx, e, n)
	if err != nil {
		return figures{}, err
	}
	ours, err := deliveriesPerSecond(ctx, e, n)
	return figures{ours: ours, peer: peer, unit: "/s"}, err
}

func deliveriesAgainstNoop(ctx context.Context, e *env) (figures, error) {
	peer, err := noopJobsPerSecond(ctx, e, e.size(60_000))
	if err != nil {
		return figures{}, err
	}
	ours, err := deliveriesPerSecond(ctx, e, e.size(30_000))
	return figures{ours: ours, peer: peer, unit: "/s"}, err
}
