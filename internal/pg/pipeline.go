package pg

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// Pipeline is a transaction that sends its statements to PostgreSQL together: what is queued is
// sent with the next statement whose result is awaited, BEGIN with the first and COMMIT with
// the last. Under load a small transaction's cost is its round trips, not its statements. Its
// statements are planned by key.
type Pipeline struct {
	conn   *sql.Conn
	queued *pgx.Batch
	begun  bool
	failed error // of a queued statement: the transaction is lost
	atEnd  []func(committed bool)
}

// rollbackTimeout bounds the rollback of a failed transaction.
const rollbackTimeout = 5 * time.Second

// WithPipeline runs fn in a transaction as WithTx does, and sends what is still queued with the
// commit.
func WithPipeline(ctx context.Context, db *sql.DB, fn func(ctx context.Context, tx *Pipeline) error) error {
	return retry(ctx, func() error { return runPipeline(ctx, db, fn) })
}

func runPipeline(ctx context.Context, db *sql.DB, fn func(ctx context.Context, tx *Pipeline) error) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return fmt.Errorf("beginning a transaction: %w", err)
	}
	tx := &Pipeline{conn: conn, queued: &pgx.Batch{}}
	tx.Queue("BEGIN")
	tx.Queue(planByKeyLocally)
	committed := false
	defer func() { // after an error or a panic
		if !committed {
			tx.rollback(ctx)
		}
		_ = conn.Close()
		for _, fn := range tx.atEnd {
			fn(committed)
		}
	}()
	err = fn(ctx, tx)
	switch {
	case tx.failed != nil:
		// The first failure is the cause; the statements after it only report that one failed.
		return errors.Join(tx.failed, err)
	case err != nil:
		return err
	}
	tx.queued.Queue("COMMIT").Exec(func(tag pgconn.CommandTag) error {
		if tag.String() != "COMMIT" {
			return pgx.ErrTxCommitRollback
		}
		return nil
	})
	if err := tx.Send(ctx); err != nil {
		return fmt.Errorf("committing: %w", err)
	}
	committed = true
	return nil
}

// Queue queues a statement whose result is only checked for an error.
func (p *Pipeline) Queue(query string, args ...any) { p.queued.Queue(query, args...) }

// QueueRows queues a query; its rows are read when it is sent.
func (p *Pipeline) QueueRows(read func(rows pgx.Rows) error, query string, args ...any) {
	p.queued.Queue(query, args...).Query(read)
}

// AtEnd calls fn once the transaction is over, with whether it is committed. If the connection
// was lost during the commit, that is not known, and fn is called with false.
func (p *Pipeline) AtEnd(fn func(committed bool)) { p.atEnd = append(p.atEnd, fn) }

// Send sends what is queued, in one round trip, and waits for the results.
func (p *Pipeline) Send(ctx context.Context) error {
	if p.failed != nil {
		return p.failed
	}
	if p.queued.Len() == 0 {
		return nil
	}
	batch := p.queued
	p.queued, p.begun = &pgx.Batch{}, true
	p.failed = p.conn.Raw(func(driverConn any) error {
		conn, ok := driverConn.(*stdlib.Conn)
		if !ok {
			return fmt.Errorf("a pipeline needs pgx, not %T", driverConn)
		}
		return conn.Conn().SendBatch(ctx, batch).Close()
	})
	return p.failed
}

// QueryContext sends what is queued, then a query.
func (p *Pipeline) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if err := p.Send(ctx); err != nil {
		return nil, err
	}
	return p.conn.QueryContext(ctx, query, args...)
}

// QueryRowContext sends what is queued, then a query for one row. If a queued statement failed,
// so does the query, and WithPipeline returns the cause.
func (p *Pipeline) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	_ = p.Send(ctx)
	return p.conn.QueryRowContext(ctx, query, args...)
}

// ExecContext sends what is queued, then a statement, and waits for its result.
func (p *Pipeline) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if err := p.Send(ctx); err != nil {
		return nil, err
	}
	return p.conn.ExecContext(ctx, query, args...)
}

// rollback ends the transaction. If that fails, the connection is closed.
func (p *Pipeline) rollback(ctx context.Context) {
	if !p.begun {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), rollbackTimeout)
	defer cancel()
	if _, err := p.conn.ExecContext(ctx, "ROLLBACK"); err != nil {
		_ = p.conn.Raw(func(any) error { return driver.ErrBadConn })
	}
}
