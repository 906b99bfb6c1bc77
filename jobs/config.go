package jobs

import (
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

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

// Config is what an Engine needs. Zero fields have defaults where one is named.
type Config struct {
	Pool     *pg.Pool
	Client   *dispatch.Client
	Secrets  *secret.Ring          // opens those of postbacks that sign
	Schedule dispatch.Schedule     // dispatch.DefaultSchedule
	Circuit  dispatch.CircuitRules // dispatch.DefaultCircuitRules
	Workers  int                   // requests in flight at once; 256
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

// Retention is how long what is no longer needed is kept. Conversions and clicks
// are kept for good. Zero fields have defaults.
type Retention struct {
	Bodies   time.Duration // headers and bodies of attempts; 30 days
	Attempts time.Duration // attempts themselves, a month at a time; 90 days
	Received time.Duration // the received log, a month at a time; 90 days
}

const day = 24 * time.Hour

func (r Retention) withDefaults() Retention {
	for _, d := range []struct {
		of    *time.Duration
		value time.Duration
	}{{&r.Bodies, 30 * day}, {&r.Attempts, 90 * day}, {&r.Received, 90 * day}} {
		if *d.of == 0 {
			*d.of = d.value
		}
	}
	return r
}
