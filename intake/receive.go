package intake

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"net/http"
	"slices"
	"time"

	"github.com/gofrs/uuid/v5"

	"postrider/domain/commission"
	"postrider/domain/inbound"
	"postrider/idempotency"
	"postrider/internal/ids"
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
// deliveries before the answer is given. Of a list every event is, each by itself and in order.
// An error means that not all was recorded: the operator must call again.
func (in *receiver) receive(ctx context.Context, c inbound.Call) (Answer, error) {
	started := in.now()
	src, admitted, refusal, err := in.admit(ctx, &c, started)
	if err != nil {
		return Answer{}, err
	}
	if refusal != nil {
		return *refusal, in.logRefusal(ctx, src, &c, refusal, started)
	}
	if !admitted.List {
		return in.receiveEvent(ctx, src, &admitted.Events[0], started)
	}
	all := Answer{StatusCode: http.StatusOK, Results: make([]Answer, len(admitted.Events))}
	for i := range admitted.Events {
		if all.Results[i], err = in.receiveEvent(ctx, src, &admitted.Events[i], in.now()); err != nil {
			return Answer{}, err
		}
	}
	return all, nil
}

// receiveEvent takes one event of a call, and logs it.
func (in *receiver) receiveEvent(ctx context.Context, src *integration, e *inbound.Event, now time.Time) (Answer, error) {
	a, err := in.receiveReport(ctx, src, e, now)
	if err != nil || a.logged {
		return a, err
	}
	a.notes = append(slices.Clone(e.Notes), a.notes...)
	a.click = e.Values.Get(commission.ParamClickID)
	return a, in.logRefusal(ctx, src, e.Call, &a, now)
}

// logRefusal logs a call of which nothing was recorded.
func (in *receiver) logRefusal(ctx context.Context, src *integration, c *inbound.Call, a *Answer, started time.Time) error {
	if src != nil {
		a.integrationID = src.ID
	}
	if a.unkept {
		return nil
	}
	row, err := newReceivedRow(src, c, *a, started, in.clock().Sub(started))
	if err != nil {
		return err
	}
	return in.refused.Do(ctx, row)
}

// logRefused logs calls that were refused.
func (in *receiver) logRefused(ctx context.Context, rows []receivedRow) error {
	return pg.WithPipeline(ctx, in.db, func(ctx context.Context, tx *pg.Pipeline) error {
		named := make([]string, len(rows))
		for i, r := range rows {
			named[i] = r.answer.click
		}
		whose, err := affiliatesOf(ctx, tx, named)
		if err != nil {
			return err
		}
		for i := range rows {
			rows[i].answer.affiliate = whose[i]
		}
		queueReceived(tx, rows)
		return nil
	})
}

// affiliatesOf returns whose clicks these are, for calls that are not attributed; zero for what is none.
func affiliatesOf(ctx context.Context, tx *pg.Pipeline, clickIDs []string) ([]ids.Affiliate, error) {
	named := map[uuid.UUID]bool{}
	for _, text := range clickIDs {
		if id, ok := ClickUUID(text); ok {
			named[id] = true
		}
	}
	clicks, err := loadClicks(ctx, tx, named, "")
	if err != nil {
		return nil, err
	}
	whose := make([]ids.Affiliate, len(clickIDs))
	for i, text := range clickIDs {
		if id, _ := ClickUUID(text); clicks[id] != nil {
			whose[i] = clicks[id].AffiliateID
		}
	}
	return whose, nil
}

// admit finds the integration of a call and authenticates the call. It returns the refusal if
// that fails, and no integration if the key is unknown.
func (in *receiver) admit(ctx context.Context, c *inbound.Call, now time.Time) (*integration, *inbound.Admission, *Answer, error) {
	src, err := in.integrationOf(ctx, c)
	if err != nil {
		return nil, nil, nil, err
	}
	refuse := func(a Answer) (*integration, *inbound.Admission, *Answer, error) { return src, nil, &a, nil }
	if src == nil {
		if wait := in.strangers.wait(c.Address, now); wait > 0 {
			a := answer(RateLimited, inbound.RateLimited, "")
			a.RetryAfter, a.unkept = wait, true
			return refuse(a)
		}
		return refuse(answer(UnknownIntegration, inbound.BadAddress, "there is no integration with the key %q", inbound.MaskKey(c.IntegrationKey)))
	}
	if limited := src.limited(now); limited != nil {
		return refuse(*limited)
	}
	look, err := c.Look()
	switch {
	case err != nil:
		return refuse(invalid(problem.All(err)))
	case look:
		a := answer(Tested, "", "%s changes nothing: the call was not read", c.Method)
		a.StatusCode = http.StatusNoContent
		return refuse(a)
	}
	admitted, err := src.Admit(c, now)
	if err != nil {
		a := invalid(problem.All(err)) // it cannot be parsed: invalid, not unauthorized
		a.notes = c.Notes
		return refuse(a)
	}
	if admitted.Refused != "" {
		a := answer(Unauthorized, admitted.Cause, "%s", admitted.Refused)
		a.notes = admitted.Events[0].Notes
		return refuse(a)
	}
	src.countRest(len(admitted.Events), now)
	return src, &admitted, nil, nil
}

// integrationOf returns the integration of a call; nil if there is none, or it is disabled.
func (in *receiver) integrationOf(ctx context.Context, c *inbound.Call) (*integration, error) {
	if inbound.Unusable(c.IntegrationKey) != "" { // no integration can have this key
		return nil, nil
	}
	src, found, err := in.catalog.integrations.get(ctx, in.db, c.IntegrationKey)
	if err != nil || !found || !src.Enabled {
		return nil, err
	}
	return src, nil
}

// limited counts a call against the rate of an integration, and returns the refusal if there are
// too many.
func (s *integration) limited(now time.Time) *Answer {
	if s.limiter == nil || s.limiter.AllowN(now, 1) {
		return nil
	}
	a := answer(RateLimited, inbound.RateLimited, "more than %d calls per second", int(s.limiter.Limit()))
	a.RetryAfter = time.Duration(math.Ceil(1/float64(s.limiter.Limit()))) * time.Second
	return &a
}

// countRest counts the events of a list after the first one: the list is taken, and the calls after it
// wait.
func (s *integration) countRest(events int, now time.Time) {
	if s.limiter == nil {
		return
	}
	for rest := events - 1; rest > 0; rest -= s.limiter.Burst() {
		s.limiter.ReserveN(now, min(rest, s.limiter.Burst()))
	}
}

func (in *receiver) receiveReport(ctx context.Context, src *integration, e *inbound.Event, now time.Time) (Answer, error) {
	if len(e.Bad) > 0 {
		return invalid(e.Bad), nil
	}
	report, bad := inbound.Read(e.Values)
	more, err := in.check(ctx, &report, src, now)
	if err != nil {
		return Answer{}, err
	}
	if bad = append(bad, more...); len(bad) > 0 {
		a := invalid(e.Nearest(bad))
		a.cause, a.notes = cmp.Or(report.Cause, a.cause), report.Notes
		return a, nil
	}
	if src.TestMode || report.Test {
		why := "test mode"
		if report.Test {
			why = "the call says that it is a test"
		}
		a := answer(Tested, report.Unmapped(), "%s: the call is valid, and nothing was recorded%s", why, unmappedIn(report))
		a.notes = report.Notes
		return a, nil
	}
	entry := &entry{integration: src, report: report, call: e.Call, notes: append(slices.Clone(e.Notes), report.Notes...), now: now}
	if err := in.entries.Do(ctx, entry); err != nil {
		return Answer{}, fmt.Errorf("recording a conversion of integration %q: %w", src.Key, err)
	}
	if entry.illegal != nil {
		a := invalid([]*problem.Error{entry.illegal})
		a.notes = report.Notes
		return a, nil //nolint:nilerr // the refusal is the answer
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
	bad := r.Complete(asked, src.Words, src.Currency, now)
	// A word that nobody has mapped is kept and shown, and a secret is neither.
	if shown := src.MaskWord(r.Goal); r.UnknownGoal && shown != r.Goal {
		bad = append(bad, problem.Invalid(commission.ParamGoal, "%q is not in the event dictionary", shown))
	}
	if shown := src.MaskWord(r.UnknownStatus); shown != r.UnknownStatus {
		bad = append(bad, problem.Invalid(commission.ParamStatus, "%q is no status: pending, approved, rejected or cancelled", shown))
	}
	return bad, nil
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
		return Outcome{}, problem.Join(bad)
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
