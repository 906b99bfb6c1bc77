package pg_test

import (
	"context"
	"database/sql"
	"errors"
	"testing"

	"postrider/internal/pg"
	"postrider/pgtest"
)

// One transaction holds the lock of a name; another waits for it, and for no other.
func TestALockIsHeldByOneUntilItsTransactionEnds(t *testing.T) {
	t.Parallel()
	d := pgtest.New(t)
	name := pg.LockTier.Of(7, int64(12), "2026-06-01")
	if name != "postrider.tier.7.12.2026-06-01" || pg.LockWatch.Of() != "postrider.watch" {
		t.Errorf("%q, %q", name, pg.LockWatch.Of())
	}
	free := func(name string) (got bool) {
		err := pg.WithTx(t.Context(), d.SQL, func(ctx context.Context, tx *sql.Tx) error {
			return tx.QueryRowContext(ctx, pg.TryLockSQL, name).Scan(&got)
		})
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	held := errors.New("held")
	err := pg.WithTx(t.Context(), d.SQL, func(ctx context.Context, tx *sql.Tx) error {
		if err := pg.Lock(ctx, tx, name); err != nil {
			return err
		}
		if free(name) || !free(pg.LockTier.Of(7, 12, "2026-07-01")) {
			t.Error("somebody else gets the lock that is held, or does not get another")
		}
		return held
	})
	if !errors.Is(err, held) || !free(name) {
		t.Errorf("the lock outlived its transaction: %v", err)
	}
}
