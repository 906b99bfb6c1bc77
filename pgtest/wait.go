package pgtest

import (
	"testing"
	"time"
)

// patience is how long a test waits for another connection, which always comes.
const patience = 20 * time.Second

// Until polls a condition that nothing signals, such as what another process writes, and fails
// the test if it does not hold in time. If there is a channel to wait on, a test waits on that.
func Until(t testing.TB, patience time.Duration, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(3 * time.Millisecond)
	defer tick.Stop()
	late := time.After(patience)
	for !holds() {
		select {
		case <-late:
			t.Fatalf("still not so after %s: %s", patience, what)
		case <-tick.C:
		}
	}
}

// UntilBlocked waits until a session in the database waits for a lock.
func (d *DB) UntilBlocked(t testing.TB) {
	t.Helper()
	Until(t, patience, "somebody waits for a lock", func() (waits bool) {
		must(t, d.SQL.QueryRowContext(t.Context(), `
			SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')`).Scan(&waits))
		return waits
	})
}
