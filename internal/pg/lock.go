package pg

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// LockName names an advisory lock, or a kind of them.
type LockName string

// Every advisory lock. Locks of a kind are distinguished by what [LockName.Of] adds.
const (
	LockPartitions  LockName = "postrider.partitions"  // making and dropping partitions
	LockWatch       LockName = "postrider.watch"       // raising and ending alerts
	LockDemo        LockName = "postrider.demo"        // writing the demo data
	LockEngine      LockName = "postrider.engine"      // a live engine: its id
	LockAggregation LockName = "postrider.aggregate"   // the aggregation windows of a click: its id
	LockPlayer      LockName = "postrider.player"      // the qualification of a player: its id
	LockClick       LockName = "postrider.click"       // the same for a click that has no player: its id
	LockTier        LockName = "postrider.tier"        // the volume of a month: offer, affiliate, month
	LockTransaction LockName = "postrider.transaction" // a transaction whose offer is assumed: integration, goal, its id
	LockIdempotency LockName = "postrider.idempotent"  // a call with an idempotency key: its user, token, affiliate, key

	// migrateLock is older than lock names: it lets one program at a time migrate.
	migrateLock = 0x706f7374 // "post"
)

// Of returns the name of one lock of a kind.
func (n LockName) Of(parts ...any) string {
	var b strings.Builder
	b.WriteString(string(n))
	for _, p := range parts {
		fmt.Fprintf(&b, ".%v", p)
	}
	return b.String()
}

// LockID returns SQL for the number of the lock that an SQL expression names.
func LockID(name string) string { return "hashtextextended(" + name + ", 0)" }

// Lock waits for a lock that is held until the transaction ends.
func Lock(ctx context.Context, tx interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}, name string) error {
	_, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock(`+LockID("$1")+`)`, name)
	return err
}

// TryLockSQL tries to take the lock $1 for a transaction and returns whether it succeeded.
var TryLockSQL = `SELECT pg_try_advisory_xact_lock(` + LockID("$1") + `)`
