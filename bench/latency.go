package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"sync"
	"time"

	"postrider/internal/pg"
	"postrider/jobs"
)

// idleRate is how many conversions a second "idle" means.
const idleRate = 50

// stopwatch measures from the operator's call to the request at the sink, by the
// click id that both carry.
type stopwatch struct {
	mu    sync.Mutex
	sent  map[string]time.Time
	took  []time.Duration
	want  int
	ready chan struct{}
}

func newStopwatch(want int) *stopwatch {
	return &stopwatch{sent: map[string]time.Time{}, want: want, ready: make(chan struct{})}
}

func (s *stopwatch) begin(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sent[id] = time.Now()
}

func (s *stopwatch) hit(r *http.Request) {
	now := time.Now()
	id := r.URL.Query().Get("cid")
	s.mu.Lock()
	defer s.mu.Unlock()
	if began, ok := s.sent[id]; ok {
		delete(s.sent, id)
		s.took = append(s.took, now.Sub(began))
		if len(s.took) == s.want {
			close(s.ready)
		}
	}
}

// quantile is a quantile in milliseconds.
func (s *stopwatch) quantile(q float64) float64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	slices.Sort(s.took)
	return float64(s.took[int(q*float64(len(s.took)-1))].Microseconds()) / 1000
}

// pace calls do n times, evenly.
func pace(ctx context.Context, n, perSecond int, do func(i int) error) error {
	ticker := time.NewTicker(time.Second / time.Duration(perSecond))
	defer ticker.Stop()
	errs := make(chan error, n)
	var calls sync.WaitGroup
	for i := range n {
		calls.Go(func() {
			if err := do(i); err != nil {
				errs <- err
			}
		})
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
	}
	calls.Wait()
	close(errs)
	return <-errs
}

func get(ctx context.Context, client *http.Client, url string, want int) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		return err
	}
	if response.StatusCode != want {
		return fmt.Errorf("%s answered %d, not %d", url, response.StatusCode, want)
	}
	return nil
}

// ourLatency is p99 from the operator's call to the sink, at the idle rate.
func ourLatency(ctx context.Context, e *env, n int) (float64, error) {
	return e.withEngine(ctx, n, idleRate, 0.99, nil)
}

// withEngine is a quantile from the operator's call to the sink, so many a
// second, with the engine at work on a database that was prepared.
func (e *env) withEngine(ctx context.Context, n, rate int, quantile float64, prepare func(*pg.Pool) error) (float64, error) {
	pool, err := e.database(ctx)
	if err != nil {
		return 0, err
	}
	defer func() { _ = pool.Close() }()
	site, err := newSite(ctx, e, pool)
	if err != nil {
		return 0, err
	}
	defer site.close()
	clicks, err := site.clicks(ctx, warm+n)
	if err != nil {
		return 0, err
	}
	if prepare != nil {
		if err := prepare(pool); err != nil {
			return 0, err
		}
	}
	engine, err := jobs.New(jobs.Config{Pool: pool, Client: e.client(), Secrets: e.key, Workers: workers, Log: e.log})
	if err != nil {
		return 0, err
	}
	defer start(ctx, engine.Run)()
	return e.timed(ctx, n, rate, quantile, func(i int, id string) string {
		return fmt.Sprintf("%s/postback/%s?goal=registration&click_id=%s", site.url, sourceKey, clicks[id])
	})
}

// warm is how many calls go before those that are timed: a program that has just
// started has no connection yet and no statement prepared, theirs as ours.
const warm = 100

// timed paces calls and waits until the sink has all of them.
func (e *env) timed(ctx context.Context, n, rate int, quantile float64, call func(i int, id string) string) (float64, error) {
	if _, err := e.paced(ctx, 0, warm, rate, call); err != nil {
		return 0, err
	}
	watch, err := e.paced(ctx, warm, n, rate, call)
	if err != nil {
		return 0, err
	}
	return watch.quantile(quantile), nil
}

func (e *env) paced(ctx context.Context, from, n, rate int, call func(i int, id string) string) (*stopwatch, error) {
	watch := newStopwatch(n)
	hit := watch.hit
	e.sink.onHit.Store(&hit)
	defer e.sink.onHit.Store(nil)
	err := pace(ctx, n, rate, func(i int) error {
		id := clickName(from + i)
		target := call(from+i, id)
		watch.begin(id)
		return get(ctx, http.DefaultClient, target, http.StatusCreated)
	})
	if err != nil {
		return nil, err
	}
	select {
	case <-watch.ready:
		return watch, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func clickName(i int) string { return fmt.Sprintf("w%08d", i) }

func riverLatency(ctx context.Context, e *env, n int) (float64, error) {
	pool, err := e.database(ctx)
	if err != nil {
		return 0, err
	}
	defer func() { _ = pool.Close() }()
	plain, err := newPlainRiver(ctx, e, pool)
	if err != nil {
		return 0, err
	}
	defer func() { _ = plain.client.Stop(ctx) }()
	front := httptest.NewServer(plain)
	defer front.Close()
	return e.timed(ctx, n, idleRate, 0.99, func(i int, id string) string {
		return front.URL + "/?url=" + url.QueryEscape(e.sink.url(i)+"?cid="+id)
	})
}

func latencyAgainstRiver(ctx context.Context, e *env) (figures, error) {
	n := e.size(500)
	peer, err := riverLatency(ctx, e, n)
	if err != nil {
		return figures{}, err
	}
	ours, err := ourLatency(ctx, e, n)
	return figures{ours: ours, peer: peer, unit: "ms"}, err
}

func latencyAgainstLimit(ctx context.Context, e *env) (figures, error) {
	ours, err := ourLatency(ctx, e, e.size(500))
	return figures{ours: ours, peer: 50, unit: "ms"}, err
}
