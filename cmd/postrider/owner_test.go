package main

import (
	"context"
	"fmt"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"postrider/pgtest"
)

// One of two processes is stopped for longer than the promoter's lease lasts, and continued:
// what it had in flight stays its own, and nothing is sent twice. Then the other is killed with
// -9: what it had is taken over though no claim gets old enough to be swept, since its advisory
// lock has ended with it.
func TestClaimsEndWithTheirProcessAndNotBefore(t *testing.T) {
	if testing.Short() {
		t.Skip("stops and kills the program; left out of -short")
	}
	t.Parallel()
	d := pgtest.New(t)
	binary := build(t)
	stopFor, sweepAfter := 4*time.Second, time.Hour // others check it more than twice; no claim gets as old
	if *soak > 0 {
		stopFor, sweepAfter = time.Minute, 45*time.Second // longer than any claim lasts
	}
	env := []string{"DATABASE_URL=" + d.URL, "POSTRIDER_KEY=" + pgtest.KeyText(), "POSTRIDER_SWEEP_AFTER=" + sweepAfter.String()}
	stopped := startWorker(t, binary, env...)
	c := newCrash(t, binary, func(context.Context) (string, error) { return d.URL, nil }, append(env, "POSTRIDER_DATA="+t.TempDir())...)
	c.slow = time.Second
	c.setUp(t, d)
	const interrupted = `SELECT count(*) > $1 FROM attempts WHERE error = 'INTERRUPTED'`
	name := fmt.Sprintf("%%:%d", stopped.cmd.Process.Pid)
	var over atomic.Bool
	c.load(t, func(int64, int) bool { return over.Load() }, func(n int) {
		if n > 0 {
			return // it has been done; the load ends
		}
		const under = `SELECT EXISTS (SELECT FROM river_job j JOIN workers w ON w.id::text = j.attempted_by[array_upper(j.attempted_by, 1)]
			WHERE j.state = 'running' AND w.name LIKE $1)`
		pgtest.Until(t, time.Minute, "it is stopped with something in flight", func() bool {
			if !holds(t, d, under, name) {
				return false
			}
			_ = stopped.cmd.Process.Signal(syscall.SIGSTOP)
			had := holds(t, d, under, name)
			if !had {
				_ = stopped.cmd.Process.Signal(syscall.SIGCONT)
			}
			return had
		})
		since := time.Now()
		pgtest.Until(t, 2*time.Minute, "it has been stopped for "+stopFor.String(), func() bool { return time.Since(since) > stopFor })
		if holds(t, d, interrupted, 0) && *soak == 0 {
			t.Error("what a stopped process had was taken from it")
		}
		_ = stopped.cmd.Process.Signal(syscall.SIGCONT)
		pgtest.Until(t, time.Minute, "it works on", func() bool {
			return holds(t, d, `SELECT EXISTS (SELECT FROM workers WHERE seen_at > now() - interval '2 seconds' AND name LIKE $1)`, name)
		})
		c.mu.Lock()
		if c.got != len(c.sent) && *soak == 0 { // after a minute what was in flight was swept, and sent again
			t.Errorf("%d requests for %d conversions: something was sent twice", c.got, len(c.sent))
		}
		c.mu.Unlock()
		var before int
		if err := d.SQL.QueryRowContext(t.Context(), `SELECT count(*) FROM attempts WHERE error = 'INTERRUPTED'`).Scan(&before); err != nil {
			t.Error(err)
		}
		c.kill()
		pgtest.Until(t, time.Minute, "what the killed one had is taken over", func() bool { return holds(t, d, interrupted, before) })
		over.Store(true)
	})
	c.check(t)
}
