package commission

import (
	"errors"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"postrider/internal/ids"
)

// Deal is the terms of a payout as they were agreed.
type Deal struct {
	AffiliateID ids.Affiliate // the affiliate of an affiliate's deal; zero for the default deal

	Model    Model
	Amount   decimal.Decimal // what CPA and CPL pay
	Percent  decimal.Decimal // what RevShare pays of NGR: 35 is 35 %
	LeadGoal string          // the goal that a CPL pays for; registration where empty
	Currency string          // of the payout

	TierBy TierBy // what the tiers of a month are counted by
	Tiers  []Tier // ascending; empty for none

	From, To time.Time // active from From, before To; zero for always

	// NegativeCarryover deducts a month that ended below zero from the next month's
	// commission; without it, the next month begins at zero.
	NegativeCarryover bool
}

// Tier is what a deal pays from a month's count or revenue on.
type Tier struct {
	From    decimal.Decimal `json:"from"`
	Amount  decimal.Decimal `json:"amount"`
	Percent decimal.Decimal `json:"percent"`
}

// Volume is the month's volume before the conversion in question.
type Volume struct {
	Count   int             // conversions that the deal paid for
	Revenue decimal.Decimal // NGR, in the deal's currency
}

// Holds reports whether the deal is active at a time.
func (d Deal) Holds(at time.Time) bool {
	return !at.Before(d.From) && (d.To.IsZero() || at.Before(d.To))
}

// Overlaps reports whether two deals are ever active at the same time.
func (d Deal) Overlaps(other Deal) bool {
	return (d.To.IsZero() || other.From.Before(d.To)) && (other.To.IsZero() || d.From.Before(other.To))
}

// Terms are what the deal pays at this volume: the highest tier that the month
// has reached, else its plain amount and percentage.
func (d Deal) Terms(v Volume) Terms {
	t := Terms{Model: d.Model, Amount: d.Amount, Percent: d.Percent, LeadGoal: d.leadGoal(), Currency: d.Currency}
	reached := v.Revenue
	if d.TierBy != ByRevenue {
		reached = decimal.NewFromInt(int64(v.Count))
	}
	for i, tier := range d.Tiers {
		if reached.GreaterThanOrEqual(tier.From) {
			t.Amount, t.Percent, t.Tier = tier.Amount, tier.Percent, i+1
		}
	}
	return t
}

// PaidGoal is the goal whose conversions a count of this deal counts.
func (d Deal) PaidGoal() string {
	switch d.Model {
	case CPL:
		return d.leadGoal()
	case RevShare:
		return GoalNetRevenue
	default:
		return GoalCPA
	}
}

// Validate checks that a deal is complete.
func (d Deal) Validate() error {
	if err := d.paysSomething(d.Amount, d.Percent); err != nil {
		return err
	}
	if _, ok := ParseCurrency(d.Currency); !ok {
		return errors.New("enter the currency of the payout, such as EUR")
	}
	if !d.To.IsZero() && !d.From.Before(d.To) {
		return errors.New("it must end after it starts")
	}
	return d.validateTiers()
}

func (d Deal) paysSomething(amount, percent decimal.Decimal) error {
	hundred := decimal.NewFromInt(100)
	paysAmount, paysPercent := d.Model != RevShare, d.Model == RevShare || d.Model == Hybrid
	switch {
	case d.Model != CPA && d.Model != CPL && d.Model != RevShare && d.Model != Hybrid:
		return errors.New("choose CPA, CPL, RevShare or Hybrid")
	case paysAmount && !amount.IsPositive():
		return errors.New("enter the amount that it pays")
	case paysPercent && (!percent.IsPositive() || percent.GreaterThan(hundred)):
		return errors.New("enter the percentage of NGR that it pays, up to 100")
	}
	return nil
}

func (d Deal) validateTiers() error {
	if len(d.Tiers) > 0 && d.TierBy != ByCount && d.TierBy != ByRevenue {
		return errors.New("choose whether its tiers are counted by conversions or by revenue")
	}
	last := decimal.Zero
	for i, tier := range d.Tiers {
		if !tier.From.GreaterThan(last) {
			return fmt.Errorf("tier %d must start above %s", i+1, last)
		}
		if err := d.paysSomething(tier.Amount, tier.Percent); err != nil {
			return fmt.Errorf("tier %d: %w", i+1, err)
		}
		last = tier.From
	}
	return nil
}

func (d Deal) leadGoal() string {
	if d.LeadGoal == "" {
		return GoalRegistration
	}
	return d.LeadGoal
}

// InForce picks the deal that an affiliate is paid by at a time: of the active ones, the
// affiliate's deal before the default deal, and never another affiliate's. Staff have
// only default deals: they are affiliate zero.
func InForce[D any](deals []D, terms func(D) Deal, affiliateID ids.Affiliate, at time.Time) (chosen D, ok bool) {
	own := false
	for _, candidate := range deals {
		d := terms(candidate)
		theirs := d.AffiliateID != 0
		if !d.Holds(at) || theirs && d.AffiliateID != affiliateID || ok && (own || !theirs) {
			continue
		}
		chosen, own, ok = candidate, theirs, true
	}
	return chosen, ok
}
