package pg

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"maps"
	"math"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
)

// Sizes of the pools when Config leaves them at 0. One process takes at most
// their sum and one connection per listener: four processes fit into
// PostgreSQL's default of 100.
const (
	DefaultFactConns = 8
	DefaultAPIConns  = 6
	DefaultWorkConns = 6
)

// apiStatementTimeout is after how long the server ends a statement of the API's:
// whoever asks for so much has to ask for less.
const apiStatementTimeout = 10 * time.Second

// idleInTransaction is after how long the server ends a transaction in which
// nothing happens: that of a process that was paused in the middle of one, whose
// locks nobody else could get past.
const idleInTransaction = "10s"

// MinServerVersion is the oldest PostgreSQL that Postrider runs on, as in server_version_num.
const MinServerVersion = 140000

// Config says which database to open and how many connections to take.
type Config struct {
	URL       string // postgres://… or a key=value string
	FactConns int    // most connections of Pool.SQL
	APIConns  int    // most connections of Pool.API
	WorkConns int    // most connections of Pool.Pgx
	Name      string // application_name in pg_stat_activity
}

// Pool is one database through both drivers.
type Pool struct {
	SQL *sql.DB       // database/sql: clicks, operators' calls and what has to do with them
	API *sql.DB       // database/sql: the web app and GraphQL; no load of theirs reaches what SQL is for
	Pgx *pgxpool.Pool // pgx: River's workers and the batching writer; its statements are planned by key

	// URL is the connection string that all were opened with, for Listen.
	URL string
}

// Open connects the pools to the database and checks that the server answers
// and is new enough. The caller closes the Pool.
func Open(ctx context.Context, cfg Config) (*Pool, error) { return open(ctx, cfg, nil) }

func open(ctx context.Context, cfg Config, dial pgconn.DialFunc) (*Pool, error) {
	dsn := withDefaults(cfg.URL, cfg.Name)

	db, err := openSQL(dsn, orDefault(cfg.FactConns, DefaultFactConns), nil, dial)
	if err != nil {
		return nil, err
	}
	api, err := openSQL(dsn, orDefault(cfg.APIConns, DefaultAPIConns), map[string]string{
		"statement_timeout": strconv.FormatInt(apiStatementTimeout.Milliseconds(), 10),
	}, dial)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	pgxConfig, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("DATABASE_URL: %w", redact(err)), db.Close(), api.Close())
	}
	pgxConfig.MaxConns = int32(min(orDefault(cfg.WorkConns, DefaultWorkConns), math.MaxInt32)) //nolint:gosec // it was just limited
	pgxConfig.ConnConfig.RuntimeParams["idle_in_transaction_session_timeout"] = idleInTransaction
	maps.Copy(pgxConfig.ConnConfig.RuntimeParams, planByKey)
	markInterrupted(pgxConfig.ConnConfig)
	pgxConfig.AfterRelease = func(conn *pgx.Conn) (keep bool) { return !interrupted(conn) }
	if dial != nil {
		pgxConfig.ConnConfig.DialFunc = dial
	}
	pgxConfig.MaxConnIdleTime = 5 * time.Minute
	pool, err := pgxpool.NewWithConfig(ctx, pgxConfig)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("opening the database: %w", redact(err)), db.Close(), api.Close())
	}

	p := &Pool{SQL: db, API: api, Pgx: pool, URL: dsn}
	if err := CheckServer(ctx, db); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

// OpenSQL opens only the database/sql side, for commands that do no work of
// River's. It does not connect yet.
func OpenSQL(dsn string, maxConns int) (*sql.DB, error) { return openSQL(dsn, maxConns, nil, nil) }

func openSQL(dsn string, maxConns int, params map[string]string, dial pgconn.DialFunc) (*sql.DB, error) {
	config, err := parse(withDefaults(dsn, ""))
	if err != nil {
		return nil, err
	}
	config.RuntimeParams["idle_in_transaction_session_timeout"] = idleInTransaction
	maps.Copy(config.RuntimeParams, params)
	markInterrupted(config)
	if dial != nil {
		config.DialFunc = dial
	}
	db := stdlib.OpenDB(*config, stdlib.OptionResetSession(func(_ context.Context, conn *pgx.Conn) error {
		if interrupted(conn) {
			return driver.ErrBadConn
		}
		return nil
	}))
	db.SetMaxOpenConns(maxConns)
	db.SetMaxIdleConns(maxConns) // an idle connection is cheaper than a new one per burst
	db.SetConnMaxIdleTime(5 * time.Minute)
	return db, nil
}

// CheckServer says in words whether the server answers, is at least PostgreSQL 14,
// and has taken the settings of its connections.
func CheckServer(ctx context.Context, db *sql.DB) error {
	var version int
	var timeout string
	err := db.QueryRowContext(ctx, "SELECT current_setting('server_version_num')::int, current_setting('idle_in_transaction_session_timeout')").Scan(&version, &timeout)
	switch {
	case err != nil && strings.Contains(err.Error(), "unsupported startup parameter"):
		return fmt.Errorf("%w (it says: %w)", ErrPooler, redact(err))
	case err != nil:
		return fmt.Errorf("the database does not answer (check DATABASE_URL): %w", redact(err))
	case timeout != idleInTransaction:
		return fmt.Errorf("%w (it drops the settings of connections)", ErrPooler)
	case version < MinServerVersion:
		return fmt.Errorf("the database is PostgreSQL %d: Postrider needs %d or newer", version/10000, MinServerVersion/10000)
	}
	return nil
}

// Close closes the pools and waits until their connections are returned.
func (p *Pool) Close() error {
	p.Pgx.Close()
	return errors.Join(p.SQL.Close(), p.API.Close())
}

// queryCanceled is PostgreSQL's code for a statement that was ended before it was done.
const queryCanceled = "57014"

// IsTimeout tells whether the server ended a statement that took too long, and how
// long it may take.
func IsTimeout(err error) (most time.Duration, is bool) {
	ended, ok := errors.AsType[*pgconn.PgError](err)
	return apiStatementTimeout, ok && ended.Code == queryCanceled
}

// withDefaults adds what Postrider relies on where dsn is silent: UTC, a name,
// and TLS only where the server offers it.
func withDefaults(dsn, name string) string {
	params := map[string]string{"timezone": "UTC", "sslmode": "prefer"}
	if name != "" {
		params["application_name"] = name
	}
	u, err := url.Parse(dsn)
	if err != nil || (u.Scheme != "postgres" && u.Scheme != "postgresql") {
		for key, value := range params {
			if !strings.Contains(strings.ToLower(dsn), key+"=") {
				dsn += " " + key + "=" + value
			}
		}
		return strings.TrimSpace(dsn)
	}
	q := u.Query()
	for key, value := range params {
		if !q.Has(key) {
			q.Set(key, value)
		}
	}
	u.RawQuery = strings.ReplaceAll(q.Encode(), "+", "%20") // a plus is not a space everywhere
	return u.String()
}

// redact keeps a password that a driver quotes from a connection string out of
// logs: url.Error carries the whole of it.
func redact(err error) error {
	if urlErr, ok := errors.AsType[*url.Error](err); ok {
		return fmt.Errorf("not a valid connection string: %w", urlErr.Err)
	}
	return err
}

func orDefault(n, def int) int {
	if n <= 0 {
		return def
	}
	return n
}
