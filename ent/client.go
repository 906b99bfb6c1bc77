package ent

import (
	"context"
	"database/sql"

	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"

	"postrider/ent/db"
	// The privacy rules and defaults of the model. Clients are only made here, so none lacks
	// them.
	_ "postrider/ent/db/runtime"
)

// NewClient returns a client over a pool: each of its statements is a transaction.
func NewClient(pool *sql.DB) *db.Client {
	return db.NewClient(db.Driver(entsql.OpenDB(dialect.Postgres, pool)))
}

// NewTxClient returns a client inside a transaction of pg.WithTx or pg.WithPipeline, which alone
// commit.
func NewTxClient(tx entsql.ExecQuerier) *db.Client { return db.NewClient(db.Driver(newTxDriver(tx))) }

// txDriver lets ent work inside a transaction. ent begins one of its own for a create with
// edges; here that does nothing. (entsql.NewDriver over a *sql.Tx panics there.)
type txDriver struct{ *entsql.Driver }

func newTxDriver(tx entsql.ExecQuerier) dialect.Driver {
	return txDriver{entsql.NewDriver(dialect.Postgres, entsql.Conn{ExecQuerier: tx})}
}

// Tx is a no-op transaction: the real one is already open.
func (d txDriver) Tx(context.Context) (dialect.Tx, error) { return dialect.NopTx(d), nil }

// BeginTx is what ent's client calls if options are given.
func (d txDriver) BeginTx(ctx context.Context, _ *entsql.TxOptions) (dialect.Tx, error) {
	return d.Tx(ctx)
}

// Close does nothing: the transaction belongs to the caller that began it.
func (d txDriver) Close() error { return nil }
