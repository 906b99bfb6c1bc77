package main

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"strings"

	"postrider/internal/pg"
)

// settings are PostgreSQL's, besides its durable defaults.
func settings(o options) map[string]string {
	s := map[string]string{"max_connections": "200"}
	if o.statements {
		s["shared_preload_libraries"] = "pg_stat_statements"
		s["pg_stat_statements.track_utility"] = "on"
		s["pg_stat_statements.track_planning"] = "on"
	}
	return s
}

// statementsSQL lists what took PostgreSQL's time in one database, the most first.
const statementsSQL = `
SELECT calls, total_exec_time, mean_exec_time, total_plan_time / calls, plans, rows, regexp_replace(query, '\s+', ' ', 'g')
FROM pg_stat_statements JOIN pg_database d ON d.oid = dbid WHERE d.datname = $1
ORDER BY total_exec_time + total_plan_time DESC LIMIT 30`

// printStatements prints what the newest database's time went to, if that is asked for.
func (e *env) printStatements(ctx context.Context, to io.Writer) error {
	if !e.statements {
		return nil
	}
	admin, err := pg.OpenSQL(e.server.URL(), 1)
	if err != nil {
		return err
	}
	defer func() { _ = admin.Close() }()
	if _, err := admin.ExecContext(ctx, "CREATE EXTENSION IF NOT EXISTS pg_stat_statements"); err != nil {
		return fmt.Errorf("-statements needs pg_stat_statements, of PostgreSQL's contrib: %w", err)
	}
	fmt.Fprintf(to, "%9s %10s %9s %9s %9s %9s  statement\n", "calls", "total ms", "mean ms", "planning", "plans", "rows")
	err = pg.Each(ctx, admin, "reading the statements", func(rows *sql.Rows) error {
		var calls, plans, n int64
		var total, mean, planning float64
		var query string
		if err := rows.Scan(&calls, &total, &mean, &planning, &plans, &n, &query); err != nil {
			return err
		}
		fmt.Fprintf(to, "%9d %10.1f %9.3f %9.3f %9d %9d  %.150s\n", calls, total, mean, planning, plans, n, strings.TrimSpace(query))
		return nil
	}, statementsSQL, e.current)
	if err != nil {
		return err
	}
	return e.printUpdates(ctx, to)
}

// printUpdates prints how many of a table's updates touched no index.
func (e *env) printUpdates(ctx context.Context, to io.Writer) error {
	db, err := pg.OpenSQL(e.plainURL(), 1)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	return pg.Each(ctx, db, "reading the updates of tables", func(rows *sql.Rows) error {
		var table string
		var updates, hot int64
		if err := rows.Scan(&table, &updates, &hot); err != nil {
			return err
		}
		fmt.Fprintf(to, "%s: %d updates, %d of them within their page\n", table, updates, hot)
		return nil
	}, `SELECT relname, n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables WHERE n_tup_upd > 100 ORDER BY 2 DESC`)
}
