package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"

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

func newSite(ctx context.Context, e *env, pool *pg.Pool) (*site, error) {
	w, err := newWorld(ctx, e, pool)
	if err != nil {
		return nil, err
	}
	in := intake.New(intake.Config{DB: pool.SQL, Enqueuer: jobs.Enqueuer{}, Secrets: e.key, Log: e.log})
	mux := http.NewServeMux()
	mux.Handle("GET /c/{link}", server.Click(in, e.log))
	mux.Handle("GET /postback/{source}", server.Postback(in, e.log))
	s := httptest.NewServer(mux)
	return &site{world: w, url: s.URL, server: s}, nil
}

func (s *site) close() { s.server.Close() }

// clicks makes n clicks and gives their ids by what param_1 said.
func (s *site) clicks(ctx context.Context, n int) (map[string]string, error) {
	noRedirect := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	ids := make(map[string]string, n)
	for i := range n {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet,
			fmt.Sprintf("%s/c/%s?param_1=%s", s.url, s.links[i%len(s.links)], clickName(i)), nil)
		if err != nil {
			return nil, err
		}
		response, err := noRedirect.Do(request)
		if err != nil {
			return nil, err
		}
		_ = response.Body.Close()
		to, err := url.Parse(response.Header.Get("Location"))
		if err != nil || response.StatusCode != http.StatusFound {
			return nil, fmt.Errorf("a click answered %d", response.StatusCode)
		}
		ids[clickName(i)] = to.Query().Get("cid")
	}
	return ids, nil
}
