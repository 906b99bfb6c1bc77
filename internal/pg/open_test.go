package pg_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"postrider/internal/pg"
	"postrider/pgtest"
)

func TestOpenReachesTheDatabaseInUTC(t *testing.T) {
	t.Parallel()
	db := pgtest.Empty(t)
	pool, err := pg.Open(t.Context(), pg.Config{URL: db.URL, Name: "postrider serve"})
	must(t, err)
	defer pool.Close()

	const query = "SELECT current_setting('timezone') || ' ' || current_setting('application_name') || ' ' || current_setting('idle_in_transaction_session_timeout')"
	var viaSQL, viaPgx string
	must(t, pool.SQL.QueryRowContext(t.Context(), query).Scan(&viaSQL))
	must(t, pool.Pgx.QueryRow(t.Context(), query).Scan(&viaPgx))
	if want := "UTC postrider serve 10s"; viaSQL != want || viaPgx != want {
		t.Fatalf("got %q and %q, want %q", viaSQL, viaPgx, want)
	}
}

func TestWorkTakesNoConnectionFromTheAPI(t *testing.T) {
	t.Parallel()
	pool, err := pg.Open(t.Context(), pg.Config{URL: pgtest.Empty(t).URL, FactConns: 2, APIConns: 2, WorkConns: 2})
	must(t, err)
	defer pool.Close()

	for range 2 { // every connection for work is taken
		conn, err := pool.Pgx.Acquire(t.Context())
		must(t, err)
		defer conn.Release()
	}
	short, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := pool.Pgx.Acquire(short); err == nil {
		t.Fatal("the pool for work is larger than asked")
	}
	must(t, pool.SQL.PingContext(t.Context()))
}

func TestOpenRefusesWithoutShowingThePassword(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, url, want string }{
		{"a port where nothing listens", "postgres://u:s3cret@127.0.0.1:1/db", "the database does not answer"},
		{"a URL that is none", "postgres://u:s3cret@host:port/db", "DATABASE_URL"},
		{"an unknown key", "host=127.0.0.1 password=s3cret sslmode=sometimes", "DATABASE_URL"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, err := pg.Open(t.Context(), pg.Config{URL: tc.url})
			if err == nil || !strings.Contains(err.Error(), tc.want) || strings.Contains(fmt.Sprintf("%+v", err), "s3cret") {
				t.Fatalf("got %v, want it to say %q and no password", err, tc.want)
			}
		})
	}
}
