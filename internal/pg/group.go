package pg

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Group is what a Pipeline is to database/sql, over a transaction of pgx, or over a
// pool: statements that are queued go out together, in one round trip. Over a pool
// those of one Send are a transaction by themselves.
type Group struct {
	on     sender
	queued *pgx.Batch
}

type sender interface {
	SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults
}

// NewGroup is a group over a transaction or a pool.
func NewGroup(on sender) *Group { return &Group{on: on, queued: &pgx.Batch{}} }

// Queue adds a statement whose result is of no interest, unless it fails.
func (g *Group) Queue(query string, args ...any) { g.queued.Queue(query, args...) }

// QueueRows adds a query whose rows are read when it is sent.
func (g *Group) QueueRows(read func(rows pgx.Rows) error, query string, args ...any) {
	g.queued.Queue(query, args...).Query(read)
}

// Send sends what is queued, and waits for its results.
func (g *Group) Send(ctx context.Context) error {
	if g.queued.Len() == 0 {
		return nil
	}
	batch := g.queued
	g.queued = &pgx.Batch{}
	return g.on.SendBatch(ctx, batch).Close()
}

// InGroup runs fn in a transaction of a pool, and sends what is still queued before
// it commits.
func InGroup(ctx context.Context, pool *pgxpool.Pool, fn func(ctx context.Context, g *Group) error) error {
	return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		g := NewGroup(tx)
		if err := fn(ctx, g); err != nil {
			return err
		}
		return g.Send(ctx)
	})
}
