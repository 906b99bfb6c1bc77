// Package pg is how Postrider reaches PostgreSQL.
//
// It opens the pools (Open), begins transactions in one way (WithTx) and makes them usable by
// ent (TxDriver), listens for notifications (Listen), and applies the versioned migrations,
// River's among them (Migrate). The embedded server is in pg/embedded. It owns no table and no
// query of the domain: those live beside their owners.
//
// There is one driver, pgx: every connection reads DATABASE_URL in the same way. ent and the
// request handlers run over it through database/sql; River's workers and the hot-path writer
// use it directly, since it batches. Each of the two has its own pool, so that workers never
// take a connection from the API. lib/pq only writes arrays and quotes names.
//
// Rules: every transaction goes through WithTx; nothing else calls Begin. A function that must
// run inside the caller's transaction takes it as a parameter, never from the context.
package pg
