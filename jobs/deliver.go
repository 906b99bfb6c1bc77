package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"postrider/dispatch"
	"postrider/internal/globalid"
	"postrider/macro"
)

// deliverer is River's worker for one attempt.
type deliverer struct {
	river.WorkerDefaults[DeliverArgs]

	engine *Engine
}

// Work makes one attempt. It returns an error only where the database failed:
// River then runs the job again, which takes back what the first run had claimed.
func (d *deliverer) Work(ctx context.Context, job *river.Job[DeliverArgs]) error {
	e := d.engine
	select {
	case e.slots <- struct{}{}:
		defer func() { <-e.slots }()
	case <-ctx.Done():
		return ctx.Err()
	}
	c, err := e.claim(ctx, job.Args)
	if err != nil {
		return err
	}
	if c == nil && job.Attempt > 1 {
		// The job ran before and failed: it may have left its claim behind.
		return e.retake(ctx, job.Args)
	}
	if c == nil {
		return nil
	}
	if c.stopped != "" {
		return e.writer.write(ctx, c.stop(e.Now()))
	}
	result, err := e.attempt(ctx, c)
	if err != nil {
		return err
	}
	if err := e.writer.write(ctx, result); err != nil {
		return fmt.Errorf("writing attempt %d of delivery %s down: %w", c.number, c.id, err)
	}
	e.logAttempt(ctx, c, result)
	return nil
}

// claim is a delivery that this process has taken for one attempt.
type claim struct {
	id          uuid.UUID
	affiliateID int64
	postbackID  int64
	versionID   int64
	number      int // of this attempt, from 1
	values      *macro.Values
	endpoint    string
	goal        string
	createdAt   time.Time
	stopped     dispatch.State // held or cancelled since it was queued; empty to go on
}

// claim takes a delivery by compare-and-set on its attempt number; nil where it
// has moved on.
func (e *Engine) claim(ctx context.Context, args DeliverArgs) (*claim, error) {
	c := claim{id: args.DeliveryID}
	var held, deleted bool
	var macros []byte
	err := e.Pool.Pgx.QueryRow(ctx, claimSQL, args.DeliveryID, args.Attempt, e.Now().UTC()).
		Scan(&c.affiliateID, &c.postbackID, &c.versionID, &c.number, &c.endpoint, &c.goal, &c.createdAt, &held, &deleted, &macros)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("claiming delivery %s: %w", args.DeliveryID, err)
	}
	if c.values, err = readValues(c.id, macros); err != nil {
		return nil, err
	}
	switch {
	case deleted:
		c.stopped = dispatch.Cancelled
	case held:
		c.stopped = dispatch.Held
	}
	return &c, nil
}

// readValues reads what the macros of a delivery say, as they were kept with its
// event.
func readValues(deliveryID uuid.UUID, macros []byte) (*macro.Values, error) {
	said := map[macro.Name]string{}
	if err := json.Unmarshal(macros, &said); err != nil {
		return nil, fmt.Errorf("reading the macros of delivery %s: %w", deliveryID, err)
	}
	values := &macro.Values{}
	for name, value := range said {
		values.Set(name, value)
	}
	values.Set(macro.DeliveryID, globalid.Hex(deliveryID))
	return values, nil
}

// stop gives a claim back unspent: its postback was held or deleted meanwhile.
func (c *claim) stop(now time.Time) result {
	reason := dispatch.PostbackHeld
	if c.stopped == dispatch.Cancelled {
		reason = dispatch.PostbackDeleted
	}
	return result{claim: c, outcome: dispatch.Outcome{State: c.stopped, Reason: reason}, at: now, unspent: true}
}

// attempt expands, sends and judges.
func (e *Engine) attempt(ctx context.Context, c *claim) (result, error) {
	v, err := e.versions.get(ctx, e.Pool.Pgx, c.versionID)
	if err != nil {
		return result{}, err
	}
	exchange := e.Client.Send(ctx, dispatch.Request{
		Method: v.method, URL: v.template.Expand(c.values), DeliveryID: globalid.Hex(c.id), Attempt: c.number, SigningSecret: v.secret,
	})
	outcome := dispatch.Judge(exchange, dispatch.Terms{
		Attempt: c.number, Rule: v.rule, Schedule: e.Schedule, Random: rand.Float64(), //nolint:gosec // jitter
	})
	id, err := uuid.NewV7AtTime(exchange.StartedAt)
	if err != nil {
		return result{}, fmt.Errorf("making an id: %w", err)
	}
	return result{claim: c, attemptID: id, exchange: exchange, outcome: outcome, at: e.Now()}, nil
}

// logAttempt writes the one line of an attempt. The URL's query stays out: it
// may carry a tracker's secret.
func (e *Engine) logAttempt(ctx context.Context, c *claim, r result) {
	level := slog.LevelInfo
	if r.outcome.State != dispatch.Delivered {
		level = slog.LevelWarn
	}
	e.Log.LogAttrs(ctx, level, "attempt",
		slog.String("delivery", globalid.Hex(c.id)), slog.Int("attempt", c.number), slog.Int64("affiliate", c.affiliateID),
		slog.Int64("postback", c.postbackID), slog.String("goal", c.goal), slog.String("endpoint", c.endpoint),
		slog.String("state", string(r.outcome.State)), slog.String("reason", string(r.outcome.AttemptReason)),
		slog.Int("status", r.exchange.StatusCode), slog.Duration("took", r.exchange.Duration),
		slog.Duration("since_recorded", r.at.Sub(c.createdAt)), slog.Time("next", r.outcome.RetryAt))
	e.metrics.attempt(r)
}
