package ent

import (
	"postrider/domain/commission"
	"postrider/ent/db"
	"postrider/internal/ids"
)

// CommissionDeal is a row as the rules of commission see it.
func CommissionDeal(d *db.Deal) commission.Deal {
	return commission.Deal{
		AffiliateID: ids.Affiliate(orZero(d.AffiliateID)), Model: d.Model, Amount: orZero(d.Amount), Percent: orZero(d.Percent), LeadGoal: d.LeadGoal,
		Currency: d.Currency, TierBy: orZero(d.TierBy), Tiers: d.Tiers, From: orZero(d.ValidFrom), To: orZero(d.ValidTo), NoCarryover: !d.NegativeCarryover,
	}
}

// orZero is the value of a column that may be null.
func orZero[T any](value *T) T {
	if value == nil {
		var zero T
		return zero
	}
	return *value
}
