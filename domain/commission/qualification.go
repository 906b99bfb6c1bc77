package commission

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"
)

// Qualification is the conditions that a player must meet before an offer pays a CPA.
// The zero value has none and is no rule.
type Qualification struct {
	Goals                []string        `json:"goals"`                // each reached and approved
	MinDeposit           decimal.Decimal `json:"minDeposit"`           // one deposit of at least this amount
	MinCumulativeDeposit decimal.Decimal `json:"minCumulativeDeposit"` // sum of the deposits
	WithinDays           int             `json:"withinDays"`           // days after the registration, or the first event, in which every condition must be met; 0 for any time
	ClawbackDays         int             `json:"clawbackDays"`         // clawback window: days after qualification in which a reversal cancels the CPA; 0 for any time
}

// Event is one conversion of a player, as qualification sees it.
type Event struct {
	Goal        string
	Transaction string // the same one counts once, as FTD or as deposit
	Status      Status
	Amount      decimal.Decimal // in the offer's currency
	At          time.Time
}

// Verdict is whether a player qualifies, since when, and what is missing.
type Verdict struct {
	Qualified bool
	At        time.Time // of the event that met the last condition
	Missing   []string  // in words, where not qualified
}

// None reports whether there is no rule: then only the operator reports the CPA.
func (q Qualification) None() bool {
	return len(q.Goals) == 0 && !q.MinDeposit.IsPositive() && !q.MinCumulativeDeposit.IsPositive()
}

// Validate checks a rule.
func (q Qualification) Validate() error {
	switch {
	case slices.Contains(q.Goals, GoalCPA):
		return errors.New("CPA cannot be a condition of qualification")
	case q.MinDeposit.IsNegative() || q.MinCumulativeDeposit.IsNegative():
		return errors.New("the minimum deposit and the minimum cumulative deposit cannot be negative")
	case q.WithinDays < 0 || q.ClawbackDays < 0:
		return errors.New("days cannot be negative")
	}
	return nil
}

// Judge decides over all events of a player, in any order. Only approved ones count.
func (q Qualification) Judge(events []Event) Verdict {
	if q.None() {
		return Verdict{Missing: []string{"the offer has no qualification rule"}}
	}
	counted := slices.DeleteFunc(slices.Clone(events), func(e Event) bool { return e.Status != Approved })
	slices.SortStableFunc(counted, func(a, b Event) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Goal, b.Goal), cmp.Compare(a.Transaction, b.Transaction))
	})
	if q.WithinDays > 0 && len(counted) > 0 {
		end := began(counted).AddDate(0, 0, q.WithinDays)
		counted = slices.DeleteFunc(counted, func(e Event) bool { return e.At.After(end) })
	}
	seen := newProgress()
	for _, e := range counted {
		seen.add(e)
		if len(q.missing(seen)) == 0 {
			return Verdict{Qualified: true, At: e.At}
		}
	}
	return Verdict{Missing: q.missing(seen)}
}

// Undoes reports whether a CPA that was met at a time is still cancelled now when its
// conditions fail: whether the clawback window is open.
func (q Qualification) Undoes(met, now time.Time) bool {
	return q.ClawbackDays == 0 || now.Before(met.AddDate(0, 0, q.ClawbackDays))
}

// began is the start of the qualification window: the registration, else the first event.
func began(sorted []Event) time.Time {
	for _, e := range sorted {
		if e.Goal == GoalRegistration {
			return e.At
		}
	}
	return sorted[0].At
}

// progress is how far a player has come.
type progress struct {
	goals    map[string]bool
	deposits map[string]decimal.Decimal // by transaction
	greatest decimal.Decimal
	sum      decimal.Decimal
}

func newProgress() *progress {
	return &progress{goals: map[string]bool{}, deposits: map[string]decimal.Decimal{}}
}

func (p *progress) add(e Event) {
	p.goals[e.Goal] = true
	if e.Goal != GoalFTD && e.Goal != GoalDeposit {
		return
	}
	amount := e.Amount
	if e.Transaction != "" {
		// The first deposit is often reported twice, as FTD and as deposit.
		known, twice := p.deposits[e.Transaction]
		p.deposits[e.Transaction] = decimal.Max(known, amount)
		if twice {
			amount = decimal.Max(amount.Sub(known), decimal.Zero)
		}
	}
	p.greatest = decimal.Max(p.greatest, e.Amount)
	p.sum = p.sum.Add(amount)
}

func (q Qualification) missing(p *progress) []string {
	var list []string
	for _, goal := range q.Goals {
		if !p.goals[goal] {
			list = append(list, "goal "+goal)
		}
	}
	if p.greatest.LessThan(q.MinDeposit) {
		list = append(list, fmt.Sprintf("minimum deposit of %s", FormatAmount(q.MinDeposit)))
	}
	if p.sum.LessThan(q.MinCumulativeDeposit) {
		list = append(list, fmt.Sprintf("minimum cumulative deposit: %s more", FormatAmount(q.MinCumulativeDeposit.Sub(p.sum))))
	}
	return list
}
