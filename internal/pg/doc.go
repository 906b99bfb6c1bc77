// Package pg is how Postrider reaches PostgreSQL.
//
// It owns opening the pools (Open), one way to begin a transaction (WithTx) and
// to see it through ent (TxDriver), listening for notifications (Listen), and
// applying the versioned migrations, River's among them (Migrate). The embedded
// server is in pg/embedded. It owns no table and no query of the domain: those
// live beside their owners.
//
// One driver, pgx: whatever connects reads DATABASE_URL in the same way. ent and
// what answers requests run over it through database/sql; River's workers and the
// hot-path writer use it as it is, since it batches. The two have a pool each, so
// that work never takes a connection from the API. lib/pq only writes arrays and
// quotes names.
//
// Rules: every transaction goes through WithTx; nobody else calls Begin. A
// function that must run inside the caller's transaction takes it as a
// parameter, never from the context.
package pg
