// Package pgtest gives every test a PostgreSQL database of its own.
//
// It owns the server that all test binaries of a machine share, the migrated template, and its
// cloning; the factories that fill a database (pgtest.Campaign …) are here too. Only tests
// import it.
//
// Rules:
//   - A test calls New and t.Parallel; nothing is shared between tests, and
//     nothing has to be cleaned up.
//   - The server is the one in POSTRIDER_TEST_DATABASE_URL (its role must be
//     allowed to create databases), else one that the first test binary starts
//     in the background and that ends by itself when it has been idle for a
//     while. It is a real PostgreSQL, only without fsync.
//   - A clone is copied by file, which takes about 20 ms; pgtestdb, which
//     otherwise works in the same way, has no option for that and takes 100.
package pgtest

import (
	"context"
	"database/sql"
	"os"
	"sync"
	"testing"

	"postrider/internal/pg"
)

// serverURL is the environment variable with the URL of a server for tests.
const serverURL = "POSTRIDER_TEST_DATABASE_URL"

// testConns is the size of a test's pool.
const testConns = 10

// DB is a database of one test.
type DB struct {
	SQL *sql.DB // as ent and the API use it
	URL string  // the connection string, for a second pool or another process
}

// New returns a fresh, migrated database that is dropped when the test has passed (a failed
// test's is kept for a while, and its URL is logged).
func New(t testing.TB) *DB {
	t.Helper()
	tpl, err := migratedTemplate()
	if err != nil {
		t.Fatal(err)
	}
	return clone(t, tpl)
}

// Empty returns a fresh, empty database, for tests of migrations.
func Empty(t testing.TB) *DB {
	t.Helper()
	return clone(t, template{
		name: "testdb_template_empty",
		fill: func(context.Context, *sql.DB) error { return nil },
	})
}

// Pool opens both drivers on the database, as the program does, and closes them
// with the test.
func (d *DB) Pool(t testing.TB) *pg.Pool {
	t.Helper()
	pool, err := pg.Open(t.Context(), pg.Config{URL: d.URL, FactConns: testConns, APIConns: testConns, WorkConns: testConns, Name: "test"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pool.Close() })
	return pool
}

// known is the server's address once it has been found.
var known struct {
	sync.Mutex

	address string
}

// address returns the connection string of the server for tests.
func address(ctx context.Context) (string, error) {
	if given := os.Getenv(serverURL); given != "" {
		return given, nil
	}
	known.Lock()
	defer known.Unlock()
	if known.address == "" {
		found, err := sharedServer(ctx)
		if err != nil {
			return "", err
		}
		known.address = found
	}
	return known.address, nil
}

func forgetAddress(address string) {
	known.Lock()
	defer known.Unlock()
	if known.address == address {
		known.address = ""
	}
}
