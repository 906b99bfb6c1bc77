package graph

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"postrider/backoffice"
	"postrider/domain/inbound"
	"postrider/ent/db"
	"postrider/graph/gen"
	"postrider/intake"
	"postrider/internal/problem"
	"postrider/internal/viewer"
	"postrider/setup"
)

// mappedGoal returns the key of the goal that an integration's word is mapped to; empty for none.
func mappedGoal(s *db.Integration, word string) string {
	for own, goal := range s.GoalMapping {
		if inbound.WordKey(own) == inbound.WordKey(word) {
			return goal
		}
	}
	return ""
}

// mapped returns the goal that a word is mapped to; nil while it is not.
func mapped(ctx context.Context, w *backoffice.WaitingGoal) (*db.Goal, error) {
	s, err := load(ctx).integrations.Load(ctx, w.IntegrationID)
	if err != nil {
		return nil, fmt.Errorf("reading integration %d: %w", w.IntegrationID, err)
	}
	key := mappedGoal(s, w.Word)
	return find(ctx, load(ctx).goals, &key)
}

// remap sets the goal of an integration's word, however it is spelled, or removes it if the goal is
// empty. What is so already is not written again.
func (r *Resolver) remap(ctx context.Context, integrationID, word, goal string) (*db.Integration, error) {
	s, err := r.wordOf(ctx, integrationID, word)
	if err != nil || mappedGoal(s, word) == goal {
		return s, err
	}
	s, err = r.Setup.UpdateIntegration(ctx, s.ID, func(w *setup.IntegrationWish) {
		w.GoalMapping = maps.Clone(w.GoalMapping)
		maps.DeleteFunc(w.GoalMapping, func(own, _ string) bool { return inbound.WordKey(own) == inbound.WordKey(word) })
		if goal != "" {
			w.GoalMapping[strings.TrimSpace(word)] = goal
		}
	})
	return s, err
}

// wordOf returns the integration whose word is meant.
func (r *Resolver) wordOf(ctx context.Context, integrationID, word string) (*db.Integration, error) {
	id, err := intID("Integration", "integrationId", integrationID)
	if err != nil {
		return nil, err
	}
	if inbound.WordKey(word) == "" {
		return nil, problem.Invalid("word", "is empty: name the operator's goal")
	}
	s, err := r.Client.Integration.Get(ctx, id)
	if db.IsNotFound(err) {
		return nil, problem.NotFoundAt("integrationId", "there is no such integration")
	}
	return s, err
}

// goalExists refuses the key of no goal.
func goalExists(ctx context.Context, key string) error {
	found, err := find(ctx, load(ctx).goals, &key)
	if err == nil && found == nil {
		return problem.Invalid("goal", "%q is not in the event dictionary: `goals` lists it", key)
	}
	return err
}

// previewGoal returns what mapping a word to a goal would do.
func (r *Resolver) previewGoal(ctx context.Context, integrationID, word, goal string) (*gen.GoalMappingPreview, error) {
	s, err := r.wordOf(ctx, integrationID, word)
	if err == nil {
		err = goalExists(ctx, goal)
	}
	if err != nil {
		return nil, err
	}
	m, err := r.Intake.PreviewGoal(ctx, s.Key, word, goal)
	if err != nil {
		return nil, err
	}
	return &gen.GoalMappingPreview{
		Reports: m.Reports, Recorded: m.Recorded, Changed: m.Changed, Refused: m.Refused, Reason: textOrNull(m.FirstReason), Left: m.Left,
		Deliveries: m.Deliveries, Amounts: moneys(m.Amounts), Payouts: moneys(m.Payouts),
	}, nil
}

// moneys returns sums by currency as a list.
func moneys(sums map[string]decimal.Decimal) []*gen.Money {
	list := []*gen.Money{}
	for _, currency := range slices.Sorted(maps.Keys(sums)) {
		sum := sums[currency]
		list = append(list, money(&sum, currency))
	}
	return list
}

// mapGoal maps a word, and then records what waits for it: what arrives in between finds it mapped.
func (r *Resolver) mapGoal(ctx context.Context, in gen.MapGoalInput) (*gen.MapGoalPayload, error) {
	payload := &gen.MapGoalPayload{}
	if err := goalExists(ctx, in.Goal); err != nil {
		return payload, err
	}
	s, err := r.remap(ctx, in.IntegrationID, in.Word, in.Goal)
	if err != nil {
		return payload, err
	}
	m, err := r.Intake.MapGoal(ctx, s.Key, in.Word, in.Goal, staffMove(ctx))
	payload.Integration, payload.Recorded, payload.Changed, payload.Refused = s, m.Recorded, m.Changed, m.Refused
	if err != nil || m.Recorded+m.Changed == 0 {
		return payload, err
	}
	return payload, r.Setup.Note(ctx, setup.Act{Action: "map_goal", Entity: "integration", ID: fmt.Sprint(s.ID), After: map[string]any{
		"word": inbound.WordKey(in.Word), "goal": in.Goal, "recorded": m.Recorded, "changed": m.Changed, "refused": m.Refused,
	}})
}

// unmapGoal removes a word from the mapping, and then takes back what was recorded when it was mapped.
func (r *Resolver) unmapGoal(ctx context.Context, in gen.UnmapGoalInput) (*gen.UnmapGoalPayload, error) {
	payload := &gen.UnmapGoalPayload{}
	s, err := r.remap(ctx, in.IntegrationID, in.Word, "")
	if err != nil {
		return payload, err
	}
	v := viewer.From(ctx)
	payload.Integration = s
	payload.TakenBack, err = r.Intake.UnmapGoal(ctx, s.Key, in.Word, intake.Undoing{Actor: actor(v), UserID: v.UserID})
	if err != nil || payload.TakenBack == 0 {
		return payload, err
	}
	return payload, r.Setup.Note(ctx, setup.Act{Action: "unmap_goal", Entity: "integration", ID: fmt.Sprint(s.ID), After: map[string]any{
		"word": inbound.WordKey(in.Word), "takenBack": payload.TakenBack,
	}})
}
