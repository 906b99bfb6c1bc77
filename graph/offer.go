package graph

import (
	"context"
	"errors"
	"fmt"

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

// sum parses the amount of a field, in a currency or as a plain number; nil is zero.
func sum(field string, written *string, currency string) (decimal.Decimal, error) {
	return figure(field, written, func(s string) (decimal.Decimal, error) { return commission.ParseAmount(s, currency) })
}

// percent parses the percentage of a field; nil is zero.
func percent(field string, written *string) (decimal.Decimal, error) {
	return figure(field, written, commission.ParsePercent)
}

func figure(field string, written *string, parse func(string) (decimal.Decimal, error)) (decimal.Decimal, error) {
	if text(written) == "" {
		return decimal.Zero, nil
	}
	d, err := parse(*written)
	if err != nil {
		return d, problem.Invalid(field, "%.80q %s", *written, err)
	}
	return d, nil
}

func (r *Resolver) createOffer(ctx context.Context, in gen.CreateOfferInput) (*db.Offer, error) {
	rule, err := qualification(in.Qualification, in.Currency)
	if err != nil {
		return nil, err
	}
	return r.Setup.CreateOffer(ctx, func(w *setup.OfferWish) {
		w.Name, w.Operator, w.Vertical, w.DestinationURL, w.Currency = in.Name, in.Operator, in.Vertical, in.DestinationURL, in.Currency
		w.DeepLinkHosts, w.Qualification = in.DeepLinkHosts, rule
		set(&w.State, in.State)
		set(&w.FallbackURL, in.FallbackURL)
		set(&w.AttributionWindowDays, in.AttributionWindowDays)
		set(&w.DailyCap, in.DailyCap)
	})
}

func (r *Resolver) updateOffer(ctx context.Context, in gen.UpdateOfferInput) (*db.Offer, error) {
	id, err1 := intID("Offer", "id", in.ID)
	currency, err3 := r.currencyOfOffer(ctx, id, in.Currency)
	rule, err2 := qualification(orCleared(in.Qualification), currency)
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, err
	}
	return r.Setup.UpdateOffer(ctx, id, func(w *setup.OfferWish) {
		set(&w.Name, in.Name)
		set(&w.Operator, in.Operator)
		set(&w.Vertical, in.Vertical)
		set(&w.State, in.State)
		set(&w.DestinationURL, in.DestinationURL)
		set(&w.FallbackURL, orCleared(in.FallbackURL))
		set(&w.Currency, in.Currency)
		set(&w.AttributionWindowDays, orCleared(in.AttributionWindowDays))
		set(&w.DailyCap, orCleared(in.DailyCap))
		if in.DeepLinkHosts != nil {
			w.DeepLinkHosts = in.DeepLinkHosts
		}
		if rule != nil {
			w.Qualification = rule
		}
	})
}

// currencyOfOffer returns the currency that an offer will have, empty if there is no such offer.
func (r *Resolver) currencyOfOffer(ctx context.Context, id int64, changed *string) (string, error) {
	if changed != nil {
		return *changed, nil
	}
	o, err := r.Client.Offer.Get(ctx, id)
	if db.IsNotFound(err) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("reading the offer: %w", err)
	}
	return o.Currency, nil
}

// qualification converts a rule, whose amounts are in the offer's currency; nil if the input has none.
func qualification(in *gen.QualificationInput, currency string) (*commission.Qualification, error) {
	if in == nil {
		return nil, nil
	}
	rule := &commission.Qualification{Goals: in.Goals}
	var err1, err2 error
	rule.MinDeposit, err1 = sum("qualification.minDeposit", in.MinDeposit, currency)
	rule.MinCumulativeDeposit, err2 = sum("qualification.minCumulativeDeposit", in.MinCumulativeDeposit, currency)
	set(&rule.WithinDays, in.WithinDays)
	set(&rule.ClawbackDays, in.ClawbackDays)
	return rule, errors.Join(err1, err2)
}

func (r *Resolver) createLandingPage(ctx context.Context, in gen.CreateLandingPageInput) (*db.LandingPage, error) {
	offer, err := intID("Offer", "offerId", in.OfferID)
	if err != nil {
		return nil, err
	}
	return r.Setup.CreateLandingPage(ctx, func(w *setup.LandingPageWish) {
		w.OfferID, w.Key, w.Name, w.URL = offer, in.Key, in.Name, in.URL
	})
}

func (r *Resolver) updateLandingPage(ctx context.Context, in gen.UpdateLandingPageInput) (*db.LandingPage, error) {
	id, err := intID("LandingPage", "id", in.ID)
	if err != nil {
		return nil, err
	}
	return r.Setup.UpdateLandingPage(ctx, id, func(w *setup.LandingPageWish) {
		set(&w.Key, in.Key)
		set(&w.Name, in.Name)
		set(&w.URL, in.URL)
	})
}

func (r *Resolver) createDeal(ctx context.Context, in gen.CreateDealInput) (*db.Deal, error) {
	offer, err1 := intID("Offer", "offerId", in.OfferID)
	owner, err2 := optionalID[ids.Affiliate]("affiliateId", in.AffiliateID)
	amount, err3 := sum("amount", in.Amount, in.Currency)
	share, err4 := percent("percent", in.Percent)
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		return nil, err
	}
	w := setup.DealWish{OfferID: ids.Offer(offer), Deal: commission.Deal{
		AffiliateID: owner, Model: in.Model, Amount: amount, Percent: share, LeadGoal: text(in.LeadGoal), Currency: in.Currency,
		NegativeCarryover: in.NegativeCarryover == nil || *in.NegativeCarryover,
	}}
	set(&w.TierBy, in.TierBy)
	set(&w.From, in.ValidFrom)
	set(&w.To, in.ValidTo)
	if w.Tiers, err4 = tiers(in.Tiers, in.Currency); err4 != nil {
		return nil, err4
	}
	return r.Setup.CreateDeal(ctx, w)
}

// tiers parses the tiers of a deal, whose amounts are in its currency.
func tiers(in []*gen.DealTierInput, currency string) ([]commission.Tier, error) {
	var list []commission.Tier
	for _, t := range in {
		from, err1 := sum("tiers", &t.From, currency)
		amount, err2 := sum("tiers", t.Amount, currency)
		share, err3 := percent("tiers", t.Percent)
		if err := errors.Join(err1, err2, err3); err != nil {
			return nil, err
		}
		list = append(list, commission.Tier{From: from, Amount: amount, Percent: share})
	}
	return list, nil
}

// currencyOfDeal returns the currency that a deal will have, empty if there is no such deal.
func (r *Resolver) currencyOfDeal(ctx context.Context, id int64, changed *string) (string, error) {
	if changed != nil {
		return *changed, nil
	}
	d, err := r.Client.Deal.Get(ctx, id)
	if db.IsNotFound(err) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("reading the deal: %w", err)
	}
	return d.Currency, nil
}

func (r *Resolver) updateDeal(ctx context.Context, in gen.UpdateDealInput) (*db.Deal, error) {
	id, err1 := intID("Deal", "id", in.ID)
	currency, err5 := r.currencyOfDeal(ctx, id, in.Currency)
	amount, err2 := sum("amount", in.Amount, currency)
	share, err3 := percent("percent", in.Percent)
	tiers, err4 := tiers(in.Tiers, currency)
	if err := errors.Join(err1, err2, err3, err4, err5); err != nil {
		return nil, err
	}
	return r.Setup.UpdateDeal(ctx, id, func(d *commission.Deal) {
		set(&d.Model, in.Model)
		if in.Amount != nil {
			d.Amount = amount
		}
		if in.Percent != nil {
			d.Percent = share
		}
		set(&d.LeadGoal, in.LeadGoal)
		set(&d.Currency, in.Currency)
		set(&d.TierBy, in.TierBy)
		if in.Tiers != nil {
			d.Tiers = tiers
		}
		set(&d.From, orCleared(in.ValidFrom))
		set(&d.To, orCleared(in.ValidTo))
		set(&d.NegativeCarryover, in.NegativeCarryover)
	})
}

// pagesOf lists the landing pages of an offer.
func pagesOf(ctx context.Context, o *db.Offer, archived *bool) ([]*db.LandingPage, error) {
	pages, err := load(ctx).pagesOfOffer.Load(ctx, o.ID)
	shown := make([]*db.LandingPage, 0, len(pages))
	for _, p := range pages {
		if listed(archived, p.ArchivedAt != nil) {
			shown = append(shown, p)
		}
	}
	return shown, err
}

// goalsListed lists the event dictionary.
func goalsListed(ctx context.Context, archived *bool) ([]*db.Goal, error) {
	goals, err := load(ctx).dictionary.Load(ctx, struct{}{})
	shown := make([]*db.Goal, 0, len(goals))
	for _, g := range goals {
		if listed(archived, g.ArchivedAt != nil) {
			shown = append(shown, g)
		}
	}
	return shown, err
}

func (r *Resolver) createGoal(ctx context.Context, in gen.CreateGoalInput) (*db.Goal, error) {
	return r.Setup.CreateGoal(ctx, func(w *commission.Goal) {
		w.Key, w.Name, w.Trigger = in.Key, in.Name, in.Trigger
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

func (r *Resolver) updateGoal(ctx context.Context, in gen.UpdateGoalInput) (*db.Goal, error) {
	id, err := intID("Goal", "id", in.ID)
	if err != nil {
		return nil, err
	}
	return r.Setup.UpdateGoal(ctx, id, func(w *commission.Goal) {
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
