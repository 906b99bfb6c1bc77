package graph_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"postrider/internal/globalid"
	"postrider/pgtest"
)

// reportsOf reports a goal, once for each player.
func (a *api) reports(t *testing.T, by who, integration, goal, rest string, players ...string) {
	t.Helper()
	for _, player := range players {
		res := a.ask(t, by, fmt.Sprintf(`mutation { recordConversion(input: {integration: %q, goal: %q, playerId: %q %s}) { result userErrors { message } } }`,
			integration, goal, player, rest), nil)
		if res.at(t, "recordConversion", "result") == nil {
			t.Fatal(res.body)
		}
	}
}

const unmappedGoals = `query($id: ID!) { node(id: $id) { ... on Integration {
	goalMapping { from to } unmappedGoals { word count refused reason mappedTo { key } recorded } } } }`

// A goal that nobody has mapped is listed with its counts; mapping it does what the preview said, and
// can be undone.
func TestMappingAGoalIsWhatItsPreviewSaid(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	s, staff := pgtest.NewScene(t, a.db), a.staff(t)
	pgtest.Postback(t, a.db, s.Affiliate, "https://tracker.example/?c={param_1}", pgtest.On("deposit"))
	v := vars{"id": globalid.Int("Integration", s.Integration.ID), "word": " First_Dep ", "goal": "deposit"}
	a.reports(t, staff, s.Integration.Key, "first_dep", fmt.Sprintf(`amount: "25", currency: "EUR", transactionId: "T1", clickId: %q`, globalid.Hex(s.Click)), "7")
	a.reports(t, staff, s.Integration.Key, "First_Dep", "", "8") // a deposit needs a transaction
	listed := func() map[string]any {
		t.Helper()
		all := a.ask(t, staff, unmappedGoals, v).at(t, "node", "unmappedGoals").([]any)
		if len(all) != 1 {
			t.Fatalf("%d words are listed: %v", len(all), all)
		}
		return all[0].(map[string]any)
	}
	if g := listed(); g["word"] != "first_dep" || g["count"] != 2.0 || g["mappedTo"] != nil || g["recorded"] != 0.0 || g["reason"] != nil {
		t.Errorf("before: %v", g)
	}
	shown := a.ask(t, staff, `query($id: ID!, $word: String!, $goal: String!) { previewGoalMapping(integrationId: $id, word: $word, goal: $goal) {
		reports recorded changed refused reason left deliveries amounts { amount currency } payouts { amount } } }`, v).at(t, "previewGoalMapping").(map[string]any)
	if shown["recorded"] != 1.0 || shown["refused"] != 1.0 || shown["deliveries"] != 1.0 || shown["reports"] != 2.0 || shown["reason"] == nil ||
		!reflect.DeepEqual(shown["amounts"], []any{map[string]any{"amount": "25.00", "currency": "EUR"}}) {
		t.Errorf("the preview: %v", shown)
	}
	const mapIt = `mutation($id: ID!, $word: String!, $goal: String!) { mapGoal(input: {integrationId: $id, word: $word, goal: $goal}) {
		integration { goalMapping { from to } } recorded changed refused userErrors { field message } } }`
	made := a.ask(t, staff, mapIt, v).at(t, "mapGoal").(map[string]any)
	for _, n := range []string{"recorded", "changed", "refused"} {
		if made[n] != shown[n] {
			t.Errorf("%s: %v, the preview said %v", n, made[n], shown[n])
		}
	}
	if g := listed(); g["count"] != 1.0 || g["refused"] != 1.0 || g["reason"] != shown["reason"] || g["recorded"] != 1.0 ||
		!reflect.DeepEqual(g["mappedTo"], map[string]any{"key": "deposit"}) {
		t.Errorf("after: %v", g)
	}
	undone := a.ask(t, staff, `mutation($id: ID!) { unmapGoal(input: {integrationId: $id, word: "FIRST_DEP"}) {
		integration { goalMapping { from } } takenBack userErrors { message } } }`, v)
	if undone.at(t, "unmapGoal", "takenBack") != 1.0 || strings.Contains(strings.ToLower(undone.body), "first_dep") {
		t.Errorf("undone: %s", undone.body)
	}
	if g := listed(); g["count"] != 2.0 || g["recorded"] != 0.0 || g["mappedTo"] != nil {
		t.Errorf("undone: %v", g)
	}
}

// What a mapping cannot be is refused with its field, and the mapping stays as it was.
func TestAGoalIsMappedToOneThatExists(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	s, staff := pgtest.NewScene(t, a.db), a.staff(t)
	id := globalid.Int("Integration", s.Integration.ID)
	for field, input := range map[string]string{
		"goal":          fmt.Sprintf(`{integrationId: %q, word: "dep", goal: "depp"}`, id),
		"word":          fmt.Sprintf(`{integrationId: %q, word: " ", goal: "ftd"}`, id),
		"integrationId": fmt.Sprintf(`{integrationId: %q, word: "dep", goal: "ftd"}`, globalid.Int("Integration", 99)),
	} {
		res := a.ask(t, staff, fmt.Sprintf(`mutation { mapGoal(input: %s) { integration { id } userErrors { field message } } }`, input), nil)
		if !strings.Contains(res.body, fmt.Sprintf(`"field":[%q]`, field)) {
			t.Errorf("%s: %s", field, res.body)
		}
	}
}

// A goal mapping that is saved with the integration records what waits for its words too.
func TestSavingAGoalMappingRecordsWhatWaits(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	s, staff := pgtest.NewScene(t, a.db), a.staff(t)
	a.reports(t, staff, s.Integration.Key, "dep1", `status: APPROVED`, "7", "8")
	a.reports(t, staff, s.Integration.Key, "other", ``, "9")
	v := vars{"id": globalid.Int("Integration", s.Integration.ID)}
	const save = `mutation($id: ID!) { updateIntegration(input: {id: $id, goalMapping: [{from: "Dep1", to: "ftd"}]}) { mapped userErrors { message } } }`
	if res := a.ask(t, staff, save, v); res.at(t, "updateIntegration", "mapped") != 2.0 {
		t.Error(res.body)
	}
	if res := a.ask(t, staff, save, v); res.at(t, "updateIntegration", "mapped") != 0.0 {
		t.Errorf("saved again: %s", res.body)
	}
	got := a.ask(t, staff, unmappedGoals, v).at(t, "node", "unmappedGoals").([]any)
	if len(got) != 2 || got[0].(map[string]any)["word"] != "other" || got[1].(map[string]any)["recorded"] != 2.0 {
		t.Errorf("%v", got)
	}
}
