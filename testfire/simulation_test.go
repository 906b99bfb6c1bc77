package testfire_test

import (
	"strings"
	"testing"

	"postrider/domain/commission"
	"postrider/domain/firing"
	"postrider/domain/macro"
	"postrider/domain/tracking"
	"postrider/ent/db"
	"postrider/internal/ids"
	"postrider/pgtest"
	"postrider/testfire"
)

func (w *world) link() *db.TrackingLink {
	w.t.Helper()
	l, err := w.rows.TrackingLink.Get(w.system, w.one.Link.ID)
	w.must(err)
	return l
}

// slot returns the slot of a macro.
func slot(t *testing.T, slots []testfire.Slot, name macro.Name) testfire.Slot {
	t.Helper()
	for _, s := range slots {
		if s.Macro == name {
			return s
		}
	}
	t.Fatalf("no slot for %s in %+v", name, slots)
	return testfire.Slot{}
}

func TestEverySlotIsFilledOrSaysWhyNot(t *testing.T) {
	w := newWorld(t, nil)
	saved := pgtest.Postback(t, w.d, w.one.Affiliate, "https://t.example/?saved={param_1}", pgtest.On("registration"))
	template := "https://t.example/?a={param_1}&b={param_2}&c={amount}&d={conversion_id}&e={transaction_id}&f={param_3|default:none}&g={goal_id}&h={camp_name}&i={previous_status}&j={payout}&k={landing_page}"
	simulation, err := w.tester.Simulate(w.oneCtx, testfire.Case{
		Link: w.link(), Pasted: tracking.Pasted{Params: [3]string{"{subid}", "fixed", ""}}, Goal: "registration",
		Draft: &firing.Postback{URLTemplate: template},
	})
	w.must(err)
	if len(simulation.Click) != 3 || !simulation.Click[0].Filled || simulation.Click[1].Value != "fixed" || simulation.Click[2].Filled {
		t.Errorf("the click: %+v", simulation.Click)
	}
	if len(simulation.Postbacks) != 2 || simulation.Postbacks[1].Postback.ID != saved.ID || !simulation.Postbacks[1].Decision.Fired {
		t.Fatalf("%+v", simulation.Postbacks)
	}
	draft := simulation.Postbacks[0]
	for name, c := range map[macro.Name]struct {
		filled bool
		why    string
	}{
		macro.Param1: {true, "{subid}"}, macro.Param2: {true, "same for every click"}, macro.Amount: {false, "Registration has no amount"}, macro.ConversionID: {true, "sample"},
		macro.TransactionID: {false, "operators report none"}, macro.Param3: {true, "has no param_3. A filter sets the value"}, macro.GoalID: {true, "The goal"},
		macro.CampName: {true, "campaign of the click"}, macro.PreviousStatus: {false, "status change"}, macro.Payout: {true, "deal"}, macro.LandingPage: {false, "destination"},
	} {
		if s := slot(t, draft.Slots, name); s.Filled != c.filled || !strings.Contains(s.Why, c.why) || s.Filled != (s.Value != "") {
			t.Errorf("%s: %+v, want %v, %q", name, s, c.filled, c.why)
		}
	}
	if !strings.Contains(draft.URL, "b=fixed&c=&d=") || !strings.Contains(draft.URL, "f=none") {
		t.Errorf("%s", draft.URL)
	}
}

func TestTheSimulationFollowsTheRules(t *testing.T) {
	w := newWorld(t, nil)
	off := pgtest.Postback(t, w.d, w.one.Affiliate, "https://t.example/?off={param_1}", pgtest.On("ftd"), func(c *db.PostbackCreate) { c.SetEnabled(false) })
	edited := pgtest.Postback(t, w.d, w.one.Affiliate, "https://t.example/?old={param_1}", pgtest.On("ftd"))
	claim := testfire.Case{Link: w.link(), Goal: "ftd", Draft: &firing.Postback{
		ID: ids.Postback(edited.ID), Scope: firing.Campaign, CampaignID: ids.Campaign(w.one.Link.CampaignID), Goal: "ftd", Further: []string{"deposit"}, URLTemplate: "https://t.example/?new={param_1}",
	}}
	simulation, err := w.tester.Simulate(w.oneCtx, claim)
	w.must(err)
	if len(simulation.Postbacks) != 2 || !simulation.Postbacks[0].Decision.Fired || simulation.Postbacks[1].Postback.ID != off.ID || simulation.Postbacks[1].Decision.Rule != firing.Disabled || simulation.Postbacks[1].URL != "" {
		t.Errorf("%+v", simulation.Postbacks)
	}
	for name, change := range map[string]func(*firing.Postback){
		"another goal":     func(d *firing.Postback) { d.Goal = "registration" },
		"another campaign": func(d *firing.Postback) { d.CampaignID = 1 << 40 },
		"another status":   func(d *firing.Postback) { d.Statuses = []commission.Status{commission.Rejected} },
	} {
		draft := *claim.Draft
		change(&draft)
		simulation, err := w.tester.Simulate(w.oneCtx, testfire.Case{Link: w.link(), Goal: "ftd", Status: commission.Approved, Draft: &draft})
		w.must(err)
		if simulation.Postbacks[0].Decision.Fired || simulation.Postbacks[0].Decision.Reason == "" {
			t.Errorf("%s: %+v", name, simulation.Postbacks[0])
		}
	}
	if _, err := w.tester.Simulate(w.oneCtx, testfire.Case{Link: w.link(), Goal: "jackpot"}); field(err) != "goal" {
		t.Errorf("%v", err)
	}
	if _, err := w.tester.Simulate(w.oneCtx, testfire.Case{Link: w.link(), Goal: "ftd", Draft: &firing.Postback{URLTemplate: "{"}}); field(err) != "urlTemplate" {
		t.Errorf("%v", err)
	}
	if n := w.count(`SELECT (SELECT count(*) FROM deliveries) + (SELECT count(*) FROM conversions) + (SELECT count(*) FROM postback_tests)`); n != 0 || len(w.sent) != 0 {
		t.Errorf("a simulation left %d rows and sent %d", n, len(w.sent))
	}
}
