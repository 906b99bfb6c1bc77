package doctor

import (
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"postrider/domain/commission"
	"postrider/domain/macro"
	"postrider/internal/problem"
)

// Goal is a goal by key and name.
type Goal struct{ Key, Name string }

// Month is what a goal brought last month where the postback fires.
type Month struct {
	Goal        Goal
	Conversions int
	Payout      decimal.Decimal
	Currency    string
}

// NothingPaid reports whether a postback tells the tracker of a payout that is always
// zero: a deal pays for other goals than its own.
func (q Question) NothingPaid() bool {
	t, err := macro.ParseFor(q.Template, macro.ScopeFor(q.Aggregates))
	if err != nil || len(q.Goals) == 0 || len(q.Paid) == 0 || q.pays(q.Goals) {
		return false
	}
	tells := slices.ContainsFunc(t.Macros(), func(name macro.Name) bool { return name == macro.Payout || name == macro.SumPayout })
	return tells && !slices.ContainsFunc(q.Others, func(other Postback) bool {
		theirs, err := macro.ParseFor(other.Template, macro.Aggregated)
		return err == nil && theirs.Endpoint() == t.Endpoint() && q.pays(other.Goals)
	})
}

// pays reports whether a deal pays for one of these goals.
func (q Question) pays(goals []string) bool {
	return slices.ContainsFunc(q.Paid, func(g Goal) bool { return slices.Contains(goals, g.Key) })
}

// paidFor finds goals of which the tracker would see no money.
func (e *exam) paidFor() {
	if !e.NothingPaid() {
		return
	}
	tracker := "your tracker"
	if e.preset != nil && e.certain {
		tracker = e.preset.Name
	}
	var fix *Fix
	add := "add a postback for " + nameGoals(e.Paid)
	if !e.OneGoal {
		fix, add = e.addingPaid(), "add "+nameGoals(e.Paid)
	}
	e.find(CodeNothingPaid, Warning, nowhere, e.paysNothing(tracker, add), fix)
}

// paysNothing says it with last month's numbers, if there are any.
func (e *exam) paysNothing(tracker, add string) string {
	var counted []string
	conversions := "conversions"
	sums := map[string]decimal.Decimal{}
	for _, m := range e.LastMonth {
		if slices.Contains(e.Goals, m.Goal.Key) && m.Conversions > 0 {
			if m.Conversions == 1 {
				conversions = "conversion"
			}
			counted = append(counted, grouped(fmt.Sprint(m.Conversions))+" "+m.Goal.Name)
		}
		if slices.Contains(e.Paid, m.Goal) {
			sums[m.Currency] = sums[m.Currency].Add(m.Payout)
		}
	}
	missed, nothing := sumTexts(sums)
	const none = "Your deals pay nothing for the chosen goals"
	switch {
	case missed == "":
		return fmt.Sprintf("%s, so %s would always see a payout of 0: %s.", none, tracker, add)
	case len(counted) == 0:
		return fmt.Sprintf("%s: last month %s would have seen %s, with %s %s; %s.", none, tracker, nothing, nameGoals(e.Paid), missed, add)
	default:
		return fmt.Sprintf("%s: last month's %s %s would have shown %s in %s, with %s %s; %s.", none, problem.List(counted), conversions, nothing, tracker, nameGoals(e.Paid), missed, add)
	}
}

// addingPaid is a fix that adds the goals that pay, and to the URL what tells them apart.
func (e *exam) addingPaid() *Fix {
	fixed := e.Question
	fixed.Goals = slices.Clone(e.Goals)
	for _, g := range e.Paid {
		fixed.Goals = append(fixed.Goals, g.Key)
	}
	before := e.Question
	before.Paid = nil // asked about all but this
	found := examine(before)
	for range len(fixed.Goals) {
		after := examine(fixed)
		i := slices.IndexFunc(after, func(f Finding) bool { return f.Fix != nil && count(after, f.Code) > count(found, f.Code) })
		if i < 0 {
			break
		}
		fixed.Template = after[i].Fix.URLTemplate
	}
	return &Fix{Label: "Add " + nameGoals(e.Paid), URLTemplate: fixed.Template, Goals: fixed.Goals}
}

// applied returns the question about the fixed postback.
func (f *Fix) applied(q Question) Question {
	q.Template = f.URLTemplate
	if f.Goals != nil {
		q.Goals = f.Goals
	}
	return q
}

func nameGoals(goals []Goal) string {
	names := make([]string, len(goals))
	for i, g := range goals {
		names[i] = g.Name
	}
	return problem.List(names)
}

// sumTexts writes what is above zero, by currency, and nothing in the same currency; both are
// empty if there is none.
func sumTexts(sums map[string]decimal.Decimal) (missed, nothing string) {
	var texts []string
	for currency, sum := range sums {
		if sum.IsPositive() {
			texts = append(texts, moneyText(sum, currency))
			nothing = moneyText(decimal.Zero, currency)
		}
	}
	slices.Sort(texts)
	if len(texts) > 1 {
		nothing = "0"
	}
	return problem.List(texts), nothing
}

// moneyText writes an amount as people do: €24,360 or 1,200.50 PLN.
func moneyText(amount decimal.Decimal, currency string) string {
	whole, fraction, _ := strings.Cut(commission.FormatAmount(amount), ".")
	text := grouped(whole)
	if strings.Trim(fraction, "0") != "" {
		text += "." + fraction
	}
	if symbol := map[string]string{"EUR": "€", "USD": "$", "GBP": "£"}[currency]; symbol != "" {
		return symbol + text
	}
	return text + " " + currency
}

// grouped separates the thousands of a whole number.
func grouped(digits string) string {
	for at := len(digits) - 3; at > 0; at -= 3 {
		digits = digits[:at] + "," + digits[at:]
	}
	return digits
}
