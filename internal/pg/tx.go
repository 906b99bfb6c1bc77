package pg

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// PostgreSQL error codes, from its appendix A.
const (
	uniqueViolation      = "23505"
	serializationFailure = "40001"
	deadlockDetected     = "40P01"
)

// txAttempts is how often WithTx tries a transaction that PostgreSQL aborted because of another
// one.
const txAttempts = 4

// WithTx runs fn in a transaction of db: it commits when fn returns nil, and rolls back when fn
// returns an error or panics. When PostgreSQL aborts the transaction because of a deadlock or a
// serialization failure, fn is run again in a new one, so fn's effects outside of tx must be
// safe to repeat.
func WithTx(ctx context.Context, db *sql.DB, fn func(ctx context.Context, tx *sql.Tx) error) error {
	return retry(ctx, func() error { return runTx(ctx, db, fn) })
}

// retry runs a transaction again if PostgreSQL aborted it because of another one.
func retry(ctx context.Context, run func() error) error {
	for attempt := 1; ; attempt++ {
		err := run()
		if err == nil || attempt == txAttempts || !abortedByAnother(err) {
			return err
		}
		pause := time.Duration(attempt) * (5*time.Millisecond + rand.N(10*time.Millisecond)) //nolint:gosec // jitter
		select {
		case <-ctx.Done():
			return err
		case <-time.After(pause):
		}
	}
}

func runTx(ctx context.Context, db *sql.DB, fn func(ctx context.Context, tx *sql.Tx) error) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("beginning a transaction: %w", err)
	}
	// After a commit this does nothing; after an error or a panic it must run.
	defer func() { _ = tx.Rollback() }()

	if err := fn(ctx, tx); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("committing: %w", err)
	}
	return nil
}

// ErrOvertaken is returned by the function of a transaction that found its reads contradicted by
// another one's commit: it is run again in a new transaction.
var ErrOvertaken = errors.New("another transaction came first")

func abortedByAnother(err error) bool {
	if errors.Is(err, ErrOvertaken) {
		return true
	}
	pgErr, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (pgErr.Code == serializationFailure || pgErr.Code == deadlockDetected)
}

// IsUnique reports whether err is a violation of a unique constraint or index. If names are
// given it must be one of those.
func IsUnique(err error, constraints ...string) bool {
	pgErr, ok := errors.AsType[*pgconn.PgError](err)
	if !ok || pgErr.Code != uniqueViolation {
		return false
	}
	return len(constraints) == 0 || slices.Contains(constraints, pgErr.ConstraintName)
}
