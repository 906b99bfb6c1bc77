package report

import (
	"context"
	"database/sql"
	"time"

	"postrider/internal/problem"
	"postrider/internal/viewer"
)

// Engine is the state of the delivery engine, for staff.
type Engine struct {
	Workers   []*Worker
	Queues    []*Queue
	Endpoints []*Endpoint // whose circuit is not closed, or with deliveries waiting; at most 200
	Parked    int         // deliveries that wait for their endpoint, up to MaxWaiting
	Later     int         // deliveries that are scheduled for later, up to MaxWaiting
	Blocked   int         // deliveries that wait for an earlier one, up to MaxWaiting
}

// Worker is a process that delivers.
type Worker struct {
	Name      string // host:pid
	Slots     int    // how many deliveries it may have in flight
	StartedAt time.Time
	SeenAt    time.Time
	Promotes  bool // whether it is the leader, which moves deliveries out of the table
}

// Queue is one lane of River.
type Queue struct {
	Name      string
	Available int // deliveries in jobs that wait to be fetched
	Running   int // deliveries in jobs that run
}

// Engine returns the state of the delivery engine, to staff only.
func (h *Health) Engine(ctx context.Context) (*Engine, error) {
	scope, err := viewer.RowScopeFrom(ctx)
	if err != nil {
		return nil, err
	}
	if !scope.All() {
		return nil, problem.Forbidden("the delivery queue is for staff")
	}
	var e Engine
	err = h.DB.One(ctx, scope, "counting what waits", []any{&e.Parked, &e.Later, &e.Blocked}, `
		SELECT (SELECT count(*) FROM (SELECT FROM deliveries WHERE parked_at IS NOT NULL LIMIT $1) p),
		       (SELECT count(*) FROM (SELECT FROM deliveries WHERE due_at IS NOT NULL LIMIT $1) l),
		       (SELECT count(*) FROM (SELECT FROM deliveries WHERE blocked_by IS NOT NULL LIMIT $1) b)`, MaxWaiting)
	if err != nil {
		return nil, err
	}
	if e.Workers, err = h.workers(ctx, scope); err != nil {
		return nil, err
	}
	if e.Queues, err = h.queues(ctx, scope); err != nil {
		return nil, err
	}
	e.Endpoints, err = h.busyEndpoints(ctx, scope)
	return &e, err
}

// maxEndpoints is how many endpoints the engine's page shows.
const maxEndpoints = 200

func (h *Health) busyEndpoints(ctx context.Context, scope viewer.RowScope) ([]*Endpoint, error) {
	found := []*Endpoint{}
	err := h.DB.Each(ctx, scope, "reading endpoints", func(rows *sql.Rows) error {
		var e Endpoint
		found = append(found, &e)
		return rows.Scan(e.columns()...)
	}, `
		WITH RECURSIVE walk AS (
		  (SELECT endpoint, 1 AS n FROM deliveries WHERE parked_at IS NOT NULL ORDER BY endpoint LIMIT 1)
		  UNION ALL
		  SELECT next.endpoint, n + 1 FROM walk CROSS JOIN LATERAL (
		    SELECT endpoint FROM deliveries WHERE parked_at IS NOT NULL AND endpoint > walk.endpoint ORDER BY endpoint LIMIT 1) next WHERE n < $1
		), u AS (SELECT endpoint FROM walk UNION (SELECT endpoint FROM endpoints WHERE state <> 'closed' LIMIT $1))
		SELECT `+endpointColumns+` FROM u LEFT JOIN endpoints c ON c.endpoint = u.endpoint ORDER BY 6 DESC, 1 LIMIT $1`,
		maxEndpoints, MaxWaiting)
	return found, err
}

func (h *Health) workers(ctx context.Context, scope viewer.RowScope) ([]*Worker, error) {
	found := []*Worker{}
	err := h.DB.Each(ctx, scope, "reading the workers", func(rows *sql.Rows) error {
		var w Worker
		found = append(found, &w)
		return rows.Scan(&w.Name, &w.Slots, &w.StartedAt, &w.SeenAt, &w.Promotes)
	}, `
		SELECT w.name, w.slots, w.started_at, w.seen_at, p.until IS NOT NULL FROM workers w
		LEFT JOIN promoter p ON p.worker_id = w.id AND p.until >= now() WHERE w.seen_at > now() - interval '1 minute' ORDER BY w.started_at`)
	return found, err
}

func (h *Health) queues(ctx context.Context, scope viewer.RowScope) ([]*Queue, error) {
	found := []*Queue{}
	err := h.DB.Each(ctx, scope, "reading the queues", func(rows *sql.Rows) error {
		var q Queue
		found = append(found, &q)
		return rows.Scan(&q.Name, &q.Available, &q.Running)
	}, `
		SELECT queue, coalesce(sum(jsonb_array_length(args -> 'deliveries')) FILTER (WHERE state = 'available'), 0),
		  coalesce(sum(jsonb_array_length(args -> 'deliveries')) FILTER (WHERE state = 'running'), 0)
		FROM river_job WHERE kind = 'deliver' AND state IN ('available', 'running') GROUP BY queue ORDER BY queue`)
	return found, err
}
