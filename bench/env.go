package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"postrider/dispatch"
	_ "postrider/ent/db/runtime" // defaults and privacy rules of the model
	"postrider/ent/migrations"
	"postrider/internal/pg"
	"postrider/internal/pg/embedded"
	"postrider/internal/secret"
)

// env is what every row runs on: a durable PostgreSQL, a sink, and keys.
type env struct {
	options

	server  *embedded.Server
	dir     string
	data    string // where PostgreSQL keeps its files
	key     *secret.Ring
	log     *slog.Logger
	sink    *sink
	made    int
	current string // the newest database
}

func newEnv(ctx context.Context, o options) (*env, error) {
	dir, err := os.MkdirTemp("", "postrider-bench-")
	if err != nil {
		return nil, err
	}
	log := quietLog()
	server, err := embedded.Start(ctx, embedded.Config{Dir: dir, Log: log, Settings: settings(o)})
	if err != nil {
		return nil, err
	}
	key, err := secret.ParseRing(secret.NewKey())
	if err != nil {
		return nil, err
	}
	s, err := newSink(ctx)
	if err != nil {
		return nil, err
	}
	return &env{options: o, server: server, dir: dir, key: key, log: log, sink: s}, nil
}

// quietLog logs only errors.
func quietLog() *slog.Logger {
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
}

func (e *env) close() {
	e.sink.close()
	_ = e.server.Stop()
	// If another account runs PostgreSQL, the folder only links to its files.
	if at, err := filepath.EvalSymlinks(filepath.Join(e.dir, "postgres")); err == nil {
		_ = os.RemoveAll(at)
	}
	_ = os.RemoveAll(e.dir)
}

// size returns a row's number of things: smaller in a quick run.
func (e *env) size(full int) int {
	if e.quick {
		return full / 5
	}
	return full
}

// database creates a fresh, migrated database.
func (e *env) database(ctx context.Context) (*pg.Pool, error) {
	admin, err := pg.OpenSQL(e.server.URL(), 2)
	if err != nil {
		return nil, err
	}
	defer func() { _ = admin.Close() }()
	if err := admin.QueryRowContext(ctx, "SHOW data_directory").Scan(&e.data); err != nil {
		return nil, err
	}
	e.made++
	name := fmt.Sprintf("bench_%d", e.made)
	if _, err := admin.ExecContext(ctx, "CREATE DATABASE "+name); err != nil {
		return nil, err
	}
	e.current = name
	pool, err := pg.Open(ctx, pg.Config{URL: e.plainURL(), FactConns: 32, WorkConns: 16, Name: "bench"})
	if err != nil {
		return nil, err
	}
	return pool, pg.Migrate(ctx, pool.SQL, migrations.FS)
}

// plainURL returns the URL of the newest database, as PostgreSQL's own programs read it.
func (e *env) plainURL() string {
	at, err := url.Parse(e.server.URL())
	if err != nil {
		return ""
	}
	at.Path = "/" + e.current
	return at.String()
}

// client returns the program's client.
func (e *env) client() *dispatch.Client {
	return dispatch.NewClient(dispatch.ClientOptions{Guard: dispatch.NewGuard(dispatch.GuardOptions{AllowPrivate: true})})
}

// endpoints is how many trackers the sink plays: addresses of the loopback range.
const endpoints = 16

// sink is a tracker that answers 200 and counts.
type sink struct {
	listener net.Listener
	server   *http.Server
	port     int
	hits     atomic.Int64
	onHit    atomic.Pointer[func(*http.Request)]
}

func newSink(ctx context.Context) (*sink, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "0.0.0.0:0")
	if err != nil {
		return nil, err
	}
	s := &sink{listener: listener, port: listener.Addr().(*net.TCPAddr).Port}
	s.server = &http.Server{Handler: s, ReadHeaderTimeout: time.Minute}
	go func() { _ = s.server.Serve(listener) }()
	return s, nil
}

// ServeHTTP counts requests.
func (s *sink) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if hit := s.onHit.Load(); hit != nil {
		(*hit)(r)
	}
	s.hits.Add(1)
	_, _ = io.WriteString(w, "ok")
}

// host returns the n-th tracker's endpoint: an address of the loopback range.
func (s *sink) host(n int) string {
	return fmt.Sprintf("http://127.0.%d.%d:%d", n/250, 1+n%250, s.port)
}

// url returns the n-th tracker's URL, of as many as there usually are.
func (s *sink) url(n int) string { return s.host(n%endpoints) + "/pb" }

func (s *sink) close() { _ = s.server.Close() }
