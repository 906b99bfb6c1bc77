package graph

import (
	"context"
	"errors"
	"fmt"

	"postrider/graph/gen"
	"postrider/intake"
	"postrider/internal/viewer"
)

// attributionPreview returns what attributing a conversion to a click would do.
func (r *Resolver) attributionPreview(ctx context.Context, conversionID, clickID string) (*gen.AttributionPreview, error) {
	id, err1 := factID("Conversion", "conversionId", conversionID)
	click, err2 := factID("Click", "clickId", clickID)
	if err := errors.Join(err1, err2); err != nil {
		return nil, err
	}
	p, err := r.Intake.PreviewAssign(ctx, id, intake.Assignment{ClickID: click, Actor: actor(viewer.From(ctx))})
	if err != nil {
		return nil, err
	}
	shown := &gen.AttributionPreview{CappedBy: textOrNull(p.CappedBy)}
	if p.Payout.Valid {
		shown.Payout = money(&p.Payout.Decimal, p.PayoutCurrency)
	}
	if shown.Affiliate, err = load(ctx).affiliates.Load(ctx, int64(p.AffiliateID)); err != nil {
		return nil, fmt.Errorf("reading the affiliate: %w", err)
	}
	if shown.Offer, err = load(ctx).offers.Load(ctx, int64(p.OfferID)); err != nil {
		return nil, fmt.Errorf("reading the offer: %w", err)
	}
	if campaign := int64(p.CampaignID); campaign != 0 {
		if shown.Campaign, err = find(ctx, load(ctx).campaigns, &campaign); err != nil {
			return nil, err
		}
	}
	shown.Postbacks, err = considered(ctx, p.Considered)
	return shown, err
}
