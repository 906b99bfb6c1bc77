package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"syscall"

	"github.com/gofrs/uuid/v5"

	"postrider/ent"
	"postrider/ent/db"
	"postrider/ent/db/delivery"
	"postrider/internal/ids"
	"postrider/internal/live"
	"postrider/internal/pg"
	"postrider/internal/viewer"
	"postrider/jobs"
)

// How the cost of a delivery grows: each row compares its time with many of something to
// its time with one.

func growth(ctx context.Context, e *env, many, one sustained) (figures, error) {
	first, err := one.perSecond(ctx, e)
	if err != nil {
		return figures{}, err
	}
	later, err := many.perSecond(ctx, e)
	return figures{ours: 1e6 / later, peer: 1e6 / first, unit: "µs"}, err
}

// overEndpoints compares ten thousand endpoints, each of which needs its own connection,
// with one.
func overEndpoints(ctx context.Context, e *env) (figures, error) {
	n := e.size(20_000)
	return growth(ctx, e, sustained{n: n, over: e.size(10_000), work: e.engineHere}, sustained{n: n, over: 1, work: e.engineHere})
}

// withSubscribers compares a thousand live views of deliveries on the delivering node with
// one.
func withSubscribers(ctx context.Context, e *env) (figures, error) {
	n := e.size(20_000)
	watched := func(subscribers int) sustained {
		return sustained{n: n, over: endpoints, work: func(ctx context.Context, pool *pg.Pool) (func(), error) {
			return e.engineWatched(ctx, pool, subscribers)
		}}
	}
	return growth(ctx, e, watched(1000), watched(1))
}

// engineWatched runs here, and sends changes to subscribers as the program does: every
// sixteenth to each of them.
func (e *env) engineWatched(ctx context.Context, pool *pg.Pool, subscribers int) (stop func(), err error) {
	watching, cancel := context.WithCancel(ctx)
	var views sync.WaitGroup
	hub := live.NewHub(func(d *db.Delivery) ids.Affiliate { return ids.Affiliate(d.AffiliateID) })
	client := ent.NewClient(pool.SQL)
	feed := live.NewFeed(hub, e.log, func(ctx context.Context, ids []uuid.UUID) ([]*db.Delivery, error) {
		return client.Delivery.Query().Where(delivery.IDIn(ids...)).All(viewer.AsSystem(ctx))
	})
	for n := range subscribers {
		scope, err := viewer.RowScopeFrom(viewer.With(ctx, &viewer.Viewer{Role: viewer.Affiliate, AffiliateID: ids.Affiliate(1 + n%endpoints)}))
		if err != nil {
			cancel()
			return nil, err
		}
		view := hub.Subscribe(scope.Sees, func(*db.Delivery) bool { return true })
		views.Go(func() {
			defer view.Close()
			for {
				if _, _, err := view.Next(watching); err != nil {
					return
				}
			}
		})
	}
	views.Go(func() { feed.Run(watching) })
	views.Go(func() {
		_ = pg.Listen(watching, pool.URL, pg.Subscription{
			Channels: []string{string(live.Deliveries)}, Log: e.log,
			OnNotify: func(_, payload string) { feed.Add(live.ParsePayload(payload)) },
		})
	})
	end, err := e.engineHere(ctx, pool)
	stop = func() {
		if end != nil {
			end()
		}
		cancel()
		views.Wait()
	}
	if err != nil {
		stop()
	}
	return stop, err
}

// overProcesses compares four delivering processes with one.
func overProcesses(ctx context.Context, e *env) (figures, error) {
	n := e.size(20_000)
	by := func(processes int) sustained {
		return sustained{n: n, over: endpoints, work: func(ctx context.Context, pool *pg.Pool) (func(), error) {
			return workElsewhere(ctx, pool, processes)
		}}
	}
	return growth(ctx, e, by(4), by(1))
}

// workElsewhere starts processes that deliver from a database.
func workElsewhere(ctx context.Context, pool *pg.Pool, processes int) (stop func(), err error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	var children []*exec.Cmd
	stop = func() {
		for _, child := range children {
			_ = child.Process.Signal(syscall.SIGINT)
		}
		for _, child := range children {
			_ = child.Wait()
		}
	}
	for range processes {
		child := exec.CommandContext(ctx, self, "-work", pool.URL) // ourselves
		child.Stderr = os.Stderr
		if err := child.Start(); err != nil {
			stop()
			return nil, fmt.Errorf("a process that delivers: %w", err)
		}
		children = append(children, child)
	}
	return stop, nil
}

// runWorker delivers from a database until it is interrupted.
func runWorker(ctx context.Context, database string) error {
	e := &env{log: quietLog()}
	pool, err := pg.Open(ctx, pg.Config{URL: database, Name: "bench worker"})
	if err != nil {
		return err
	}
	defer func() { _ = pool.Close() }()
	client := e.client()
	defer client.Close()
	engine, err := jobs.New(jobs.Config{Pool: pool, Client: client, Workers: workers, Log: e.log})
	if err != nil {
		return err
	}
	return engine.Run(ctx)
}
