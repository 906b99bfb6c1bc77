// Package pgtest gives every test a PostgreSQL database of its own.
//
// It owns the server that all test binaries of a machine share, the migrated
// template, and the cloning of it; the factories that fill a database
// (pgtest.Campaign …) live here too. It is imported by tests only.
//
// Rules:
//   - A test calls New and t.Parallel; nothing is shared between tests, and
//     nothing has to be cleaned.
//   - The server is the one named by POSTRIDER_TEST_DATABASE_URL (its role must
//     be allowed to create databases and roles), else one that the first test
//     binary starts in the background and that ends by itself when nobody has
//     used it for a while. It is a true PostgreSQL, only without fsync.
package pgtest

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/peterldowns/pgtestdb"

	"postrider/ent/migrations"
	"postrider/internal/pg"
)

// serverURL names the environment variable that points to a server for tests.
const serverURL = "POSTRIDER_TEST_DATABASE_URL"

// testConns is the size of a test's pool.
const testConns = 10

// DB is a database that one test has for itself.
type DB struct {
	SQL *sql.DB // lib/pq, as ent and the API use it
	URL string  // the connection string, for a second pool or another process
}

// New returns a fresh, migrated database that is gone when the test has passed
// (a failed test's stays for a while, and its address is in the log).
func New(t testing.TB) *DB {
	t.Helper()
	return clone(t, migrated{})
}

// Empty returns a fresh database with nothing in it, for tests of migrating.
func Empty(t testing.TB) *DB {
	t.Helper()
	return clone(t, unmigrated{})
}

// Pool opens both drivers on the database, as the program does, and closes them
// with the test.
func (db *DB) Pool(t testing.TB) *pg.Pool {
	t.Helper()
	pool, err := pg.Open(t.Context(), pg.Config{URL: db.URL, APIConns: testConns, WorkConns: testConns, Name: "test"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pool.Close() })
	return pool
}

func clone(t testing.TB, migrator pgtestdb.Migrator) *DB {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	server, err := address(ctx)
	if err != nil {
		t.Fatalf("no PostgreSQL for the test: %v", err)
	}
	conf, err := configOf(server)
	if err != nil {
		t.Fatal(err)
	}
	// The test's own pool below is closed before pgtestdb drops the database:
	// cleanups run last in, first out.
	instance := pgtestdb.Custom(t, conf, migrator)
	db, err := pg.OpenSQL(instance.URL(), testConns)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return &DB{SQL: db, URL: instance.URL()}
}

// address is the connection string of the server for tests.
func address(ctx context.Context) (string, error) {
	if given := os.Getenv(serverURL); given != "" {
		return given, nil
	}
	return sharedServer(ctx)
}

func configOf(dsn string) (pgtestdb.Config, error) {
	u, err := url.Parse(dsn)
	if err != nil || u.Hostname() == "" {
		return pgtestdb.Config{}, fmt.Errorf("%s: want postgres://user:password@host:port/database", serverURL)
	}
	port := u.Port()
	if port == "" {
		port = "5432"
	}
	password, _ := u.User.Password()
	options := u.Query()
	if !options.Has("sslmode") {
		options.Set("sslmode", "disable")
	}
	options.Set("timezone", "UTC")
	return pgtestdb.Config{
		DriverName: "postgres", Host: u.Hostname(), Port: port, User: u.User.Username(), Password: password,
		Database: strings.TrimPrefix(u.Path, "/"), Options: options.Encode(),
		// A worker that is still closing its connections fails no test.
		ForceTerminateConnections: true,
	}, nil
}

// migrated makes the template of New.
type migrated struct{}

// Hash changes with every migration, so that a template is never out of date.
func (migrated) Hash() (string, error) { return pg.Fingerprint(migrations.FS) }

// Migrate brings a new template to the newest version.
func (migrated) Migrate(ctx context.Context, db *sql.DB, _ pgtestdb.Config) error {
	return pg.Migrate(ctx, db, migrations.FS)
}

// unmigrated makes the template of Empty.
type unmigrated struct{}

// Hash is always the same: nothing is nothing.
func (unmigrated) Hash() (string, error) {
	sum := sha256.Sum256([]byte("empty"))
	return hex.EncodeToString(sum[:]), nil
}

// Migrate does nothing.
func (unmigrated) Migrate(context.Context, *sql.DB, pgtestdb.Config) error { return nil }
