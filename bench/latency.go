package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"sync"
	"time"

	"postrider/internal/pg"
	"postrider/jobs"
)

// idleRate is how many conversions a second "idle" means, and idleCalls the number of calls
// that p99 is taken of.
const (
	idleRate  = 50
	idleCalls = 1000
)

// stopwatch measures from the operator's call to the request at the sink, by the
// click id that both carry.
type stopwatch struct {
	mu    sync.Mutex
	calls map[string]*called
	hits  int
	want  int
	ready chan struct{}
}

// called is a call's timeline.
type called struct{ sent, answered, hit time.Time }

func newStopwatch(want int) *stopwatch {
	return &stopwatch{calls: map[string]*called{}, want: want, ready: make(chan struct{})}
}

func (s *stopwatch) begin(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls[id] = &called{sent: time.Now()}
}

func (s *stopwatch) answered(id string) {
	now := time.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls[id].answered = now
}

func (s *stopwatch) hit(r *http.Request) {
	now := time.Now()
	id := r.URL.Query().Get("cid")
	s.mu.Lock()
	defer s.mu.Unlock()
	if c, ok := s.calls[id]; ok && c.hit.IsZero() {
		c.hit = now
		if s.hits++; s.hits == s.want {
			close(s.ready)
		}
	}
}

// call returns the timeline of a call that reached the sink.
func (s *stopwatch) call(id string) (called, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, ok := s.calls[id]
	if !ok || c.hit.IsZero() {
		return called{}, false
	}
	return *c, true
}

// quantile returns a quantile in milliseconds.
func (s *stopwatch) quantile(q float64) float64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	took := make([]time.Duration, 0, len(s.calls))
	for _, c := range s.calls {
		took = append(took, c.hit.Sub(c.sent))
	}
	slices.Sort(took)
	return quantile(took, q)
}

// pace calls do n times, evenly spaced.
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

// ourLatency returns p99 from the operator's call to the sink, at the idle rate.
func ourLatency(ctx context.Context, e *env, n int) (float64, error) {
	return e.withEngine(ctx, n, idleRate, 0.99, nil)
}

// withEngine returns a quantile from the operator's call to the sink, at rate a second,
// with the engine running on a database that was prepared.
func (e *env) withEngine(ctx context.Context, n, rate int, quantile float64, prepare func(*pg.Pool) error) (float64, error) {
	pool, err := e.database(ctx)
	if err != nil {
		return 0, err
	}
	defer func() { _ = pool.Close() }()
	engine, err := jobs.New(jobs.Config{Pool: pool, Client: e.client(), Secrets: e.key, Workers: workers, Log: e.log})
	if err != nil {
		return 0, err
	}
	site, err := newSite(ctx, e, pool, engine)
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
	defer start(ctx, engine.Run)()
	watch, err := e.timed(ctx, n, rate, func(i int, id string) string {
		return fmt.Sprintf("%s/postback/%s?goal=registration&click_id=%s", site.url, integrationKey, clicks[id])
	})
	if err != nil {
		return 0, err
	}
	return watch.quantile(quantile), e.printPhases(ctx, os.Stderr, pool, watch, ourWay)
}

// warm is how many calls precede those that are timed: a program that has just started has
// no connection yet and no statement prepared, theirs as ours.
const warm = 100

// timed paces calls and waits until the sink has received all.
func (e *env) timed(ctx context.Context, n, rate int, call func(i int, id string) string) (*stopwatch, error) {
	if _, err := e.paced(ctx, 0, warm, rate, call); err != nil {
		return nil, err
	}
	return e.paced(ctx, warm, n, rate, call)
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
		defer watch.answered(id)
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
	watch, err := e.timed(ctx, n, idleRate, func(i int, id string) string {
		return front.URL + "/?url=" + url.QueryEscape(e.sink.url(i)+"?cid="+id)
	})
	if err != nil {
		return 0, err
	}
	return watch.quantile(0.99), e.printPhases(ctx, os.Stderr, pool, watch, plainWay)
}

func latencyAgainstRiver(ctx context.Context, e *env) (figures, error) {
	n := e.size(idleCalls)
	peer, err := riverLatency(ctx, e, n)
	if err != nil {
		return figures{}, err
	}
	ours, err := ourLatency(ctx, e, n)
	return figures{ours: ours, peer: peer, unit: "ms"}, err
}

func latencyAgainstLimit(ctx context.Context, e *env) (figures, error) {
	ours, err := ourLatency(ctx, e, e.size(idleCalls))
	return figures{ours: ours, peer: 50, unit: "ms"}, err
}
