package doctor

import (
	"fmt"
	"strings"

	"postrider/domain/macro"
)

// sums says which macro adds up what another says of one conversion.
var sums = map[macro.Name]macro.Name{
	macro.Amount: macro.SumAmount, macro.Payout: macro.SumPayout, macro.GoalName: macro.GoalNames,
}

// addsUp finds macros that, where several conversions go out in one request, speak
// of the first alone.
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
			fmt.Sprintf("The request tells of several conversions, and {%s} speaks of the first alone; {%s} speaks of all.", s.Macro, sum),
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

// fixForOne puts in the place of a macro that speaks of several conversions what
// says the same of one.
func (e *exam) fixForOne(at place, written string) *Fix {
	name, filters, filtered := strings.Cut(strings.TrimSuffix(strings.TrimPrefix(written, "{"), "}"), "|")
	known, ok := macro.Lookup(name)
	if !ok || known.ForOne() == "" {
		return nil
	}
	one := known.ForOne()
	if one == "1" {
		return e.replacing(at, one, "Write "+one)
	}
	if filtered {
		one = strings.TrimSuffix(one, "}") + "|" + filters + "}"
	}
	return e.replacing(at, one, "Use "+one)
}
