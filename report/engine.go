package report

import (
	"context"
	"fmt"
	"time"

	"postrider/internal/problem"
	"postrider/internal/viewer"
)

// Engine is how the delivery engine stands: for staff.
type Engine struct {
	Workers   []*Worker
	Queues    []*Queue
	Endpoints []*Endpoint // whose circuit is not closed, or for which something waits; at most 200
	Parked    int         // deliveries that wait for their endpoint, up to MaxWaiting
	Later     int         // deliveries that wait for a time, up to MaxWaiting
	Blocked   int         // deliveries that wait for an earlier one, up to MaxWaiting
}

// Worker is a process that delivers.
type Worker struct {
	Name      string // host:pid
	Slots     int    // deliveries that it may have under way
	StartedAt time.Time
	SeenAt    time.Time
	Promotes  bool // whether it is the one that moves deliveries out of the table
}

// Queue is one lane of River.
type Queue struct {
	Name      string
	Available int // deliveries in jobs that wait to be fetched
	Running   int // deliveries in jobs that run
}

// Engine reads how the engine stands. Only staff may know.
func (h *Health) Engine(ctx context.Context) (*Engine, error) {
	v, err := viewer.Require(ctx)
	if err != nil {
		return nil, err
	}
	if !v.Staff() {
		return nil, problem.ErrForbidden
	}
	var e Engine
	err = h.DB.QueryRowContext(ctx, `
		SELECT (SELECT count(*) FROM (SELECT FROM deliveries WHERE parked_at IS NOT NULL LIMIT $1) p),
		       (SELECT count(*) FROM (SELECT FROM deliveries WHERE due_at IS NOT NULL LIMIT $1) l),
		       (SELECT count(*) FROM (SELECT FROM deliveries WHERE blocked_by IS NOT NULL LIMIT $1) b)`, MaxWaiting).
		Scan(&e.Parked, &e.Later, &e.Blocked)
	if err != nil {
		return nil, fmt.Errorf("counting what waits: %w", err)
	}
	if e.Workers, err = h.workers(ctx); err != nil {
		return nil, err
	}
	if e.Queues, err = h.queues(ctx); err != nil {
		return nil, err
	}
	rows, err := h.DB.QueryContext(ctx, `
		WITH RECURSIVE walk AS (
		  (SELECT endpoint, 1 AS n FROM deliveries WHERE parked_at IS NOT NULL ORDER BY endpoint LIMIT 1)
		  UNION ALL
		  SELECT next.endpoint, n + 1 FROM walk CROSS JOIN LATERAL (
		    SELECT endpoint FROM deliveries WHERE parked_at IS NOT NULL AND endpoint > walk.endpoint ORDER BY endpoint LIMIT 1) next WHERE n < $1
		), u AS (SELECT endpoint FROM walk UNION (SELECT endpoint FROM endpoints WHERE state <> 'closed' LIMIT $1))
		SELECT `+endpointColumns+` FROM u LEFT JOIN endpoints c ON c.endpoint = u.endpoint ORDER BY 6 DESC, 1 LIMIT $1`,
		maxEndpoints, true, int64(0), MaxWaiting)
	if err != nil {
		return nil, fmt.Errorf("reading endpoints: %w", err)
	}
	e.Endpoints, err = endpoints(rows, func(*Endpoint) []any { return nil })
	return &e, err
}

// maxEndpoints is how many endpoints the engine's page shows.
const maxEndpoints = 200

func (h *Health) workers(ctx context.Context) ([]*Worker, error) {
	rows, err := h.DB.QueryContext(ctx, `
		SELECT w.name, w.slots, w.started_at, w.seen_at, p.until IS NOT NULL FROM workers w
		LEFT JOIN promoter p ON p.worker_id = w.id AND p.until >= now() WHERE w.seen_at > now() - interval '1 minute' ORDER BY w.started_at`)
	if err != nil {
		return nil, fmt.Errorf("reading the workers: %w", err)
	}
	defer func() { _ = rows.Close() }()
	found := []*Worker{}
	for rows.Next() {
		var w Worker
		if err := rows.Scan(&w.Name, &w.Slots, &w.StartedAt, &w.SeenAt, &w.Promotes); err != nil {
			return nil, fmt.Errorf("reading the workers: %w", err)
		}
		found = append(found, &w)
	}
	return found, rows.Err()
}

func (h *Health) queues(ctx context.Context) ([]*Queue, error) {
	rows, err := h.DB.QueryContext(ctx, `
		SELECT queue, coalesce(sum(jsonb_array_length(args -> 'deliveries')) FILTER (WHERE state = 'available'), 0),
		  coalesce(sum(jsonb_array_length(args -> 'deliveries')) FILTER (WHERE state = 'running'), 0)
		FROM river_job WHERE kind = 'deliver' AND state IN ('available', 'running') GROUP BY queue ORDER BY queue`)
	if err != nil {
		return nil, fmt.Errorf("reading the queues: %w", err)
	}
	defer func() { _ = rows.Close() }()
	found := []*Queue{}
	for rows.Next() {
		var q Queue
		if err := rows.Scan(&q.Name, &q.Available, &q.Running); err != nil {
			return nil, fmt.Errorf("reading the queues: %w", err)
		}
		found = append(found, &q)
	}
	return found, rows.Err()
}
