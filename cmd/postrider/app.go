package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"postrider/ent/migrations"
	"postrider/frontend"
	"postrider/graph/gen"
	"postrider/internal/installation"
	"postrider/internal/pg"
	"postrider/internal/viewer"
	"postrider/server"
)

// App is the program as a value: Run starts it and returns when it answers, Close ends it. Tests
// run it on ":0" and get its address from URL.
type App struct {
	process *process
	name    string // all, serve, work
	demo    []*gen.DemoUser
	prepare func(ctx context.Context) error // runs on the migrated database before anything else; may be nil

	db       *database
	services *services
	api      *listening // nil for work
	metrics  *listening // nil without a listener of its own

	stopRunning context.CancelFunc
	ran         chan error // the result of the services
}

// NewApp returns an App that does not run yet.
func NewApp(p *process, name string) *App {
	return &App{process: p, name: name, ran: make(chan error, 1)}
}

// Run opens the database, migrates it to the newest version and begins to listen. If it fails,
// nothing is left running.
func (a *App) Run(ctx context.Context) (err error) {
	defer func() {
		if err != nil {
			err = errors.Join(err, a.Close())
		}
	}()
	open := a.process.openDatabase
	if a.name == "work" {
		open = a.process.joinDatabase // beside a process that serves
	}
	if a.db, err = open(ctx, a.name); err != nil {
		return err
	}
	if err := pg.Migrate(ctx, a.db.SQL, migrations.FS); err != nil {
		return err
	}
	if a.services, err = newServices(ctx, a.process, a.db, a.name != "serve"); err != nil {
		return err
	}
	if a.prepare != nil {
		if err := a.prepare(ctx); err != nil {
			return err
		}
	}
	if err := a.listen(ctx); err != nil {
		return err
	}
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	a.stopRunning = stop
	go func() { a.ran <- a.services.run(running) }()
	return nil
}

// listening is a server that answers.
type listening struct {
	server   *server.Server
	listener net.Listener
	ended    chan error // the result of Serve
}

func listenOn(ctx context.Context, setting, addr string, s *server.Server) (*listening, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", setting, err)
	}
	l := &listening{server: s, listener: listener, ended: make(chan error, 1)}
	go func() { l.ended <- s.Serve(listener) }()
	return l, nil
}

// over returns a channel with the error with which a server has ended; nil if there is no server.
func (l *listening) over() chan error {
	if l == nil {
		return nil
	}
	return l.ended
}

// close ends a server, if there is one.
func (l *listening) close() error {
	if l == nil {
		return nil
	}
	return errors.Join(l.server.Close(), <-l.ended)
}

// listen starts the servers that the App has. They answer when listen returns.
func (a *App) listen(ctx context.Context) (err error) {
	cfg := a.process.cfg
	p := server.Params{Config: cfg, Log: a.process.log, Metrics: a.services.metrics, Ready: a.ready, MetricsElsewhere: cfg.MetricsAddr != ""}
	if cfg.MetricsAddr != "" {
		if a.metrics, err = listenOn(ctx, "POSTRIDER_METRICS_ADDR", cfg.MetricsAddr, server.NewMetrics(p)); err != nil {
			return err
		}
		a.process.log.Info("listening for metrics", "addr", a.metrics.listener.Addr().String(), "version", version)
	}
	if a.name == "work" {
		return nil
	}
	if p.Web, err = fs.Sub(frontend.Dist, "dist"); err != nil {
		return err
	}
	p.Routes = a.services.routes(a.demo)
	api, err := server.New(p)
	if err != nil {
		return err
	}
	if a.api, err = listenOn(ctx, "POSTRIDER_ADDR", cfg.Addr, api); err != nil {
		return err
	}
	if err := a.rememberURL(ctx); err != nil {
		return err
	}
	if err := a.hintAtFirstUser(ctx); err != nil {
		return err
	}
	a.process.log.Info("listening", "addr", a.api.listener.Addr().String(), "public_url", cfg.PublicURL, "version", version)
	return nil
}

// hintAtFirstUser says, while there is no user, how to create the first one.
func (a *App) hintAtFirstUser(ctx context.Context) error {
	some, err := a.services.accounts.HaveUsers(viewer.AsSystem(ctx))
	if err == nil && !some {
		a.process.log.Warn("nobody can sign in yet", "create", "postrider user create --email ADDRESS --role admin")
	}
	return err
}

// rememberURL stores the App's URL for commands run beside it.
func (a *App) rememberURL(ctx context.Context) error {
	if a.process.cfg.PublicURLGiven() {
		return installation.RememberURL(ctx, a.db.SQL, a.process.cfg.PublicURL)
	}
	return installation.RememberURL(ctx, a.db.SQL, a.URL())
}

// URL returns the App's URL, as seen from this machine.
func (a *App) URL() string {
	addr, ok := a.api.listener.Addr().(*net.TCPAddr)
	if !ok {
		return "http://" + a.api.listener.Addr().String()
	}
	host := addr.IP.String()
	if addr.IP.IsUnspecified() {
		host = "localhost"
	}
	return fmt.Sprintf("http://%s", net.JoinHostPort(host, fmt.Sprint(addr.Port)))
}

// Wait returns nil when ctx is done, and an error when the App cannot continue.
func (a *App) Wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case err := <-a.api.over():
		a.api.ended <- nil // Close waits for it too
		return err
	case err := <-a.metrics.over():
		a.metrics.ended <- nil // likewise
		return err
	case err := <-a.ran:
		a.ran <- nil // likewise
		return err
	case <-a.db.lost():
		return errors.New("the embedded PostgreSQL ended")
	}
}

// Close ends the App from the outside in: no new requests, then the deliveries
// under way, which can be watched until then, then the database.
func (a *App) Close() error {
	began := time.Now()
	var faults []error
	faults = append(faults, a.api.close())
	if a.stopRunning != nil {
		a.stopRunning()
		faults = append(faults, <-a.ran)
	}
	faults = append(faults, a.metrics.close())
	if a.services != nil {
		faults = append(faults, a.services.close())
	}
	if a.db != nil {
		faults = append(faults, a.db.Close())
	}
	a.process.log.Info("stopped", "took", time.Since(began))
	return errors.Join(faults...)
}

// runUntilDone runs the App until the process is asked to stop.
func (a *App) runUntilDone(ctx context.Context) error {
	if err := a.Run(ctx); err != nil {
		return err
	}
	return errors.Join(a.Wait(ctx), a.Close())
}

func newMetrics() *prometheus.Registry {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return registry
}
