package pgtest_test

import (
	"strings"
	"testing"

	"go.uber.org/goleak"

	"postrider/pgtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestEveryTestHasAMigratedDatabaseOfItsOwn(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"one", "another"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := pgtest.New(t)
			if _, err := db.SQL.ExecContext(t.Context(), "CREATE TABLE mine (id int)"); err != nil {
				t.Fatal(err)
			}
			var jobs int
			if err := db.SQL.QueryRowContext(t.Context(), "SELECT count(*) FROM river_job").Scan(&jobs); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// The shared server ends when no client has been connected for a while.
func TestADatabaseIsConnectedToFromTheStart(t *testing.T) {
	t.Parallel()
	db, other := pgtest.New(t), pgtest.Empty(t)
	var connected bool
	err := other.SQL.QueryRowContext(t.Context(), "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = $1)",
		db.URL[strings.LastIndex(db.URL, "/")+1:strings.Index(db.URL, "?")]).Scan(&connected)
	if err != nil || !connected {
		t.Fatalf("connected: %t, %v", connected, err)
	}
}

func TestEmptyHasNothing(t *testing.T) {
	t.Parallel()
	db := pgtest.Empty(t)
	var tables int
	err := db.SQL.QueryRowContext(t.Context(), "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").Scan(&tables)
	if err != nil || tables != 0 {
		t.Fatalf("%d tables, %v", tables, err)
	}
}

func TestPoolReachesTheSameDatabaseThroughBothDrivers(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t).Pool(t)
	var one, other string
	if err := pool.SQL.QueryRowContext(t.Context(), "SELECT current_database()").Scan(&one); err != nil {
		t.Fatal(err)
	}
	if err := pool.Pgx.QueryRow(t.Context(), "SELECT current_database()").Scan(&other); err != nil || one != other {
		t.Fatalf("%s and %s, %v", one, other, err)
	}
}

// BenchmarkNew measures the cost of a test's database.
func BenchmarkNew(b *testing.B) {
	pgtest.New(b)
	for b.Loop() {
		pgtest.New(b)
	}
}
