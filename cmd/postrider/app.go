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
	server   *server.Server
	listener net.Listener
	served   chan error // the result of Serve

	stopRunning context.CancelFunc
	ran         chan error // the result of the services
}

// NewApp returns an App that does not run yet.
func NewApp(p *process, name string) *App {
	return &App{process: p, name: name, served: make(chan error, 1), ran: make(chan error, 1)}
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

// listen starts the server, if the App has one. It answers when listen returns.
func (a *App) listen(ctx context.Context) (err error) {
	cfg := a.process.cfg
	p := server.Params{Config: cfg, Log: a.process.log, Metrics: a.services.metrics, Ready: a.ready}
	setting, addr := "POSTRIDER_METRICS_ADDR", cfg.MetricsAddr
	if a.name != "work" {
		setting, addr = "POSTRIDER_ADDR", cfg.Addr
		if p.Web, err = fs.Sub(frontend.Dist, "dist"); err != nil {
			return err
		}
		p.Routes = a.services.routes(a.demo)
	}
	if addr == "" {
		return nil
	}
	if a.server, err = server.New(p); err != nil {
		return err
	}
	if a.listener, err = (&net.ListenConfig{}).Listen(ctx, "tcp", addr); err != nil {
		return fmt.Errorf("%s: %w", setting, err)
	}
	go func() { a.served <- a.server.Serve(a.listener) }()
	if err := a.rememberURL(ctx); err != nil {
		return err
	}
	if a.name != "work" {
		if err := a.hintAtFirstUser(ctx); err != nil {
			return err
		}
	}
	a.process.log.Info("listening", "addr", a.listener.Addr().String(), "public_url", a.process.cfg.PublicURL, "version", version)
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
	switch {
	case a.name == "work":
		return nil
	case a.process.cfg.PublicURLGiven():
		return installation.RememberURL(ctx, a.db.SQL, a.process.cfg.PublicURL)
	default:
		return installation.RememberURL(ctx, a.db.SQL, a.URL())
	}
}

// URL returns the App's URL, as seen from this machine.
func (a *App) URL() string {
	addr, ok := a.listener.Addr().(*net.TCPAddr)
	if !ok {
		return "http://" + a.listener.Addr().String()
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
	case err := <-a.served:
		a.served <- nil // Close waits for it too
		return err
	case err := <-a.ran:
		a.ran <- nil // likewise
		return err
	case <-a.db.lost():
		return errors.New("the embedded PostgreSQL ended")
	}
}

// Close ends the App from the outside in: no new requests, then the deliveries
// under way, then the database.
func (a *App) Close() error {
	began := time.Now()
	var faults []error
	if a.server != nil {
		faults = append(faults, a.server.Close())
	}
	if a.listener != nil {
		faults = append(faults, <-a.served)
	}
	if a.stopRunning != nil {
		a.stopRunning()
		faults = append(faults, <-a.ran)
	}
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
