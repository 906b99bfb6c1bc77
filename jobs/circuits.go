package jobs

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"postrider/dispatch"
	"postrider/internal/pg"
)

// circuits stores circuits that are not closed in the database, for all processes and
// across restarts. A healthy endpoint has no row and costs nothing.
type circuits struct {
	pool  *pgxpool.Pool
	rules dispatch.CircuitRules
	now   func() time.Time

	mu      sync.Mutex
	telling map[string]int // endpoints whose row this process is writing
}

func newCircuits(pool *pgxpool.Pool, rules dispatch.CircuitRules, now func() time.Time) *circuits {
	return &circuits{pool: pool, rules: rules, now: now, telling: map[string]int{}}
}

// told is the result of a request, for a circuit that is not closed.
type told struct {
	endpoint string
	reason   dispatch.Reason
	probe    bool
	local    dispatch.Circuit // as this process knows it
	most     int              // the limit of requests in flight while it is healthy
}

// tell records a result in the circuit's row, and returns the new circuit.
func (c *circuits) tell(ctx context.Context, t told) (dispatch.Circuit, error) {
	c.begin(t.endpoint)
	defer c.end(t.endpoint)
	after := t.local
	err := pgx.BeginFunc(ctx, c.pool, func(tx pgx.Tx) error {
		before, err := lockCircuit(ctx, tx, t.endpoint)
		switch {
		case err != nil:
			return err
		case before.State == "" || before.State == dispatch.Closed:
			if t.local.State != dispatch.Open {
				after = dispatch.Circuit{State: dispatch.Closed} // another process closed it
				return nil
			}
		case before.State == dispatch.Open, before.State == dispatch.HalfOpen && !t.probe:
			after = before // sent before the circuit opened: it adds nothing
			return nil
		default:
			after = before.Record(c.now().UTC(), t.reason, t.most, c.rules)
		}
		return saveCircuit(ctx, tx, t.endpoint, after, c.now())
	})
	if err != nil {
		return t.local, fmt.Errorf("keeping the circuit of %s: %w", t.endpoint, err)
	}
	return after, nil
}

// probeSQL claims the probe of endpoint $1 if one is due: $2 now, $3 until when.
var probeSQL = `
UPDATE endpoints SET state = 'half_open', probe_at = $3, updated_at = $2
WHERE endpoint = $1 AND state IN ` + dispatch.HoldingSQL + ` AND probe_at <= $2 RETURNING true`

// takeProbe claims the probe of an endpoint, and reports whether it got it.
func (c *circuits) takeProbe(ctx context.Context, tx *pg.Group, endpoint string) (mine bool, err error) {
	now := c.now().UTC()
	tx.QueueRows(func(rows pgx.Rows) error {
		turns, err := pgx.CollectRows(rows, pgx.RowTo[bool])
		mine = len(turns) > 0
		return err
	}, probeSQL, endpoint, now, now.Add(c.rules.ProbeLimit))
	if err := tx.Send(ctx); err != nil {
		return false, fmt.Errorf("taking the turn to probe %s: %w", endpoint, err)
	}
	return mine, nil
}

// lost gives up a probe without a result for the endpoint: another is due at once.
func (c *circuits) lost(ctx context.Context, endpoint string) error {
	_, err := c.pool.Exec(ctx, `
		UPDATE endpoints SET state = 'open', probe_at = $2, updated_at = $2 WHERE endpoint = $1 AND state = 'half_open'`,
		endpoint, c.now().UTC())
	if err != nil {
		return fmt.Errorf("giving a probe of %s up: %w", endpoint, err)
	}
	return nil
}

// open reads every circuit that is not closed. mine are those that this process was writing
// meanwhile: their state in memory may be newer.
func (c *circuits) open(ctx context.Context) (open map[string]dispatch.Circuit, mine map[string]bool, err error) {
	mine = c.busy()
	rows, err := c.pool.Query(ctx, `
		SELECT endpoint, state, because, opened_at, probe_at, probes, successes FROM endpoints WHERE state <> 'closed'`)
	if err != nil {
		return nil, nil, fmt.Errorf("reading circuits: %w", err)
	}
	open = map[string]dispatch.Circuit{}
	var name string
	var found dispatch.Circuit
	_, err = pgx.ForEachRow(rows, []any{
		&name, &found.State, &found.Because, &found.OpenedAt, &found.ProbeAt, &found.Probes, &found.Successes,
	}, func() error {
		open[name] = found
		return nil
	})
	if err != nil {
		return nil, nil, fmt.Errorf("reading circuits: %w", err)
	}
	for name := range c.busy() {
		mine[name] = true
	}
	for name := range mine {
		delete(open, name)
	}
	return open, mine, nil
}

func (c *circuits) begin(endpoint string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.telling[endpoint]++
}

func (c *circuits) end(endpoint string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.telling[endpoint]--; c.telling[endpoint] == 0 {
		delete(c.telling, endpoint)
	}
}

func (c *circuits) busy() map[string]bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	busy := make(map[string]bool, len(c.telling))
	for name := range c.telling {
		busy[name] = true
	}
	return busy
}

// lockCircuit reads the row of an endpoint FOR UPDATE; the zero circuit where there is
// none.
func lockCircuit(ctx context.Context, tx pgx.Tx, endpoint string) (dispatch.Circuit, error) {
	var c dispatch.Circuit
	err := tx.QueryRow(ctx, `
		SELECT state, because, opened_at, probe_at, probes, successes FROM endpoints WHERE endpoint = $1 FOR UPDATE`, endpoint).
		Scan(&c.State, &c.Because, &c.OpenedAt, &c.ProbeAt, &c.Probes, &c.Successes)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return c, fmt.Errorf("reading the circuit: %w", err)
	}
	return c, nil
}

func saveCircuit(ctx context.Context, tx pgx.Tx, endpoint string, c dispatch.Circuit, now time.Time) error {
	if c.State == dispatch.Closed {
		_, err := tx.Exec(ctx, `UPDATE endpoints SET state = 'closed', successes = 0, updated_at = $2 WHERE endpoint = $1`, endpoint, now.UTC())
		return err
	}
	_, err := tx.Exec(ctx, `
		INSERT INTO endpoints (endpoint, state, because, opened_at, probe_at, probes, successes, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (endpoint) DO UPDATE SET state = EXCLUDED.state, because = EXCLUDED.because, opened_at = EXCLUDED.opened_at,
		  probe_at = EXCLUDED.probe_at, probes = EXCLUDED.probes, successes = EXCLUDED.successes, updated_at = EXCLUDED.updated_at`,
		endpoint, string(c.State), string(c.Because), c.OpenedAt.UTC(), c.ProbeAt.UTC(), c.Probes, c.Successes, now.UTC())
	return err
}
