package pg

import (
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
)

// interruptedKey is the key under which a connection records that it was interrupted.
const interruptedKey = "postrider.interrupted"

// markInterrupted makes connections record that a context ended during their last statement,
// although it succeeded. pgx interrupts the connection then; if it was reading ahead in the
// background, which it does after a slow write, the interruption is kept and would fail the
// next user's statement: "i/o timeout".
func markInterrupted(config *pgx.ConnConfig) {
	build := config.BuildContextWatcherHandler
	config.BuildContextWatcherHandler = func(conn *pgconn.PgConn) ctxwatch.Handler {
		return &interruptions{Handler: build(conn), conn: conn}
	}
}

type interruptions struct {
	ctxwatch.Handler

	conn *pgconn.PgConn
}

// HandleUnwatchAfterCancel is called by pgx from the goroutine that uses the connection.
func (i *interruptions) HandleUnwatchAfterCancel() {
	i.Handler.HandleUnwatchAfterCancel()
	if data := i.conn.CustomData(); data != nil { // nil while it connects
		data[interruptedKey] = true
	}
}

// interrupted reports whether a connection must not be used again.
func interrupted(conn *pgx.Conn) bool { return conn.PgConn().CustomData()[interruptedKey] != nil }
