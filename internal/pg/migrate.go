package pg

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strconv"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/rivermigrate"
)

// Migration is one versioned step and whether the database has it.
type Migration struct {
	Line    string // "postrider" for ours, "river" for River's own
	Version int64
	Name    string
	Applied bool
	At      time.Time // when it was applied; zero if it was not, or that is not known
	Unknown bool      // to this program: a newer version applied it
}

// NewerError is returned when a newer version of the program has migrated the database.
type NewerError struct {
	Unknown []Migration // the migrations that this version does not know
}

// Error returns a sentence for the operator of the installation.
func (e *NewerError) Error() string {
	last := e.Unknown[len(e.Unknown)-1]
	return fmt.Sprintf("the database is newer than this version of Postrider, which does not know its migration %d (%s). "+
		"Start the version that migrated it, or a newer one; only a backup of before leads back", last.Version, last.Line)
}

// Newer returns a *NewerError if one of all is unknown to this program, and nil otherwise.
func Newer(all []Migration) error {
	var unknown []Migration
	for _, m := range all {
		if m.Unknown {
			unknown = append(unknown, m)
		}
	}
	if len(unknown) > 0 {
		return &NewerError{Unknown: unknown}
	}
	return nil
}

// Migrate brings the database of db to the newest version: first the *.sql files of migrations
// (goose), then River's, then the tuning of River's tables. What is already there is left
// alone. Several programs may call it at once: one works, the others wait. A database that is
// newer than this program is not changed, and a *NewerError is returned. db must allow at least
// two connections.
func Migrate(ctx context.Context, db *sql.DB, migrations fs.FS) error {
	unlock, err := lockMigrations(ctx, db)
	if err != nil {
		return err
	}
	defer unlock()
	all, err := Migrations(ctx, db, migrations)
	if err != nil {
		return err
	}
	if err := Newer(all); err != nil {
		return err
	}

	provider, err := gooseProvider(db, migrations)
	switch {
	case errors.Is(err, goose.ErrNoMigrations):
	case err != nil:
		return err
	default:
		if _, err := provider.Up(ctx); err != nil {
			if partial, ok := errors.AsType[*goose.PartialError](err); ok {
				return fmt.Errorf("migrating: %s: %w", path.Base(partial.Failed.Source.Path), partial.Err)
			}
			return fmt.Errorf("migrating: %w", err)
		}
	}

	river, err := riverMigrator(db)
	if err != nil {
		return err
	}
	if _, err := river.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("migrating River's tables: %w", err)
	}
	return tuneRiver(ctx, db)
}

// Migrations returns every migration, oldest first, ours before River's, and after each those
// that only the database knows. It changes nothing.
func Migrations(ctx context.Context, db *sql.DB, migrations fs.FS) ([]Migration, error) {
	ours, err := ourMigrations(ctx, db, migrations)
	if err != nil {
		return nil, err
	}
	rivers, err := riverMigrations(ctx, db)
	if err != nil {
		return nil, err
	}
	return append(ours, rivers...), nil
}

// Pending returns the number of migrations that the database lacks: 0 means ready, unless the
// database is newer than this program.
func Pending(ctx context.Context, db *sql.DB, migrations fs.FS) (int, error) {
	all, err := Migrations(ctx, db, migrations)
	if err != nil {
		return 0, err
	}
	pending := 0
	for _, m := range all {
		if !m.Applied {
			pending++
		}
	}
	return pending, Newer(all)
}

func ourMigrations(ctx context.Context, db *sql.DB, migrations fs.FS) ([]Migration, error) {
	provider, err := gooseProvider(db, migrations)
	if errors.Is(err, goose.ErrNoMigrations) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	// goose's own Status creates its table; a read must not change anything.
	applied, err := appliedVersions(ctx, db, "goose_db_version",
		"SELECT version_id, tstamp FROM goose_db_version WHERE is_applied")
	if err != nil {
		return nil, err
	}
	var all []Migration
	for _, source := range provider.ListSources() {
		at, ok := applied[source.Version]
		all = append(all, Migration{
			Line: "postrider", Version: source.Version, Name: path.Base(source.Path), Applied: ok, At: at,
		})
	}
	return append(all, unknown("postrider", applied, all)...), nil
}

func riverMigrations(ctx context.Context, db *sql.DB) ([]Migration, error) {
	river, err := riverMigrator(db)
	if err != nil {
		return nil, err
	}
	applied, err := appliedVersions(ctx, db, "river_migration", "SELECT version, created_at FROM river_migration")
	if err != nil {
		return nil, err
	}
	var all []Migration
	for _, m := range river.AllVersions() {
		at, ok := applied[int64(m.Version)]
		all = append(all, Migration{
			Line: "river", Version: int64(m.Version), Name: strconv.Itoa(m.Version) + " " + m.Name, Applied: ok, At: at,
		})
	}
	return append(all, unknown("river", applied, all)...), nil
}

// unknown returns the migrations of a line that were applied and are not among known. Version 0
// is goose's own.
func unknown(line string, applied map[int64]time.Time, known []Migration) []Migration {
	var all []Migration
	for _, version := range slices.Sorted(maps.Keys(applied)) {
		if version > 0 && !slices.ContainsFunc(known, func(m Migration) bool { return m.Version == version }) {
			all = append(all, Migration{Line: line, Version: version, Name: "of a newer version", Applied: true, At: applied[version], Unknown: true})
		}
	}
	return all
}

// appliedVersions reads a table of versions; it is empty while the table does not exist.
func appliedVersions(ctx context.Context, db *sql.DB, table, query string) (map[int64]time.Time, error) {
	var exists bool
	if err := db.QueryRowContext(ctx, "SELECT to_regclass($1) IS NOT NULL", table).Scan(&exists); err != nil {
		return nil, fmt.Errorf("reading the migrations of the database: %w", err)
	}
	if !exists {
		return map[int64]time.Time{}, nil
	}

	applied := map[int64]time.Time{}
	err := Each(ctx, db, "reading the migrations of the database", func(rows *sql.Rows) error {
		var version int64
		var at time.Time
		if err := rows.Scan(&version, &at); err != nil {
			return err
		}
		applied[version] = at
		return nil
	}, query)
	if err != nil {
		return nil, err
	}
	return applied, nil
}

func gooseProvider(db *sql.DB, migrations fs.FS) (*goose.Provider, error) {
	provider, err := goose.NewProvider(goose.DialectPostgres, db, migrations, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return nil, fmt.Errorf("reading the migrations: %w", err)
	}
	return provider, nil
}

func riverMigrator(db *sql.DB) (*rivermigrate.Migrator[*sql.Tx], error) {
	migrator, err := rivermigrate.New(riverdatabasesql.New(db), nil)
	if err != nil {
		return nil, fmt.Errorf("reading River's migrations: %w", err)
	}
	return migrator, nil
}

// lockMigrations polls for the lock: a session that waits inside PostgreSQL holds a snapshot,
// and a CREATE INDEX CONCURRENTLY of the program that migrates would wait for it in turn.
func lockMigrations(ctx context.Context, db *sql.DB) (unlock func(), err error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("the database does not answer: %w", redact(err))
	}
	for {
		var got bool
		err := conn.QueryRowContext(ctx, "SELECT pg_try_advisory_lock($1)", migrateLock).Scan(&got)
		if err == nil && got {
			return func() {
				_, _ = conn.ExecContext(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", migrateLock)
				_ = conn.Close()
			}, nil
		}
		if err != nil {
			return nil, errors.Join(fmt.Errorf("waiting for another program's migration: %w", err), conn.Close())
		}
		select {
		case <-ctx.Done():
			return nil, errors.Join(fmt.Errorf("waiting for another program's migration: %w", ctx.Err()), conn.Close())
		case <-time.After(100 * time.Millisecond):
		}
	}
}
