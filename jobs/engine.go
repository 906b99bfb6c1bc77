package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"postrider/dispatch"
	"postrider/internal/pg"
	"postrider/internal/secret"
)

// The engine's times, unless Config says otherwise.
const (
	defaultWorkers      = 256
	defaultPromoteEvery = 250 * time.Millisecond
	defaultSweepEvery   = 5 * time.Second
	defaultWatchEvery   = 15 * time.Second
	// A claim is swept when its exchange must long be over: the whole budget of
	// one, and thirty seconds.
	defaultSweepAfter = 45 * time.Second
	drainTimeout      = 25 * time.Second
	jobTimeout        = time.Minute
)

// fetchCooldown is the least between two fetches of a lane. The first job after a
// quiet moment is fetched at once; under load more jobs share a fetch.
const fetchCooldown = 10 * time.Millisecond

// fetchPoll is how often a lane is looked at without a notice. Where one was lost
// with the connection that listens, the beat sees it sooner, for all lanes at once
// (fetchedIn). A look makes a job that comes right after it wait for the cooldown,
// and sixteen lanes are never at rest: it must be rare.
const fetchPoll = time.Minute

// Config is what an Engine needs. Zero fields have defaults where one is named.
type Config struct {
	Pool     *pg.Pool
	Client   *dispatch.Client
	Secrets  *secret.Ring          // opens those of postbacks that sign
	Schedule dispatch.Schedule     // dispatch.DefaultSchedule
	Circuit  dispatch.CircuitRules // dispatch.DefaultCircuitRules
	Workers  int                   // deliveries under way at once; 256
	Log      *slog.Logger
	Metrics  prometheus.Registerer // nil for none
	Machine  func() time.Time      // the machine's clock; time.Now
	Now      func() time.Time      // the time; the machine's clock set by the database's
	Hold     func() bool           // whether nothing may leave; nil for never

	Retention    Retention
	PromoteEvery time.Duration // how often what waits is looked at; 250 ms
	IdleEvery    time.Duration // the same where nothing waits and Hear tells when that ends; zero for PromoteEvery
	SweepEvery   time.Duration // how often dead claims are looked for; 5 s, or half of SweepAfter
	SweepAfter   time.Duration // how old a dead claim is; 45 s
	WatchEvery   time.Duration // how often what affiliates must be told is looked for; 15 s
}

// Engine delivers: any number of them may run on one database.
type Engine struct {
	Config

	river     *river.Client[pgx.Tx]
	claims    *pg.Batch[*claiming]
	parks     *pg.Batch[parking]
	writer    *writer
	versions  *versions
	endpoints *endpoints
	circuits  *circuits
	member    *membership
	slots     chan struct{} // bounds what is under way
	handover  handover

	ownerless map[string]bool // who had jobs running and no lock at the last look; of whoever looks alone
	lookedAt  time.Time       // when that was

	bodiesUpTo uuid.UUID // attempts up to this one have lost their bodies; of the house-keeping alone

	metrics      *metrics
	wake         chan struct{} // the promoter
	bulks        chan struct{} // there are bulk replays to feed
	heard        atomic.Bool   // of changes, since the last round
	resting      atomic.Bool   // the promoter waits for IdleEvery
	lookAtOwners chan struct{} // others have jobs running: do they live?
}

// New makes an Engine. Run starts it.
func New(cfg Config) (*Engine, error) {
	cfg = cfg.withDefaults()
	set := &clock{machine: cfg.Machine, log: cfg.Log}
	if cfg.Now == nil {
		cfg.Now = set.now
	}
	m := newMetrics(cfg.Metrics)
	member, err := newMembership(cfg.Pool.Pgx, cfg.Workers, set)
	if err != nil {
		return nil, err
	}
	e := &Engine{
		Config:    cfg,
		writer:    newWriter(cfg.Pool.Pgx, m, cfg.Log),
		versions:  newVersions(cfg.Secrets),
		endpoints: newEndpoints(cfg.Circuit, cfg.Workers, cfg.Now),
		circuits:  newCircuits(cfg.Pool.Pgx, cfg.Circuit, cfg.Now),
		member:    member,
		slots:     make(chan struct{}, cfg.Workers),
		metrics:   m,
		wake:      make(chan struct{}, 1),

		bulks: make(chan struct{}, 1), lookAtOwners: make(chan struct{}, 1),
	}
	e.claims = pg.NewBatch(claimRows, e.claimAll).Whole() // a failed claim is River's to run again
	e.parks = pg.NewBatch(flushRows, e.parkAll)
	if cfg.Metrics != nil {
		cfg.Metrics.MustRegister(newGauges(e))
	}
	return e, nil
}

// newRiver makes River's client, over connections of its own: what River writes
// need not be on disk when it goes on. A job that was fetched and is forgotten
// in a crash of PostgreSQL is fetched again; what is claimed later by us and is
// on disk brings the fetch before it along.
func (e *Engine) newRiver(pool *pgxpool.Pool) (*river.Client[pgx.Tx], error) {
	workers := river.NewWorkers()
	river.AddWorker(workers, &deliverer{engine: e})
	queues := make(map[string]river.QueueConfig, lanes)
	for n := range lanes {
		// More than all endpoints that may hang can have under way: the others of
		// their lane are always fetched.
		queues[laneName(n)] = river.QueueConfig{MaxWorkers: e.Workers}
	}
	client, err := river.NewClient(riverpgxv5.New(pool), &river.Config{
		ID:                          e.member.id.String(), // in attempted_by: whose jobs these are
		Queues:                      queues,
		Workers:                     workers,
		FetchCooldown:               fetchCooldown,
		FetchPollInterval:           fetchPoll,
		RescueStuckJobsAfter:        2 * time.Minute,
		JobTimeout:                  jobTimeout,
		CompletedJobRetentionPeriod: 5 * time.Minute,
		ReindexerIndexNames:         []string{"river_job_pkey", "river_job_prioritized_fetching_index", "river_job_state_and_finalized_at_index"},
		Logger:                      quiet(e.Log),
	})
	if err != nil {
		return nil, fmt.Errorf("making River's client: %w", err)
	}
	return client, nil
}

// riverConns is how many connections River has: fetching, finishing, and one
// that listens.
const riverConns = 4

func (e *Engine) riverPool(ctx context.Context) (*pgxpool.Pool, error) {
	config := e.Pool.Pgx.Config()
	config.MaxConns = riverConns
	config.ConnConfig.RuntimeParams["synchronous_commit"] = "off"
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("opening River's connections: %w", err)
	}
	return pool, nil
}

func (c Config) withDefaults() Config {
	if c.Schedule == nil {
		c.Schedule = dispatch.DefaultSchedule
	}
	if c.Circuit == (dispatch.CircuitRules{}) {
		c.Circuit = dispatch.DefaultCircuitRules
	}
	if c.Workers == 0 {
		c.Workers = defaultWorkers
	}
	if c.Machine == nil {
		c.Machine = time.Now
	}
	if c.Hold == nil {
		c.Hold = func() bool { return false }
	}
	c.Retention = c.Retention.withDefaults()
	if c.PromoteEvery == 0 {
		c.PromoteEvery = defaultPromoteEvery
	}
	if c.WatchEvery == 0 {
		c.WatchEvery = defaultWatchEvery
	}
	if c.SweepAfter == 0 {
		c.SweepAfter = defaultSweepAfter
	}
	if c.SweepEvery == 0 {
		c.SweepEvery = min(defaultSweepEvery, c.SweepAfter/2)
	}
	return c
}

// Run works until ctx is done, then drains: no new attempt begins, those under
// way end and are written down. It returns nil after a clean drain.
func (e *Engine) Run(ctx context.Context) error {
	// Attempts under way must end by themselves when ctx does, so River lives in a
	// context of its own.
	work, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	pool, err := e.riverPool(work)
	if err != nil {
		return err
	}
	defer pool.Close()
	if e.river, err = e.newRiver(pool); err != nil {
		return err
	}
	if err := e.member.beat(ctx); err != nil && ctx.Err() == nil {
		e.Log.ErrorContext(ctx, "beating", "error", err)
	}
	defer e.startOwning(ctx, work)() // given back once nothing is under way any more
	e.handover.open(work)            // as soon as there is an answer to any attempt
	if err := e.river.Start(work); err != nil {
		e.handover.close()
		e.handover.drain(ctx)
		return fmt.Errorf("starting River: %w", err)
	}
	var loops sync.WaitGroup
	loops.Go(func() { e.every(ctx, beatEvery, "beating", e.beat) })
	loops.Go(func() { e.promoteAll(ctx) })
	loops.Go(func() { e.feedBulks(ctx) })
	loops.Go(func() { e.every(ctx, e.SweepEvery, "sweeping", e.sweep) })
	loops.Go(func() { e.watchOwners(ctx) })
	loops.Go(func() { e.every(ctx, e.WatchEvery, "watching for alerts", e.watch) })
	loops.Go(func() { e.keepHouse(ctx) })
	<-ctx.Done()
	e.handover.close()
	loops.Wait()
	return errors.Join(e.drain(work), e.member.resign(work))
}

// drain lets attempts under way end; what does not in time is cut off and swept
// later.
func (e *Engine) drain(work context.Context) error {
	soft, cancel := context.WithTimeout(work, drainTimeout)
	defer cancel()
	var handed sync.WaitGroup
	handed.Go(func() { e.handover.drain(soft) })
	defer handed.Wait()
	err := e.river.Stop(soft)
	if errors.Is(err, context.DeadlineExceeded) {
		err = e.river.StopAndCancel(work)
	}
	if err != nil {
		return fmt.Errorf("stopping River: %w", err)
	}
	return nil
}

// Wake makes the promoter look at once, for what was just put into the table.
func (e *Engine) Wake() { signal(e.wake) }

// signal wakes who waits, or who will wait next.
func signal(wake chan<- struct{}) {
	select {
	case wake <- struct{}{}:
	default:
	}
}

// Forget drops what is cached of postbacks, when their configuration changed.
func (e *Engine) Forget() { e.versions.forget() }

// every does something at once, then again and again until ctx is done. What
// fails is logged and done again.
func (e *Engine) every(ctx context.Context, interval time.Duration, what string, do func(context.Context) error) {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		if err := do(ctx); err != nil && ctx.Err() == nil {
			e.Log.ErrorContext(ctx, what, "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// quiet keeps River's chatter out of the log: only what is wrong is said.
func quiet(log *slog.Logger) *slog.Logger {
	return slog.New(&levelHandler{Handler: log.Handler(), least: slog.LevelWarn})
}

type levelHandler struct {
	slog.Handler

	least slog.Level
}

// Enabled leaves out what is below the least level.
func (h *levelHandler) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= h.least && h.Handler.Enabled(ctx, level)
}

// WithAttrs keeps the level.
func (h *levelHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &levelHandler{Handler: h.Handler.WithAttrs(attrs), least: h.least}
}

// WithGroup keeps the level.
func (h *levelHandler) WithGroup(name string) slog.Handler {
	return &levelHandler{Handler: h.Handler.WithGroup(name), least: h.least}
}
