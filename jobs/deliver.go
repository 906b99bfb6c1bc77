package jobs

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"

	"github.com/gofrs/uuid/v5"
	"github.com/riverqueue/river"

	"postrider/dispatch"
	"postrider/internal/globalid"
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
