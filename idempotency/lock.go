package idempotency

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"sync"
	"time"

	"postrider/internal/pg"
)

// How often a lock that another process holds is tried again, and how long one statement about
// locks may take.
const (
	lockAgain   = 50 * time.Millisecond
	lockTimeout = 5 * time.Second
)

var (
	tryLockSQL = `SELECT pg_try_advisory_lock(` + pg.LockID("$1") + `)`
	unlockSQL  = `SELECT pg_advisory_unlock(` + pg.LockID("$1") + `)` //nolint:gosec // no value is part of it
)

// locks are the locks of the calls of this process. All of them are held on one connection, which
// goes back to the pool when there are none: a mutation that waits for a tracker costs no
// connection of its own. When the process ends, however it ends, PostgreSQL releases them.
type locks struct {
	db *sql.DB

	here sync.Map // name → chan struct{}: whose turn it is in this process

	mu   sync.Mutex
	conn *sql.Conn
	held int
}

// take waits for a lock until ctx is done, and returns how to give it back.
func (l *locks) take(ctx context.Context, name string) (release func(), err error) {
	turn, err := l.takeTurn(ctx, name)
	if err != nil {
		return nil, err
	}
	again := time.NewTicker(lockAgain)
	defer again.Stop()
	for {
		conn, err := l.try(ctx, name)
		if err == nil && conn != nil {
			return func() {
				l.give(ctx, conn, name)
				turn()
			}, nil
		}
		if err != nil {
			turn()
			return nil, err
		}
		select {
		case <-ctx.Done():
			turn()
			return nil, ctx.Err()
		case <-again.C:
		}
	}
}

// takeTurn waits until no other call of this process has the name. PostgreSQL would not tell them
// apart on one connection.
func (l *locks) takeTurn(ctx context.Context, name string) (done func(), err error) {
	mine := make(chan struct{})
	for {
		before, taken := l.here.LoadOrStore(name, mine)
		if !taken {
			return func() {
				l.here.Delete(name)
				close(mine)
			}, nil
		}
		ended, ok := before.(chan struct{})
		if !ok {
			return nil, fmt.Errorf("a turn is a channel, not %T", before)
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-ended:
		}
	}
}

// try returns the connection that holds the lock now; nil if another process holds it.
func (l *locks) try(ctx context.Context, name string) (*sql.Conn, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	// Others hold locks on the connection: it must outlive whoever asks. How long a call waits for
	// another one says nothing about how long it takes to connect.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lockTimeout)
	defer cancel()
	if l.conn == nil {
		conn, err := l.db.Conn(ctx)
		if err != nil {
			return nil, fmt.Errorf("connecting to lock a key: %w", err)
		}
		l.conn, l.held = conn, 0
	}
	var got bool
	if err := l.conn.QueryRowContext(ctx, tryLockSQL, name).Scan(&got); err != nil {
		l.drop()
		return nil, fmt.Errorf("locking a key: %w", err)
	}
	if got {
		l.held++
		return l.conn, nil
	}
	l.putBack()
	return nil, nil
}

// give releases a lock, unless its connection was lost.
func (l *locks) give(ctx context.Context, conn *sql.Conn, name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if conn != l.conn {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lockTimeout)
	defer cancel()
	if _, err := conn.ExecContext(ctx, unlockSQL, name); err != nil {
		l.drop()
		return
	}
	l.held--
	l.putBack()
}

// putBack returns the connection to the pool once it holds nothing.
func (l *locks) putBack() {
	if l.held == 0 {
		_ = l.conn.Close()
		l.conn = nil
	}
}

// drop closes the connection, and with it its locks.
func (l *locks) drop() {
	_ = l.conn.Raw(func(any) error { return driver.ErrBadConn })
	_ = l.conn.Close()
	l.conn = nil
}
