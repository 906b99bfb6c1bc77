package filter

import (
	"errors"
	"strconv"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/shopspring/decimal"

	"postrider/domain/commission"
	"postrider/internal/globalid"
	"postrider/internal/problem"
)

// faults are what is wrong with a filter. The zero value is a filter without any.
type faults []error

// keys converts global ids of one kind into keys. One that is well-formed but nobody's is no fault:
// it matches nothing, whether there is no such object or the viewer may not see it.
func (f *faults) keys(kind, field string, ids []string) []int64 {
	found := make([]int64, len(ids))
	for i, id := range ids {
		key, ok := globalid.IntOf(kind, id)
		if !ok {
			f.add(globalid.Refusal(kind, field+"."+strconv.Itoa(i), id))
		}
		found[i] = key
	}
	return found
}

// period notes a period that ends before it begins.
func (f *faults) period(from, to *time.Time) { f.between("from", from, "to", to) }

// between notes a period that ends before it begins, by the names of its fields.
func (f *faults) between(since string, from *time.Time, until string, to *time.Time) {
	if from != nil && to != nil && from.After(*to) {
		f.add(problem.Invalid(since, "%s is after `%s`, %s: swap them", from.Format(time.RFC3339), until, to.Format(time.RFC3339)))
	}
}

// facts converts the 32 hex digits of facts into keys.
func (f *faults) facts(field string, ids []string) []uuid.UUID {
	found := make([]uuid.UUID, len(ids))
	for i, id := range ids {
		key, ok := factKey(id)
		if !ok {
			f.add(problem.Invalid(field+"."+strconv.Itoa(i), "%.80q is not 32 hex digits: give an id as `Conversion.playerId` has it", id))
		}
		found[i] = key
	}
	return found
}

// amounts reads a range of amounts; a limit that is not given is not valid.
func (f *faults) amounts(field string, r AmountRange) (currency string, low, high decimal.NullDecimal) {
	currency, ok := commission.ParseCurrency(r.Currency)
	if !ok {
		f.add(problem.Invalid(field+".currency", "%.80q is not the code of a currency: give one such as EUR", r.Currency))
	}
	low, high = f.amount(field+".min", r.Min, currency), f.amount(field+".max", r.Max, currency)
	if low.Valid && high.Valid && low.Decimal.GreaterThan(high.Decimal) {
		f.add(problem.Invalid(field+".min", "%s is above `max`, %s: swap them", low.Decimal, high.Decimal))
	}
	return currency, low, high
}

func (f *faults) amount(field string, written *string, currency string) decimal.NullDecimal {
	if written == nil {
		return decimal.NullDecimal{}
	}
	d, err := commission.ParseAmount(*written, currency)
	if err != nil {
		f.add(problem.Invalid(field, "%.80q %s", *written, err))
	}
	return decimal.NewNullDecimal(d)
}

// codes notes status codes of which the last is below the first.
func (f *faults) codes(from, to *int) {
	if from != nil && to != nil && *from > *to {
		f.add(problem.Invalid("statusCodeFrom", "%d is above `statusCodeTo`, %d: swap them", *from, *to))
	}
}

func (f *faults) add(p *problem.Error) { *f = append(*f, p.At("filter")) }

func (f *faults) err() error { return errors.Join(*f...) }
