package jobs

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"
)

// Clocks of machines differ, and one process promotes what another made due: all of them go
// by the database's clock. A difference within the query's round-trip time counts as none.
const (
	clockTolerance = 250 * time.Millisecond
	clockWarning   = 5 * time.Second // a difference that is logged
)

// clock is this machine's, set to the database's at every beat.
type clock struct {
	machine func() time.Time
	log     *slog.Logger
	ahead   atomic.Int64 // nanoseconds by which the machine's is ahead of the database's
}

// now returns the database's time, as far as it is known.
func (c *clock) now() time.Time { return c.machine().Add(-time.Duration(c.ahead.Load())) }

// set records the database's time, read between two readings of the machine's clock.
func (c *clock) set(ctx context.Context, before, after, database time.Time) {
	took := after.Sub(before)
	ahead := before.Add(took / 2).Sub(database)
	if ahead.Abs() <= clockTolerance+took/2 {
		ahead = 0
	}
	was := time.Duration(c.ahead.Swap(int64(ahead)))
	if ahead.Abs() >= clockWarning && was.Abs() < clockWarning {
		c.log.WarnContext(ctx, "this machine's clock differs from the database's: deliveries go by the database's", "ahead", ahead.Round(time.Millisecond))
	}
}
