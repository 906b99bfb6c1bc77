package ent

import (
	"time"

	"postrider/domain/commission"
	"postrider/domain/firing"
	"postrider/ent/db"
)

// FiringPostback is a row as the rules of firing see it.
func FiringPostback(p *db.Postback) firing.Postback {
	return firing.Postback{
		ID: p.ID, Name: p.Name, AffiliateID: p.AffiliateID, Scope: p.Scope, OfferID: orZero(p.OfferID), CampaignID: orZero(p.CampaignID),
		Goal: p.Goal, Further: p.FurtherGoals, Statuses: p.Statuses, Aggregates: time.Duration(orZero(p.AggregateSeconds)) * time.Second,
		Enabled: p.Enabled, Deleted: p.DeletedAt != nil, Held: p.HoldReason != nil,
	}
}

// FiringPostbacks are rows as the rules of firing see them.
func FiringPostbacks(rows []*db.Postback) []firing.Postback {
	list := make([]firing.Postback, len(rows))
	for i, p := range rows {
		list[i] = FiringPostback(p)
	}
	return list
}

// CommissionDeal is a row as the rules of commission see it.
func CommissionDeal(d *db.Deal) commission.Deal {
	return commission.Deal{
		AffiliateID: orZero(d.AffiliateID), Model: d.Model, Amount: orZero(d.Amount), Percent: orZero(d.Percent), LeadGoal: d.LeadGoal,
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
