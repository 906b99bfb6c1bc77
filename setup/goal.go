package setup

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"postrider/domain/commission"
	"postrider/ent/db"
	"postrider/ent/db/goal"
	"postrider/internal/pg"
	"postrider/internal/problem"
)

// CreateGoal adds a goal to the event dictionary: fill sets its values.
func (s *Setup) CreateGoal(ctx context.Context, fill func(*commission.Goal)) (*db.Goal, error) {
	var made *db.Goal
	err := s.staffChange(ctx, func(ctx context.Context, c *change) error {
		w := commission.Goal{
			OncePerPlayer: true, Reversible: true, Statuses: commission.Statuses(), Parameters: []string{"occurred_at", "status"},
			TimestampStandard: "when it happened at the operator, UTC; RFC 3339 or Unix seconds",
		}
		fill(&w)
		if err := checkGoal(&w); err != nil {
			return err
		}
		last, err := c.client.Goal.Query().Order(db.Desc(goal.FieldPosition)).First(ctx)
		if err != nil {
			return fmt.Errorf("reading the last goal: %w", err)
		}
		made, err = c.client.Goal.Create().SetKey(w.Key).SetName(w.Name).SetTrigger(w.Trigger).SetOncePerPlayer(w.OncePerPlayer).SetBillable(w.Billable).
			SetReversible(w.Reversible).SetStatuses(w.Statuses).SetParameters(w.Parameters).SetTimestampStandard(w.TimestampStandard).
			SetBuiltIn(false).SetPosition(last.Position + 1).Save(ctx)
		if pg.IsUnique(err, "goals_key") {
			return problem.Conflict("key", "the event dictionary already has %q", w.Key)
		}
		if err != nil {
			return saved("goal", err)
		}
		return c.audit(ctx, Act{Action: "create", Entity: "goal", ID: fmt.Sprint(made.ID), After: made})
	})
	return made, err
}

// UpdateGoal changes a goal: patch modifies its current values. Its key stays, and of a built-in
// goal only the name and the trigger change: operators and affiliates rely on its rules.
func (s *Setup) UpdateGoal(ctx context.Context, id int64, patch func(*commission.Goal)) (*db.Goal, error) {
	var changed *db.Goal
	err := s.staffChange(ctx, func(ctx context.Context, c *change) error {
		before, err := c.client.Goal.Get(ctx, id)
		if err != nil {
			return missing(err, "id", "goal")
		}
		w := goalWish(before)
		patch(&w)
		w.Key = before.Key
		if before.BuiltIn {
			kept := goalWish(before)
			kept.Name, kept.Trigger = w.Name, w.Trigger
			w = kept
		}
		if err := checkGoal(&w); err != nil {
			return err
		}
		changed, err = c.client.Goal.UpdateOne(before).SetName(w.Name).SetTrigger(w.Trigger).SetOncePerPlayer(w.OncePerPlayer).SetBillable(w.Billable).
			SetReversible(w.Reversible).SetStatuses(w.Statuses).SetParameters(w.Parameters).SetTimestampStandard(w.TimestampStandard).Save(ctx)
		if err != nil {
			return saved("goal", err)
		}
		return c.audit(ctx, Act{Action: "update", Entity: "goal", ID: fmt.Sprint(id), Before: before, After: changed})
	})
	return changed, err
}

func goalWish(g *db.Goal) commission.Goal {
	return commission.Goal{
		Key: g.Key, Name: g.Name, Trigger: g.Trigger, OncePerPlayer: g.OncePerPlayer, Billable: g.Billable, Reversible: g.Reversible,
		Statuses: g.Statuses, Parameters: g.Parameters, TimestampStandard: g.TimestampStandard,
	}
}

func checkGoal(w *commission.Goal) error {
	name, err := cleanName(w.Name)
	w.Name, w.Trigger = name, strings.TrimSpace(w.Trigger)
	list := []*problem.Error{problem.From(err), within("trigger", w.Trigger, 1000), within("timestampStandard", w.TimestampStandard, 500)}
	if !commission.GoalKey.MatchString(w.Key) {
		list = append(list, problem.Invalid("key", "must be lower-case letters, digits and _, such as bonus_used"))
	}
	if w.Trigger == "" {
		list = append(list, problem.Invalid("trigger", "describe what triggers the goal"))
	}
	if len(w.Statuses) == 0 || slices.Contains(w.Statuses, commission.Unknown) || !slices.Contains(w.Statuses, commission.Approved) {
		list = append(list, problem.Invalid("statuses", "choose the statuses that it can have, approved among them"))
	}
	if w.Parameters == nil {
		w.Parameters = []string{}
	}
	for _, p := range w.Parameters {
		if !commission.GoalKey.MatchString(p) {
			list = append(list, problem.Invalid("parameters", "%q is not a parameter name", p))
		}
	}
	return wrong(list...)
}
