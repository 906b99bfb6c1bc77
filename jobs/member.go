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

// A process that was not seen for seenFor counts as dead. The promoter has the lease for
// leaseFor, and renews it with every beat: when it is killed, or paused, another takes
// over.
const (
	beatEvery = time.Second
	leaseFor  = 3 * time.Second
	seenFor   = 10 * time.Second
	fetchedIn = time.Second // a job that waits for longer is announced again
)

// membership is this process among those that deliver.
type membership struct {
	pool  *pgxpool.Pool
	id    uuid.UUID
	slots int
	clock *clock

	processes atomic.Int64 // alive, this one included
	others    atomic.Bool  // other processes have jobs running, alive or not
	unfetched atomic.Bool  // jobs wait that should have been fetched by now
	leadUntil atomic.Int64 // nanoseconds of the monotonic clock since began
	began     time.Time
}

func newMembership(pool *pgxpool.Pool, slots int, clock *clock) (*membership, error) {
	id, err := uuid.NewV4()
	if err != nil {
		return nil, fmt.Errorf("making an id: %w", err)
	}
	m := &membership{pool: pool, id: id, slots: slots, clock: clock, began: time.Now()}
	m.processes.Store(1)
	return m, nil
}

// leads reports whether this process has the promoter's lease. One that was paused for
// longer than that must renew it first.
func (m *membership) leads() bool { return int64(time.Since(m.began)) < m.leadUntil.Load() }

// beatSQL records that the process $1 is alive ($2 its name, $3 its slots), deletes those
// not seen for $4, and asks for the lease, of $5. It returns how many others live, whether
// it has the lease, whether others have jobs running, whether jobs wait that should have
// been fetched $6 ago, and the time. It is one statement, since it is what a process at
// rest runs. Lock order: the lease before anything else, or two processes could deadlock.
const beatSQL = `
WITH lease AS (
  UPDATE promoter SET worker_id = $1, until = now() + $5::interval WHERE worker_id = $1 OR until < now() RETURNING worker_id
), dead AS (
  DELETE FROM workers WHERE seen_at < now() - $4::interval AND id <> $1
), me AS (
  INSERT INTO workers (id, name, slots, started_at, seen_at) VALUES ($1, $2, $3, now(), now())
  ON CONFLICT (id) DO UPDATE SET seen_at = now()
)
SELECT (SELECT count(*) FROM workers WHERE seen_at >= now() - $4::interval AND id <> $1),
  EXISTS (SELECT FROM lease),
  EXISTS (SELECT FROM river_job WHERE state = 'running' AND kind = 'deliver' AND attempted_by[array_upper(attempted_by, 1)] <> $1::text),
  EXISTS (SELECT FROM river_job WHERE state = 'available' AND kind = 'deliver' AND scheduled_at < now() - $6::interval), clock_timestamp()`

// beat records that this process is alive, counts the others, and asks for the lease. All
// times are the database's: clocks of machines differ.
func (m *membership) beat(ctx context.Context) error {
	asked, before := time.Since(m.began), m.clock.machine()
	host, _ := os.Hostname()
	var processes int64
	var leads, others, unfetched bool
	var database time.Time
	err := m.pool.QueryRow(ctx, beatSQL, m.id, fmt.Sprintf("%s:%d", host, os.Getpid()), m.slots, seenFor, leaseFor, fetchedIn).
		Scan(&processes, &leads, &others, &unfetched, &database)
	if err != nil {
		return fmt.Errorf("showing that this process is alive: %w", err)
	}
	m.clock.set(ctx, before, m.clock.machine(), database)
	m.processes.Store(processes + 1)
	m.others.Store(others)
	m.unfetched.Store(unfetched)
	if leads {
		m.leadUntil.Store(int64(asked + leaseFor))
	} else {
		m.leadUntil.Store(0)
	}
	return nil
}

// resign releases the lease, so that another need not wait for its expiry.
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
