package jobs

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"

	"postrider/outbox"
)

// Engine sends deliveries. Any number may run on one database.
type Engine struct {
	Config

	versions    *versions
	member      *membership
	sweeper     *sweeper
	owner       *owner
	deliverer   *deliverer
	handover    *handover
	rounds      *rounds
	feeder      *feeder
	housekeeper *housekeeper
}

// New returns an Engine; Run starts it.
func New(cfg Config) (*Engine, error) {
	cfg = cfg.withDefaults()
	set := &clock{machine: cfg.Machine, log: cfg.Log}
	if cfg.Now == nil {
		cfg.Now = set.now
	}
	member, err := newMembership(cfg.Pool.Pgx, cfg.Workers, set)
	if err != nil {
		return nil, err
	}
	e := &Engine{Config: cfg, member: member}
	c := &e.Config
	pool, m := cfg.Pool.Pgx, newMetrics(cfg.Metrics)
	wake, bulks := make(chan struct{}, 1), make(chan struct{}, 1)
	e.versions = newVersions(cfg.Secrets)
	permits := newPermits(cfg.Circuit, cfg.Workers, cfg.Now)
	e.sweeper = &sweeper{Config: c, versions: e.versions}
	e.owner = &owner{Config: c, id: member.id.String(), sweeper: e.sweeper, wake: wake, look: make(chan struct{}, 1)}

	circuits, writer := newCircuits(pool, cfg.Circuit, cfg.Now), newWriter(pool, m, cfg.Log)
	gate := &gate{permits: permits, slots: make(chan struct{}, cfg.Workers)}
	sender := &sender{Config: c, versions: e.versions, permits: permits, circuits: circuits, writer: writer, metrics: m}
	e.handover = &handover{Config: c, owner: member.id.String(), gate: gate, sender: sender, writer: writer, metrics: m}
	e.deliverer = &deliverer{
		Config: c, gate: gate, claims: newClaims(c), sender: sender, writer: writer, parker: newParker(c), sweeper: e.sweeper,
		circuits: circuits, member: member, handover: e.handover, metrics: m, wake: wake,
	}
	e.rounds = &rounds{
		Config: c, member: member, permits: permits, circuits: circuits, streams: &streams{pool: pool},
		holder: &holder{Config: c, permits: permits, open: map[string]*holdAhead{}},
		promoter: &promoter{
			Config: c, member: member, permits: permits, circuits: circuits, metrics: m,
			inFlight: map[uuid.UUID]outbox.Stream{}, bounced: map[outbox.Stream]time.Time{},
		},
		wake: wake, bulks: bulks,
	}
	e.feeder = &feeder{Config: c, member: member, wake: bulks}
	e.housekeeper = &housekeeper{Config: c}
	if cfg.Metrics != nil {
		cfg.Metrics.MustRegister(newGauges(pool, gate.slots))
	}
	return e, nil
}

// startPause is how long to wait before River is started again.
const startPause = time.Second

// Run delivers until ctx is done, then drains: no new attempt begins, those in flight end
// and are recorded. It returns nil after a clean drain.
func (e *Engine) Run(ctx context.Context) error {
	// Attempts in flight must be able to end after ctx is done, so River has its own
	// context.
	work, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	pool, err := riverPool(work, e.Pool.Pgx)
	if err != nil {
		return err
	}
	defer pool.Close()
	e.showAlive(ctx)
	defer e.owner.start(ctx, work)() // released once nothing is in flight
	e.handover.open(work)            // takes effect once an endpoint has answered
	queue, err := e.startRiver(ctx, work, pool)
	if err != nil {
		e.handover.close()
		e.handover.drain(ctx)
		return err
	}
	var loops sync.WaitGroup
	loops.Go(func() { every(ctx, e.Log, beatEvery, "beating", e.beat) })
	loops.Go(func() { e.rounds.run(ctx) })
	loops.Go(func() { e.feeder.run(ctx) })
	loops.Go(func() { every(ctx, e.Log, e.SweepEvery, "sweeping", e.sweeper.sweep) })
	loops.Go(func() { e.owner.watch(ctx) })
	loops.Go(func() {
		every(ctx, e.Log, e.WatchEvery, "watching for alerts", func(ctx context.Context) error { return watch(ctx, e.Pool.Pgx, e.Now()) })
	})
	if e.Landing != nil {
		loops.Go(func() { every(ctx, e.Log, e.WatchEvery, "trying landing pages", e.Landing.Round) })
	}
	loops.Go(func() { e.housekeeper.run(ctx) })
	<-ctx.Done()
	e.handover.close()
	loops.Wait()
	return errors.Join(e.drain(work, queue), e.member.resign(work))
}

// startRiver starts River. Where the database is away for a moment, River gives up: it is started
// anew until ctx is done, as everything else here goes on when the database is back.
func (e *Engine) startRiver(ctx, work context.Context, pool *pgxpool.Pool) (*river.Client[pgx.Tx], error) {
	for {
		queue, err := newRiver(pool, e.deliverer)
		if err != nil {
			return nil, err
		}
		if err = queue.Start(work); err == nil {
			return queue, nil
		}
		e.Log.ErrorContext(ctx, "starting River, trying again", "error", err)
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("starting River: %w", err)
		case <-time.After(startPause):
		}
		e.showAlive(ctx)
	}
}

// showAlive renews the membership before there is a loop that does.
func (e *Engine) showAlive(ctx context.Context) {
	if err := e.member.beat(ctx); err != nil && ctx.Err() == nil {
		e.Log.ErrorContext(ctx, "beating", "error", err)
	}
}

// beat renews the membership, and wakes the loops that must act on what it found: none at
// rest.
func (e *Engine) beat(ctx context.Context) error {
	led := e.member.leads()
	if err := e.member.beat(ctx); err != nil {
		return err
	}
	if !led && e.member.leads() {
		e.Wake() // until now another process promoted what waits
	}
	if e.member.others.Load() {
		signal(e.owner.look)
	}
	if !e.member.unfetched.Load() || !e.member.leads() {
		return nil
	}
	// The fetcher may not have been listening when the waiting jobs were announced.
	if _, err := e.Pool.Pgx.Exec(ctx, notifyJobsSQL, laneNotices()); err != nil {
		return fmt.Errorf("announcing what waits to be fetched: %w", err)
	}
	return nil
}

// drain waits for attempts in flight; at the timeout they are cancelled, and swept later.
func (e *Engine) drain(work context.Context, queue *river.Client[pgx.Tx]) error {
	soft, cancel := context.WithTimeout(work, drainTimeout)
	defer cancel()
	var handed sync.WaitGroup
	handed.Go(func() { e.handover.drain(soft) })
	defer handed.Wait()
	err := queue.Stop(soft)
	if errors.Is(err, context.DeadlineExceeded) {
		err = queue.StopAndCancel(work)
	}
	if err != nil {
		return fmt.Errorf("stopping River: %w", err)
	}
	return nil
}

// Wake starts the promoter's next round, for what was just put into the table.
func (e *Engine) Wake() { signal(e.rounds.wake) }

// Hear announces that any process changed deliveries or the configuration: a resting
// promoter starts its next round at once. Otherwise it costs nothing.
func (e *Engine) Hear() { e.rounds.hear() }

// Forget drops the cache of postbacks, when their configuration changed.
func (e *Engine) Forget() { e.versions.forget() }
