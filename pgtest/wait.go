package pgtest

import (
	"database/sql"
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

// Begin returns a transaction that stays open for as long as the test needs it, however slow the
// machine is: the server does not end it for being idle. It is rolled back with the test.
func (d *DB) Begin(t testing.TB) *sql.Tx {
	t.Helper()
	tx, err := d.SQL.BeginTx(t.Context(), nil)
	must(t, err)
	t.Cleanup(func() { _ = tx.Rollback() })
	_, err = tx.ExecContext(t.Context(), `SET LOCAL idle_in_transaction_session_timeout = 0`)
	must(t, err)
	return tx
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
