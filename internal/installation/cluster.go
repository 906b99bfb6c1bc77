package installation

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"postrider/internal/pg"

	"github.com/jackc/pgx/v5/pgconn"
)

// cluster identifies where a database is. What a server does not reveal is zero, and is not
// compared.
type cluster struct {
	system   string // system identifier: set by initdb, and the same in replicas
	timeline int64  // incremented with each promotion, and each recovery to a point in time
	oid      int64  // of the database: different after a restored dump, and after CREATE DATABASE … TEMPLATE

	written int64 // WAL position, in bytes; not stored
}

// Home returns where a database is, as one text: it differs after a restore, a promotion and
// pg_upgrade, so that transactions' ids from before it mean nothing any more.
func Home(ctx context.Context, db *sql.DB) (string, error) {
	c, err := readCluster(ctx, db)
	return fmt.Sprintf("%s/%d/%d", c.system, c.timeline, c.oid), err
}

// readCluster asks the server where db is. Some hosting providers restrict these functions.
func readCluster(ctx context.Context, db *sql.DB) (c cluster, err error) {
	if err := db.QueryRowContext(ctx, `SELECT oid::bigint FROM pg_database WHERE datname = current_database()`).Scan(&c.oid); err != nil {
		return c, fmt.Errorf("asking which database this is: %w", err)
	}
	if err := ifTold(db.QueryRowContext(ctx, `SELECT system_identifier::text FROM pg_control_system()`).Scan(&c.system)); err != nil {
		return c, err
	}
	// The name of the WAL segment begins with the timeline.
	return c, ifTold(db.QueryRowContext(ctx, `
		SELECT ('x' || left(pg_walfile_name(lsn), 8))::bit(32)::bigint, (lsn - '0/0')::bigint FROM pg_current_wal_lsn() AS lsn`).
		Scan(&c.timeline, &c.written))
}

// ifTold ignores the error of a server that does not permit the query.
func ifTold(err error) error {
	refused, ok := errors.AsType[*pgconn.PgError](err)
	if ok && (refused.Code == "42501" || refused.Code == "42883" || strings.HasPrefix(refused.Code, "0A") || refused.Code == "55000") {
		return nil
	}
	if err != nil {
		return fmt.Errorf("asking which cluster this is: %w", err)
	}
	return nil
}

// differs returns what differs from the remembered cluster, in words; empty if nothing does.
func (c cluster) differs(was cluster) string {
	var parts []string
	if c.system != "" && was.system != "" && c.system != was.system {
		parts = append(parts, fmt.Sprintf("the cluster's system identifier was %s and is %s", was.system, c.system))
	}
	if c.timeline != 0 && was.timeline != 0 && c.timeline != was.timeline {
		parts = append(parts, fmt.Sprintf("its timeline was %d and is %d", was.timeline, c.timeline))
	}
	if was.oid != 0 && c.oid != was.oid {
		parts = append(parts, fmt.Sprintf("the database's oid was %d and is %d", was.oid, c.oid))
	}
	return strings.Join(parts, ", ")
}

// follows reports whether c is was after a promotion that lost nothing which this process has
// seen: the same database on a later timeline, whose WAL continues.
func (c cluster) follows(was cluster) bool {
	return c.system == was.system && c.oid == was.oid && c.timeline > was.timeline && was.timeline != 0 && c.written >= was.written
}

// remember stores that the installation runs here now.
func (c cluster) remember(ctx context.Context, tx pg.Conn) error {
	_, err := tx.ExecContext(ctx, `UPDATE installation SET system_identifier = nullif($1, ''), timeline = nullif($2::bigint, 0), database_oid = $3`,
		c.system, c.timeline, c.oid)
	if err != nil {
		return fmt.Errorf("writing down which cluster this is: %w", err)
	}
	return nil
}
