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

// Default sizes of the pools, used where Config has 0. One process takes at most their sum and
// one connection per listener: four processes fit into PostgreSQL's default of 100.
const (
	DefaultFactConns = 8
	DefaultAPIConns  = 6
	DefaultWorkConns = 6
)

// apiStatementTimeout is the API's statement_timeout: a client whose query takes longer has to
// ask for less.
const apiStatementTimeout = 10 * time.Second

// idleInTransaction is idle_in_transaction_session_timeout: it ends the transaction of a
// process that was paused in the middle of one, whose locks would block all others.
const idleInTransaction = "10s"

// MinServerVersion is the oldest PostgreSQL that Postrider runs on, as in server_version_num.
const MinServerVersion = 140000

// Config is which database to open and how many connections to take.
type Config struct {
	URL       string // postgres://… or a key=value string
	FactConns int    // maximum connections of Pool.SQL
	APIConns  int    // maximum connections of Pool.API
	WorkConns int    // maximum connections of Pool.Pgx
	Name      string // application_name in pg_stat_activity
}

// Pool is one database through both drivers.
type Pool struct {
	SQL *sql.DB       // database/sql: clicks, operators' calls and their processing
	API *sql.DB       // database/sql: the web app and GraphQL; their load never takes connections from SQL
	Pgx *pgxpool.Pool // pgx: River's workers and the batching writer; its statements are planned by key

	// URL is the connection string that all pools were opened with, for Listen.
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

// OpenSQL opens only the database/sql side, for commands that do not use River. It does not
// connect yet.
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

// CheckServer returns an error, as a sentence, unless the server answers, is at least
// PostgreSQL 14, and has accepted the settings of its connections.
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

// queryCanceled is PostgreSQL's code for a cancelled statement.
const queryCanceled = "57014"

// IsTimeout reports whether the server cancelled a statement that took too long, and returns
// the limit.
func IsTimeout(err error) (most time.Duration, is bool) {
	ended, ok := errors.AsType[*pgconn.PgError](err)
	return apiStatementTimeout, ok && ended.Code == queryCanceled
}

// withDefaults adds what Postrider relies on where dsn does not set it: UTC, a name, and TLS
// only if the server offers it.
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
	u.RawQuery = strings.ReplaceAll(q.Encode(), "+", "%20") // not everywhere is a plus decoded as a space
	return u.String()
}

// redact keeps a password out of logs that a driver quotes from a connection string: url.Error
// contains the whole string.
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
