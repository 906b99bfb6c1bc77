package commission

import (
	"errors"

	"github.com/shopspring/decimal"
)

// Deal is the terms of a payout.
type Deal struct {
	Model    Model
	Amount   decimal.Decimal // what CPA and CPL pay
	Percent  decimal.Decimal // what RevShare pays of net revenue: 35 is 35 %
	LeadGoal string          // the goal that a CPL pays for; registration where empty
	Currency string          // of the payout
}

// Validate tells what is missing from a deal, in words.
func (d Deal) Validate() error {
	hundred := decimal.NewFromInt(100)
	paysAmount, paysPercent := d.Model != RevShare, d.Model == RevShare || d.Model == Hybrid
	switch {
	case d.Model != CPA && d.Model != CPL && d.Model != RevShare && d.Model != Hybrid:
		return errors.New("choose CPA, CPL, RevShare or Hybrid")
	case paysAmount && !d.Amount.IsPositive():
		return errors.New("say how much it pays")
	case paysPercent && (!d.Percent.IsPositive() || d.Percent.GreaterThan(hundred)):
		return errors.New("say which percentage of net revenue it pays, up to 100")
	}
	if _, ok := ParseCurrency(d.Currency); !ok {
		return errors.New("say in which currency it pays, such as EUR")
	}
	return nil
}

// Payout is what the deal pays for one conversion, rounded to the places of the
// deal's currency, half away from zero. amount is the conversion's, in the deal's
// currency. A pending conversion shows what it will pay; a rejected or cancelled
// one pays nothing. A negative net revenue gives a negative payout.
func Payout(d Deal, goal string, amount decimal.Decimal, status Status) decimal.Decimal {
	if status != Approved && status != Pending {
		return decimal.Zero
	}
	pays := decimal.Zero
	switch {
	case (d.Model == CPA || d.Model == Hybrid) && goal == GoalCPA:
		pays = d.Amount
	case d.Model == CPL && goal == d.leadGoal():
		pays = d.Amount
	case (d.Model == RevShare || d.Model == Hybrid) && goal == GoalNetRevenue:
		pays = amount.Mul(d.Percent).Shift(-2)
	}
	return Round(pays, d.Currency)
}

func (d Deal) leadGoal() string {
	if d.LeadGoal == "" {
		return GoalRegistration
	}
	return d.LeadGoal
}
