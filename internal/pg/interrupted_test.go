package pg_test

import (
	"context"
	"net"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"postrider/internal/pg"
	"postrider/pgtest"
)

// slowConn is a connection whose writes return late, as on a busy machine: pgx begins to read in
// the background meanwhile.
type slowConn struct {
	net.Conn

	slow *atomic.Bool

	mu      sync.Mutex
	read    int // reads that returned data
	waiting int // reads that wait
}

// Write returns late: the answer was read by then, and a read waits for more.
func (c *slowConn) Write(p []byte) (int, error) {
	_, before := c.state()
	n, err := c.Conn.Write(p)
	for c.slow.Load() && err == nil {
		if waiting, read := c.state(); waiting > 0 && read > before {
			break
		}
		runtime.Gosched()
	}
	return n, err
}

func (c *slowConn) state() (waiting, read int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.waiting, c.read
}

func (c *slowConn) count(waiting, read int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waiting, c.read = c.waiting+waiting, c.read+read
}

func (c *slowConn) Read(p []byte) (n int, err error) {
	c.count(1, 0)
	defer func() { c.count(-1, min(n, 1)) }()
	return c.Conn.Read(p)
}

// A context ends just when its statement is done. The next user of the connection must not get
// an error for it.
func TestAContextThatEndsLateFailsNobodyElse(t *testing.T) {
	t.Parallel()
	db := pgtest.Empty(t)
	// open returns a pool of one connection each; last is the one that was opened last.
	open := func(t *testing.T) (pool *pg.Pool, slow *atomic.Bool, last *atomic.Pointer[slowConn]) {
		t.Helper()
		slow, last = new(atomic.Bool), new(atomic.Pointer[slowConn])
		pool, err := pg.OpenVia(t.Context(), pg.Config{URL: db.URL, FactConns: 1, APIConns: 1, WorkConns: 1},
			func(ctx context.Context, network, addr string) (net.Conn, error) {
				conn, err := new(net.Dialer).DialContext(ctx, network, addr)
				c := &slowConn{Conn: conn, slow: slow}
				last.Store(c)
				return c, err
			})
		must(t, err)
		t.Cleanup(func() { must(t, pool.Close()) })
		return pool, slow, last
	}
	// late runs a query whose rows are open when its context ends. All of them have arrived; a
	// read ahead waits for more.
	late := func(t *testing.T, slow *atomic.Bool, conn *slowConn, query func(ctx context.Context) (closeRows func())) {
		t.Helper()
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		slow.Store(true)
		closeRows := query(ctx)
		slow.Store(false)
		cancel()
		pgtest.Until(t, time.Minute, "the read ahead is interrupted", func() bool {
			waiting, _ := conn.state()
			return waiting == 0
		})
		closeRows()
	}
	t.Run("pgx", func(t *testing.T) {
		t.Parallel()
		pool, slow, last := open(t)
		must(t, pool.Pgx.Ping(t.Context()))
		late(t, slow, last.Load(), func(ctx context.Context) func() {
			rows, err := pool.Pgx.Query(ctx, "SELECT 1")
			must(t, err)
			return func() {
				rows.Close()
				must(t, rows.Err())
			}
		})
		must(t, pool.Pgx.QueryRow(t.Context(), "SELECT 1").Scan(new(int)))
	})
	t.Run("database/sql", func(t *testing.T) {
		t.Parallel()
		pool, slow, last := open(t)
		must(t, pool.SQL.PingContext(t.Context()))
		late(t, slow, last.Load(), func(ctx context.Context) func() {
			// As a Pipeline does; database/sql itself may close the rows before pgx sees
			// that the context has ended.
			conn, err := pool.SQL.Conn(ctx)
			must(t, err)
			var own *pgx.Conn
			must(t, conn.Raw(func(driverConn any) error {
				own = driverConn.(*stdlib.Conn).Conn()
				return nil
			}))
			rows, err := own.Query(ctx, "SELECT 1")
			must(t, err)
			return func() {
				rows.Close()
				must(t, rows.Err())
				must(t, conn.Close())
			}
		})
		must(t, pool.SQL.QueryRowContext(t.Context(), "SELECT 1").Scan(new(int)))
	})
}
