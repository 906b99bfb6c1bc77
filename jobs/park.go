package jobs

import (
	"context"
	"slices"

	"postrider/internal/pg"
	"postrider/outbox"
)

// parkRows is the maximum number of parkings in a commit.
const parkRows = 500

// parking is deliveries of a job that got no permit of their endpoint: they return to the
// table, and wait there for the promoter.
type parking struct {
	run        *run
	deliveries []outbox.Ref
	held       bool // because the circuit is open
}

// parker puts deliveries back into the table by group commit.
type parker struct {
	*Config

	batch *pg.Batch[parking]
}

func newParker(cfg *Config) *parker {
	p := &parker{Config: cfg}
	p.batch = pg.NewBatch(parkRows, p.parkAll)
	return p
}

// park returns when it is durable.
func (p *parker) park(ctx context.Context, one parking) error { return p.batch.Do(ctx, one) }

// parkAll puts the deliveries of a batch back.
func (p *parker) parkAll(ctx context.Context, batch []parking) error {
	var parked []outbox.Parking
	var runs []*run
	for _, one := range batch {
		for _, d := range one.deliveries {
			parked = append(parked, outbox.Parking{Ref: d, CircuitOpen: one.held})
		}
		runs = append(runs, slices.Repeat([]*run{one.run}, len(one.deliveries))...)
	}
	err := pg.InGroup(ctx, p.Pool.Pgx, func(ctx context.Context, tx *pg.Group) error {
		if err := outbox.Park(ctx, tx, parked, p.Now()); err != nil {
			return err
		}
		if jobs := ending(runs); len(jobs) > 0 { // lock order: deliveries before jobs, as everywhere
			tx.Queue(dropJobsSQL, jobs)
		}
		return nil
	})
	if err == nil {
		ended(runs)
	}
	return err
}
