package pg_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/gofrs/uuid/v5"
	"pgregory.net/rapid"

	"postrider/internal/pg"
	"postrider/pgtest"
)

func TestMonthsAreCountedFromTheFirst(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := time.Unix(rapid.Int64Range(0, 4_102_444_800).Draw(t, "at"), 0)
		n := rapid.IntRange(-24, 24).Draw(t, "n")
		month := pg.MonthOf(at).Add(n)
		want := at.UTC().Year()*12 + int(at.UTC().Month()) - 1 + n
		if got := month.Start().Year()*12 + int(month.Start().Month()) - 1; got != want || month.Start().Day() != 1 {
			t.Errorf("%d months after %s is %s", n, at.UTC(), month.Start())
		}
	})
	at := time.Date(2026, 11, 30, 23, 59, 59, 0, time.FixedZone("east", 14*3600))
	if got := pg.MonthOf(at).Add(3).Start(); got != time.Date(2027, 2, 1, 0, 0, 0, 0, time.UTC) {
		t.Error(got)
	}
}

// execer is a database, or a transaction of it.
type execer interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// received inserts a row with a given time into the inbound log.
func received(t *testing.T, db execer, at time.Time) uuid.UUID {
	t.Helper()
	id, err := uuid.NewV7AtTime(at)
	if err == nil {
		_, err = db.ExecContext(t.Context(), `
			INSERT INTO received_postbacks (id, received_at, integration_key, method, query, body, headers, address, result, reason, status_code, duration_ms)
			VALUES ($1, $2, 'k', 'GET', '', '', '[]', '', 'invalid', '', 400, 0)`, id, at)
	}
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func tableOf(t *testing.T, db *sql.DB, id uuid.UUID) (table string) {
	t.Helper()
	if err := db.QueryRowContext(t.Context(), `SELECT tableoid::regclass FROM received_postbacks WHERE id = $1`, id).Scan(&table); err != nil {
		t.Fatal(err)
	}
	return table
}

// reading holds the lock that a report or a backup holds while it reads a table.
func reading(t *testing.T, d *pgtest.DB, table string) (stop func()) {
	t.Helper()
	tx := d.Begin(t)
	if _, err := tx.ExecContext(t.Context(), `SELECT count(*) FROM `+table); err != nil {
		t.Fatal(err)
	}
	return func() { _ = tx.Rollback() }
}

func TestNobodyWaitsForAPartitionWhileATableIsRead(t *testing.T) {
	t.Parallel()
	d := pgtest.New(t)
	at := time.Date(2031, 5, 31, 12, 0, 0, 0, time.UTC)
	stop := reading(t, d, "received_postbacks")
	defer stop()

	made := make(chan error, 1)
	go func() { made <- pg.MakePartition(t.Context(), d.SQL, "received_postbacks", pg.MonthOf(at)) }()
	d.UntilBlocked(t)
	received(t, impatient(t, d.SQL), pgtest.Now)
	if err := <-made; !errors.Is(err, pg.ErrPartitionBusy) {
		t.Errorf("it was %v beside a reader", err)
	}
	stop()
	if err := pg.MakePartition(t.Context(), d.SQL, "received_postbacks", pg.MonthOf(at)); err != nil {
		t.Fatal(err)
	}
	if table := tableOf(t, d.SQL, received(t, d.SQL, at)); table != "received_postbacks_2031_05" {
		t.Errorf("a row of the month is in %s", table)
	}
}

// impatient begins a transaction that fails where it would wait for a lock.
func impatient(t *testing.T, db *sql.DB) *sql.Tx {
	t.Helper()
	tx, err := db.BeginTx(t.Context(), nil)
	if err == nil {
		_, err = tx.ExecContext(t.Context(), `SET LOCAL lock_timeout = 1`)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tx.Rollback() })
	return tx
}

func TestAPartitionTakesItsRowsFromTheDefaultOne(t *testing.T) {
	t.Parallel()
	d := pgtest.New(t)
	month := pg.MonthOf(time.Date(2031, 2, 1, 0, 0, 0, 0, time.UTC))
	first, last := received(t, d.SQL, month.Start()), received(t, d.SQL, month.Add(1).Start().Add(-time.Millisecond))
	after := received(t, d.SQL, month.Add(1).Start())
	for range 2 { // again changes nothing
		if err := pg.MakePartition(t.Context(), d.SQL, "received_postbacks", month); err != nil {
			t.Fatal(err)
		}
	}
	for id, want := range map[uuid.UUID]string{first: "received_postbacks_2031_02", last: "received_postbacks_2031_02", after: "received_postbacks_default"} {
		if got := tableOf(t, d.SQL, id); got != want {
			t.Errorf("a row is in %s, want %s", got, want)
		}
	}
	// A partition that is created on its own is identical to the others.
	shape := func(table string) (s string) {
		err := d.SQL.QueryRowContext(t.Context(), `
			SELECT (SELECT string_agg(format('%s %s %s', attname, atttypid::regtype, attnotnull), ', ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0)
			  || (SELECT string_agg(regexp_replace(pg_get_indexdef(indexrelid), '(INDEX|ON) \S+ (ON \S+)?', '', 'g'), '; ' ORDER BY indkey::text, indpred::text) FROM pg_index WHERE indrelid = $1::regclass)
			  || (SELECT count(*)::text FROM pg_inherits JOIN pg_index ON inhrelid = indexrelid WHERE indrelid = $1::regclass)`, table).Scan(&s)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	if got, want := shape("received_postbacks_2031_02"), shape("received_postbacks_default"); got != want {
		t.Errorf("made apart: %s\nwith the table: %s", got, want)
	}
}

func TestManyMakeAPartitionOnce(t *testing.T) {
	t.Parallel()
	d := pgtest.New(t)
	month := pg.MonthOf(time.Date(2032, 2, 29, 0, 0, 0, 0, time.UTC))
	faults := make(chan error)
	for range 4 {
		go func() { faults <- pg.MakePartition(t.Context(), d.SQL, "clicks", month) }()
	}
	for range 4 {
		if err := <-faults; err != nil && !errors.Is(err, pg.ErrPartitionBusy) {
			t.Error(err)
		}
	}
	var n int
	if err := d.SQL.QueryRowContext(t.Context(), `SELECT count(*) FROM pg_class WHERE relname = 'clicks_2032_02' AND relispartition`).Scan(&n); err != nil || n != 1 {
		t.Errorf("%d partitions, %v", n, err)
	}
}

func TestOldPartitionsAreDroppedOnceNobodyReads(t *testing.T) {
	t.Parallel()
	d := pgtest.New(t)
	ctx := t.Context()
	old := pg.MonthOf(time.Date(2021, 1, 1, 0, 0, 0, 0, time.UTC))
	if err := pg.MakePartitions(ctx, d.SQL, old, old.Add(2)); err != nil {
		t.Fatal(err)
	}
	young := received(t, d.SQL, old.Add(2).Start())
	received(t, d.SQL, old.Start())
	received(t, d.SQL, time.Date(2020, 6, 1, 0, 0, 0, 0, time.UTC)) // in the default partition
	before := old.Add(2).Start().Add(time.Hour)

	stop := reading(t, d, "received_postbacks")
	defer stop()
	dropping := make(chan error, 1)
	go func() {
		_, err := pg.DropPartitions(context.WithoutCancel(ctx), d.SQL, "received_postbacks", before)
		dropping <- err
	}()
	d.UntilBlocked(t)
	received(t, d.SQL, pgtest.Now) // waits for the lock timeout at most, and not for the reader
	if err := <-dropping; !errors.Is(err, pg.ErrPartitionBusy) {
		t.Errorf("it was %v beside a reader", err)
	}
	stop()
	// A process that ended between the two steps leaves a detached table.
	if _, err := d.SQL.ExecContext(ctx, `ALTER TABLE received_postbacks DETACH PARTITION received_postbacks_2021_02`); err != nil {
		t.Fatal(err)
	}
	dropped, err := pg.DropPartitions(ctx, d.SQL, "received_postbacks", before)
	if want := []string{"received_postbacks_2021_01", "received_postbacks_2021_02"}; err != nil || !slices.Equal(dropped, want) {
		t.Fatalf("%v, %v", dropped, err)
	}
	var n int
	if err := d.SQL.QueryRowContext(ctx, `SELECT count(*) FROM received_postbacks WHERE received_at < $1`, before).Scan(&n); err != nil || n != 1 {
		t.Errorf("%d rows are left, %v", n, err)
	}
	if got := tableOf(t, d.SQL, young); got != "received_postbacks_2021_03" {
		t.Errorf("what is young is in %s", got)
	}
	if err := d.SQL.QueryRowContext(ctx, fmt.Sprintf(`SELECT count(*) FROM pg_class WHERE relname = '%s'`, "received_postbacks_2021_02")).Scan(&n); err != nil || n != 0 {
		t.Errorf("the detached table is still there: %v", err)
	}
}
