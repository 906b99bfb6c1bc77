package pg

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Group is to a transaction of pgx, or to a pool, what Pipeline is to database/sql: queued
// statements are sent together, in one round trip. Over a pool, the statements of one Send are
// a transaction of their own.
type Group struct {
	on     sender
	queued *pgx.Batch
}

type sender interface {
	SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults
}

// NewGroup returns a group over a transaction or a pool.
func NewGroup(on sender) *Group { return &Group{on: on, queued: &pgx.Batch{}} }

// Queue queues a statement whose result is only checked for an error.
func (g *Group) Queue(query string, args ...any) { g.queued.Queue(query, args...) }

// QueueRows queues a query; its rows are read by Send.
func (g *Group) QueueRows(read func(rows pgx.Rows) error, query string, args ...any) {
	g.queued.Queue(query, args...).Query(read)
}

// Send sends the queued statements and waits for their results.
func (g *Group) Send(ctx context.Context) error {
	if g.queued.Len() == 0 {
		return nil
	}
	batch := g.queued
	g.queued = &pgx.Batch{}
	return g.on.SendBatch(ctx, batch).Close()
}

// InGroup runs fn in a transaction of a pool, and sends what is still queued before it commits.
func InGroup(ctx context.Context, pool *pgxpool.Pool, fn func(ctx context.Context, g *Group) error) error {
	return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		g := NewGroup(tx)
		if err := fn(ctx, g); err != nil {
			return err
		}
		return g.Send(ctx)
	})
}
