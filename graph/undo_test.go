package graph_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"postrider/domain/commission"
	"postrider/ent/db"
	"postrider/graph"
	"postrider/internal/globalid"
	"postrider/internal/viewer"
	"postrider/pgtest"
)

// What staff are shown before they undo an attribution is what then happens, and the affiliate
// reads why.
func TestUndoingAnAttributionIsWhatItsPreviewSaid(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	s, staff := pgtest.NewScene(t, a.db), a.staff(t)
	pgtest.Postback(t, a.db, s.Affiliate, "https://tracker.example/?c={param_1}", pgtest.On("cpa"))
	pgtest.Postback(t, a.db, s.Affiliate, "https://tracker.example/?r={param_1}", pgtest.On("cpa", commission.Cancelled))
	got := a.ask(t, staff, fmt.Sprintf(`mutation { recordConversion(input: {integration: %q, goal: "cpa", clickId: "none", transactionId: "T1"}) { conversion { id undoable } } }`, s.Integration.Key), nil)
	id := got.at(t, "recordConversion", "conversion", "id").(string)
	v := vars{"id": id, "click": globalid.UUID("Click", s.Click)}
	const attribute = `mutation($id: ID!, $click: ID!) { attributeConversion(input: {conversionId: $id, clickId: $click}) { conversion { id undoable } userErrors { field message } } }`
	if res := a.ask(t, staff, attribute, v); res.at(t, "attributeConversion", "conversion", "undoable") != true {
		t.Errorf("attributed: %s", res.body)
	}
	shown := a.ask(t, staff, `query($id: ID!) { undoAttributionPreview(id: $id) {
		takenBack { conversion { id } status payout { amount currency } } postbacks { fires status postback { id } } } }`, v)
	taken := shown.at(t, "undoAttributionPreview", "takenBack")
	if want := []any{map[string]any{"conversion": map[string]any{"id": id}, "status": "CANCELLED", "payout": map[string]any{"amount": "120.00", "currency": "EUR"}}}; !reflect.DeepEqual(taken, want) {
		t.Errorf("shown: %v", taken)
	}
	var fires []any
	for _, p := range shown.at(t, "undoAttributionPreview", "postbacks").([]any) {
		if p := p.(map[string]any); p["fires"] == true {
			fires = append(fires, map[string]any{"status": p["status"], "postback": p["postback"]})
		}
	}
	const undo = `mutation($id: ID!) { undoAttribution(input: {id: $id, reason: "the wrong Nordic"}) {
		conversion { id undoable status reversed payout { amount } replacedBy { id } deliveries { status postback { id } } }
		replacedBy { id undoable affiliate { id } replaces { id } proposals { reason } } userErrors { field message } } }`
	made := a.ask(t, staff, undo, v)
	if c := made.at(t, "undoAttribution", "conversion").(map[string]any); c["status"] != "CANCELLED" || c["reversed"] != true || c["undoable"] != false ||
		!reflect.DeepEqual(c["payout"], map[string]any{"amount": "0.00"}) || len(fires) != 1 || !strings.Contains(made.body, fmt.Sprintf("%v", fires[0].(map[string]any)["postback"].(map[string]any)["id"])) {
		t.Errorf("taken back: %s; shown %v", made.body, fires)
	}
	place := made.at(t, "undoAttribution", "replacedBy").(map[string]any)
	if place["affiliate"] != nil || !reflect.DeepEqual(place["replaces"], map[string]any{"id": id}) || !reflect.DeepEqual(made.at(t, "undoAttribution", "conversion", "replacedBy"), map[string]any{"id": place["id"]}) {
		t.Errorf("in its place: %s", made.body)
	}
	if again := a.ask(t, staff, undo, v); !strings.Contains(again.body, `"field":["id"]`) || !strings.Contains(again.body, "stands in its place") {
		t.Errorf("twice: %s", again.body)
	}
	if res := a.ask(t, staff, attribute, vars{"id": place["id"], "click": globalid.UUID("Click", s.Click)}); res.at(t, "attributeConversion", "conversion", "id") != place["id"] {
		t.Errorf("attributed anew: %s", res.body)
	}
	own := a.user(t, viewer.Affiliate, s.Affiliate)
	seen := a.ask(t, a.token(t, own.Email), `query($id: ID!) { conversionTrace(conversionId: $id) { conversion { events { reason } } } }`, v)
	if !strings.Contains(seen.body, "Attributed by mistake, taken back by the network") || strings.Contains(seen.body, "wrong Nordic") {
		t.Errorf("the affiliate reads %s", seen.body)
	}
	log := a.ask(t, staff, `{ auditEntries(filter: {actions: [UNDO_ATTRIBUTION]}) { edges { node { action changes { field before after } } } } }`, nil)
	for _, want := range []string{`"field":"reason","before":null,"after":"\"the wrong Nordic\""`, `"field":"clickId","before":"\"` + globalid.Hex(s.Click)} {
		if !strings.Contains(log.body, want) {
			t.Errorf("no %s in %s", want, log.body)
		}
	}
}

// Totals count what the list has for the same filter and viewer, and mix no currencies.
func TestTotalsAreThoseOfTheList(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	s, other := pgtest.NewScene(t, a.db), pgtest.NewScene(t, a.db)
	pay := func(s pgtest.Scene, goal, amount, currency string) {
		s.Conversion(t, a.db, func(c *db.ConversionCreate) {
			c.SetGoal(goal).SetTransactionID(fmt.Sprint(count.Add(1)))
			if currency != "" {
				c.SetPayout(decimal.RequireFromString(amount)).SetPayoutCurrency(currency)
			}
		})
	}
	pay(s, "cpa", "0.1", "USD")
	pay(s, "cpa", "0.2", "USD")
	pay(s, "cpa", "120", "EUR")
	pay(s, "kyc", "5", "EUR")
	pay(s, "kyc", "", "")
	pay(other, "cpa", "1000", "USD")
	own := a.token(t, a.user(t, viewer.Affiliate, s.Affiliate).Email)
	for _, c := range []struct{ filter, want string }{
		{"{}", `{"count":5,"capped":false,"payouts":[{"amount":"125.00","currency":"EUR"},{"amount":"0.30","currency":"USD"}]}`},
		{`{goals: ["kyc"]}`, `{"count":2,"capped":false,"payouts":[{"amount":"5.00","currency":"EUR"}]}`},
		{`{from: "2040-01-01T00:00:00Z"}`, `{"count":0,"capped":false,"payouts":[]}`},
	} {
		res := a.ask(t, own, `{ conversionTotals(filter: `+c.filter+`) { count capped payouts { amount currency } } }`, nil)
		if !strings.Contains(res.body, `"conversionTotals":`+c.want) {
			t.Errorf("%s: %s, want %s", c.filter, res.body, c.want)
		}
	}
	all := a.ask(t, a.staff(t), `{ conversionTotals { count payouts { amount currency } } }`, nil)
	if !strings.Contains(all.body, `{"count":6,"payouts":[{"amount":"1000.30","currency":"USD"},{"amount":"125.00","currency":"EUR"}]}`) {
		t.Errorf("staff: %s", all.body)
	}
	few, err := graph.TotalsOf(pgtest.System(t), a.db.Client(), nil, 2)
	if must(t, err); !few.Capped || few.Count != 2 || few.Payouts[0].Amount != "1000.00" {
		t.Errorf("the newest two: %+v", few)
	}
	if whole, err := graph.TotalsOf(pgtest.System(t), a.db.Client(), nil, 6); err != nil || whole.Capped || whole.Count != 6 {
		t.Errorf("all six: %+v, %v", whole, err)
	}
}
