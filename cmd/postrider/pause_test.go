package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"postrider/pgtest"
)

// The leader is paused (SIGSTOP) in the middle of its work, longer than its lease and its claims
// last, and continued: another takes both over, nothing waits for it, and the claims that it
// then believes to be its own are harmless.
func TestAPausedLeaderIsReplacedAndDoesNoHarmWhenItComesBack(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute; left out of -short")
	}
	t.Parallel()
	d := pgtest.New(t)
	binary := build(t)
	env := []string{"DATABASE_URL=" + d.URL, "POSTRIDER_KEY=" + pgtest.KeyText()}
	leader := startWorker(t, binary, env...)
	leads := func() bool {
		var name string
		err := d.SQL.QueryRowContext(t.Context(), `SELECT w.name FROM promoter p JOIN workers w ON w.id = p.worker_id WHERE p.until > now()`).Scan(&name)
		return err == nil && strings.HasSuffix(name, fmt.Sprintf(":%d", leader.cmd.Process.Pid))
	}
	pgtest.Until(t, time.Minute, "the first process promotes", leads)

	c := newCrash(t, binary, func(context.Context) (string, error) { return d.URL, nil }, append(env, "POSTRIDER_DATA="+t.TempDir())...)
	c.slow = 30 * time.Millisecond
	c.status = func(n, attempt int) int { // sometimes one must be promoted again
		if n%40 == 0 && attempt == 1 {
			return http.StatusServiceUnavailable
		}
		return http.StatusOK
	}
	c.setUp(t, d)
	now := func(query string) (n int64) {
		if err := d.SQL.QueryRowContext(t.Context(), query).Scan(&n); err != nil {
			t.Error(err)
		}
		return n
	}
	const delivered = `SELECT count(*) FROM deliveries WHERE state = 'delivered'`
	var paused, back atomic.Bool
	c.load(t, func(int64, int) bool { return back.Load() }, func(n int) {
		if n > 0 {
			return // it has been done; the load ends
		}
		pgtest.Until(t, time.Minute, "it is in the middle of its work", func() bool { return now(delivered) > 50 })
		paused.Store(leads() && leader.cmd.Process.Signal(syscall.SIGSTOP) == nil)
		known := now(`SELECT count(*) FROM deliveries`)
		pgtest.Until(t, time.Minute, "another promotes", func() bool { return !leads() && now(`SELECT count(*) FROM promoter WHERE until > now()`) == 1 })
		pgtest.Until(t, 2*time.Minute, "nothing waits for the paused one", func() bool {
			return now(`SELECT count(*) FROM (SELECT state FROM deliveries ORDER BY id LIMIT `+fmt.Sprint(known)+`) d WHERE state <> 'delivered'`) == 0
		})
		_ = leader.cmd.Process.Signal(syscall.SIGCONT)
		more := now(delivered)
		pgtest.Until(t, time.Minute, "it goes on", func() bool { return now(delivered) > more+50 })
		back.Store(true)
	})
	if !paused.Load() {
		t.Error("it was not paused while it was promoting")
	}
	c.check(t)
	if leads() {
		t.Error("it promotes again, though another has the lease")
	}
}
