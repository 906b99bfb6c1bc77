package report

import (
	"context"
	"database/sql"
	"time"

	"github.com/lib/pq"

	"postrider/dispatch"
	"postrider/internal/viewer"
)

// Endpoint is the state of an endpoint: its circuit, which all viewers share, and the viewer's
// own deliveries to it, sent and waiting.
type Endpoint struct {
	Endpoint        string // scheme://host:port
	Circuit         dispatch.CircuitState
	Because         dispatch.Reason // why its circuit opened last; empty if it never has
	OpenedAt        *time.Time
	ProbeAt         *time.Time // when the next probe is due, while it is open
	Waiting         int        // deliveries that wait for it, up to MaxWaiting
	OldestWaitingAt *time.Time // when the oldest of these was recorded
	SuccessRate     *float64   // of the exchanges of the last day; nil if there were none
	P50Ms           *float64   // median duration of an exchange
	P95Ms           *float64
}

// MaxWaiting is up to how many the deliveries that wait for an endpoint are counted.
const MaxWaiting = 100_000

// Sentence describes the endpoint's state in words.
func (e Endpoint) Sentence() string {
	c := dispatch.Circuit{State: e.Circuit, Because: e.Because}
	if e.OpenedAt != nil {
		c.OpenedAt = *e.OpenedAt
	}
	return c.Sentence()
}

// endpointColumns selects those of endpoint u.endpoint; waiting deliveries count up to $2.
var endpointColumns = `
	u.endpoint, coalesce(c.state, 'closed'), CASE WHEN c.state <> 'closed' THEN c.because ELSE '' END,
	CASE WHEN c.state <> 'closed' THEN c.opened_at END, CASE WHEN c.state IN ` + dispatch.HoldingSQL + ` THEN c.probe_at END,
	(SELECT count(*) FROM (SELECT FROM deliveries d WHERE d.endpoint = u.endpoint AND d.parked_at IS NOT NULL AND {sees d.affiliate_id} LIMIT $2) w),
	(SELECT min(first) FROM (
	  SELECT (SELECT d.created_at FROM deliveries d WHERE d.endpoint = u.endpoint AND d.parked_at IS NOT NULL AND d.affiliate_id = a.id AND d.priority = p
	          ORDER BY d.id LIMIT 1) AS first
	  FROM affiliates a, generate_series(1, 3) p WHERE {sees a.id}) o)`

// OfEndpoints returns the state of endpoints, by their names.
func (h *Health) OfEndpoints(ctx context.Context, names []string) ([]*Endpoint, error) {
	scope, err := viewer.RowScopeFrom(ctx)
	if err != nil {
		return nil, err
	}
	found := []*Endpoint{}
	err = h.DB.Each(ctx, scope, "reading the health of endpoints", func(rows *sql.Rows) error {
		var e Endpoint
		found = append(found, &e)
		return rows.Scan(append(e.columns(), &e.SuccessRate, &e.P50Ms, &e.P95Ms)...)
	}, `
		SELECT `+endpointColumns+`, s.rate, s.p50, s.p95
		FROM unnest($1::text[]) AS u(endpoint) LEFT JOIN endpoints c ON c.endpoint = u.endpoint
		LEFT JOIN LATERAL (
		  SELECT avg((d.state = 'delivered')::int)::float8 AS rate,
		    percentile_cont(0.5) WITHIN GROUP (ORDER BY d.duration_ms) AS p50, percentile_cont(0.95) WITHIN GROUP (ORDER BY d.duration_ms) AS p95
		  FROM postbacks p JOIN deliveries d ON d.postback_id = p.id
		  WHERE {sees p.affiliate_id} AND d.id >= uuid_floor($3) AND d.endpoint = u.endpoint AND d.attempt > 0 AND d.duration_ms IS NOT NULL AND NOT d.test
		) s ON true`, pq.Array(names), MaxWaiting, h.Now().Add(-healthWindow))
	return found, err
}

// columns returns the destinations of endpointColumns.
func (e *Endpoint) columns() []any {
	return []any{&e.Endpoint, &e.Circuit, &e.Because, &e.OpenedAt, &e.ProbeAt, &e.Waiting, &e.OldestWaitingAt}
}
