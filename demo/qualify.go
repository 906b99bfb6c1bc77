package demo

import (
	"slices"
	"strings"

	"github.com/gofrs/uuid/v5"

	"postrider/domain/commission"
)

// qualify generates the qualifications of a player that Postrider itself finds: after each step
// the rule is applied as in intake, and the CPA recorded, reversed or recorded again.
func (t *teller) qualify(k *click, p player, rule commission.Qualification, steps []step) {
	slices.SortStableFunc(steps, func(a, b step) int { return a.received.Compare(b.received) })
	status := map[*conversion]commission.Status{}
	var order []*conversion
	var cpa *conversion
	given := commission.Status("")
	for _, s := range steps {
		if s.previous == "" {
			order = append(order, s.conversion)
		}
		status[s.conversion] = s.status
		verdict := rule.Judge(eventsOf(order, status))
		switch approved := given == commission.Approved; {
		case verdict.Qualified == approved, approved && !rule.Undoes(cpa.occurred, s.received):
		case cpa == nil:
			cpa = &conversion{
				id: factID(t.r, s.received), click: k, offer: k.campaign.offer, player: uuid.NullUUID{UUID: p.id, Valid: true}, byPlayer: s.conversion.byPlayer,
				ours: true, goal: t.goals[commission.GoalCPA], status: commission.Approved, occurred: verdict.At, received: s.received,
			}
			t.calculate(cpa)
			given = commission.Approved
			t.steps = append(t.steps, step{
				conversion: cpa, status: given, reason: "qualified: every condition of the offer is met", occurred: verdict.At, received: s.received,
			})
		default:
			again := step{conversion: cpa, previous: given, status: commission.Approved, reason: "qualified again: every condition of the offer is met", occurred: s.received, received: s.received}
			if approved {
				again.status, again.reason = commission.Cancelled, "no longer qualified; missing: "+strings.Join(verdict.Missing, ", ")
			}
			given = again.status
			t.steps = append(t.steps, again)
		}
	}
}

// eventsOf returns the events that qualification uses, from conversions with these statuses.
func eventsOf(conversions []*conversion, status map[*conversion]commission.Status) []commission.Event {
	events := make([]commission.Event, len(conversions))
	for i, c := range conversions {
		events[i] = commission.Event{Goal: c.goal.Key, Transaction: c.transaction, Status: status[c], Amount: c.amount.Decimal, At: c.occurred}
	}
	return events
}
