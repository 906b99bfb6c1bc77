package jobs

import (
	"context"
	"errors"

	"github.com/riverqueue/river"
	"golang.org/x/sync/errgroup"

	"postrider/outbox"
)

// deliverer is River's worker.
type deliverer struct {
	river.WorkerDefaults[DeliverArgs]
	*Config

	gate     *gate
	claims   *claims
	sender   *sender
	writer   *writer
	parker   *parker
	sweeper  *sweeper
	circuits *circuits
	member   *membership
	handover *handover
	metrics  *metrics
	wake     chan<- struct{} // wakes the promoter
}

// Work makes one attempt of each delivery of a job. It returns an error only where the
// database failed: River then retries the job, which takes back what the first run had
// claimed.
func (d *deliverer) Work(ctx context.Context, job *river.Job[DeliverArgs]) error {
	all := job.Args.Deliveries
	r := newRun(job.ID, len(all))
	if d.Hold() {
		return d.keepBack(ctx, job, r, all)
	}
	var working errgroup.Group
	for i, q := range all {
		g, a := d.gate.acquire(ctx, job.Args)
		if a == admitted && i > 0 && !d.handover.isOpen() {
			g.release()
			a = full
		}
		if a != admitted {
			// The others would get no permit either: they share the endpoint.
			d.metrics.parked(a, len(all)-i)
			working.Go(func() error { return d.parker.park(ctx, parking{run: r, deliveries: all[i:], held: a == held}) })
			break
		}
		working.Go(func() error { return caught(func() error { return d.turn(ctx, job, r, q, g) }) })
	}
	return working.Wait()
}

// turn makes one attempt of one delivery.
func (d *deliverer) turn(ctx context.Context, job *river.Job[DeliverArgs], r *run, q outbox.Ref, g grant) error {
	defer g.release()
	if job.Args.Promoted && d.member.leads() {
		defer signal(d.wake) // a permit is released, and only the promoter can give it to another
	}
	c, err := d.claims.take(ctx, q)
	if errors.Is(err, errOnHold) {
		return d.keepBack(ctx, job, r, []outbox.Ref{q})
	}
	if err != nil {
		return err
	}
	if c == nil || c.stopped() {
		if job.Args.Probe {
			if err := d.circuits.lost(ctx, job.Args.Endpoint); err != nil {
				return err
			}
		}
		return d.unsent(ctx, c, job, r, q)
	}
	c.run = r
	return d.sender.send(ctx, c, job.Args, g)
}

// keepBack puts a job's deliveries back into the table: the installation is on hold.
func (d *deliverer) keepBack(ctx context.Context, job *river.Job[DeliverArgs], r *run, deliveries []outbox.Ref) error {
	if job.Args.Probe {
		if err := d.circuits.lost(ctx, job.Args.Endpoint); err != nil {
			return err
		}
	}
	if job.Attempt > 1 {
		// The job ran before and failed: it may have left claims behind.
		for _, q := range deliveries {
			if err := d.sweeper.retake(ctx, q); err != nil {
				return err
			}
		}
	}
	d.metrics.parked(onHold, len(deliveries))
	return d.parker.park(ctx, parking{run: r, deliveries: deliveries})
}

// unsent finishes a delivery that is not sent: it has moved on, or its postback was held or
// deleted.
func (d *deliverer) unsent(ctx context.Context, c *claim, job *river.Job[DeliverArgs], r *run, q outbox.Ref) error {
	if c != nil {
		c.run = r
		return d.writer.write(ctx, stopped(c, d.Now()))
	}
	if job.Attempt > 1 {
		// The job ran before and failed: it may have left its claim behind.
		if err := d.sweeper.retake(ctx, q); err != nil {
			return err
		}
	}
	ended([]*run{r})
	return nil
}
