package outbox

import (
	"context"
	"fmt"

	"github.com/gofrs/uuid/v5"
	"github.com/jackc/pgx/v5"

	"postrider/internal/live"
	"postrider/internal/pg"
)

// Tx is a transaction that pipelines its statements: a pg.Pipeline or a pg.Group.
type Tx interface {
	Queue(query string, args ...any)
	QueueRows(read func(rows pgx.Rows) error, query string, args ...any)
	Send(ctx context.Context) error
}

// Announce notifies subscribers that deliveries have changed, with the commit. The statements that
// change them log them.
func Announce(tx Tx, ids []uuid.UUID) { live.Queue(tx, live.Deliveries, ids...) }

// logSQL appends deliveries to delivery_changes, the feed of what the API shows: changed is a table
// expression with the columns of returned.
func logSQL(changed string) string {
	return `INSERT INTO delivery_changes (affiliate_id, delivery_id, state, attempt) SELECT affiliate_id, id, state, attempt FROM ` + changed
}

// returned are the columns that a statement has to return for logSQL.
const returned = `d.id, d.affiliate_id, d.state, d.attempt`

// collect sends a query with what is queued before it, and reads its rows.
func collect[T any](ctx context.Context, tx Tx, what string, read pgx.RowToFunc[T], query string, args ...any) (all []T, err error) {
	tx.QueueRows(func(rows pgx.Rows) (err error) {
		all, err = pgx.CollectRows(rows, read)
		return err
	}, query, args...)
	if err := tx.Send(ctx); err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	return all, nil
}

// move runs a statement that returns the ids of what it changed, and announces them.
func move(ctx context.Context, tx Tx, what, query string, args ...any) ([]uuid.UUID, error) {
	ids, err := collect(ctx, tx, what, pgx.RowTo[uuid.UUID], query, args...)
	if err != nil {
		return nil, err
	}
	publish(tx, ids)
	return ids, nil
}

// publish logs deliveries that a statement of the transaction has changed, and announces them.
func publish(tx Tx, ids []uuid.UUID) {
	if len(ids) > 0 {
		tx.Queue(logSQL(`deliveries WHERE id = ANY($1)`), pg.UUIDs(ids))
		Announce(tx, ids)
	}
}
