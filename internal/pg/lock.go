package pg

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// LockName names an advisory lock, or a kind of them.
type LockName string

// Every advisory lock of the program. Those of a kind are told apart by what [LockName.Of] adds.
const (
	LockPartitions  LockName = "postrider.partitions" // partitions are made and dropped
	LockWatch       LockName = "postrider.watch"      // alerts are raised and ended
	LockDemo        LockName = "postrider.demo"       // the demo is written
	LockEngine      LockName = "postrider.engine"     // an engine lives: its id
	LockAggregation LockName = "postrider.aggregate"  // the windows of a click: its id
	LockPlayer      LockName = "postrider.player"     // whether a player qualifies: its id
	LockClick       LockName = "postrider.click"      // the same of a click that has no player: its id
	LockTier        LockName = "postrider.tier"       // the volume of a month: offer, affiliate, month

	// migrateLock is older than names: one program at a time migrates.
	migrateLock = 0x706f7374 // "post"
)

// Of names one lock of a kind.
func (n LockName) Of(parts ...any) string {
	var b strings.Builder
	b.WriteString(string(n))
	for _, p := range parts {
		fmt.Fprintf(&b, ".%v", p)
	}
	return b.String()
}

// LockID is the number of the lock that an SQL expression names.
func LockID(name string) string { return "hashtextextended(" + name + ", 0)" }

// Lock waits for a lock that the transaction keeps until it ends.
func Lock(ctx context.Context, tx interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}, name string) error {
	_, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock(`+LockID("$1")+`)`, name)
	return err
}

// TryLockSQL takes the lock $1 for a transaction and tells whether it got it.
var TryLockSQL = `SELECT pg_try_advisory_xact_lock(` + LockID("$1") + `)`
