package pg_test

import (
	"database/sql"
	"strings"
	"testing"
	"time"

	"github.com/gofrs/uuid/v5"
	"pgregory.net/rapid"

	"postrider/internal/pg"
	"postrider/pgtest"
)

// kinds is a row with a column of each kind, and neighbours of one type.
type kinds struct {
	ID              uuid.UUID
	First, Second   string
	Other           uuid.UUID
	Count, Maximum  int
	Owner, Referrer int64
	Took            float64
	Held, Test      bool
	At              time.Time
	Until           *time.Time
	Amount, Payout  string
	Macros          string
}

var kindColumns = pg.Columns[kinds]{
	pg.UUID("id", func(k *kinds) uuid.UUID { return k.ID }),
	pg.Text("first", func(k *kinds) string { return k.First }),
	pg.Text("second", func(k *kinds) string { return k.Second }).OrNull(),
	pg.UUID("other", func(k *kinds) uuid.UUID { return k.Other }).OrNull(),
	pg.Int("count", func(k *kinds) int { return k.Count }),
	pg.Int("maximum", func(k *kinds) int { return k.Maximum }).OrNull(),
	pg.Bigint("owner", func(k *kinds) int64 { return k.Owner }),
	pg.Bigint("referrer", func(k *kinds) int64 { return k.Referrer }).OrNull(),
	pg.Float("took", func(k *kinds) float64 { return k.Took }),
	pg.Bool("held", func(k *kinds) bool { return k.Held }),
	pg.Bool("test", func(k *kinds) bool { return k.Test }),
	pg.Time("at", func(k *kinds) time.Time { return k.At }),
	pg.TimeOrNull("until", func(k *kinds) *time.Time { return k.Until }),
	pg.Numeric("amount", func(k *kinds) string { return k.Amount }),
	pg.Numeric("payout", func(k *kinds) string { return k.Payout }),
	pg.JSON("macros", func(k *kinds) string { return k.Macros }),
	pg.Always[kinds]("state", "CASE WHEN held THEN $$1 ELSE 'queued' END"),
}

var drawKinds = rapid.Custom(func(t *rapid.T) kinds {
	text := rapid.StringMatching(`[a-zäöü %'"{},\\]{0,9}`)
	id := func(label string) uuid.UUID {
		var u uuid.UUID
		copy(u[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, label))
		return u
	}
	k := kinds{
		ID: id("id"), First: text.Draw(t, "first"), Second: text.Draw(t, "second"),
		Count: rapid.IntRange(0, 9).Draw(t, "count"), Maximum: rapid.IntRange(0, 2).Draw(t, "maximum"),
		Owner: rapid.Int64().Draw(t, "owner"), Referrer: rapid.Int64Range(0, 2).Draw(t, "referrer"),
		Took: rapid.Float64Range(0, 1e6).Draw(t, "took"), Held: rapid.Bool().Draw(t, "held"), Test: rapid.Bool().Draw(t, "test"),
		At:     time.UnixMicro(rapid.Int64Range(0, 4e15).Draw(t, "at")).UTC(),
		Amount: rapid.SampledFrom([]string{"", "0", "12.50", "-3"}).Draw(t, "amount"),
		Payout: rapid.SampledFrom([]string{"", "1", "99.99"}).Draw(t, "payout"),
		Macros: rapid.SampledFrom([]string{"", `{}`, `{"a": "b"}`}).Draw(t, "macros"),
	}
	if rapid.Bool().Draw(t, "has other") {
		k.Other = id("other")
	}
	if rapid.Bool().Draw(t, "has until") {
		until := k.At.Add(time.Hour)
		k.Until = &until
	}
	return k
})

// Rows come back as they were written, each value in its own column.
func TestRowsAreWrittenAsDescribed(t *testing.T) {
	t.Parallel()
	db := pgtest.Empty(t).SQL
	_, err := db.ExecContext(t.Context(), `CREATE TABLE kinds (id uuid, first text, second text, other uuid, count int, maximum int, owner bigint,
		referrer bigint, took float8, held bool, test bool, at timestamptz, until timestamptz, amount numeric, payout numeric, macros jsonb, state text)`)
	must(t, err)
	insert := kindColumns.Insert("kinds")
	rapid.Check(t, func(rt *rapid.T) {
		rows := rapid.SliceOfN(drawKinds, 0, 5).Draw(rt, "rows")
		if _, err := db.ExecContext(t.Context(), `TRUNCATE kinds`); err != nil {
			rt.Fatal(err)
		}
		if _, err := db.ExecContext(t.Context(), insert, kindColumns.Args(rows, "on hold")...); err != nil {
			rt.Fatal(err)
		}
		for i := range rows {
			compareKinds(rt, db, t, rows[i])
		}
		var n int
		if err := db.QueryRowContext(t.Context(), `SELECT count(*) FROM kinds`).Scan(&n); err != nil || n != len(rows) {
			rt.Fatalf("%d rows of %d, %v", n, len(rows), err)
		}
	})
}

func compareKinds(rt *rapid.T, db *sql.DB, t *testing.T, want kinds) {
	state := "queued"
	if want.Held {
		state = "on hold"
	}
	var same bool
	err := db.QueryRowContext(t.Context(), `SELECT EXISTS (SELECT FROM kinds WHERE id = $1 AND first = $2 AND second IS NOT DISTINCT FROM nullif($3, '')
		AND other IS NOT DISTINCT FROM $4::uuid AND count = $5 AND maximum IS NOT DISTINCT FROM nullif($6::int, 0) AND owner = $7
		AND referrer IS NOT DISTINCT FROM nullif($8::bigint, 0) AND took = $9 AND held = $10 AND test = $11 AND at = $12
		AND until IS NOT DISTINCT FROM $13::timestamptz AND amount IS NOT DISTINCT FROM nullif($14, '')::numeric
		AND payout IS NOT DISTINCT FROM nullif($15, '')::numeric AND macros IS NOT DISTINCT FROM nullif($16, '')::jsonb AND state = $17)`,
		want.ID, want.First, want.Second, uuid.NullUUID{UUID: want.Other, Valid: want.Other != uuid.Nil}, want.Count, want.Maximum, want.Owner,
		want.Referrer, want.Took, want.Held, want.Test, want.At, want.Until, want.Amount, want.Payout, want.Macros, state).Scan(&same)
	if err != nil {
		rt.Fatal(err)
	}
	if !same {
		rt.Fatalf("not found again: %+v", want)
	}
}

func TestAColumnIsNamedOnce(t *testing.T) {
	t.Parallel()
	insert := kindColumns.Insert("kinds")
	for _, want := range []string{"INSERT INTO kinds (id, first, second,", "nullif(second, '')", "$1::uuid[], $2::text[]", "AS u(id, first, second,"} {
		if !strings.Contains(insert, want) {
			t.Errorf("no %q in %s", want, insert)
		}
	}
}
