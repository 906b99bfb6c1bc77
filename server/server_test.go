package server_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/gorilla/websocket"
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"

	"postrider/internal/config"
	"postrider/internal/requestid"
	"postrider/server"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// setup returns a server over a small web app; log gets its log.
func setup(t *testing.T, change func(p *server.Params)) (*server.Server, *syncBuffer) {
	t.Helper()
	log := &syncBuffer{}
	p := server.Params{
		Config: &config.Config{PublicURL: "https://links.example.com", CountryHeader: "CF-IPCountry"},
		Log:    slog.New(requestid.Logging(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))), Metrics: prometheus.NewRegistry(),
		Web: fstest.MapFS{
			".keep": {}, "index.html": {Data: []byte("<!doctype html><title>Postrider</title>")},
			"graphiql.html": {Data: []byte("explorer")}, "assets/app-1a2b.js": {Data: []byte(script)},
		},
		Ready: func(context.Context) error { return nil },
	}
	if change != nil {
		change(&p)
	}
	s, err := server.New(p)
	if err != nil {
		t.Fatal(err)
	}
	return s, log
}

func get(t *testing.T, h http.Handler, target string, headers ...string) *http.Response {
	t.Helper()
	return do(h, httptest.NewRequest(http.MethodGet, target, nil), headers...)
}

func do(h http.Handler, r *http.Request, headers ...string) *http.Response {
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		r.Header.Add(name, value)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, res *http.Response) string {
	t.Helper()
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestHugeBodyIsRefused(t *testing.T) {
	t.Parallel()
	s, _ := setup(t, func(p *server.Params) {
		p.Routes = []server.Route{{Pattern: "POST /in", Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if _, err := io.Copy(io.Discard, r.Body); err != nil {
				w.WriteHeader(http.StatusRequestEntityTooLarge)
			}
		})}}
	})
	r := httptest.NewRequest(http.MethodPost, "/in", bytes.NewReader(make([]byte, 9<<20)))
	if res := do(s, r); res.StatusCode != http.StatusRequestEntityTooLarge {
		t.Fatalf("%d", res.StatusCode)
	}
}

// longRoutes are a slow request, a stream and a WebSocket: each signals that it was entered.
func longRoutes(t *testing.T, entered chan<- struct{}, release <-chan struct{}) []server.Route {
	t.Helper()
	slow := func(w http.ResponseWriter, _ *http.Request) {
		entered <- struct{}{}
		<-release
		_, _ = io.WriteString(w, "finished")
	}
	events := func(w http.ResponseWriter, r *http.Request) {
		flusher, ok := w.(http.Flusher)
		if !ok {
			t.Error("server-sent events need a Flusher")
			return
		}
		_, _ = io.WriteString(w, "data: first\n\n")
		flusher.Flush()
		entered <- struct{}{}
		<-r.Context().Done()
	}
	var upgrader websocket.Upgrader
	socket := func(w http.ResponseWriter, r *http.Request) {
		conn, err := upgrader.Upgrade(w, r, nil)
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		entered <- struct{}{}
		<-r.Context().Done()
	}
	return []server.Route{
		{Pattern: "GET /slow", Handler: http.HandlerFunc(slow)},
		{Pattern: "GET /events", Handler: http.HandlerFunc(events)},
		{Pattern: "GET /socket", Handler: http.HandlerFunc(socket)},
	}
}

func TestCloseEndsStreamsAndLetsRequestsFinish(t *testing.T) {
	t.Parallel()
	entered, release := make(chan struct{}, 3), make(chan struct{})
	s, _ := setup(t, func(p *server.Params) {
		p.Routes = longRoutes(t, entered, release)
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve(listener) }()
	base := "http://" + listener.Addr().String()
	client := &http.Client{Transport: &http.Transport{}, Timeout: 20 * time.Second}
	defer client.CloseIdleConnections()

	answers := make(chan string, 2)
	request := func(path string, headers ...string) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+path, nil)
		if err != nil {
			t.Error(err)
			return
		}
		for _, h := range headers {
			name, value, _ := strings.Cut(h, ": ")
			r.Header.Set(name, value)
		}
		res, err := client.Do(r)
		if err != nil {
			answers <- err.Error()
			return
		}
		text, _ := io.ReadAll(res.Body)
		_ = res.Body.Close()
		answers <- string(text)
	}
	go request("/slow")
	go request("/events", "Accept: text/event-stream")
	socket, _, err := websocket.DefaultDialer.DialContext(t.Context(), strings.Replace(base, "http", "ws", 1)+"/socket", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	for range 3 {
		<-entered
	}

	closed := make(chan error, 1)
	go func() { closed <- s.Close() }()
	if _, _, err := socket.ReadMessage(); err == nil {
		t.Error("the WebSocket stayed open")
	}
	if got := <-answers; got != "data: first\n\n" {
		t.Errorf("the stream ended with %q", got)
	}
	close(release)
	if got := <-answers; got != "finished" {
		t.Errorf("the slow request got %q", got)
	}
	if err := errors.Join(<-closed, <-served); err != nil {
		t.Error(err)
	}
}

// A process does not end while its WebSockets are still closing: http.Server does not track
// them.
func TestCloseWaitsForWebSockets(t *testing.T) {
	t.Parallel()
	open, saidGoodbye := make(chan struct{}), atomic.Bool{}
	upgrader := websocket.Upgrader{}
	s, _ := setup(t, func(p *server.Params) {
		p.Routes = []server.Route{{Pattern: "GET /socket", Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			conn, err := upgrader.Upgrade(w, r, nil)
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close()
			close(open)
			<-r.Context().Done()
			_ = conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseServiceRestart, ""), time.Now().Add(time.Second))
			_, _, _ = conn.ReadMessage() // the client's close message
			saidGoodbye.Store(true)
		})}}
	})
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve(listener) }()
	socket, _, err := websocket.DefaultDialer.DialContext(t.Context(), "ws://"+listener.Addr().String()+"/socket", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	<-open
	closed := make(chan error, 1)
	go func() { closed <- s.Close() }()
	if _, _, err := socket.ReadMessage(); !websocket.IsCloseError(err, websocket.CloseServiceRestart) {
		t.Errorf("it ended with %v", err)
	}
	if err := errors.Join(<-closed, <-served); err != nil {
		t.Error(err)
	}
	if !saidGoodbye.Load() {
		t.Error("it did not wait")
	}
}

// syncBuffer is a log that handlers write from several goroutines.
type syncBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
