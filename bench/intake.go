package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"regexp"
	"strconv"
	"sync"
	"time"
)

// callers is the number of concurrent connections.
const callers = 64

// warmLoad is how many calls precede those that are timed: a program that has just started
// has no connection yet and no statement prepared.
const warmLoad = 10 * callers

// load makes n clicks over callers connections and returns the rate per second.
func load(ctx context.Context, n int, url func(i int) string) (float64, error) {
	transport := &http.Transport{MaxIdleConnsPerHost: callers, MaxConnsPerHost: callers}
	defer transport.CloseIdleConnections()
	client := &http.Client{
		Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	next := make(chan int)
	errs := make(chan error, callers)
	var calling sync.WaitGroup
	began := time.Now()
	for range callers {
		calling.Go(func() {
			for i := range next {
				if err := get(ctx, client, url(i), http.StatusFound); err != nil {
					select {
					case errs <- err:
					default:
					}
				}
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	calling.Wait()
	took := time.Since(began)
	select {
	case err := <-errs:
		return 0, err
	default:
		return float64(n) / took.Seconds(), nil
	}
}

// clicksAgainstRedirects compares committed clicks with a server that only
// redirects.
func clicksAgainstRedirects(ctx context.Context, e *env) (figures, error) {
	n := e.size(40_000)
	bare := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", "https://operator.example/?cid="+r.URL.Query().Get("param_1"))
		w.WriteHeader(http.StatusFound)
	}))
	defer bare.Close()
	redirect := func(i int) string { return bare.URL + "/c/x?param_1=" + clickName(i) }
	if _, err := load(ctx, warmLoad, redirect); err != nil {
		return figures{}, err
	}
	before := e.cpu()
	peer, err := load(ctx, n, redirect)
	e.perEach("bare redirects and their calls", n, before)
	if err != nil {
		return figures{}, err
	}
	pool, err := e.database(ctx)
	if err != nil {
		return figures{}, err
	}
	defer func() { _ = pool.Close() }()
	s, err := newSite(ctx, e, pool, nil)
	if err != nil {
		return figures{}, err
	}
	defer s.close()
	call := func(i int) string {
		return fmt.Sprintf("%s/c/%s?param_1=%s", s.url, s.links[i%len(s.links)], clickName(i))
	}
	if _, err := load(ctx, warmLoad, call); err != nil {
		return figures{}, err
	}
	before = e.cpu()
	ours, err := load(ctx, n, call)
	e.perEach("clicks and their calls", n, before)
	return figures{ours: ours, peer: peer, unit: "/s"}, err
}

// conversionsAgainstPgbench compares operators' calls, each with an event, a
// delivery, a job and its line in the received log, with single-row inserts.
func conversionsAgainstPgbench(ctx context.Context, e *env) (figures, error) {
	pool, err := e.database(ctx)
	if err != nil {
		return figures{}, err
	}
	defer func() { _ = pool.Close() }()
	peer, err := pgbench(ctx, e.plainURL(), e.size(8))
	if err != nil {
		return figures{}, err
	}
	s, err := newSite(ctx, e, pool, nil)
	if err != nil {
		return figures{}, err
	}
	defer s.close()
	n := e.size(10_000)
	clicks, err := s.clicks(ctx, warmLoad+n)
	if err != nil {
		return figures{}, err
	}
	call := func(i int) string {
		return fmt.Sprintf("/postback/%s?goal=registration&click_id=%s", integrationKey, clicks[clickName(i)])
	}
	if _, err := callDirectly(ctx, warmLoad, s.url, call); err != nil {
		return figures{}, err
	}
	before := e.cpu()
	ours, err := callDirectly(ctx, n, s.url, func(i int) string { return call(warmLoad + i) })
	e.perEach("conversions and their calls", n, before)
	return figures{ours: ours, peer: peer, unit: "/s"}, err
}

var tps = regexp.MustCompile(`tps = ([0-9.]+)`)

// pgbench inserts single rows over as many connections as the callers.
func pgbench(ctx context.Context, url string, seconds int) (float64, error) {
	program, err := exec.LookPath("pgbench")
	if err != nil {
		return 0, fmt.Errorf("pgbench is part of PostgreSQL's packages: %w", err)
	}
	script := exec.CommandContext(ctx, "sh", "-c", fmt.Sprintf(
		`psql -q %q -c 'CREATE TABLE pgb (id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY, click text, goal text, at timestamptz DEFAULT now())' &&
		 echo "INSERT INTO pgb (click, goal) VALUES (md5(random()::text), 'registration');" | %q -n -M prepared -c %d -j 2 -T %d -f - %q`,
		url, program, callers, max(3, seconds), url)) // our own strings
	out, err := script.CombinedOutput()
	if err != nil {
		return 0, fmt.Errorf("pgbench: %w: %s", err, out)
	}
	found := tps.FindSubmatch(out)
	if found == nil {
		return 0, fmt.Errorf("pgbench said no tps: %s", out)
	}
	return strconv.ParseFloat(string(found[1]), 64)
}
