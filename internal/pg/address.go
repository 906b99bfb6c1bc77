package pg

import (
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// ErrPooler is returned when DATABASE_URL points to a pooler.
var ErrPooler = errors.New("DATABASE_URL leads through a pooler such as PgBouncer, and Postrider needs a direct connection to PostgreSQL: " +
	"it listens for announcements, prepares statements, and holds locks that belong to its connections. It has a pool of its own")

// parse parses a connection string with pgx, for every kind of connection: what pgx understands
// works everywhere, and what it does not is refused by name at start-up. Settings that would
// keep statements from being prepared are refused here.
func parse(dsn string) (*pgx.ConnConfig, error) {
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, fmt.Errorf("DATABASE_URL: %w", redact(err))
	}
	if config.DefaultQueryExecMode != pgx.QueryExecModeCacheStatement {
		return nil, fmt.Errorf("DATABASE_URL: default_query_exec_mode: Postrider needs prepared statements, and this setting turns them off; leave it out. "+
			"If it is there because of a pooler: %w", ErrPooler)
	}
	if config.StatementCacheCapacity < minStatements {
		return nil, fmt.Errorf("DATABASE_URL: statement_cache_capacity: is %d; want %d or more, or leave it out", config.StatementCacheCapacity, minStatements)
	}
	return config, nil
}

// minStatements is the smallest acceptable size of a connection's statement cache: with a
// smaller one, statements would be prepared again and again.
const minStatements = 100
