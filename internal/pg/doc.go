// Package pg is how Postrider reaches PostgreSQL.
//
// It owns opening the pools (Open), one way to begin a transaction (WithTx) and
// to see it through ent (TxDriver), listening for notifications (Listen), and
// applying the versioned migrations, River's among them (Migrate). The embedded
// server is in pg/embedded. It owns no table and no query of the domain: those
// live beside their owners.
//
// Two drivers, one reason each: ent and the enqueuing of jobs run over lib/pq
// through database/sql, where a River job can join ent's own *sql.Tx; River's
// workers and the hot-path writer run over pgx, which batches and listens. The
// two have a pool each, so that work never takes a connection from the API.
//
// Rules: every transaction goes through WithTx; nobody else calls Begin. A
// function that must run inside the caller's transaction takes it as a
// parameter, never from the context.
package pg
