package graph

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/gofrs/uuid/v5"

	"postrider/backoffice"
	"postrider/domain/commission"
	"postrider/domain/tracking"
	"postrider/ent/db"
	"postrider/ent/db/click"
	"postrider/ent/db/conversion"
	"postrider/ent/db/integration"
	"postrider/ent/db/offer"
	"postrider/graph/gen"
	"postrider/intake"
	"postrider/internal/globalid"
	"postrider/internal/problem"
	"postrider/internal/viewer"
	"postrider/setup"
)

func (r *Resolver) proposals(ctx context.Context, c *db.Conversion) ([]*backoffice.Proposal, error) {
	list := []*backoffice.Proposal{}
	if c.AffiliateID != nil {
		return list, nil
	}
	found, err := load(ctx).proposals.Load(ctx, c.ID)
	for i := range found {
		list = append(list, &found[i])
	}
	return list, err
}

func (r *Resolver) attribute(ctx context.Context, in gen.AttributeConversionInput) (*db.Conversion, error) {
	id, err1 := factID("Conversion", "conversionId", in.ConversionID)
	clickID, err2 := factID("Click", "clickId", in.ClickID)
	if err := errors.Join(err1, err2); err != nil {
		return nil, err
	}
	v := viewer.From(ctx)
	reason := text(in.Reason)
	if reason == "" {
		reason = "attributed manually"
	}
	if err := r.Intake.Assign(ctx, id, intake.Assignment{ClickID: clickID, Reason: reason, Actor: actor(v), UserID: v.UserID}); err != nil {
		return nil, err
	}
	err := r.Setup.Note(ctx, setup.Act{Action: "attribute", Entity: "conversion", ID: globalid.Hex(id), After: map[string]any{"clickId": globalid.Hex(clickID), "reason": reason}})
	if err != nil {
		return nil, err
	}
	return r.Client.Conversion.Get(ctx, id)
}

// maxByRule is the maximum number of conversions that one call reads.
const maxByRule = 500

func (r *Resolver) attributeByRule(ctx context.Context, in gen.AttributeByRuleInput) (*gen.AttributeByRulePayload, error) {
	payload := &gen.AttributeByRulePayload{}
	q := r.Client.Conversion.Query().Where(conversion.AffiliateIDIsNil())
	if in.IntegrationIds != nil {
		var integrations []int64
		for _, id := range in.IntegrationIds {
			key, err := intID("Integration", "integrationIds", id)
			if err != nil {
				return payload, err
			}
			integrations = append(integrations, key)
		}
		q.Where(conversion.IntegrationIDIn(integrations...))
	}
	rows, err := q.Order(db.Desc(conversion.FieldID)).Limit(maxByRule).All(ctx)
	if err != nil {
		return payload, fmt.Errorf("reading unattributed conversions: %w", err)
	}
	ids := make([]uuid.UUID, len(rows))
	for i, c := range rows {
		ids[i] = c.ID
	}
	v := viewer.From(ctx)
	dry := in.DryRun != nil && *in.DryRun
	payload.Considered = len(ids)
	payload.Count, err = r.office().AssignByRule(ctx, ids, in.Kinds, dry, intake.Assignment{Actor: actor(v), UserID: v.UserID})
	if err != nil || dry || payload.Count == 0 {
		return payload, err
	}
	return payload, r.Setup.Note(ctx, setup.Act{Action: "attribute_by_rule", Entity: "conversion", After: map[string]any{"kinds": in.Kinds, "count": payload.Count}})
}

func (r *Resolver) fireManually(ctx context.Context, in gen.FireManualConversionInput) (*gen.FireManualConversionPayload, error) {
	payload := &gen.FireManualConversionPayload{}
	found, err := r.findClick(ctx, in.Click)
	if err != nil {
		return payload, err
	}
	from, err := r.integrationFor(ctx, found, in.IntegrationID)
	if err != nil {
		return payload, err
	}
	click := globalid.Hex(found.ID)
	report, err := readReport(ctx, map[string]*string{
		commission.ParamGoal: &in.Goal, commission.ParamClickID: &click, commission.ParamTransaction: in.TransactionID,
		commission.ParamAmount: in.Amount, commission.ParamCurrency: in.Currency,
	})
	if err != nil {
		return payload, err
	}
	report.Reason = "fired manually"
	set(&report.Status, in.Status)
	out, err := r.Intake.Report(ctx, from.Key, report)
	if err != nil {
		return payload, err
	}
	result := gen.RecordResult(strings.ToUpper(string(out.Result)))
	payload.Result = &result
	if payload.Conversion, err = r.Client.Conversion.Get(ctx, out.ConversionID); err != nil {
		return payload, err
	}
	return payload, r.Setup.Note(ctx, setup.Act{
		Action: "fire", Entity: "conversion", ID: globalid.Hex(out.ConversionID),
		After: map[string]any{"click": in.Click, "goal": in.Goal, "result": out.Result},
	})
}

// findClick finds a click by its id, or the newest one by a param.
func (r *Resolver) findClick(ctx context.Context, words string) (*db.Click, error) {
	none := problem.NotFoundAt("click", "there is no click with this id, param_1, param_2 or param_3")
	words = strings.TrimSpace(words)
	if words == "" {
		return nil, none
	}
	q := r.Client.Click.Query()
	if id, err := tracking.ParseClickID(words); err == nil {
		q.Where(click.ID(uuid.UUID(id)))
	} else {
		q.Where(click.Or(click.Param1(words), click.Param2(words), click.Param3(words)))
	}
	found, err := q.Order(db.Desc(click.FieldID)).First(ctx)
	if db.IsNotFound(err) {
		return nil, none
	}
	if err != nil {
		return nil, fmt.Errorf("finding the click: %w", err)
	}
	return found, nil
}

// integrationFor returns the integration through which a click's conversions are reported.
func (r *Resolver) integrationFor(ctx context.Context, c *db.Click, named *string) (*db.Integration, error) {
	id, err := optionalInt("Integration", "integrationId", named)
	if err != nil {
		return nil, err
	}
	if id != 0 {
		s, err := r.Client.Integration.Get(ctx, id)
		if db.IsNotFound(err) {
			return nil, problem.NotFoundAt("integrationId", "there is no such integration")
		}
		return s, err
	}
	o, err := r.Client.Offer.Get(ctx, c.OfferID)
	if err != nil {
		return nil, fmt.Errorf("reading the click's offer: %w", err)
	}
	offers, err := r.Client.Offer.Query().Where(offer.Operator(o.Operator)).IDs(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the operator's offers: %w", err)
	}
	integrations, err := r.Client.Integration.Query().Where(integration.OfferIDIn(offers...)).Order(db.Asc(integration.FieldID)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the operator's integrations: %w", err)
	}
	for _, s := range integrations {
		if s.OfferID == o.ID {
			return s, nil
		}
	}
	if len(integrations) == 0 {
		return nil, problem.Invalid("integrationId", "%s has no integration yet: create one first", o.Operator)
	}
	return integrations[0], nil
}

func (r *Resolver) importStatuses(ctx context.Context, in gen.ImportStatusChangesInput) (*gen.ImportStatusChangesPayload, error) {
	v := viewer.From(ctx)
	dry := in.DryRun != nil && *in.DryRun
	payload := &gen.ImportStatusChangesPayload{Lines: []*gen.StatusChangeLine{}}
	lines, err := r.office().ImportStatuses(ctx, in.CSV, dry, intake.Move{Actor: actor(v), UserID: v.UserID})
	if err != nil {
		return payload, err
	}
	var ids []uuid.UUID
	for _, l := range lines {
		if l.ConversionID != uuid.Nil {
			ids = append(ids, l.ConversionID)
		}
	}
	rows, err := r.Client.Conversion.Query().Where(conversion.IDIn(ids...)).All(ctx)
	if err != nil {
		return payload, fmt.Errorf("reading the conversions of a file: %w", err)
	}
	known := make(map[uuid.UUID]*db.Conversion, len(rows))
	for _, c := range rows {
		known[c.ID] = c
	}
	for _, l := range lines {
		payload.Lines = append(payload.Lines, &gen.StatusChangeLine{
			Line: l.Line, Key: l.Key, Conversion: known[l.ConversionID], From: statusOrNull(l.From), To: statusOrNull(l.To),
			Outcome: string(l.Outcome), Message: l.Message,
		})
		if l.Outcome == backoffice.LineChange {
			payload.Changed++
		}
	}
	if dry || payload.Changed == 0 {
		return payload, nil
	}
	return payload, r.Setup.Note(ctx, setup.Act{Action: "import", Entity: "conversion", After: map[string]any{"lines": len(lines), "changed": payload.Changed}})
}

func statusOrNull(s commission.Status) *commission.Status {
	if s == "" {
		return nil
	}
	return &s
}
