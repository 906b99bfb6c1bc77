package graph

import (
	"context"
	"fmt"

	"github.com/gofrs/uuid/v5"

	"postrider/domain/inbound"
	"postrider/ent/db"
	"postrider/ent/db/clash"
	"postrider/graph/gen"
	"postrider/graph/page"
	"postrider/intake"
	"postrider/internal/globalid"
	"postrider/internal/viewer"
	"postrider/setup"
)

// clashes returns a page of clashes: open ones, decided ones, or both.
func (r *Resolver) clashes(ctx context.Context, open *bool, a page.Args) (*page.Connection[*db.Clash], error) {
	q := r.Client.Clash.Query()
	switch {
	case open == nil:
	case *open:
		q.Where(clash.ResolutionIsNil())
	default:
		q.Where(clash.ResolutionNotNil())
	}
	return page.Of(ctx, q, a)
}

// clashReport returns what a clash reports.
func clashReport(report *inbound.Report) *gen.ClashReport {
	shown := &gen.ClashReport{
		Goal: report.Goal, ClickID: textOrNull(report.ClickID), PlayerID: textOrNull(report.PlayerID), TransactionID: textOrNull(report.TransactionID),
		OccurredAt: report.OccurredAt,
	}
	if report.Amount.Valid {
		shown.Amount = money(&report.Amount.Decimal, report.Currency)
	}
	if report.StatusGiven && report.UnknownStatus == "" {
		shown.Status = new(report.Status)
	}
	return shown
}

func (r *Resolver) resolveClash(ctx context.Context, in gen.ResolveClashInput) (*gen.ResolveClashPayload, error) {
	payload := &gen.ResolveClashPayload{}
	id, err := factID("Clash", "id", in.ID)
	if err != nil {
		return payload, err
	}
	recorded, err := r.Intake.Rule(ctx, id, intake.Ruling{Resolution: in.Resolution, UserID: viewer.From(ctx).UserID})
	if err != nil {
		return payload, aboutID(err)
	}
	if payload.Clash, err = r.Client.Clash.Get(ctx, id); err != nil {
		return payload, fmt.Errorf("reading the clash: %w", err)
	}
	after := map[string]any{"resolution": in.Resolution, "conversionId": globalid.Hex(payload.Clash.ConversionID)}
	if recorded != uuid.Nil {
		after["recordedId"] = globalid.Hex(recorded)
		if payload.Recorded, err = r.Client.Conversion.Get(ctx, recorded); err != nil {
			return payload, fmt.Errorf("reading the conversion that was recorded: %w", err)
		}
	}
	return payload, r.Setup.Note(ctx, setup.Act{Action: "resolve", Entity: "clash", ID: globalid.Hex(id), After: after})
}
