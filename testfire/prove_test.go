package testfire_test

import (
	"strings"
	"testing"

	"postrider/domain/commission"
	"postrider/domain/firing"
	"postrider/domain/macro"
	"postrider/domain/tracking"
	"postrider/ent/db"
	"postrider/pgtest"
	"postrider/testfire"
)

func (w *world) link() *db.TrackingLink {
	w.t.Helper()
	l, err := w.rows.TrackingLink.Get(w.system, w.one.Link.ID)
	w.must(err)
	return l
}

// slot finds the slot of a macro.
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
	proof, err := w.tester.Prove(w.oneCtx, testfire.Claim{
		Link: w.link(), Pasted: tracking.Pasted{Params: [3]string{"{subid}", "fixed", ""}}, Goal: "registration",
		Draft: &testfire.Draft{URLTemplate: template},
	})
	w.must(err)
	if len(proof.Click) != 3 || !proof.Click[0].Filled || proof.Click[1].Value != "fixed" || proof.Click[2].Filled {
		t.Errorf("the click: %+v", proof.Click)
	}
	if len(proof.Postbacks) != 2 || proof.Postbacks[1].Postback.ID != saved.ID || !proof.Postbacks[1].Decision.Fired {
		t.Fatalf("%+v", proof.Postbacks)
	}
	draft := proof.Postbacks[0]
	for name, c := range map[macro.Name]struct {
		filled bool
		why    string
	}{
		macro.Param1: {true, "{subid}"}, macro.Param2: {true, "same for every click"}, macro.Amount: {false, "Registration has no amount"}, macro.ConversionID: {true, "sample"},
		macro.TransactionID: {false, "operators give none"}, macro.Param3: {true, "carries no param_3. A filter gives the value"}, macro.GoalID: {true, "The goal"},
		macro.CampName: {true, "campaign of the link"}, macro.PreviousStatus: {false, "change of status"}, macro.Payout: {true, "deal"}, macro.LandingPage: {false, "destination"},
	} {
		if s := slot(t, draft.Slots, name); s.Filled != c.filled || !strings.Contains(s.Why, c.why) || s.Filled != (s.Value != "") {
			t.Errorf("%s: %+v, want %v, %q", name, s, c.filled, c.why)
		}
	}
	if !strings.Contains(draft.URL, "b=fixed&c=&d=") || !strings.Contains(draft.URL, "f=none") {
		t.Errorf("%s", draft.URL)
	}
}

func TestTheProofFollowsTheRules(t *testing.T) {
	w := newWorld(t, nil)
	off := pgtest.Postback(t, w.d, w.one.Affiliate, "https://t.example/?off={param_1}", pgtest.On("ftd"), func(c *db.PostbackCreate) { c.SetEnabled(false) })
	edited := pgtest.Postback(t, w.d, w.one.Affiliate, "https://t.example/?old={param_1}", pgtest.On("ftd"))
	claim := testfire.Claim{Link: w.link(), Goal: "ftd", Draft: &testfire.Draft{
		PostbackID: edited.ID, Scope: firing.Campaign, CampaignID: w.one.Link.CampaignID, Goals: []string{"ftd", "deposit"}, URLTemplate: "https://t.example/?new={param_1}",
	}}
	proof, err := w.tester.Prove(w.oneCtx, claim)
	w.must(err)
	if len(proof.Postbacks) != 2 || !proof.Postbacks[0].Decision.Fired || proof.Postbacks[1].Postback.ID != off.ID || proof.Postbacks[1].Decision.Rule != firing.Disabled || proof.Postbacks[1].URL != "" {
		t.Errorf("%+v", proof.Postbacks)
	}
	for name, change := range map[string]func(*testfire.Draft){
		"another goal":     func(d *testfire.Draft) { d.Goals = []string{"registration"} },
		"another campaign": func(d *testfire.Draft) { d.CampaignID = 1 << 40 },
		"another status":   func(d *testfire.Draft) { d.Statuses = []commission.Status{commission.Rejected} },
	} {
		draft := *claim.Draft
		change(&draft)
		proof, err := w.tester.Prove(w.oneCtx, testfire.Claim{Link: w.link(), Goal: "ftd", Draft: &draft})
		w.must(err)
		if proof.Postbacks[0].Decision.Fired || proof.Postbacks[0].Decision.Reason == "" {
			t.Errorf("%s: %+v", name, proof.Postbacks[0])
		}
	}
	if _, err := w.tester.Prove(w.oneCtx, testfire.Claim{Link: w.link(), Goal: "jackpot"}); field(err) != "goal" {
		t.Errorf("%v", err)
	}
	if _, err := w.tester.Prove(w.oneCtx, testfire.Claim{Link: w.link(), Goal: "ftd", Draft: &testfire.Draft{URLTemplate: "{"}}); field(err) != "urlTemplate" {
		t.Errorf("%v", err)
	}
	if n := w.count(`SELECT (SELECT count(*) FROM deliveries) + (SELECT count(*) FROM conversions) + (SELECT count(*) FROM postback_tests)`); n != 0 || len(w.sent) != 0 {
		t.Errorf("a proof left %d rows and sent %d", n, len(w.sent))
	}
}
