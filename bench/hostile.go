package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"postrider/account"
	"postrider/ent"
	"postrider/graph"
	"postrider/intake"
	"postrider/internal/pg"
	"postrider/jobs"
	"postrider/server"
)

// What an anonymous caller may send repeatedly, beside players who click.
const (
	attackers       = 8
	attackEvery     = 100 * time.Millisecond // of each: the cost is the document, not the rate
	hostileRate     = 200                    // clicks a second
	hostileSeconds  = 15
	hostileQuantile = 0.95
	worstDocument   = 250 // ms, the limit of any one
)

// numbered joins n pieces, in which # is their number and @ the next.
func numbered(n int, piece string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.NewReplacer("#", strconv.Itoa(i), "@", strconv.Itoa(i+1)).Replace(piece))
	}
	return b.String()
}

// hostileDocuments are the costliest that were found, by resource: those that are refused
// at once, and those that just pass.
func hostileDocuments() []string {
	return []string{
		"{...f0} " + numbered(40, "fragment f# on Query{...f@ ...f@} ") + "fragment f40 on Query{viewer{role}}",
		"{viewer{affiliate{...f0}}} " + numbered(40, "fragment f# on Affiliate{...f@ ...f@} ") + "fragment f40 on Affiliate{name}",
		"{" + strings.Repeat("viewer{role} ", 4000) + "}",
		"{" + strings.Repeat("viewer{role} ", 100) + "}",
		"{viewer{" + numbered(9, "a#:affiliate{"+strings.Repeat("users{id} ", 100)+"} ") + "}}",
		"{" + numbered(300, "...f# ") + "}" + numbered(300, "fragment f# on Query{viewer{role}} "),
		"{" + numbered(1500, "a#: homeNumbers{today{clicks}} ") + "}",
		numbered(20, "query q#{...f} ") + "fragment f on Query{" + numbered(30, "a#:viewer{"+strings.Repeat("role ", 90)+"} ") + "}",
		"{" + numbered(3900, "x# ") + "}",
		"{__schema{types{fields{name args{name} type{name fields{name}}}}}}",
	}
}

// apiSite is a site that answers GraphQL too, as the program does.
func apiSite(ctx context.Context, e *env, pool *pg.Pool) (*site, error) {
	w, err := newWorld(ctx, e, pool)
	if err != nil {
		return nil, err
	}
	in := intake.New(intake.Config{DB: pool.SQL, Enqueuer: jobs.Enqueuer{}, Secrets: e.key, Log: e.log})
	client := ent.NewClient(pool.API)
	address := func(context.Context) netip.Addr { return netip.AddrFrom4([4]byte{127, 0, 0, 1}) }
	accounts := account.New(account.Params{DB: pool.API, Client: client, Log: e.log, Now: time.Now, Secrets: e.key, ClientAddr: address})
	mux := http.NewServeMux()
	mux.Handle("GET /c/{link}", server.Click(in, e.log))
	mux.Handle("/graphql", accounts.Middleware(graph.Handler(graph.Config{
		Client: client, Accounts: accounts, Intake: in, Secrets: e.key, Log: e.log, Now: time.Now, ClientAddr: address,
	})))
	s := httptest.NewServer(mux)
	return &site{world: w, url: s.URL, server: s}, nil
}

// ask sends a document anonymously. Each is unique, so that no cache has it.
func ask(ctx context.Context, url, document string, n int64) error {
	body, err := json.Marshal(map[string]string{"query": document + fmt.Sprintf("\n# %d", n)})
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/graphql", bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, res.Body)
	_ = res.Body.Close()
	return err
}

// worstHostileDocument measures the response time of the worst document, alone.
func worstHostileDocument(ctx context.Context, e *env) (figures, error) {
	pool, err := e.database(ctx)
	if err != nil {
		return figures{}, err
	}
	defer func() { _ = pool.Close() }()
	s, err := apiSite(ctx, e, pool)
	if err != nil {
		return figures{}, err
	}
	defer s.close()
	var worst time.Duration
	for _, document := range hostileDocuments() {
		var took []time.Duration
		for n := range int64(5) {
			began := time.Now()
			if err := ask(ctx, s.url, document, n); err != nil {
				return figures{}, err
			}
			took = append(took, time.Since(began))
		}
		slices.Sort(took)
		worst = max(worst, took[len(took)/2])
	}
	return figures{ours: float64(worst.Microseconds()) / 1000, peer: worstDocument, unit: "ms"}, nil
}

// clicksBesideHostile compares the p95 of clicks beside hostile documents, sent as fast as
// they are answered, with that of clicks alone.
func clicksBesideHostile(ctx context.Context, e *env) (figures, error) {
	pool, err := e.database(ctx)
	if err != nil {
		return figures{}, err
	}
	defer func() { _ = pool.Close() }()
	s, err := apiSite(ctx, e, pool)
	if err != nil {
		return figures{}, err
	}
	defer s.close()
	n := hostileRate * hostileSeconds // -quick too: what a stranger may send at once is gone after the first second
	click := func(i int) string { return fmt.Sprintf("%s/c/%s?param_1=c-%d", s.url, s.links[i%len(s.links)], i) }
	if _, err := atRateQuantile(ctx, warmLoad, hostileRate, http.StatusFound, hostileQuantile, click); err != nil {
		return figures{}, err
	}
	alone, err := atRateQuantile(ctx, n, hostileRate, http.StatusFound, hostileQuantile, click)
	if err != nil {
		return figures{}, err
	}
	attacking, stop := context.WithCancel(ctx)
	defer stop()
	var attack errgroup.Group
	for a := range int64(attackers) {
		attack.Go(func() error {
			documents := hostileDocuments()
			for i := a; attacking.Err() == nil; i += attackers {
				time.Sleep(attackEvery)
				if err := ask(attacking, s.url, documents[i%int64(len(documents))], i); err != nil && attacking.Err() == nil {
					return err
				}
			}
			return nil
		})
	}
	beside, err := atRateQuantile(ctx, n, hostileRate, http.StatusFound, hostileQuantile, click)
	if err != nil {
		return figures{}, err
	}
	stop()
	return figures{ours: beside, peer: alone, unit: "ms"}, attack.Wait()
}
