package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"postrider/internal/pg"
)

// way reads the phases of deliveries from the tables: its query returns the click id of
// one, and when each of its phases but the last ended, which ends at the tracker. The
// call's response is timed apart.
type way struct {
	phases []string
	query  string
}

var ourWay = way{
	phases: []string{"call to claim", "claim to sending", "sending to tracker"},
	query: `
		SELECT substring(d.url FROM 'cid=(\w+)'), ARRAY[d.first_attempt_at, a.started_at]
		FROM deliveries d JOIN attempts a ON a.delivery_id = d.id AND a.number = 1
		WHERE d.url LIKE '%cid=%'`, // others go to another tracker
}

var plainWay = way{
	phases: []string{"call to fetch", "fetch to tracker"},
	query:  `SELECT substring(args->>'url' FROM 'cid=(\w+)'), ARRAY[attempted_at] FROM river_job WHERE attempted_at IS NOT NULL`,
}

// printPhases prints where the time between calls and the tracker went, if asked for. The
// newest may be missing: the tracker has them before their results are committed.
func (e *env) printPhases(ctx context.Context, to io.Writer, pool *pg.Pool, watch *stopwatch, w way) error {
	if !e.phases {
		return nil
	}
	names := append(slices.Clone(w.phases), "all", "call to answer")
	all := len(w.phases)
	took := make([][]time.Duration, len(names))
	rows, _ := pool.Pgx.Query(ctx, w.query) // ForEachRow returns its error
	var id string
	var ends []time.Time
	_, err := pgx.ForEachRow(rows, []any{&id, &ends}, func() error {
		c, ok := watch.call(id)
		if !ok {
			return nil
		}
		began := c.sent
		for i, end := range append(ends, c.hit) {
			took[i] = append(took[i], end.Sub(began))
			began = end
		}
		took[all] = append(took[all], c.hit.Sub(c.sent))
		took[all+1] = append(took[all+1], c.answered.Sub(c.sent))
		return nil
	})
	if err != nil {
		return fmt.Errorf("reading the phases: %w", err)
	}
	fmt.Fprintf(to, "%18s %9s %9s %9s %9s\n", "ms", "p50", "p90", "p99", "most")
	for i, name := range names {
		slices.Sort(took[i])
		fmt.Fprintf(to, "%18s", name)
		for _, q := range []float64{0.5, 0.9, 0.99, 1} {
			fmt.Fprintf(to, " %9.2f", quantile(took[i], q))
		}
		fmt.Fprintln(to)
	}
	return nil
}

// quantile returns one of sorted durations, in milliseconds; 0 of none.
func quantile(sorted []time.Duration, q float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	return float64(sorted[int(q*float64(len(sorted)-1))].Microseconds()) / 1000
}
