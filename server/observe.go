package server

import (
	"bufio"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// observer writes the access log and counts requests.
type observer struct {
	log     *slog.Logger
	seconds *prometheus.HistogramVec
	open    prometheus.Gauge
}

func newObserver(log *slog.Logger, registry *prometheus.Registry) (*observer, error) {
	o := &observer{
		log: log,
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "postrider_http_request_seconds", Help: "Time to answer a request, by route and status class.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10},
		}, []string{"route", "status"}),
		open: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "postrider_http_requests_open", Help: "Requests under way, streams included.",
		}),
	}
	if err := errors.Join(registry.Register(o.seconds), registry.Register(o.open)); err != nil {
		return nil, fmt.Errorf("registering HTTP metrics: %w", err)
	}
	return o, nil
}

func (o *observer) requests(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		o.open.Inc()
		defer o.open.Dec()
		answer := &recorder{ResponseWriter: w}
		next.ServeHTTP(answer, r)

		took := time.Since(began)
		route := routeOf(r)
		if !answer.streamed() { // its duration is no latency
			o.seconds.WithLabelValues(route, strconv.Itoa(answer.status()/100)+"xx").Observe(took.Seconds())
		}
		// The path of a web page is harmless; elsewhere the pattern is enough and has no key.
		o.log.LogAttrs(r.Context(), accessLevel(route, answer.status()), "request",
			slog.String("method", r.Method), slog.String("route", route), slog.Int("status", answer.status()),
			slog.Int64("bytes", answer.bytes), slog.Duration("took", took),
			slog.String("client", coarse(ClientOf(r.Context()).Addr)))
	})
}

// routeOf returns the pattern without its method: few values, whatever is requested.
func routeOf(r *http.Request) string {
	_, path, found := strings.Cut(r.Pattern, " ")
	if !found {
		path = r.Pattern
	}
	if path == "" {
		return "none"
	}
	return path
}

// accessLevel keeps frequent requests (thousands a second), and those that only machines make,
// out of the log unless they fail.
func accessLevel(route string, status int) slog.Level {
	switch {
	case status >= http.StatusInternalServerError:
		return slog.LevelWarn // the error itself is logged where it occurred
	case route == "/graphql" || status >= http.StatusBadRequest && route != "/":
		return slog.LevelInfo
	default:
		return slog.LevelDebug
	}
}

// recoverPanics turns a panic into a 500 and a line in the log.
func recoverPanics(log *slog.Logger, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			fault := recover()
			if fault == nil {
				return
			}
			if fault == http.ErrAbortHandler { //nolint:errorlint // the value itself is thrown
				panic(fault)
			}
			log.ErrorContext(r.Context(), "a handler panicked",
				"route", routeOf(r), "fault", fmt.Sprint(fault), "stack", string(debug.Stack()))
			http.Error(w, "Something went wrong on our side. It has been logged.", http.StatusInternalServerError)
		}()
		next.ServeHTTP(w, r)
	})
}

// recorder records the response. It implements Flush and Hijack because server-sent events and
// WebSocket look for them by type.
type recorder struct {
	http.ResponseWriter

	code  int
	bytes int64
}

func (rec *recorder) status() int {
	if rec.code == 0 {
		return http.StatusOK
	}
	return rec.code
}

// streamed reports whether the response was a stream, whatever the request accepted.
func (rec *recorder) streamed() bool {
	return rec.code == http.StatusSwitchingProtocols || strings.HasPrefix(rec.Header().Get("Content-Type"), "text/event-stream")
}

// WriteHeader records the status.
func (rec *recorder) WriteHeader(code int) {
	if rec.code == 0 && code >= http.StatusOK || code == http.StatusSwitchingProtocols {
		rec.code = code
	}
	rec.ResponseWriter.WriteHeader(code)
}

// Write counts the bytes.
func (rec *recorder) Write(p []byte) (int, error) {
	n, err := rec.ResponseWriter.Write(p)
	rec.bytes += int64(n)
	return n, err
}

// Flush sends what is buffered.
func (rec *recorder) Flush() { _ = http.NewResponseController(rec.ResponseWriter).Flush() }

// Hijack takes over the connection, for WebSocket.
func (rec *recorder) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	rec.code = http.StatusSwitchingProtocols
	return http.NewResponseController(rec.ResponseWriter).Hijack()
}

// Unwrap returns the wrapped writer, for http.ResponseController.
func (rec *recorder) Unwrap() http.ResponseWriter { return rec.ResponseWriter }
