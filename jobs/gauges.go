package jobs

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"
)

// gauges collects the engine's state at each Prometheus scrape: how much waits for what,
// circuits, queues and workers.
type gauges struct {
	pool     *pgxpool.Pool
	taken    chan struct{}
	waiting  *prometheus.Desc
	circuits *prometheus.Desc
	jobs     *prometheus.Desc
	slots    *prometheus.Desc
	used     *prometheus.Desc
}

// gaugeTimeout bounds the database queries of a scrape.
const gaugeTimeout = 5 * time.Second

// gaugeMost is where counting what waits stops.
const gaugeMost = 1_000_000

func newGauges(pool *pgxpool.Pool, taken chan struct{}) *gauges {
	return &gauges{
		pool: pool, taken: taken,
		waiting:  prometheus.NewDesc("postrider_deliveries_waiting", "Deliveries that wait in the table, by reason; counted up to a million.", []string{"for"}, nil),
		circuits: prometheus.NewDesc("postrider_circuits", "Circuits that are not closed, by state.", []string{"state"}, nil),
		jobs:     prometheus.NewDesc("postrider_jobs", "Jobs in River, by queue and state.", []string{"queue", "state"}, nil),
		slots:    prometheus.NewDesc("postrider_delivery_slots", "Requests that this process may have in flight.", nil, nil),
		used:     prometheus.NewDesc("postrider_delivery_slots_used", "Requests that this process has in flight.", nil, nil),
	}
}

// Describe names the gauges.
func (g *gauges) Describe(into chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{g.waiting, g.circuits, g.jobs, g.slots, g.used} {
		into <- d
	}
}

// Collect reads the gauges.
func (g *gauges) Collect(into chan<- prometheus.Metric) {
	into <- prometheus.MustNewConstMetric(g.slots, prometheus.GaugeValue, float64(cap(g.taken)))
	into <- prometheus.MustNewConstMetric(g.used, prometheus.GaugeValue, float64(len(g.taken)))
	ctx, cancel := context.WithTimeout(context.Background(), gaugeTimeout)
	defer cancel()
	for _, q := range []struct {
		desc *prometheus.Desc
		sql  string
	}{
		{g.waiting, `
			SELECT '', 'endpoint', count(*) FROM (SELECT FROM deliveries WHERE parked_at IS NOT NULL LIMIT $1) p UNION ALL
			SELECT '', 'time', count(*) FROM (SELECT FROM deliveries WHERE due_at IS NOT NULL LIMIT $1) l UNION ALL
			SELECT '', 'earlier', count(*) FROM (SELECT FROM deliveries WHERE blocked_by IS NOT NULL LIMIT $1) b`},
		{g.circuits, `SELECT '', state, count(*) FROM endpoints WHERE state <> 'closed' GROUP BY state LIMIT $1`},
		{g.jobs, `SELECT queue, state::text, count(*) FROM river_job WHERE state IN ('available', 'running', 'retryable') GROUP BY queue, state LIMIT $1`},
	} {
		if err := g.read(ctx, q.desc, q.sql, into); err != nil {
			into <- prometheus.NewInvalidMetric(q.desc, err)
		}
	}
}

func (g *gauges) read(ctx context.Context, desc *prometheus.Desc, sql string, into chan<- prometheus.Metric) error {
	rows, err := g.pool.Query(ctx, sql, gaugeMost)
	if err != nil {
		return err
	}
	var queue, label string
	var n int64
	_, err = pgx.ForEachRow(rows, []any{&queue, &label, &n}, func() error {
		labels := []string{label}
		if queue != "" {
			labels = []string{queue, label}
		}
		into <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, float64(n), labels...)
		return nil
	})
	return err
}
