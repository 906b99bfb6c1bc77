package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"

	"golang.org/x/sync/errgroup"

	"postrider/intake"
	"postrider/internal/pg"
	"postrider/jobs"
	"postrider/server"
)

// site is the public side of Postrider: links and operators' calls.
type site struct {
	*world

	url    string
	server *httptest.Server
}

// newSite serves beside an engine, or without one where it is nil.
func newSite(ctx context.Context, e *env, pool *pg.Pool, engine *jobs.Engine) (*site, error) {
	w, err := newWorld(ctx, e, pool)
	if err != nil {
		return nil, err
	}
	in := intake.New(intake.Config{DB: pool.SQL, Enqueuer: jobs.Enqueuer{Engine: engine}, Secrets: e.key, Log: e.log})
	mux := http.NewServeMux()
	mux.Handle("GET /c/{link}", server.Click(in, e.log))
	mux.Handle("GET /postback/{integration}", server.Postback(in, e.log))
	s := httptest.NewServer(mux)
	return &site{world: w, url: s.URL, server: s}, nil
}

func (s *site) close() { s.server.Close() }

// clicks makes n clicks and returns their ids by their param_1.
func (s *site) clicks(ctx context.Context, n int) (map[string]string, error) {
	noRedirect := &http.Client{
		Transport:     &http.Transport{MaxIdleConnsPerHost: callers},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	defer noRedirect.CloseIdleConnections()
	ids := make([]string, n)
	calling, ctx := errgroup.WithContext(ctx)
	calling.SetLimit(callers)
	for i := range n {
		calling.Go(func() (err error) {
			ids[i], err = s.click(ctx, noRedirect, i)
			return err
		})
	}
	if err := calling.Wait(); err != nil {
		return nil, err
	}
	byName := make(map[string]string, n)
	for i, id := range ids {
		byName[clickName(i)] = id
	}
	return byName, nil
}

// click makes the i-th click, and returns its id.
func (s *site) click(ctx context.Context, client *http.Client, i int) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet,
		fmt.Sprintf("%s/c/%s?param_1=%s", s.url, s.links[i%len(s.links)], clickName(i)), nil)
	if err != nil {
		return "", err
	}
	response, err := client.Do(request)
	if err != nil {
		return "", err
	}
	defer func() { _ = response.Body.Close() }()
	to, err := url.Parse(response.Header.Get("Location"))
	if err != nil || response.StatusCode != http.StatusFound {
		return "", fmt.Errorf("a click answered %d", response.StatusCode)
	}
	return to.Query().Get("cid"), nil
}
