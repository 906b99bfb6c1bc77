package pgtest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"hash/fnv"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lib/pq"

	"postrider/ent/migrations"
	"postrider/internal/pg"
)

// template is a database that tests' databases are cloned from.
type template struct {
	name string
	fill func(ctx context.Context, db *sql.DB) error
}

// migratedTemplate is named after its content: other migrations make another template.
var migratedTemplate = sync.OnceValues(func() (template, error) {
	sum, err := pg.Fingerprint(migrations.FS)
	return template{
		name: "testdb_template_" + sum[:min(16, len(sum))],
		fill: fillTemplate,
	}, err
})

// fillTemplate also makes the partitions of Now: whatever the current date, no fact of a test is
// in a default partition.
func fillTemplate(ctx context.Context, db *sql.DB) error {
	if err := pg.Migrate(ctx, db, migrations.FS); err != nil {
		return err
	}
	return pg.MakePartitions(ctx, db, pg.MonthOf(Now), pg.MonthOf(Now))
}

// clone creates a database from tpl for one test.
func clone(t testing.TB, tpl template) *DB {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()

	name := "testdb_" + strings.ToLower(rand.Text()[:16])
	server, err := create(ctx, tpl, name)
	if err != nil {
		t.Fatalf("no database for the test: %v", err)
	}
	dsn := withDatabase(server, name)
	db, err := pg.OpenSQL(dsn, testConns)
	if err != nil {
		t.Fatal(err)
	}
	// Keep a connection open until the test is over: the server ends when it has had no client
	// for a while, and a test may build a program for longer before it connects.
	db.SetConnMaxIdleTime(0)
	if err := db.PingContext(ctx); err != nil {
		t.Fatalf("no connection to the test's database: %v", err)
	}
	t.Cleanup(func() {
		_ = db.Close()
		if t.Failed() {
			t.Logf("the database of the failed test: %s", dsn)
			return
		}
		// FORCE: a worker that is still closing its connections must not fail a test.
		err := asAdmin(context.Background(), server, func(ctx context.Context, admin *sql.Conn) error {
			_, err := admin.ExecContext(ctx, "DROP DATABASE IF EXISTS "+pq.QuoteIdentifier(name)+" WITH (FORCE)")
			return err
		})
		if err != nil {
			t.Logf("dropping the test's database: %v", err)
		}
	})
	return &DB{SQL: db, URL: dsn}
}

// create creates the database called name and returns its server.
func create(ctx context.Context, tpl template, name string) (server string, err error) {
	for range 2 { // the shared server may have been idle and ended since its last use
		if server, err = address(ctx); err != nil {
			return "", err
		}
		err = asAdmin(ctx, server, func(ctx context.Context, admin *sql.Conn) error {
			if err := ensureTemplate(ctx, admin, server, tpl); err != nil {
				return err
			}
			_, err := admin.ExecContext(ctx, "CREATE DATABASE "+pq.QuoteIdentifier(name)+
				" TEMPLATE "+pq.QuoteIdentifier(tpl.name)+strategy(ctx, admin))
			return err
		})
		if err == nil {
			return server, nil
		}
		forgetAddress(server)
	}
	return "", err
}

// strategy returns the option for the copy that is five times faster, where PostgreSQL has it:
// by file, as every version before 15 copies.
func strategy(ctx context.Context, admin *sql.Conn) string {
	var version int
	err := admin.QueryRowContext(ctx, "SELECT current_setting('server_version_num')::int").Scan(&version)
	if err != nil || version < 150000 {
		return ""
	}
	return " STRATEGY FILE_COPY"
}

// ensureTemplate makes the template once per server, in whichever process comes first. Only a
// complete one is marked as a template.
func ensureTemplate(ctx context.Context, admin *sql.Conn, server string, tpl template) error {
	if ready, err := isTemplate(ctx, admin, tpl.name); ready || err != nil {
		return err
	}
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(tpl.name))
	lock := int64(hash.Sum32())
	if _, err := admin.ExecContext(ctx, "SELECT pg_advisory_lock($1)", lock); err != nil {
		return err
	}
	defer func() { _, _ = admin.ExecContext(ctx, "SELECT pg_advisory_unlock($1)", lock) }()

	if ready, err := isTemplate(ctx, admin, tpl.name); ready || err != nil {
		return err
	}
	quoted := pq.QuoteIdentifier(tpl.name)
	for _, statement := range []string{"DROP DATABASE IF EXISTS " + quoted, "CREATE DATABASE " + quoted} {
		if _, err := admin.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	db, err := pg.OpenSQL(withDatabase(server, tpl.name), 2)
	if err != nil {
		return err
	}
	if err := errors.Join(tpl.fill(ctx, db), db.Close()); err != nil {
		return fmt.Errorf("making the template: %w", err)
	}
	_, err = admin.ExecContext(ctx, "ALTER DATABASE "+quoted+" WITH IS_TEMPLATE true")
	return err
}

func isTemplate(ctx context.Context, admin *sql.Conn, name string) (is bool, err error) {
	err = admin.QueryRowContext(ctx,
		"SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1 AND datistemplate)", name).Scan(&is)
	return is, err
}

// asAdmin runs fn on one connection to the server's own database.
func asAdmin(ctx context.Context, server string, fn func(ctx context.Context, admin *sql.Conn) error) error {
	db, err := pg.OpenSQL(server, 1)
	if err != nil {
		return err
	}
	defer db.Close()
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return fn(ctx, conn)
}

func withDatabase(server, name string) string {
	u, err := url.Parse(server)
	if err != nil {
		return server // OpenSQL has refused it before
	}
	u.Path = "/" + name
	return u.String()
}
