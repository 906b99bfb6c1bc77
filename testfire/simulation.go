package testfire

import (
	"context"
	"fmt"
	"slices"

	"postrider/domain/commission"
	"postrider/domain/firing"
	"postrider/domain/macro"
	"postrider/domain/tracking"
	"postrider/ent"
	"postrider/ent/db"
	"postrider/ent/db/postback"
	"postrider/internal/ids"
	"postrider/internal/problem"
)

// Case is what to simulate: whether a click on this link, followed by this goal, makes these
// postbacks send what the tracker needs.
type Case struct {
	Link   *db.TrackingLink
	Pasted tracking.Pasted // the link's params as passed to the traffic source
	Goal   string
	Status commission.Status // the first that the draft fires for if empty
	Draft  *firing.Postback  // a postback as in its editor; with an id it replaces the saved one; nil for none
	Values map[string]string // by macro, in any spelling; they replace the samples
}

// Simulation is the result of a simulated case.
type Simulation struct {
	Click     []Slot // what the click would provide, param by param
	Postbacks []Simulated
}

// Simulated is what one postback would send.
type Simulated struct {
	Postback *db.Postback // nil for the draft
	Decision firing.Decision
	URL      string // empty if it would not fire
	Slots    []Slot
}

// Slot is one macro and its value.
type Slot struct {
	Macro  macro.Name
	Value  string // before encoding, after its filters
	Filled bool
	Why    string // where the value comes from, or why there is none
	Span   macro.Span
}

// Simulate runs a simulated click and conversion through the rules. It writes nothing and
// sends nothing.
func (t *Tester) Simulate(ctx context.Context, c Case) (*Simulation, error) {
	of := SampleOf{AffiliateID: ids.Affiliate(c.Link.AffiliateID), Goal: c.Goal, Status: c.Status, Link: c.Link, Pasted: c.Pasted, Values: c.Values}
	if c.Draft != nil {
		of.Postback = *c.Draft
	}
	sample, err := t.Sample(ctx, of)
	if err != nil {
		return nil, err
	}
	rows, err := t.Rows.Postback.Query().Where(postback.AffiliateID(c.Link.AffiliateID), postback.DeletedAtIsNil()).Order(db.Asc(postback.FieldID)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the postbacks: %w", err)
	}
	all, err := ent.TrackersOf(ctx, t.Rows, []int64{c.Link.AffiliateID})
	if err != nil {
		return nil, err
	}
	trackers := all[c.Link.AffiliateID]
	simulation := &Simulation{}
	for _, name := range []macro.Name{macro.Param1, macro.Param2, macro.Param3} {
		value := sample.Values.Get(name)
		simulation.Click = append(simulation.Click, Slot{Macro: name, Value: value, Filled: value != "", Why: sample.why[name]})
	}
	if c.Draft != nil {
		simulated, err := sample.simulate(nil, draft(c), trackers)
		if err != nil {
			return nil, err
		}
		simulation.Postbacks = append(simulation.Postbacks, simulated)
		rows = slices.DeleteFunc(rows, func(p *db.Postback) bool { return ids.Postback(p.ID) == c.Draft.ID })
	}
	for _, p := range rows {
		simulated, err := sample.simulate(p, ent.FiringPostback(p), trackers)
		if err != nil {
			return nil, fmt.Errorf("postback %d: %w", p.ID, err)
		}
		simulation.Postbacks = append(simulation.Postbacks, simulated)
	}
	return simulation, nil
}

// draft returns the case's draft as the rules need it: enabled, owned by the link's affiliate,
// and for the case's goal if it has none yet.
func draft(c Case) firing.Postback {
	p := *c.Draft
	p.AffiliateID, p.Enabled, p.Held = ids.Affiliate(c.Link.AffiliateID), true, false
	if p.Goal == "" {
		p.Goal = c.Goal
	}
	if len(p.Statuses) == 0 {
		p.Statuses = []commission.Status{commission.Approved}
	}
	if p.Scope == "" {
		p.Scope = firing.Global
	}
	return p
}

func (s *Sample) simulate(p *db.Postback, rule firing.Postback, trackers firing.Trackers) (Simulated, error) {
	simulated := Simulated{Postback: p, Decision: firing.Decide(s.event, []firing.Postback{rule}, trackers)[0]}
	parsed, err := macro.ParseFor(rule.URLTemplate, macro.ScopeFor(rule.Aggregates > 0))
	if err != nil {
		if p == nil {
			return simulated, problem.Join(firing.TemplateProblems("urlTemplate", rule.URLTemplate, err))
		}
		return simulated, err
	}
	if !simulated.Decision.Fired {
		return simulated, nil
	}
	url, spans := parsed.ExpandSpans(s.Values)
	simulated.URL = url
	for i, span := range spans {
		slot := Slot{Macro: span.Macro, Value: span.Value, Filled: span.Value != "", Why: s.why[span.Macro], Span: span}
		if filters := parsed.Slots()[i].Filters; len(filters) > 0 && slot.Filled != (s.Values.Get(span.Macro) != "") {
			slot.Why += map[bool]string{true: " A filter sets the value.", false: " A filter removes the value."}[slot.Filled]
		}
		simulated.Slots = append(simulated.Slots, slot)
	}
	return simulated, nil
}
