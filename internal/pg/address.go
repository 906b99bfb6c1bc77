package pg

import (
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// ErrPooler says that DATABASE_URL leads to a pooler.
var ErrPooler = errors.New("DATABASE_URL leads through a pooler such as PgBouncer, and Postrider needs a direct connection to PostgreSQL: " +
	"it listens for announcements, prepares statements, and holds locks that belong to its connections. It has a pool of its own")

// parse reads a connection string. Nobody but pgx does, whatever connects: what it
// understands works everywhere, and what it does not is refused at start-up, by its
// name. What would keep statements from being prepared is refused here.
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

// minStatements is the least number of statements that a connection keeps
// prepared: fewer would be prepared anew again and again.
const minStatements = 100
