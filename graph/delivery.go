package graph

import (
	"bytes"
	"context"
	"fmt"

	"postrider/dispatch"
	"postrider/domain/firing"
	"postrider/domain/macro"
	"postrider/ent/db"
	"postrider/graph/filter"
	"postrider/graph/gen"
	"postrider/internal/globalid"
	"postrider/internal/ids"
	"postrider/internal/live"
	"postrider/internal/problem"
	"postrider/internal/viewer"
	"postrider/outbox"
	"postrider/setup"
)

// explain returns a sentence with the state of a delivery and what to do about it.
func explain(ctx context.Context, d *db.Delivery) (string, error) {
	code := 0
	if d.StatusCode != nil {
		code = *d.StatusCode
	}
	replay, err := find(ctx, load(ctx).deliveries, d.SupersededBy)
	if err != nil {
		return "", err
	}
	var supersededBy outbox.State
	if replay != nil {
		supersededBy = replay.State
	}
	return outbox.Standing{
		State: d.State, Reason: outbox.Reason(text(d.Reason)), Detail: d.Detail, StatusCode: code, Attempt: d.Attempt,
		Due: d.DueAt != nil, Replay: d.ReplayOf != nil, SupersededBy: supersededBy,
	}.Sentence(), nil
}

// warn returns what is wrong with what a delivery sent last; nil for nothing. The template of a
// test that was not saved is not at hand: there the usual macro is named.
func warn(ctx context.Context, d *db.Delivery) (*string, error) {
	if d.Warning == nil {
		return nil, nil
	}
	carrier, parameter := macro.Param1, ""
	version, err := find(ctx, load(ctx).versions, d.VersionID)
	if err != nil {
		return nil, err
	}
	if version != nil {
		template, err := macro.ParseFor(version.URLTemplate, macro.Aggregated)
		if err != nil {
			return nil, fmt.Errorf("reading the template of version %d: %w", version.ID, err)
		}
		carrier, parameter = firing.ClickMacro(template)
	}
	sentence := d.Warning.Sentence(carrier, parameter)
	return &sentence, nil
}

func emptyMacros(a *db.Attempt) []string {
	names := make([]string, len(a.EmptyMacros))
	for i, name := range a.EmptyMacros {
		names[i] = string(name)
	}
	return names
}

func explainAttempt(a *db.Attempt) string {
	return dispatch.AttemptSentence(dispatch.Reason(text(a.Error)), a.Detail)
}

// aggregatedBy returns the events that a delivery reports together.
func aggregatedBy(ctx context.Context, d *db.Delivery) ([]*db.AggregatedEvent, error) {
	if d.AggregationID == nil {
		return []*db.AggregatedEvent{}, nil
	}
	return load(ctx).aggregatedBy.Load(ctx, *d.AggregationID)
}

// replay checks that the viewer sees the delivery and sends it once more.
func (r *Resolver) replay(ctx context.Context, input gen.ReplayDeliveryInput) (*db.Delivery, error) {
	id, err := factID("Delivery", "id", input.ID)
	if err != nil {
		return nil, err
	}
	d, err := r.Client.Delivery.Get(ctx, id)
	switch {
	case db.IsNotFound(err):
		return nil, problem.NotFoundAt("id", "there is no such delivery")
	case err != nil:
		return nil, fmt.Errorf("reading the delivery: %w", err)
	case d.Test:
		return nil, problem.Conflict("id", "tests cannot be replayed: fire the test again")
	}
	asSent := input.Template != nil && *input.Template == gen.ReplayTemplateSent
	made, err := r.Replayer.Replay(ctx, id, asSent)
	if err != nil {
		return nil, aboutID(err)
	}
	return r.Client.Delivery.Get(ctx, made)
}

func (r *Resolver) cancelDelivery(ctx context.Context, id string) (*db.Delivery, error) {
	key, err := factID("Delivery", "id", id)
	if err != nil {
		return nil, err
	}
	return r.Setup.CancelDelivery(ctx, key)
}

// releaseDelivery sends a delivery of the viewer's that its tracker holds up.
func (r *Resolver) releaseDelivery(ctx context.Context, id string) (*db.Delivery, error) {
	key, err := factID("Delivery", "id", id)
	if err != nil {
		return nil, err
	}
	d, err := r.Client.Delivery.Get(ctx, key)
	switch {
	case db.IsNotFound(err):
		return nil, problem.NotFound("there is no such delivery").At("id")
	case err != nil:
		return nil, fmt.Errorf("reading the delivery: %w", err)
	}
	if err := r.Replayer.Release(ctx, key); err != nil {
		return nil, aboutID(err)
	}
	act := setup.Act{Action: "release", Entity: "delivery", ID: globalid.Hex(key), Before: map[string]any{"state": d.State, "reason": d.Reason}}
	if err := r.Setup.Note(ctx, act.Of(ids.Affiliate(d.AffiliateID))); err != nil {
		return nil, err
	}
	return r.Client.Delivery.Get(ctx, key)
}

// watchDeliveries streams the viewer's deliveries that match a filter, or may have, as they change.
// With hello, an event without content comes first: from then on no change is missed.
func (r *Resolver) watchDeliveries(ctx context.Context, f *filter.Delivery, hello bool) (<-chan *gen.DeliveryEvent, error) {
	scope, err := viewer.RowScopeFrom(ctx)
	if err != nil {
		return nil, err
	}
	if err := f.Reach(ctx, r.Client); err != nil {
		return nil, err
	}
	sub := r.Config.Deliveries.Subscribe(scope.Sees, f.MayHaveMatched)
	events := make(chan *gen.DeliveryEvent)
	go func() {
		defer close(events)
		defer sub.Close()
		if hello && !send(ctx, events, &gen.DeliveryEvent{At: r.Now()}) {
			return
		}
		var newest *db.Delivery // of those that were streamed
		for {
			changed, missed, err := sub.Next(ctx)
			if err != nil {
				return
			}
			if missed && !send(ctx, events, &gen.DeliveryEvent{Resync: cursorAt(newest), Missed: countMissed(sub), At: r.Now()}) {
				return
			}
			for _, d := range changed {
				if !send(ctx, events, &gen.DeliveryEvent{Delivery: d, Matches: f.Matches(d), At: d.UpdatedAt}) {
					return
				}
				if newest == nil || bytes.Compare(d.ID[:], newest.ID[:]) > 0 {
					newest = d
				}
			}
		}
	}()
	return events, nil
}

// countMissed returns how many deliveries were missed; nil if some were not counted.
func countMissed(sub *live.Subscription[*db.Delivery]) *int {
	if count, counted := sub.Missed(); counted {
		return &count
	}
	return nil
}

// cursorAt returns the cursor of a delivery; empty for none.
func cursorAt(d *db.Delivery) *string {
	cursor := ""
	if d != nil {
		cursor = d.GlobalID()
	}
	return &cursor
}

// send sends an event to a subscriber, unless the subscriber leaves first.
func send[T any](ctx context.Context, to chan<- T, event T) bool {
	select {
	case to <- event:
		return true
	case <-ctx.Done():
		return false
	}
}
