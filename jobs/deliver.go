package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime/debug"

	"github.com/gofrs/uuid/v5"
	"github.com/riverqueue/river"
	"golang.org/x/sync/errgroup"

	"postrider/dispatch"
	"postrider/internal/globalid"
	"postrider/outbox"
)

// deliverer is River's worker.
type deliverer struct {
	river.WorkerDefaults[DeliverArgs]

	engine *Engine
}

// Work makes one attempt of each delivery of a job. It returns an error only where
// the database failed: River then runs the job again, which takes back what the
// first run had claimed.
func (d *deliverer) Work(ctx context.Context, job *river.Job[DeliverArgs]) error {
	e, all := d.engine, job.Args.Deliveries
	r := newRun(job.ID, len(all))
	if e.Hold() {
		return e.keepBack(ctx, job, r, all)
	}
	var working errgroup.Group
	for i, q := range all {
		room, a := e.enter(ctx, job.Args)
		if a == admitted && i > 0 && !e.handover.isOpen() {
			room.giveBack()
			a = full
		}
		if a != admitted {
			// The others would find no place either: it is the same endpoint.
			e.metrics.parked(a, len(all)-i)
			working.Go(func() error { return e.parks.Do(ctx, parking{run: r, deliveries: all[i:], held: a == held}) })
			break
		}
		working.Go(func() error { return caught(func() error { return e.turn(ctx, job, r, q, room) }) })
	}
	return working.Wait()
}

// enter asks for a place at the endpoint of a job, and for a slot, which it waits
// for.
func (e *Engine) enter(ctx context.Context, args DeliverArgs) (room, admission) {
	p, a := e.endpoints.enter(ctx, args)
	if a != admitted {
		return room{}, a
	}
	r := e.newRoom(p)
	select {
	case e.slots <- struct{}{}:
		return r, admitted
	case <-ctx.Done():
		r.leave()
		return room{}, full
	}
}

// turn makes one attempt of one delivery.
func (e *Engine) turn(ctx context.Context, job *river.Job[DeliverArgs], r *run, q outbox.Ref, room room) error {
	defer room.giveBack()
	if job.Args.Promoted && e.member.leads() {
		defer e.Wake() // a place comes free, and only the promoter can give it to another
	}
	c, err := e.claim(ctx, q)
	if errors.Is(err, errOnHold) {
		return e.keepBack(ctx, job, r, []outbox.Ref{q})
	}
	if err != nil {
		return err
	}
	if c == nil || c.stopped() {
		if job.Args.Probe {
			if err := e.circuits.lost(ctx, job.Args.Endpoint); err != nil {
				return err
			}
		}
		return e.unsent(ctx, c, job, r, q)
	}
	c.run = r
	return e.send(ctx, c, job.Args, room)
}

// keepBack puts deliveries of a job back into the table, since nothing may leave.
func (e *Engine) keepBack(ctx context.Context, job *river.Job[DeliverArgs], r *run, deliveries []outbox.Ref) error {
	if job.Args.Probe {
		if err := e.circuits.lost(ctx, job.Args.Endpoint); err != nil {
			return err
		}
	}
	if job.Attempt > 1 {
		// The job ran before and failed: it may have left claims behind.
		for _, q := range deliveries {
			if err := e.retake(ctx, q); err != nil {
				return err
			}
		}
	}
	e.metrics.parked(onHold, len(deliveries))
	return e.parks.Do(ctx, parking{run: r, deliveries: deliveries})
}

// caught makes an error of a panic, as River does with those of its own goroutine.
func caught(do func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return do()
}

// unsent ends what nothing is sent of: the delivery has moved on, or its postback
// was held or deleted.
func (e *Engine) unsent(ctx context.Context, c *claim, job *river.Job[DeliverArgs], r *run, q outbox.Ref) error {
	if c != nil {
		c.run = r
		return e.writer.write(ctx, c.stop(e.Now()))
	}
	if job.Attempt > 1 {
		// The job ran before and failed: it may have left its claim behind.
		if err := e.retake(ctx, q); err != nil {
			return err
		}
	}
	ended([]*run{r})
	return nil
}

// send makes the attempt of a claim, and gives its room back before it writes down
// what came of it.
func (e *Engine) send(ctx context.Context, c *claim, args DeliverArgs, r room) error {
	result, err := e.attempt(ctx, c)
	if err != nil {
		return err
	}
	r.free()
	err = e.learn(ctx, args, result)
	r.leave()
	if err := errors.Join(err, e.writer.write(ctx, result)); err != nil {
		return fmt.Errorf("writing attempt %d of delivery %s down: %w", c.Number, c.ID, err)
	}
	e.logAttempt(ctx, c, result)
	return nil
}

// learn tells the endpoint's cap and circuit what came of an exchange.
func (e *Engine) learn(ctx context.Context, args DeliverArgs, r result) error {
	reason := r.Outcome.AttemptReason
	if !reason.OfEndpoint() {
		if args.Probe {
			return e.circuits.lost(ctx, args.Endpoint)
		}
		return nil
	}
	// A probe is always told of: this process may not know yet that it was one.
	if tell := e.endpoints.learned(args.Endpoint, reason, r.Exchange.Duration); !tell && !args.Probe {
		return nil
	}
	local, most := e.endpoints.circuit(args.Endpoint)
	after, err := e.circuits.tell(ctx, told{endpoint: args.Endpoint, reason: reason, probe: args.Probe, local: local, most: most})
	if err != nil {
		// The result itself is not lost for that: the next one tells again.
		e.Log.ErrorContext(ctx, "keeping a circuit", "endpoint", args.Endpoint, "error", err)
		return nil
	}
	if after.State != local.State {
		e.Log.WarnContext(ctx, "circuit", "endpoint", args.Endpoint, "state", after.State, "because", after.Because, "probe_at", after.ProbeAt)
		e.metrics.circuit(after.State)
	}
	e.endpoints.setCircuit(args.Endpoint, after)
	return nil
}

// attempt expands, sends and judges.
func (e *Engine) attempt(ctx context.Context, c *claim) (result, error) {
	v, err := e.versions.get(ctx, e.Pool.Pgx, c.VersionID)
	if err != nil {
		return result{}, err
	}
	exchange := e.Client.Send(ctx, dispatch.Request{
		Method: v.method, URL: v.template.Expand(c.values), DeliveryID: globalid.Hex(c.ID), Attempt: c.Number,
		SigningSecret: v.secret, OldSecret: v.oldSecret(e.Now()),
	})
	outcome := dispatch.Judge(exchange, dispatch.Terms{
		Attempt: c.Number, Rule: v.rule, Schedule: e.Schedule, Random: rand.Float64(), //nolint:gosec // jitter
	})
	id, err := uuid.NewV7AtTime(exchange.StartedAt)
	if err != nil {
		return result{}, fmt.Errorf("making an id: %w", err)
	}
	return result{c.End(id, exchange, outcome, e.Now()), c}, nil
}

// logAttempt writes the one line of an attempt. The URL's query stays out: it
// may carry a tracker's secret.
func (e *Engine) logAttempt(ctx context.Context, c *claim, r result) {
	level := slog.LevelInfo
	if r.Outcome.State != dispatch.Delivered {
		level = slog.LevelWarn
	}
	attrs := []slog.Attr{
		slog.String("delivery", globalid.Hex(c.ID)), slog.Int("attempt", c.Number), slog.Int64("affiliate", c.AffiliateID),
		slog.Int64("postback", c.PostbackID), slog.String("goal", c.Goal), slog.String("endpoint", c.Endpoint),
		slog.String("state", string(r.Outcome.State)), slog.String("reason", string(r.Outcome.AttemptReason)),
		slog.Int("status", r.Exchange.StatusCode), slog.Duration("took", r.Exchange.Duration),
		slog.Duration("since_recorded", r.At.Sub(c.CreatedAt)),
	}
	if !r.Outcome.RetryAt.IsZero() {
		attrs = append(attrs, slog.Time("next", r.Outcome.RetryAt))
	}
	e.Log.LogAttrs(ctx, level, "attempt", attrs...)
	e.metrics.attempt(r)
}
