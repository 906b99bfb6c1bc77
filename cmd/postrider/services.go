package main

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"sync"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/prometheus/client_golang/prometheus"

	"postrider/account"
	"postrider/dispatch"
	"postrider/ent"
	"postrider/ent/db"
	"postrider/ent/db/alert"
	"postrider/ent/db/conversion"
	"postrider/ent/db/delivery"
	"postrider/ent/db/echorequest"
	"postrider/ent/db/receivedpostback"
	_ "postrider/ent/db/runtime" // defaults and privacy rules of the model
	"postrider/graph"
	"postrider/graph/gen"
	"postrider/idempotency"
	"postrider/intake"
	"postrider/internal/installation"
	"postrider/internal/live"
	"postrider/internal/pg"
	"postrider/internal/secret"
	"postrider/internal/viewer"
	"postrider/jobs"
	"postrider/landing"
	"postrider/report"
	"postrider/server"
	"postrider/setup"
	"postrider/testfire"
)

// services are what serving and working need, over one database.
type services struct {
	process  *process
	db       *database
	key      *secret.Ring
	client   *db.Client
	accounts *account.Accounts
	intake   *intake.Intake
	setup    *setup.Setup
	guard    *dispatch.Guard
	metrics  *prometheus.Registry
	sender   *dispatch.Client
	landing  *landing.Checker
	engine   *jobs.Engine // nil in a process that does not work
	hold     *installation.Watch
	hearing  hearing

	hubs    graph.Hubs
	closers []func() error
}

// newServices makes the services, and the delivery engine if the process works.
func newServices(ctx context.Context, p *process, database *database, works bool) (*services, error) {
	key, err := installation.Unlock(ctx, database.SQL, p.cfg.Key, p.cfg.Data)
	if err != nil {
		return nil, err
	}
	s := &services{
		process: p, db: database, key: key, metrics: newMetrics(),
		client: ent.NewClient(database.API),
		guard:  dispatch.NewGuard(guardOptions(p)),
		hubs:   graph.NewHubs(),
	}
	country, err := s.country()
	if err != nil {
		return nil, err
	}
	s.sender = dispatch.NewClient(dispatch.ClientOptions{Guard: s.guard, UserAgent: p.userAgent()})
	s.closers = append(s.closers, func() error { s.sender.Close(); return nil })
	s.landing = &landing.Checker{DB: database.SQL, Sender: s.sender, Now: time.Now}
	if s.hold, err = s.watchHold(ctx); err != nil {
		return nil, err
	}
	if works {
		if s.engine, err = s.newEngine(); err != nil {
			return nil, err
		}
	}
	s.intake = intake.New(intake.Config{DB: database.SQL, Enqueuer: jobs.Enqueuer{Engine: s.engine}, Secrets: key, Country: country, Log: p.log})
	s.setup = setup.New(setup.Config{
		DB: database.API, Guard: s.guard, Secrets: key, PublicURL: p.cfg.PublicURL, Changed: s.forget,
	})
	s.accounts = account.New(account.Params{
		DB: database.API, Client: s.client, Log: p.log, Secure: p.cfg.SecureCookies(), Now: time.Now, Secrets: key,
		ClientAddr: func(ctx context.Context) netip.Addr { return server.ClientOf(ctx).Addr },
	})
	return s, nil
}

// watchHold reads whether the installation is on hold, before anything could be sent.
func (s *services) watchHold(ctx context.Context) (*installation.Watch, error) {
	return installation.NewWatch(ctx, installation.WatchConfig{
		DB: s.db.SQL, Setting: s.process.cfg.Hold, Log: s.process.log, Metrics: s.metrics,
		Changed: func() {
			if s.engine != nil {
				s.engine.Wake()
			}
		},
	})
}

func guardOptions(p *process) dispatch.GuardOptions {
	ports := make([]uint16, len(p.cfg.TargetPorts))
	for i, port := range p.cfg.TargetPorts {
		ports[i] = uint16(port) //nolint:gosec // checked by config
	}
	return dispatch.GuardOptions{AllowPrivate: p.cfg.AllowPrivateTargets, Ports: ports, Deny: p.cfg.DenyTargets}
}

// country opens the country database, if there is one.
func (s *services) country() (func(netip.Addr) string, error) {
	if s.process.cfg.GeoIP == "" {
		s.process.log.Warn("no country database: clicks have no country", "setting", "POSTRIDER_GEOIP")
		return nil, nil
	}
	countries, err := openCountries(s.process.cfg.GeoIP)
	if err != nil {
		return nil, err
	}
	s.closers = append(s.closers, countries.Close)
	return countries.of, nil
}

// userAgent returns the User-Agent of our requests to trackers.
func (p *process) userAgent() string {
	return fmt.Sprintf("Postrider/%s (+%s)", version, p.cfg.PublicURL)
}

func (s *services) newEngine() (*jobs.Engine, error) {
	return jobs.New(jobs.Config{
		Pool: s.db.Pool, Client: s.sender, Secrets: s.key, Workers: s.process.cfg.Workers, Log: s.process.log, Metrics: s.metrics,
		SweepAfter: s.process.cfg.SweepAfter, IdleEvery: time.Second, Hold: s.hold.On, Landing: s.landing,
		Retention: jobs.Retention{
			Bodies: s.process.cfg.KeepBodies, Attempts: s.process.cfg.KeepAttempts, Received: s.process.cfg.KeepReceived,
		},
	})
}

// forget drops the cached configuration.
func (s *services) forget() {
	s.intake.Forget()
	if s.engine != nil {
		s.engine.Forget()
	}
}

// routes returns the server's routes besides health, metrics and the web app.
func (s *services) routes(demo []*gen.DemoUser) []server.Route {
	tester := testfire.New(testfire.Config{DB: s.db.API, Rows: s.client, Sender: s.sender, Secrets: s.key})
	crossings := &report.Crossings{DB: viewer.NewScoped(s.db.API), Now: time.Now}
	gaps := &report.Gaps{DB: viewer.NewScoped(s.db.API), Now: time.Now}
	api := s.accounts.Middleware(graph.Handler(graph.Config{
		Hubs:   s.hubs,
		Feeds:  graph.NewFeeds(s.db.API, s.process.cfg.KeepAttempts),
		Client: s.client, Accounts: s.accounts, Setup: s.setup, Intake: s.intake,
		Health:    &report.Health{DB: viewer.NewScoped(s.db.API), Now: time.Now},
		Replayer:  jobs.Replayer{Pool: s.db.Pgx, Now: time.Now},
		Progress:  &report.Progress{DB: viewer.NewScoped(s.db.API)},
		Home:      &report.Home{DB: viewer.NewScoped(s.db.API), Now: time.Now},
		Crossings: crossings,
		Gaps:      gaps, Attention: &report.Attention{DB: viewer.NewScoped(s.db.API), Gaps: gaps, Crossings: crossings, Now: time.Now},
		Tester:  tester,
		Landing: s.landing,
		Target:  graph.NewTarget(dispatch.Probe{Guard: s.guard}, tester.AllowLook, time.Now),
		Secrets: s.key, Log: s.process.log, Now: time.Now,
		Keys:         idempotency.New(idempotency.Config{DB: s.db.API, Secrets: s.key, Now: time.Now}),
		ClientAddr:   func(ctx context.Context) netip.Addr { return server.ClientOf(ctx).Addr },
		Installation: gen.Instance{Version: version, PublicURL: s.process.cfg.PublicURL, DemoUsers: demo},
	}))
	click, postback := server.Click(s.intake, s.process.log), server.Postback(s.intake, s.process.log)
	echo := server.Echo(testfire.Inbox{DB: s.db.SQL, Now: time.Now}, s.process.log)
	return []server.Route{
		{Pattern: "/graphql", Handler: api, Bearer: true},
		{Pattern: "GET /schema.graphql", Handler: graph.SDL()},
		{Pattern: "/c/{link}", Handler: click, Prefix: "c", Open: true},
		{Pattern: "/postback/{integration}", Handler: postback, Prefix: "postback", Open: true},
		{Pattern: "/echo/{key}", Handler: echo, Open: true},
		{Pattern: "/echo/{key}/{path...}", Handler: echo, Open: true},
	}
}

// run keeps caches, subscriptions and deliveries going until ctx is done.
func (s *services) run(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	deliveries := live.NewFeed(s.hubs.Deliveries, s.process.log, s.loadDeliveries)
	conversions := live.NewFeed(s.hubs.Conversions, s.process.log, s.loadConversions)
	received := live.NewFeed(s.hubs.Received, s.process.log, s.loadReceived)
	var tasks sync.WaitGroup
	tasks.Go(func() { s.hold.Run(ctx) })
	tasks.Go(func() { deliveries.Run(ctx) })
	tasks.Go(func() { conversions.Run(ctx) })
	tasks.Go(func() { received.Run(ctx) })
	alerts := live.NewFeed(s.hubs.Alerts, s.process.log, s.loadAlerts)
	echoes := live.NewFeed(s.hubs.Echoes, s.process.log, s.loadEchoes)
	tasks.Go(func() { alerts.Run(ctx) })
	tasks.Go(func() { echoes.Run(ctx) })
	tasks.Go(func() {
		s.listen(ctx, map[live.Channel]func(ids []uuid.UUID){
			live.Deliveries: deliveries.Add, live.Conversions: conversions.Add, live.Received: received.Add, live.Alerts: alerts.Add, live.Echoes: echoes.Add,
		})
	})
	var err error
	if s.engine != nil {
		err = s.engine.Run(ctx)
		stop() // without its engine the process is of no use: it ends, and says why
	} else {
		<-ctx.Done()
	}
	tasks.Wait()
	return err
}

// hear wakes the engine after a notification.
func (s *services) hear() {
	if s.engine != nil {
		s.engine.Hear()
	}
}

// listen listens to the notifications of other nodes, and of this one.
func (s *services) listen(ctx context.Context, feeds map[live.Channel]func(ids []uuid.UUID)) {
	err := pg.Listen(ctx, s.db.URL, pg.Subscription{
		Channels: live.Channels(),
		OnNotify: func(channel, payload string) {
			s.hear()
			if add := feeds[live.Channel(channel)]; add != nil {
				add(live.ParsePayload(payload))
			} else {
				s.forget() // of the configuration
				s.hold.Look()
			}
		},
		OnReady: func() {
			s.hear()
			s.forget()
			s.hold.Look()
			s.hubs.Deliveries.Resync()
			s.hubs.Conversions.Resync()
			s.hubs.Received.Resync()
			s.hubs.Alerts.Resync()
			s.hubs.Echoes.Resync()
		},
		OnHearing: s.hearing.set,
		Announce: func(ctx context.Context, channel, payload string) error {
			_, err := s.db.SQL.ExecContext(ctx, `SELECT pg_notify($1, $2)`, channel, payload)
			return err
		},
		Log: s.process.log,
	})
	if err != nil {
		s.hearing.set(err)
		s.process.log.ErrorContext(ctx, "live views and caches get no PostgreSQL notifications any more", "error", err)
	}
}

func (s *services) loadDeliveries(ctx context.Context, ids []uuid.UUID) ([]*db.Delivery, error) {
	return s.client.Delivery.Query().Where(delivery.IDIn(ids...)).All(viewer.AsSystem(ctx))
}

func (s *services) loadConversions(ctx context.Context, ids []uuid.UUID) ([]*db.Conversion, error) {
	return s.client.Conversion.Query().Where(conversion.IDIn(ids...)).All(viewer.AsSystem(ctx))
}

func (s *services) loadReceived(ctx context.Context, ids []uuid.UUID) ([]*db.ReceivedPostback, error) {
	return s.client.ReceivedPostback.Query().Where(receivedpostback.IDIn(ids...)).All(viewer.AsSystem(ctx))
}

func (s *services) loadAlerts(ctx context.Context, ids []uuid.UUID) ([]*db.Alert, error) {
	return s.client.Alert.Query().Where(alert.IDIn(ids...)).All(viewer.AsSystem(ctx))
}

func (s *services) loadEchoes(ctx context.Context, ids []uuid.UUID) ([]*db.EchoRequest, error) {
	return s.client.EchoRequest.Query().Where(echorequest.IDIn(ids...)).All(viewer.AsSystem(ctx))
}

// close releases what was opened, except the database.
func (s *services) close() error {
	faults := make([]error, len(s.closers))
	for i, closer := range s.closers {
		faults[i] = closer()
	}
	return errors.Join(faults...)
}
