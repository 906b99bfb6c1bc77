package pg_test

import (
	"database/sql"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"postrider/internal/pg"
	"postrider/pgtest"
)

var twoSteps = fstest.MapFS{
	"00001_first.sql":  {Data: []byte("-- +goose Up\nCREATE TABLE first (id int);\n-- +goose Down\nDROP TABLE first;\n")},
	"00002_second.sql": {Data: []byte("-- +goose Up\nCREATE TABLE second (id int);\n")},
}

func TestMigrateBringsAnEmptyDatabaseToTheNewest(t *testing.T) {
	t.Parallel()
	db := pgtest.Empty(t).SQL
	if got := pending(t, db); got < 3 {
		t.Fatalf("%d pending before, want ours and River's", got)
	}
	if tables := count(t, db, "pg_tables WHERE schemaname = 'public'"); tables != 0 {
		t.Fatalf("asking made %d tables", tables)
	}
	must(t, pg.Migrate(t.Context(), db, twoSteps))
	if got := pending(t, db); got != 0 {
		t.Fatalf("%d pending after", got)
	}
	count(t, db, "first, second, river_job")

	all, err := pg.Migrations(t.Context(), db, twoSteps)
	must(t, err)
	if m := all[1]; m.Line != "postrider" || m.Version != 2 || m.Name != "00002_second.sql" || !m.Applied || m.At.IsZero() {
		t.Fatalf("got %+v", m)
	}
	if last := all[len(all)-1]; last.Line != "river" || !last.Applied {
		t.Fatalf("got %+v", last)
	}
}

func TestMigrateTwiceAndByManyAtOnceChangesNothingMore(t *testing.T) {
	t.Parallel()
	db := pgtest.Empty(t)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			own, err := pg.OpenSQL(db.URL, 2) // another program has a pool of its own
			if err == nil {
				err = pg.Migrate(t.Context(), own, twoSteps)
				_ = own.Close()
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	must(t, pg.Migrate(t.Context(), db.SQL, twoSteps))
	if got := count(t, db.SQL, "goose_db_version WHERE version_id > 0"); got != 2 {
		t.Fatalf("%d versions recorded", got)
	}
}

func TestMigrateStopsAtAFaultAndNamesTheFile(t *testing.T) {
	t.Parallel()
	db := pgtest.Empty(t).SQL
	faulty := fstest.MapFS{
		"00001_first.sql": twoSteps["00001_first.sql"],
		"00002_typo.sql":  {Data: []byte("-- +goose Up\nCREATE TABEL x ();\n")},
	}
	err := pg.Migrate(t.Context(), db, faulty)
	if err == nil || !strings.Contains(err.Error(), "00002_typo.sql") {
		t.Fatalf("got %v", err)
	}
	all, err := pg.Migrations(t.Context(), db, faulty)
	must(t, err)
	if !all[0].Applied || all[1].Applied {
		t.Fatalf("got %+v", all[:2])
	}
}

func TestMigrateTunesRiversTables(t *testing.T) {
	t.Parallel()
	db := pgtest.Empty(t).SQL
	must(t, pg.Migrate(t.Context(), db, twoSteps))
	for _, tc := range []struct {
		name, from string
		want       int
	}{
		{"no index over arguments or metadata", "pg_indexes WHERE tablename = 'river_job' AND indexdef LIKE '%USING gin%'", 0},
		{"an index over what waits", "pg_indexes WHERE indexname = 'river_job_waiting_index'", 1},
		{"room for updates in place", "pg_class WHERE relname = 'river_job' AND 'fillfactor=70' = ANY (reloptions)", 1},
		{"early vacuum", "pg_class WHERE relname = 'river_job' AND 'autovacuum_vacuum_scale_factor=0.01' = ANY (reloptions)", 1},
	} {
		if got := count(t, db, tc.from); got != tc.want {
			t.Errorf("%s: %d, want %d", tc.name, got, tc.want)
		}
	}

	// Somebody undid it manually: the next start applies it again.
	_, err := db.ExecContext(t.Context(), "DROP INDEX river_job_waiting_index; ALTER TABLE river_job RESET (fillfactor)")
	must(t, err)
	must(t, pg.Migrate(t.Context(), db, twoSteps))
	if got := count(t, db, "pg_indexes WHERE indexname = 'river_job_waiting_index'"); got != 1 {
		t.Error("the tuning did not come back")
	}
}

func TestFingerprintChangesWithAnyMigration(t *testing.T) {
	t.Parallel()
	base, err := pg.Fingerprint(twoSteps)
	must(t, err)
	again, err := pg.Fingerprint(twoSteps)
	must(t, err)
	fewer, err := pg.Fingerprint(fstest.MapFS{"00001_first.sql": twoSteps["00001_first.sql"]})
	must(t, err)
	if base != again || base == fewer {
		t.Fatalf("%s, %s, %s", base, again, fewer)
	}
}

func pending(t *testing.T, db *sql.DB) int {
	t.Helper()
	n, err := pg.Pending(t.Context(), db, twoSteps)
	must(t, err)
	return n
}

func TestADatabaseThatIsNewerIsLeftAsItIs(t *testing.T) {
	t.Parallel()
	db := pgtest.Empty(t).SQL
	must(t, pg.Migrate(t.Context(), db, twoSteps))
	old := fstest.MapFS{"00001_first.sql": twoSteps["00001_first.sql"]}
	for name, err := range map[string]error{
		"migrating": pg.Migrate(t.Context(), db, old),
		"asking":    func() error { _, err := pg.Pending(t.Context(), db, old); return err }(),
	} {
		newer, ok := errors.AsType[*pg.NewerError](err)
		if !ok || len(newer.Unknown) != 1 || newer.Unknown[0].Version != 2 || !strings.Contains(err.Error(), "does not know its migration 2 (postrider)") {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := db.ExecContext(t.Context(), `INSERT INTO river_migration (line, version) VALUES ('main', 99)`)
	must(t, err)
	if err := pg.Migrate(t.Context(), db, twoSteps); err == nil || !strings.Contains(err.Error(), "does not know its migration 99 (river)") {
		t.Errorf("River's: %v", err)
	}
}
