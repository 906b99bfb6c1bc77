package ent

import (
	"postrider/domain/commission"
	"postrider/ent/db"
	"postrider/internal/ids"
)

// CommissionDeal converts a row for the rules of commission.
func CommissionDeal(d *db.Deal) commission.Deal {
	return commission.Deal{
		AffiliateID: ids.Affiliate(orZero(d.AffiliateID)), Model: d.Model, Amount: orZero(d.Amount), Percent: orZero(d.Percent), LeadGoal: d.LeadGoal,
		Currency: d.Currency, TierBy: orZero(d.TierBy), Tiers: d.Tiers, From: orZero(d.ValidFrom), To: orZero(d.ValidTo), NoNegativeCarryover: !d.NegativeCarryover,
	}
}

// orZero returns the value of a nullable column, or zero.
func orZero[T any](value *T) T {
	if value == nil {
		var zero T
		return zero
	}
	return *value
}
