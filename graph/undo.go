package graph

import (
	"context"
	"fmt"

	"postrider/domain/commission"
	"postrider/ent/db"
	"postrider/graph/gen"
	"postrider/intake"
	"postrider/internal/globalid"
	"postrider/internal/viewer"
	"postrider/setup"
)

// undoable reports whether a conversion was attributed by staff, and not undone since.
func undoable(c *db.Conversion) bool {
	return c.AttributedBy == intake.AttributedByStaff && c.UndoneAt == nil && c.Origin != string(commission.ByPostrider)
}

func (r *Resolver) undoAttribution(ctx context.Context, in gen.UndoAttributionInput) (*gen.UndoAttributionPayload, error) {
	payload := &gen.UndoAttributionPayload{}
	id, err := factID("Conversion", "id", in.ID)
	if err != nil {
		return payload, err
	}
	before, err := r.Client.Conversion.Get(ctx, id)
	if err != nil && !db.IsNotFound(err) {
		return payload, fmt.Errorf("reading the conversion: %w", err)
	}
	v := viewer.From(ctx)
	out, err := r.Intake.Undo(ctx, id, intake.Undoing{Actor: actor(v), UserID: v.UserID})
	if err != nil {
		return payload, aboutID(err)
	}
	if payload.Conversion, err = r.Client.Conversion.Get(ctx, id); err != nil {
		return payload, fmt.Errorf("reading the conversion: %w", err)
	}
	if payload.ReplacedBy, err = r.Client.Conversion.Get(ctx, out.ReplacedBy); err != nil {
		return payload, fmt.Errorf("reading the conversion in its place: %w", err)
	}
	was, now := moved(before), moved(payload.Conversion)
	was["clickId"] = hexID(before.ClickID)
	now["reason"], now["replacedBy"], now["takenBack"] = text(in.Reason), globalid.Hex(out.ReplacedBy), len(out.TakenBack)
	return payload, r.Setup.Note(ctx, setup.Act{Action: "undo_attribution", Entity: "conversion", ID: globalid.Hex(id), Before: was, After: now})
}

// undoPreview returns what undoing an attribution would do.
func (r *Resolver) undoPreview(ctx context.Context, conversionID string) (*gen.UndoAttributionPreview, error) {
	id, err := factID("Conversion", "id", conversionID)
	if err != nil {
		return nil, err
	}
	p, err := r.Intake.PreviewUndo(ctx, id)
	if err != nil {
		return nil, err
	}
	shown := &gen.UndoAttributionPreview{TakenBack: []*gen.TakenBackConversion{}}
	for _, e := range p.Ends {
		one := &gen.TakenBackConversion{Status: e.Status}
		if one.Conversion, err = load(ctx).conversions.Load(ctx, e.ID); err != nil {
			return nil, fmt.Errorf("reading a conversion that is taken back: %w", err)
		}
		if e.Payout.Valid {
			one.Payout = money(&e.Payout.Decimal, e.PayoutCurrency)
		}
		shown.TakenBack = append(shown.TakenBack, one)
	}
	shown.Postbacks, err = considered(ctx, p.Considered)
	return shown, err
}

// considered returns decisions with their postbacks.
func considered(ctx context.Context, decisions []intake.AssignmentDecision) ([]*gen.AttributionPostback, error) {
	list := []*gen.AttributionPostback{}
	for _, d := range decisions {
		postback, err := load(ctx).postbacks.Load(ctx, int64(d.PostbackID))
		if err != nil {
			return nil, fmt.Errorf("reading postback %d: %w", d.PostbackID, err)
		}
		list = append(list, &gen.AttributionPostback{Postback: postback, Status: d.Status, Fires: d.Fired, Reason: d.Reason})
	}
	return list, nil
}
