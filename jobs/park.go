package jobs

import (
	"context"
	"slices"

	"postrider/internal/pg"
	"postrider/outbox"
)

// parking is deliveries of a job that found no place at their endpoint: they go
// back to the table, and wait there for the promoter.
type parking struct {
	run        *run
	deliveries []outbox.Ref
	held       bool // because the circuit is open
}

// parkAll puts deliveries back that share a commit.
func (e *Engine) parkAll(ctx context.Context, batch []parking) error {
	var parked []outbox.Parking
	var runs []*run
	for _, p := range batch {
		for _, d := range p.deliveries {
			parked = append(parked, outbox.Parking{Ref: d, CircuitOpen: p.held})
		}
		runs = append(runs, slices.Repeat([]*run{p.run}, len(p.deliveries))...)
	}
	err := pg.InGroup(ctx, e.Pool.Pgx, func(ctx context.Context, tx *pg.Group) error {
		if err := outbox.Park(ctx, tx, parked, e.Now()); err != nil {
			return err
		}
		if jobs := ending(runs); len(jobs) > 0 { // deliveries are locked before jobs, as everywhere
			tx.Queue(dropJobsSQL, jobs)
		}
		return nil
	})
	if err == nil {
		ended(runs)
	}
	return err
}
