package doctor

import (
	"fmt"
	"strings"

	"postrider/domain/macro"
)

// sums is the aggregated macro for each macro of one conversion.
var sums = map[macro.Name]macro.Name{
	macro.Amount: macro.SumAmount, macro.Payout: macro.SumPayout, macro.GoalName: macro.GoalNames,
}

// addsUp finds macros that only have the first conversion's value in a request with
// several.
func (e *exam) addsUp() {
	if !e.Aggregates {
		return
	}
	for _, s := range e.template.Slots() {
		sum, ok := sums[s.Macro]
		if !ok {
			continue
		}
		at := place{s.Start, s.End}
		all := renamed(e.Template[s.Start:s.End], sum)
		e.find(CodeFirstAlone, Warning, at,
			fmt.Sprintf("The request has several conversions, and {%s} is only that of the first; {%s} is of all of them.", s.Macro, sum),
			e.replacing(at, all, "Use "+all))
	}
}

// renamed gives a placeholder another macro, and leaves its filters.
func renamed(placeholder string, name macro.Name) string {
	_, filters, filtered := strings.Cut(strings.TrimSuffix(strings.TrimPrefix(placeholder, "{"), "}"), "|")
	if filtered {
		filters = "|" + filters
	}
	return "{" + string(name) + filters + "}"
}

// fixForOne replaces an aggregated macro with the one for a single conversion.
func (e *exam) fixForOne(at place, written string) *Fix {
	name, filters, filtered := strings.Cut(strings.TrimSuffix(strings.TrimPrefix(written, "{"), "}"), "|")
	known, ok := macro.Lookup(name)
	if !ok || known.ForOne() == "" {
		return nil
	}
	one := known.ForOne()
	if one == "1" {
		return e.replacing(at, one, "Use "+one)
	}
	if filtered {
		one = strings.TrimSuffix(one, "}") + "|" + filters + "}"
	}
	return e.replacing(at, one, "Use "+one)
}
