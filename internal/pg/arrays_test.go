package pg_test

import (
	"slices"
	"testing"

	"github.com/gofrs/uuid/v5"
	"pgregory.net/rapid"

	"postrider/internal/pg"
	"postrider/pgtest"
)

// A column of ids and a plain slice are encoded alike.
func TestAColumnOfIDsIsAnArray(t *testing.T) {
	t.Parallel()
	pool := pgtest.Empty(t).Pool(t)
	rapid.Check(t, func(rt *rapid.T) {
		plain := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) uuid.UUID {
			return uuid.UUID(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(rt, "id"))
		}), 0, 20).Draw(rt, "ids")
		var same bool
		var back []uuid.UUID
		err := pool.Pgx.QueryRow(t.Context(), `SELECT $1::uuid[] = $2::uuid[], $1::uuid[]`, pg.UUIDs(plain), plain).Scan(&same, &back)
		if err != nil || !same || !slices.Equal(back, plain) {
			rt.Fatalf("%v, %v, %v", same, back, err)
		}
		if err := pool.SQL.QueryRowContext(t.Context(), `SELECT $1::uuid[] = $2::uuid[]`, pg.UUIDs(plain), plain).Scan(&same); err != nil || !same {
			rt.Fatalf("over database/sql: %v, %v", same, err)
		}
	})
	var missing bool
	if err := pool.Pgx.QueryRow(t.Context(), `SELECT $1::uuid[] IS NULL`, pg.UUIDs(nil)).Scan(&missing); err != nil || !missing {
		t.Errorf("no column is %v, %v", missing, err)
	}
}
