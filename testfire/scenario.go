package testfire

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/gofrs/uuid/v5"

	"postrider/dispatch"
	"postrider/domain/commission"
	"postrider/domain/macro"
	"postrider/ent/db"
)

// Scenario is how conversions may reach a tracker.
type Scenario struct {
	Key      string
	Title    string
	Does     string // what it fires
	Expected string // what the tracker should do
}

// The keys of the scenarios, in firing order.
const (
	Normal        = "normal"
	SameAgain     = "same_again"
	SecondDeposit = "second_deposit"
	Reversal      = "reversal"
	UnknownClick  = "unknown_click"
	Special       = "special_characters"
	SlowAnswer    = "slow_answer"
)

// Scenarios lists all scenarios, in firing order.
func Scenarios() []Scenario {
	return []Scenario{
		{Normal, "A conversion", "One approved conversion of a known click.", "It is counted once."},
		{SameAgain, "The same again", "The same conversion a second time, as in a retry after a lost response.", "It is still counted once."},
		{SecondDeposit, "A second deposit", "Another conversion of the same click and player, with a different conversion id.", "It is counted in addition to the first."},
		{Reversal, "A reversal", "The first conversion again, now rejected, with a payout of 0.", "It is no longer counted."},
		{UnknownClick, "An unknown click", "A conversion of a click that your tracker does not know.", "It is refused, or at least not counted."},
		{Special, "Special characters", "Values with spaces, &, =, %, + and letters beyond ASCII.", "They arrive unchanged."},
		{SlowAnswer, "Response time", "One more conversion, to measure how long your tracker takes.", "The response arrives within three seconds."},
	}
}

// ScenarioKeys lists the keys of the scenarios, in firing order.
func ScenarioKeys() []string {
	return []string{Normal, SameAgain, SecondDeposit, Reversal, UnknownClick, Special, SlowAnswer}
}

// tooSlow is the response time from which the scenario is graded Attention.
const tooSlow = 3 * time.Second

// runTime is how long a whole run may take.
const runTime = 50 * time.Second

// Run is the results of all scenarios.
type Run struct {
	ID    uuid.UUID
	Cards []Card
}

// Card is the result of one scenario.
type Card struct {
	Scenario Scenario
	Test     *db.PostbackTest // nil if it was not fired
	Grade    Grade
	Message  string // what happened and what it means, in words
}

// RunScenarios fires every scenario, one after the other. If the first gets no response, the
// others are not fired.
func (t *Tester) RunScenarios(ctx context.Context, w Wish) (*Run, error) {
	o, err := t.prepare(ctx, w)
	if err != nil {
		return nil, err
	}
	scenarios := Scenarios()
	if err := t.maySend(ctx, len(scenarios)); err != nil {
		return nil, err
	}
	bases, err := t.basesOf(ctx, o)
	if err != nil {
		return nil, err
	}
	id, err := uuid.NewV7AtTime(t.Now())
	if err != nil {
		return nil, fmt.Errorf("making an id: %w", err)
	}
	timed, cancel := context.WithTimeout(ctx, runTime)
	defer cancel()
	run := uuid.NullUUID{UUID: id, Valid: true}
	results := map[string]*Result{}
	for _, s := range scenarios {
		if first := results[Normal]; timed.Err() != nil || first != nil && first.Exchange.StatusCode == 0 {
			break
		}
		next := shot{scenario: s.Key, run: run, values: bases.valuesOf(s.Key, id)}
		if s.Key == SameAgain {
			next.again = results[Normal].ID
		}
		r, err := t.fire(timed, o, next)
		if err != nil {
			return nil, err
		}
		results[s.Key] = r
	}
	return t.cards(ctx, id, scenarios, results)
}

func (t *Tester) cards(ctx context.Context, id uuid.UUID, scenarios []Scenario, results map[string]*Result) (*Run, error) {
	run := &Run{ID: id}
	for _, s := range scenarios {
		card := Card{Scenario: s}
		card.Grade, card.Message = Assess(s.Key, results)
		if r := results[s.Key]; r != nil {
			test, err := t.Rows.PostbackTest.Get(ctx, r.ID)
			if err != nil {
				return nil, fmt.Errorf("reading a test back: %w", err)
			}
			card.Test = test
		}
		run.Cards = append(run.Cards, card)
	}
	return run, nil
}

// bases are the sample conversions that the scenarios are made of, both approved.
type bases struct{ normal, deposit *macro.Values }

func (t *Tester) basesOf(ctx context.Context, o *order) (b bases, err error) {
	of := o.sample
	of.Status = commission.Approved
	normal, err := t.Sample(ctx, of)
	if err != nil {
		return b, err
	}
	of.Goal = commission.GoalDeposit
	deposit, err := t.Sample(ctx, of)
	if err != nil {
		return b, err
	}
	return bases{normal: normal.Values, deposit: deposit.Values}, nil
}

// valuesOf returns the values of a scenario: those of a sample conversion, changed as the scenario
// needs. Each run has its own ids, so that a run fired again is no duplicate.
func (b bases) valuesOf(scenario string, run uuid.UUID) *macro.Values {
	v := *b.normal
	if scenario == SecondDeposit {
		v = *b.deposit
	}
	first, second, third := nthID(run, 1), nthID(run, 2), nthID(run, 3)
	set := func(id string, status commission.Status) {
		v.Set(macro.ConversionID, id)
		v.Set(macro.TransactionID, "TEST-"+id[len(id)-8:])
		v.Set(macro.Status, string(status))
		v.Set(macro.PreviousStatus, "")
		v.Set(macro.Reason, "")
	}
	set(first, commission.Approved)
	switch scenario {
	case SecondDeposit:
		set(second, commission.Approved)
	case Reversal:
		set(first, commission.Rejected)
		v.Set(macro.PreviousStatus, string(commission.Approved))
		v.Set(macro.Reason, "test of a reversal")
		v.Set(macro.Payout, "0.00")
	case UnknownClick:
		set(third, commission.Approved)
		unknown := unknownClick()
		v.Set(macro.Param1, unknown)
		v.Set(macro.ClickID, unknown)
	case Special:
		set(nthID(run, 4), commission.Approved)
		for _, name := range []macro.Name{macro.Param2, macro.Param3, macro.CampName} {
			v.Set(name, "Größe & 100% = a+b #1 日本")
		}
	case SlowAnswer:
		set(nthID(run, 5), commission.Approved)
	}
	return &v
}

// nthID returns the nth id of a run.
func nthID(run uuid.UUID, n byte) string {
	run[15] = n
	return hex.EncodeToString(run[:])
}

func unknownClick() string {
	var b [12]byte
	_, _ = rand.Read(b[:]) // never fails, see its documentation
	return "unknown-" + hex.EncodeToString(b[:])
}

// delivered reports whether the tracker accepted a test.
func (r *Result) delivered() bool { return r != nil && r.Outcome.Verdict == dispatch.Accepted }
