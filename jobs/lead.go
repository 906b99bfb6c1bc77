package jobs

import (
	"context"
	"fmt"
	"os"
	"sync/atomic"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// A process that was not seen for seenFor is taken for dead. Whoever promotes
// has the lease for leaseFor, and renews it with every beat: when it is killed,
// or paused, another takes over.
const (
	beatEvery = time.Second
	leaseFor  = 3 * time.Second
	seenFor   = 10 * time.Second
)

// membership is this process among those that deliver.
type membership struct {
	pool  *pgxpool.Pool
	id    uuid.UUID
	slots int

	processes atomic.Int64 // that are alive, this one among them
	leadUntil atomic.Int64 // nanoseconds of the monotonic clock since began
	began     time.Time
}

func newMembership(pool *pgxpool.Pool, slots int) (*membership, error) {
	id, err := uuid.NewV4()
	if err != nil {
		return nil, fmt.Errorf("making an id: %w", err)
	}
	m := &membership{pool: pool, id: id, slots: slots, began: time.Now()}
	m.processes.Store(1)
	return m, nil
}

// leads tells whether this process promotes. One that was paused longer than
// its lease does not, before it has asked again.
func (m *membership) leads() bool { return int64(time.Since(m.began)) < m.leadUntil.Load() }

// beat shows that this process is alive, counts the others, and asks for the
// lease. All times are the database's: clocks of machines differ.
func (m *membership) beat(ctx context.Context) error {
	asked := time.Since(m.began)
	host, _ := os.Hostname()
	var processes int64
	err := m.pool.QueryRow(ctx, `
		WITH dead AS (DELETE FROM workers WHERE seen_at < now() - $4::interval AND id <> $1),
		me AS (
		  INSERT INTO workers (id, name, slots, started_at, seen_at) VALUES ($1, $2, $3, now(), now())
		  ON CONFLICT (id) DO UPDATE SET seen_at = now()
		)
		SELECT count(*) FROM workers WHERE seen_at >= now() - $4::interval AND id <> $1`,
		m.id, fmt.Sprintf("%s:%d", host, os.Getpid()), m.slots, seenFor).Scan(&processes)
	if err != nil {
		return fmt.Errorf("showing that this process is alive: %w", err)
	}
	m.processes.Store(processes + 1)
	tag, err := m.pool.Exec(ctx, `
		UPDATE promoter SET worker_id = $1, until = now() + $2::interval WHERE worker_id = $1 OR until < now()`, m.id, leaseFor)
	if err != nil {
		return fmt.Errorf("asking for the promoter's lease: %w", err)
	}
	if tag.RowsAffected() == 1 {
		m.leadUntil.Store(int64(asked + leaseFor))
	} else {
		m.leadUntil.Store(0)
	}
	return nil
}

// resign gives the lease back, so that another need not wait for its end.
func (m *membership) resign(ctx context.Context) error {
	m.leadUntil.Store(0)
	_, err := m.pool.Exec(ctx, `
		WITH gone AS (DELETE FROM workers WHERE id = $1)
		UPDATE promoter SET until = now() WHERE worker_id = $1`, m.id)
	if err != nil {
		return fmt.Errorf("giving the promoter's lease back: %w", err)
	}
	return nil
}
