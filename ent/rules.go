package ent

import (
	"context"
	"fmt"
	"time"

	"postrider/domain/commission"
	"postrider/ent/db"
	"postrider/ent/db/deal"
	"postrider/internal/ids"
)

// CommissionDeal converts a row for the rules of commission.
func CommissionDeal(d *db.Deal) commission.Deal {
	return commission.Deal{
		AffiliateID: ids.Affiliate(orZero(d.AffiliateID)), Model: d.Model, Amount: orZero(d.Amount), Percent: orZero(d.Percent), LeadGoal: d.LeadGoal,
		Currency: d.Currency, TierBy: orZero(d.TierBy), Tiers: d.Tiers, From: orZero(d.ValidFrom), To: orZero(d.ValidTo), NegativeCarryover: d.NegativeCarryover,
	}
}

// DealsInForce returns the deal that an affiliate is paid by at a time, by offer; there is none
// for an offer without an active deal. For affiliate zero it is the default deal.
func DealsInForce(ctx context.Context, client *db.Client, affiliateID ids.Affiliate, offers []int64, at time.Time) (map[int64]*db.Deal, error) {
	rows, err := client.Deal.Query().
		Where(deal.OfferIDIn(offers...), deal.Or(deal.AffiliateIDIsNil(), deal.AffiliateID(int64(affiliateID)))).
		Order(db.Asc(deal.FieldID)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the deals: %w", err)
	}
	byOffer := map[int64][]*db.Deal{}
	for _, d := range rows {
		byOffer[d.OfferID] = append(byOffer[d.OfferID], d)
	}
	inForce := make(map[int64]*db.Deal, len(byOffer))
	for offer, deals := range byOffer {
		if d, ok := commission.InForce(deals, CommissionDeal, affiliateID, at); ok {
			inForce[offer] = d
		}
	}
	return inForce, nil
}

// orZero returns the value of a nullable column, or zero.
func orZero[T any](value *T) T {
	if value == nil {
		var zero T
		return zero
	}
	return *value
}
