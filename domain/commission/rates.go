package commission

import "github.com/shopspring/decimal"

// ReferenceCurrency is the one that rates are kept against.
const ReferenceCurrency = "EUR"

// Rates says what one unit of the reference currency buys of each: {"USD": 1.08}
// means 1 EUR = 1.08 USD, as the European Central Bank writes it.
type Rates map[string]decimal.Decimal

// ratePlaces is how exact a rate between two currencies is kept.
const ratePlaces = 12

// Between is how many units of to one unit of from is worth; false where a rate
// is missing.
func (r Rates) Between(from, to string) (decimal.Decimal, bool) {
	if from == to {
		return decimal.NewFromInt(1), true
	}
	a, okA := r.of(from)
	b, okB := r.of(to)
	if !okA || !okB {
		return decimal.Decimal{}, false
	}
	return b.DivRound(a, ratePlaces), true
}

func (r Rates) of(currency string) (decimal.Decimal, bool) {
	if currency == ReferenceCurrency {
		return decimal.NewFromInt(1), true
	}
	rate, ok := r[currency]
	return rate, ok && rate.IsPositive()
}
