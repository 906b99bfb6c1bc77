package commission

import "github.com/shopspring/decimal"

// Terms are what one conversion is paid by: a deal's, at the tier that the month
// had reached. A conversion keeps them, so that what is changed of the deal later
// changes nothing of what was calculated.
type Terms struct {
	Model    Model           `json:"model"`
	Amount   decimal.Decimal `json:"amount"`
	Percent  decimal.Decimal `json:"percent"`
	LeadGoal string          `json:"leadGoal"`
	Currency string          `json:"currency"`
	Tier     int             `json:"tier"` // 1 for the first; 0 where no tier was reached
}

// Payout is what the terms pay for one conversion, rounded to the places of their
// currency, half away from zero. amount is the conversion's, in the terms'
// currency. A pending conversion shows what it will pay; a rejected, cancelled or
// unknown one pays nothing. A negative net revenue gives a negative payout.
func (t Terms) Payout(goal string, amount decimal.Decimal, status Status) decimal.Decimal {
	if status != Approved && status != Pending {
		return decimal.Zero
	}
	pays := decimal.Zero
	switch {
	case t.PaysShare(goal):
		pays = amount.Mul(t.Percent).Shift(-2)
	case t.Pays(goal):
		pays = t.Amount
	}
	return Round(pays, t.Currency)
}

// Pays tells whether the terms pay for a goal.
func (t Terms) Pays(goal string) bool {
	return (t.Model == CPA || t.Model == Hybrid) && goal == GoalCPA || t.Model == CPL && goal == t.LeadGoal || t.PaysShare(goal)
}

// PaysSQL is [Terms.Pays] for a row d of deals and g of goals.
const PaysSQL = `(d.model IN ('cpa', 'hybrid') AND g.key = 'cpa'
	OR d.model = 'cpl' AND g.key = coalesce(nullif(d.lead_goal, ''), 'registration')
	OR d.model IN ('revshare', 'hybrid') AND g.key = 'net_revenue')`

// PaysShare tells whether the payout of this goal depends on the amount.
func (t Terms) PaysShare(goal string) bool {
	return (t.Model == RevShare || t.Model == Hybrid) && goal == GoalNetRevenue
}

// Payable is what a run of months comes to, given the commission of each: what is
// payable of it, and what the last one carries. With negative carryover a month that
// ends below zero is deducted from the months after it; without, it is forgiven.
func Payable(months []decimal.Decimal, negativeCarryover bool) (payable []decimal.Decimal, carried decimal.Decimal) {
	payable = make([]decimal.Decimal, len(months))
	for i, month := range months {
		sum := month.Add(carried)
		carried = decimal.Zero
		if sum.IsNegative() {
			if negativeCarryover {
				carried = sum
			}
			sum = decimal.Zero
		}
		payable[i] = sum
	}
	return payable, carried
}

// Payout is what a deal without tiers pays for one conversion.
func Payout(d Deal, goal string, amount decimal.Decimal, status Status) decimal.Decimal {
	return d.Terms(Volume{}).Payout(goal, amount, status)
}
