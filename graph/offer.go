package graph

import (
	"context"
	"errors"

	"github.com/shopspring/decimal"

	"postrider/domain/commission"
	"postrider/ent/db"
	"postrider/graph/gen"
	"postrider/intake"
	"postrider/internal/ids"
	"postrider/internal/problem"
	"postrider/internal/viewer"
	"postrider/setup"
)

// sum parses the amount of a field; nil is zero.
func sum(field string, written *string) (decimal.Decimal, error) {
	if text(written) == "" {
		return decimal.Zero, nil
	}
	d, err := commission.ParseAmount(*written)
	if err != nil {
		return d, problem.Invalid(field, "%s", err)
	}
	return d, nil
}

func (r *Resolver) saveOffer(ctx context.Context, in gen.SaveOfferInput) (*db.Offer, error) {
	id, err1 := optionalInt("Offer", "id", in.ID)
	rule, err2 := qualification(in.Qualification)
	if err := errors.Join(err1, err2); err != nil {
		return nil, err
	}
	return r.Setup.SaveOffer(ctx, id, func(w *setup.OfferWish) {
		set(&w.Name, in.Name)
		set(&w.Operator, in.Operator)
		set(&w.Vertical, in.Vertical)
		set(&w.State, in.State)
		set(&w.DestinationURL, in.DestinationURL)
		set(&w.FallbackURL, in.FallbackURL)
		set(&w.Currency, in.Currency)
		set(&w.AttributionWindowDays, in.AttributionWindowDays)
		set(&w.DailyCap, in.DailyCap)
		if in.DeepLinkHosts != nil {
			w.DeepLinkHosts = in.DeepLinkHosts
		}
		if rule != nil {
			w.Qualification = rule
		}
	})
}

// qualification converts a rule; nil if the input has none.
func qualification(in *gen.QualificationInput) (*commission.Qualification, error) {
	if in == nil {
		return nil, nil
	}
	rule := &commission.Qualification{Goals: in.Goals}
	var err1, err2 error
	rule.MinDeposit, err1 = sum("qualification.minDeposit", in.MinDeposit)
	rule.MinCumulativeDeposit, err2 = sum("qualification.minCumulativeDeposit", in.MinCumulativeDeposit)
	set(&rule.WithinDays, in.WithinDays)
	set(&rule.ClawbackDays, in.ClawbackDays)
	return rule, errors.Join(err1, err2)
}

func (r *Resolver) saveLandingPage(ctx context.Context, in gen.SaveLandingPageInput) (*db.LandingPage, error) {
	id, err1 := optionalInt("LandingPage", "id", in.ID)
	offer, err2 := optionalInt("Offer", "offerId", in.OfferID)
	if err := errors.Join(err1, err2); err != nil {
		return nil, err
	}
	return r.Setup.SaveLandingPage(ctx, id, func(w *setup.LandingPageWish) {
		if w.OfferID == 0 {
			w.OfferID = offer
		}
		set(&w.Key, in.Key)
		set(&w.Name, in.Name)
		set(&w.URL, in.URL)
	})
}

func (r *Resolver) createDeal(ctx context.Context, in gen.CreateDealInput) (*db.Deal, error) {
	offer, err1 := intID("Offer", "offerId", in.OfferID)
	owner, err2 := optionalID[ids.Affiliate]("affiliateId", in.AffiliateID)
	amount, err3 := sum("amount", in.Amount)
	percent, err4 := sum("percent", in.Percent)
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		return nil, err
	}
	w := setup.DealWish{OfferID: ids.Offer(offer), Deal: commission.Deal{
		AffiliateID: owner, Model: in.Model, Amount: amount, Percent: percent, LeadGoal: text(in.LeadGoal), Currency: in.Currency,
		NegativeCarryover: in.NegativeCarryover == nil || *in.NegativeCarryover,
	}}
	set(&w.TierBy, in.TierBy)
	set(&w.From, in.ValidFrom)
	set(&w.To, in.ValidTo)
	for _, t := range in.Tiers {
		from, err1 := sum("tiers", &t.From)
		amount, err2 := sum("tiers", t.Amount)
		percent, err3 := sum("tiers", t.Percent)
		if err := errors.Join(err1, err2, err3); err != nil {
			return nil, err
		}
		w.Tiers = append(w.Tiers, commission.Tier{From: from, Amount: amount, Percent: percent})
	}
	return r.Setup.CreateDeal(ctx, w)
}

func (r *Resolver) saveGoal(ctx context.Context, in gen.SaveGoalInput) (*db.Goal, error) {
	id, err := optionalInt("Goal", "id", in.ID)
	if err != nil {
		return nil, err
	}
	return r.Setup.SaveGoal(ctx, id, func(w *commission.Goal) {
		set(&w.Key, in.Key)
		set(&w.Name, in.Name)
		set(&w.Trigger, in.Trigger)
		set(&w.OncePerPlayer, in.OncePerPlayer)
		set(&w.Billable, in.Billable)
		set(&w.Reversible, in.Reversible)
		set(&w.TimestampStandard, in.TimestampStandard)
		if in.Statuses != nil {
			w.Statuses = in.Statuses
		}
		if in.Parameters != nil {
			w.Parameters = in.Parameters
		}
	})
}

// setRate stores a rate, and calculates what was waiting for it.
func (r *Resolver) setRate(ctx context.Context, in gen.SetExchangeRateInput, value decimal.Decimal) (*db.ExchangeRate, error) {
	rate, err := r.Setup.SetRate(ctx, in.Quote, value, in.From)
	if err != nil {
		return nil, err
	}
	v := viewer.From(ctx)
	_, err = r.Intake.PriceMissing(ctx, rate.Quote, intake.Move{Actor: actor(v), UserID: v.UserID})
	return rate, err
}
