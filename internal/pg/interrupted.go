package pg

import (
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
)

// interruptedKey is where a connection remembers that it was interrupted.
const interruptedKey = "postrider.interrupted"

// markInterrupted has connections remember when a context ended under their last
// statement, though it succeeded. pgx interrupts the connection then; where it was
// reading ahead in the background, which it does after a slow write, the interruption
// is kept and would fail the next statement, of somebody else: "i/o timeout".
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

// HandleUnwatchAfterCancel is called by whoever uses the connection.
func (i *interruptions) HandleUnwatchAfterCancel() {
	i.Handler.HandleUnwatchAfterCancel()
	if data := i.conn.CustomData(); data != nil { // none while it connects
		data[interruptedKey] = true
	}
}

// interrupted tells whether a connection must not be used again.
func interrupted(conn *pgx.Conn) bool { return conn.PgConn().CustomData()[interruptedKey] != nil }
