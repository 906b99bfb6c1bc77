package intake

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/url"
	"time"

	"postrider/domain/inbound"
	"postrider/idempotency"
	"postrider/internal/pg"
	"postrider/internal/problem"
)

// receiver takes operators' calls and staff's reports.
type receiver struct {
	*recorder

	strangers *strangers
	entries   *pg.Batch[*entry]
	refused   *pg.Batch[receivedRow]
}

func newReceiver(r *recorder) *receiver {
	v := &receiver{recorder: r, strangers: newStrangers()}
	v.entries = pg.NewBatch(entryRows, r.recordAll).Overlap(overlap)
	v.refused = pg.NewBatch(batchRows, v.logRefused)
	return v
}

// receive handles an operator's call. Every call is in the inbound log, except those of
// unknown integrations over their rate limit, and a conversion is committed with its
// deliveries before the answer is given. An error means that nothing was recorded: the
// operator must call again.
func (in *receiver) receive(ctx context.Context, c inbound.Call) (Answer, error) {
	started := in.now()
	src, values, refusal, err := in.admit(ctx, &c, started)
	if err != nil {
		return Answer{}, err
	}
	if refusal == nil {
		var a Answer
		if a, err = in.receiveReport(ctx, &c, src, values, started); err != nil {
			return Answer{}, err
		}
		if a.conversion.Valid {
			return a, nil // logged in its own transaction
		}
		refusal = &a
	}
	if src != nil {
		refusal.integrationID = src.ID
	}
	if refusal.unkept {
		return *refusal, nil
	}
	row, err := newReceivedRow(src, &c, *refusal, started, in.clock().Sub(started))
	if err != nil {
		return Answer{}, err
	}
	return *refusal, in.refused.Do(ctx, row)
}

// logRefused logs calls that were refused.
func (in *receiver) logRefused(ctx context.Context, rows []receivedRow) error {
	return pg.WithPipeline(ctx, in.db, func(_ context.Context, tx *pg.Pipeline) error {
		queueReceived(tx, rows)
		return nil
	})
}

// admit finds the integration of a call and authenticates the call. It returns the refusal if
// that fails, and no integration if the key is unknown.
func (in *receiver) admit(ctx context.Context, c *inbound.Call, now time.Time) (*integration, url.Values, *Answer, error) {
	var src *integration
	var found bool
	var err error
	if inbound.Unusable(c.IntegrationKey) == "" { // otherwise no integration can have this key
		if src, found, err = in.catalog.integrations.get(ctx, in.db, c.IntegrationKey); err != nil {
			return nil, nil, nil, err
		}
	}
	refuse := func(a Answer) (*integration, url.Values, *Answer, error) { return src, nil, &a, nil }
	if !found || !src.Enabled {
		src = nil
		if wait := in.strangers.wait(c.Address, now); wait > 0 {
			a := answer(RateLimited, "")
			a.RetryAfter, a.unkept = wait, true
			return refuse(a)
		}
		return refuse(answer(UnknownIntegration, "there is no integration with the key %q", c.IntegrationKey))
	}
	if src.limiter != nil && !src.limiter.AllowN(now, 1) {
		a := answer(RateLimited, "more than %d calls per second", int(src.limiter.Limit()))
		a.RetryAfter = time.Duration(math.Ceil(1/float64(src.limiter.Limit()))) * time.Second
		return refuse(a)
	}
	if c.Truncated {
		return refuse(invalid([]*problem.Error{problem.Invalid("body", "is longer than %d bytes", inbound.MaxBody)}))
	}
	values, refused, err := src.Admit(c, now)
	switch {
	case err != nil:
		// A call that cannot be parsed is invalid, not unauthorized.
		return refuse(invalid(problem.All(err)))
	case refused != "":
		return refuse(answer(Unauthorized, "%s", refused))
	}
	return src, values, nil, nil
}

func (in *receiver) receiveReport(ctx context.Context, c *inbound.Call, src *integration, values url.Values, now time.Time) (Answer, error) {
	report, bad := inbound.Read(values)
	more, err := in.check(ctx, &report, src, now)
	if err != nil {
		return Answer{}, err
	}
	if bad = append(bad, more...); len(bad) > 0 {
		return invalid(bad), nil
	}
	if src.TestMode {
		return answer(Tested, "test mode: the call is valid, and nothing was recorded%s", noted(report)), nil
	}
	entry := &entry{integration: src, report: report, call: c, now: now}
	if err := in.entries.Do(ctx, entry); err != nil {
		return Answer{}, fmt.Errorf("recording a conversion of integration %q: %w", src.Key, err)
	}
	if entry.illegal != nil {
		return invalid([]*problem.Error{entry.illegal}), nil //nolint:nilerr // the refusal is the answer
	}
	return entry.answer(), nil
}

// check completes a report and returns the problems with it.
func (in *receiver) check(ctx context.Context, r *inbound.Report, src *integration, now time.Time) ([]*problem.Error, error) {
	var asked *inbound.Goal
	g, found, err := in.catalog.goals.get(ctx, in.db, r.Goal)
	if err != nil {
		return nil, err
	}
	if found {
		asked = &g.Goal
	}
	return r.Complete(asked, src.Currency, now), nil
}

// report records a conversion for an integration without its authentication, for staff and
// their API clients. Problems with the report are returned as one joined error of
// *problem.Error.
func (in *receiver) report(ctx context.Context, integrationKey string, r inbound.Report) (Outcome, error) {
	bad := r.Unreadable()
	if fault := inbound.Unusable(integrationKey); fault != "" {
		bad = append(bad, problem.Invalid("integration", "%s", fault))
	}
	now := in.now()
	var src *integration
	if len(bad) == 0 {
		var found bool
		var err error
		if src, found, err = in.catalog.integrations.get(ctx, in.db, integrationKey); err != nil {
			return Outcome{}, err
		}
		if !found {
			return Outcome{}, problem.NotFoundAt("integration", "there is no integration with the key %q", integrationKey)
		}
		if bad, err = in.check(ctx, &r, src, now); err != nil {
			return Outcome{}, err
		}
	}
	if len(bad) > 0 {
		joined := make([]error, len(bad))
		for i, b := range bad {
			joined[i] = b
		}
		return Outcome{}, errors.Join(joined...)
	}
	entry := &entry{integration: src, report: r, now: now, repeatable: idempotency.From(ctx)}
	if err := in.entries.Do(ctx, entry); err != nil {
		return Outcome{}, fmt.Errorf("recording a conversion of integration %q: %w", integrationKey, err)
	}
	if entry.illegal != nil {
		return Outcome{}, entry.illegal
	}
	return entry.outcome, nil
}
