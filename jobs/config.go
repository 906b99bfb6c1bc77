package jobs

import (
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"postrider/dispatch"
	"postrider/internal/pg"
	"postrider/internal/secret"
	"postrider/landing"
)

// The engine's defaults, unless Config sets others.
const (
	defaultWorkers      = 256
	defaultPromoteEvery = 250 * time.Millisecond
	defaultSweepEvery   = 5 * time.Second
	defaultWatchEvery   = 15 * time.Second
	// A claim is swept once its exchange must be over: the whole budget of one, plus thirty
	// seconds.
	defaultSweepAfter = 45 * time.Second
	drainTimeout      = 25 * time.Second
	jobTimeout        = time.Minute
)

// Config configures an Engine. Zero fields have defaults where one is named.
type Config struct {
	Pool     *pg.Pool
	Client   *dispatch.Client
	Secrets  *secret.Ring          // decrypts the signing secrets of postbacks
	Schedule dispatch.Schedule     // dispatch.DefaultSchedule
	Circuit  dispatch.CircuitRules // dispatch.DefaultCircuitRules
	Workers  int                   // requests in flight at once; 256
	Log      *slog.Logger
	Metrics  prometheus.Registerer // nil for none
	Machine  func() time.Time      // the machine's clock; time.Now
	Now      func() time.Time      // the current time; the machine's clock corrected by the database's
	Hold     func() bool           // reports whether the installation is on hold; nil for never
	Landing  *landing.Checker      // tries the pages that clicks lead to; nil for nobody

	Retention    Retention
	PromoteEvery time.Duration // interval of the promoter's rounds; 250 ms
	IdleEvery    time.Duration // the same while nothing waits, if Hear announces changes; zero for PromoteEvery
	SweepEvery   time.Duration // interval of the sweep for dead claims; 5 s, or half of SweepAfter
	SweepAfter   time.Duration // age at which a claim counts as dead; 45 s
	WatchEvery   time.Duration // interval of the checks for alerts, and of rounds over landing pages; 15 s
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

// Retention is how long data that is no longer needed is kept. Conversions and clicks are
// kept forever. Zero fields have defaults.
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
