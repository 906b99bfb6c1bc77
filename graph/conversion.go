package graph

import (
	"context"
	"fmt"
	"net/url"
	"slices"

	"github.com/gofrs/uuid/v5"
	"github.com/shopspring/decimal"

	"postrider/domain/commission"
	"postrider/domain/firing"
	"postrider/domain/inbound"
	"postrider/ent/db"
	"postrider/ent/db/conversionevent"
	"postrider/graph/gen"
	"postrider/intake"
	"postrider/internal/globalid"
	"postrider/internal/ids"
	"postrider/internal/problem"
	"postrider/internal/viewer"
	"postrider/setup"
)

// actor returns who makes a change: a program with a token, or staff.
func actor(v *viewer.Viewer) commission.Actor {
	if v.TokenID != 0 {
		return commission.ByAPI
	}
	return commission.ByStaff
}

func reportOf(ctx context.Context, in gen.RecordConversionInput) (inbound.Report, error) {
	report, err := readReport(ctx, map[string]*string{
		commission.ParamGoal: &in.Goal, commission.ParamClickID: in.ClickID, commission.ParamPlayerID: in.PlayerID,
		commission.ParamTransaction: in.TransactionID, commission.ParamAmount: in.Amount, commission.ParamCurrency: in.Currency,
		commission.ParamPayout: in.Payout,
	})
	set(&report.Status, in.Status)
	set(&report.OccurredAt, in.OccurredAt)
	return report, err
}

// readReport reads a report of staff or a program as an operator's call is read.
func readReport(ctx context.Context, given map[string]*string) (inbound.Report, error) {
	values := url.Values{}
	for name, v := range given {
		values.Set(name, text(v))
	}
	report, bad := inbound.Read(values)
	v := viewer.From(ctx)
	report.Actor, report.UserID = actor(v), v.UserID
	return report, problem.Join(bad)
}

// payoutDifference returns what the operator says that it pays, less the payout; nil unless both are
// there, in one currency.
func payoutDifference(c *db.Conversion) *gen.Money {
	if c.ReportedPayout == nil || c.Payout == nil || c.ReportedPayoutCurrency != c.PayoutCurrency {
		return nil
	}
	difference := c.ReportedPayout.Sub(*c.Payout)
	return money(&difference, c.PayoutCurrency)
}

func (r *Resolver) recordConversion(ctx context.Context, input gen.RecordConversionInput) (intake.Outcome, error) {
	report, err := reportOf(ctx, input)
	if err != nil {
		return intake.Outcome{}, err
	}
	return r.Intake.Report(ctx, input.Integration, report)
}

func (r *Resolver) moveConversion(ctx context.Context, input gen.UpdateConversionStatusInput) (*db.Conversion, error) {
	id, err := factID("Conversion", "id", input.ID)
	if err != nil {
		return nil, err
	}
	before, err := r.Client.Conversion.Get(ctx, id)
	if err != nil && !db.IsNotFound(err) {
		return nil, fmt.Errorf("reading the conversion: %w", err)
	}
	v := viewer.From(ctx)
	step := intake.Move{To: input.Status, Reason: text(input.Reason), Actor: actor(v), UserID: v.UserID}
	if before != nil && text(input.Amount) != "" {
		corrected, err := sum("amount", input.Amount, before.Currency)
		if err != nil {
			return nil, err
		}
		step.Amount = decimal.NewNullDecimal(corrected)
	}
	_, err = r.Intake.Move(ctx, id, step)
	if err != nil {
		return nil, aboutID(err)
	}
	after, err := r.Client.Conversion.Get(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("reading the conversion: %w", err)
	}
	now := moved(after)
	now["reason"] = text(input.Reason)
	return after, r.Setup.Note(ctx, setup.Act{Action: "update", Entity: "conversion", ID: globalid.Hex(id), Before: moved(before), After: now})
}

// moved returns the fields of a conversion that a step of its lifecycle changes.
func moved(c *db.Conversion) map[string]any {
	return map[string]any{"status": c.Status, "amount": c.Amount, "payout": c.Payout}
}

// trace returns everything that followed from a conversion: at each step, each postback that was
// considered and the rule that decided, as it was decided then.
func (r *Resolver) trace(ctx context.Context, id uuid.UUID) (*gen.ConversionTrace, error) {
	conversion, err := r.Client.Conversion.Get(ctx, id)
	if db.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the conversion: %w", err)
	}
	t := &gen.ConversionTrace{Conversion: conversion, Considered: []*gen.ConsideredPostback{}}
	if t.Click, err = find(ctx, load(ctx).clicks, conversion.ClickID); err != nil {
		return nil, err
	}
	if t.Deliveries, err = load(ctx).deliveriesOfConversion.Load(ctx, id); err != nil {
		return nil, err
	}
	events, err := r.Client.ConversionEvent.Query().Where(conversionevent.ConversionID(id)).Order(db.Asc(conversionevent.FieldID)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the conversion's events: %w", err)
	}
	for _, event := range events {
		if err := r.traceEvent(ctx, t, event); err != nil {
			return nil, err
		}
	}
	return t, nil
}

func (r *Resolver) traceEvent(ctx context.Context, t *gen.ConversionTrace, event *db.ConversionEvent) error {
	considered := make([]int64, len(event.Considered))
	for i, d := range event.Considered {
		considered[i] = int64(d.PostbackID)
	}
	postbacks, err := load(ctx).postbacks.LoadAll(ctx, considered)
	if err != nil {
		return fmt.Errorf("reading the postbacks that were considered: %w", err)
	}
	for i, d := range event.Considered {
		into, err := aggregatedInto(ctx, event, d)
		if err != nil {
			return err
		}
		t.Considered = append(t.Considered, &gen.ConsideredPostback{
			Postback: postbacks[i], Event: event, Fired: d.Fired, Rule: string(d.Rule), Reason: d.Reason, AggregatedInto: into,
		})
	}
	return nil
}

// aggregatedInto returns the delivery into which a postback aggregated a step of a conversion: of
// its windows for that status, the newest that existed by then. It is nil if the step was not
// aggregated.
func aggregatedInto(ctx context.Context, event *db.ConversionEvent, decision firing.Decision) (*db.Delivery, error) {
	if !decision.Fired {
		return nil, nil
	}
	rows, err := load(ctx).aggregatedOfConversion.Load(ctx, event.ConversionID)
	if err != nil {
		return nil, fmt.Errorf("reading what aggregated conversion %s: %w", event.ConversionID, err)
	}
	var into *db.Delivery
	for _, g := range rows {
		d, err := find(ctx, load(ctx).deliveries, &g.AggregationID)
		if err != nil {
			return nil, fmt.Errorf("reading what aggregated conversion %s: %w", event.ConversionID, err)
		}
		if d != nil && d.PostbackID != nil && ids.Postback(*d.PostbackID) == decision.PostbackID && d.Status == event.Status && !d.CreatedAt.After(event.ReceivedAt) {
			into = d
		}
	}
	return into, nil
}

// reversed reports whether a conversion was cancelled after its approval. Only those
// that are cancelled have their steps read.
func reversed(ctx context.Context, c *db.Conversion) (bool, error) {
	if c.Status != commission.Cancelled {
		return false, nil
	}
	steps, err := load(ctx).eventsOfConversion.Load(ctx, c.ID)
	return slices.ContainsFunc(steps, func(s *db.ConversionEvent) bool {
		return s.Status == commission.Cancelled && s.PreviousStatus != nil && *s.PreviousStatus == commission.Approved
	}), err
}
