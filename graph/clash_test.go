package graph_test

import (
	"fmt"
	"reflect"
	"testing"

	"postrider/internal/globalid"
	"postrider/pgtest"
)

const clashes = `query($open: Boolean) { staffHome { clashes } clashes(open: $open) { totalCount edges { node {
	id reports differs { field recorded reported } report { goal clickId playerId transactionId amount { amount currency } status }
	integration { id } conversion { id } resolution resolvedAt resolvedBy { id } recorded { id } } } } }`

// Staff see both sides of a clash and decide it once: as the same event nothing is recorded, as another
// one the report is.
func TestStaffDecideAClash(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	s, staff := pgtest.NewScene(t, a.db), a.staff(t)
	report := func(player, amount string) map[string]any {
		t.Helper()
		return a.ask(t, staff, fmt.Sprintf(`mutation { recordConversion(input: {integration: %q, goal: "deposit", transactionId: "T1", playerId: %q, amount: %q, clickId: %q}) {
			result conversion { id } userErrors { message } } }`, s.Integration.Key, player, amount, globalid.Hex(s.Click)), nil).at(t, "recordConversion").(map[string]any)
	}
	list := func(open any, want int) []any {
		t.Helper()
		res := a.ask(t, staff, clashes, vars{"open": open})
		all := res.at(t, "clashes", "edges").([]any)
		if len(all) != want || res.at(t, "clashes", "totalCount") != float64(want) || open == true && res.at(t, "staffHome", "clashes") != float64(want) {
			t.Fatalf("open %v: %s", open, res.body)
		}
		return all
	}
	first := report("7", "20")["conversion"]
	for _, player := range []string{"8", "8", "9"} {
		if got := report(player, "35"); got["result"] != "CLASH" {
			t.Fatalf("%v", got)
		}
	}
	var eight map[string]any
	for _, edge := range list(true, 2) {
		if node := edge.(map[string]any)["node"].(map[string]any); node["reports"] == 2.0 {
			eight = node
		}
	}
	if !reflect.DeepEqual(eight["conversion"], first) || eight["resolution"] != nil ||
		!reflect.DeepEqual(eight["differs"], []any{
			map[string]any{"field": "player_id", "recorded": "7", "reported": "8"}, map[string]any{"field": "amount", "recorded": "20.00", "reported": "35.00"},
		}) {
		t.Errorf("%v", eight)
	}
	if r := eight["report"].(map[string]any); r["playerId"] != "8" || r["transactionId"] != "T1" || r["goal"] != "deposit" || r["status"] != nil ||
		!reflect.DeepEqual(r["amount"], map[string]any{"amount": "35.00", "currency": "EUR"}) {
		t.Errorf("%v", r)
	}
	decide := func(clash map[string]any, resolution string) *response {
		return a.ask(t, staff, fmt.Sprintf(`mutation { resolveClash(input: {id: %q, resolution: %s}) {
			clash { resolution resolvedBy { id } } recorded { id amount { amount } } userErrors { field code } } }`, clash["id"], resolution), nil)
	}
	made := decide(eight, "SEPARATE")
	if made.at(t, "resolveClash", "recorded", "amount", "amount") != "35.00" || made.at(t, "resolveClash", "clash", "resolvedBy") == nil {
		t.Error(made.body)
	}
	if again := decide(eight, "SAME"); again.at(t, "resolveClash", "clash") != nil || !reflect.DeepEqual(again.at(t, "resolveClash", "userErrors"),
		[]any{map[string]any{"field": []any{"id"}, "code": "CONFLICT"}}) {
		t.Errorf("decided twice: %s", again.body)
	}
	nine := list(true, 1)[0].(map[string]any)["node"].(map[string]any)
	if same := decide(nine, "SAME"); same.at(t, "resolveClash", "recorded") != nil || same.at(t, "resolveClash", "clash", "resolution") != "SAME" {
		t.Error(same.body)
	}
	list(true, 0)
	list(false, 2)
	list(nil, 2)
}
