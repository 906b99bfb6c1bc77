package server

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// readyPatience is the timeout of a readiness check.
const readyPatience = 3 * time.Second

// alive answers as long as the process can answer at all.
func alive(w http.ResponseWriter, _ *http.Request) {
	plain(w, http.StatusOK, "alive\n")
}

// NotReady is why requests cannot be served, in words that may be shown to any client: no
// address, no secret.
type NotReady string

// Error returns the sentence.
func (n NotReady) Error() string { return string(n) }

// readiness answers 200 when requests can be served, 503 otherwise. The reason is logged, and
// also sent if it is a NotReady.
func readiness(ready func(ctx context.Context) error, log *slog.Logger) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), readyPatience)
		defer cancel()
		if err := ready(ctx); err != nil {
			log.WarnContext(ctx, "not ready", "error", err)
			text := "not ready\n"
			if why, ok := errors.AsType[NotReady](err); ok {
				text = "not ready: " + why.Error() + "\n"
			}
			plain(w, http.StatusServiceUnavailable, text)
			return
		}
		plain(w, http.StatusOK, "ready\n")
	})
}

func metricsHandler(registry *prometheus.Registry) http.Handler {
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
}

func plain(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text)
}
