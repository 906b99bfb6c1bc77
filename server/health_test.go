package server_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"postrider/server"
)

func TestHealth(t *testing.T) {
	t.Parallel()
	s, log := setup(t, func(p *server.Params) {
		p.Ready = func(context.Context) error { return errors.New("2 migrations are pending at 10.0.0.7") }
	})
	if res := get(t, s, "/healthz"); res.StatusCode != http.StatusOK || body(t, res) != "alive\n" {
		t.Error("a process that answers is alive, database or not")
	}
	if res := get(t, s, "/readyz"); res.StatusCode != http.StatusServiceUnavailable || body(t, res) != "not ready\n" {
		t.Error("not ready: 503, and no word of why to the outside")
	}
	if !strings.Contains(log.String(), "2 migrations are pending") {
		t.Error("why is in the log")
	}
	told, _ := setup(t, func(p *server.Params) {
		p.Ready = func(context.Context) error {
			return fmt.Errorf("10.0.0.7: %w", server.NotReady("the database is newer"))
		}
	})
	if res := get(t, told, "/readyz"); res.StatusCode != http.StatusServiceUnavailable || body(t, res) != "not ready: the database is newer\n" {
		t.Error("what may be said is said")
	}
	ready, _ := setup(t, nil)
	if res := get(t, ready, "/readyz"); res.StatusCode != http.StatusOK {
		t.Error("ready: 200")
	}
	if text := body(t, get(t, ready, "/metrics")); !strings.Contains(text, `postrider_http_request_seconds_count{route="/readyz",status="2xx"} 1`) {
		t.Errorf("metrics: %s", text)
	}
}

// With a listener of its own /metrics is there alone, and is no page of the web app elsewhere.
func TestMetricsElsewhere(t *testing.T) {
	t.Parallel()
	var metrics *server.Server
	s, _ := setup(t, func(p *server.Params) {
		p.MetricsElsewhere = true
		metrics = server.NewMetrics(*p)
	})
	if res := get(t, s, "/metrics"); res.StatusCode != http.StatusNotFound {
		t.Errorf("the API's listener answers %d", res.StatusCode)
	}
	get(t, s, "/healthz")
	if text := body(t, get(t, metrics, "/metrics")); !strings.Contains(text, `postrider_http_request_seconds_count{route="/healthz"`) {
		t.Errorf("its own has not what the other counts: %s", text)
	}
	for path, status := range map[string]int{"/healthz": http.StatusOK, "/readyz": http.StatusOK, "/": http.StatusNotFound, "/graphql": http.StatusNotFound} {
		if res := get(t, metrics, path); res.StatusCode != status {
			t.Errorf("%s of the metrics' listener answers %d", path, res.StatusCode)
		}
	}
}
