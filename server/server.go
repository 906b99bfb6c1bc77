package server

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"postrider/account"
	"postrider/internal/config"
)

// Timeouts of a connection. A slower request is a fault of the client or of ours. Only a stream
// is exempt, whatever the request's headers are: the handler that starts it lifts the timeouts,
// when the request has been read.
const (
	readHeaderTimeout = 10 * time.Second
	readTimeout       = 30 * time.Second
	writeTimeout      = 60 * time.Second
	idleTimeout       = 2 * time.Minute
	stopPatience      = 10 * time.Second
)

// The maximum bytes of a request's headers, and of its body. A tracking link with every
// parameter has a few KiB.
const (
	maxHeader = 32 << 10
	maxBody   = 8 << 20
)

// Params are the dependencies of a Server.
type Params struct {
	Config  *config.Config
	Log     *slog.Logger
	Metrics *prometheus.Registry
	Web     fs.FS                           // the built web app: index.html, graphiql.html, assets/; nil for none
	Ready   func(ctx context.Context) error // returns nil when requests can be served
	Routes  []Route                         // everything except health, metrics and the web app

	MetricsElsewhere bool // another listener has /metrics

	ReadTimeout time.Duration // for a request to arrive, including its body; 30 s
}

// Route is a handler under a pattern of http.ServeMux, for example "GET /c/{link}".
type Route struct {
	Pattern string
	Handler http.Handler

	// Open lets other sites' pages call it: for routes that no cookie authenticates.
	Open bool

	// Prefix is a first segment of paths that all lead here, whatever its case, the slashes and
	// the method: for programs that follow no redirect, and whose URLs are put together by hand.
	Prefix string

	// Bearer lets other sites' pages call it with an API token and without cookies.
	Bearer bool
}

// Server serves HTTP. Make it with New, run it with Serve, end it with Close.
type Server struct {
	http     *http.Server
	stopping context.Context
	stop     context.CancelFunc
	streams  sync.WaitGroup // handlers of possible streams
}

// New returns a server. It does not listen yet.
func New(p Params) (*Server, error) {
	s := &Server{}
	s.stopping, s.stop = context.WithCancel(context.Background())
	handler, err := s.handler(p)
	if err != nil {
		return nil, err
	}
	s.answer(p, handler)
	return s, nil
}

// NewMetrics returns a server of /healthz, /readyz and /metrics alone, for a listener of its own.
func NewMetrics(p Params) *Server {
	s := &Server{}
	s.stopping, s.stop = context.WithCancel(context.Background())
	mux := http.NewServeMux()
	health(mux, p)
	mux.Handle("GET /metrics", metricsHandler(p.Metrics))
	s.answer(p, identify(securityHeaders(p.Config, recoverPanics(p.Log, mux))))
	return s
}

// answer makes the server answer with a handler.
func (s *Server) answer(p Params, handler http.Handler) {
	s.http = &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: readHeaderTimeout,
		ReadTimeout:       cmp.Or(p.ReadTimeout, readTimeout),
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(p.Log.Handler(), slog.LevelDebug), // clients that disconnect
	}
}

// health adds the routes for those who watch the process.
func health(mux *http.ServeMux, p Params) {
	mux.HandleFunc("GET /healthz", alive)
	mux.Handle("GET /readyz", readiness(p.Ready, p.Log))
}

// Serve serves on listener until Close is called, and then returns nil.
func (s *Server) Serve(listener net.Listener) error {
	if err := s.http.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serving HTTP on %s: %w", listener.Addr(), err)
	}
	return nil
}

// Close ends streams, lets requests in flight finish and streams send their close messages, and
// cuts off what has not finished after a timeout.
func (s *Server) Close() error {
	s.stop()
	ctx, cancel := context.WithTimeout(context.Background(), stopPatience)
	defer cancel()
	if err := s.http.Shutdown(ctx); err != nil {
		return errors.Join(fmt.Errorf("requests were cut off: %w", err), s.http.Close())
	}
	return s.awaitStreams(ctx)
}

// awaitStreams waits for WebSockets, which http.Server no longer tracks.
func (s *Server) awaitStreams(ctx context.Context) error {
	ended := make(chan struct{})
	go func() {
		s.streams.Wait()
		close(ended)
	}()
	select {
	case <-ended:
		return nil
	case <-ctx.Done():
		return errors.New("streams were cut off: they did not end in time")
	}
}

// handler combines the routes and their middleware, in the order of the package doc.
func (s *Server) handler(p Params) (http.Handler, error) {
	origins, err := originCheck(p.Config.PublicURL, p.Routes)
	if err != nil {
		return nil, err
	}
	observe, err := newObserver(p.Log, p.Metrics)
	if err != nil {
		return nil, err
	}
	zipped, err := compression()
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	health(mux, p)
	metrics := http.NotFoundHandler()
	if !p.MetricsElsewhere {
		metrics = metricsHandler(p.Metrics)
	}
	mux.Handle("GET /metrics", metrics)
	if p.Web != nil {
		web, err := newWebApp(p.Web, nowhere(p.Log))
		if err != nil {
			return nil, err
		}
		mux.Handle("GET /graphiql", zipped(web.page("graphiql.html")))
		mux.Handle("/", zipped(web))
	}
	for _, route := range p.Routes {
		if route.Open { // answered in a line
			mux.Handle(route.Pattern, route.Handler)
		} else {
			mux.Handle(route.Pattern, zipped(route.Handler))
		}
	}
	var h http.Handler = mux
	h = crossOrigin(p.Routes, h, origins.Handler(h))
	h = byPrefix(p.Routes, h)
	h = securityHeaders(p.Config, h)
	h = s.endStreams(h)
	h = recoverPanics(p.Log, h)
	h = observe.requests(h)
	h = identify(h)
	h = clients{trusted: p.Config.TrustedProxies, countryHeader: p.Config.CountryHeader}.handler(h)
	return http.MaxBytesHandler(h, maxBody), nil
}

// byPrefix sends requests to the routes with a Prefix.
func byPrefix(routes []Route, next http.Handler) http.Handler {
	routes = slices.DeleteFunc(slices.Clone(routes), func(route Route) bool { return route.Prefix == "" })
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		first := strings.TrimLeft(r.URL.Path, "/")
		if end := strings.IndexAny(first, "/&?; "); end >= 0 {
			first = first[:end]
		}
		for _, route := range routes {
			if strings.EqualFold(first, route.Prefix) {
				r.Pattern = route.Pattern
				route.Handler.ServeHTTP(w, r)
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

// endStreams ends long-lived requests when the server stops: http.Server would wait for them, or
// does not track them.
func (s *Server) endStreams(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !account.IsStream(r) {
			next.ServeHTTP(w, r)
			return
		}
		s.streams.Add(1)
		defer s.streams.Done()
		ctx, cancel := context.WithCancel(r.Context())
		defer cancel()
		defer context.AfterFunc(s.stopping, cancel)()
		streamed := r.WithContext(ctx)
		next.ServeHTTP(w, streamed)
		r.Pattern = streamed.Pattern
	})
}
