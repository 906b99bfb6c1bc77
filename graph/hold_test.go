package graph_test

import (
	"strings"
	"testing"

	"postrider/internal/viewer"
)

func TestAHoldIsSeenByAllAndSetByAdmins(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	admin := w.session(t, w.user(t, viewer.Admin, 0).Email)
	manager := w.session(t, w.user(t, viewer.Manager, 0).Email)
	const look = `{ instance { hold { reason since note } } }`
	const set = `mutation ($on: Boolean!) { setHold(input: {on: $on, note: "moving"}) { instance { hold { reason } } userErrors { message } } }`

	if res := w.post(t, admin, look, nil); res.at(t, "instance", "hold") != nil {
		t.Fatalf("it holds from the beginning: %s", res.body)
	}
	if res := w.post(t, manager, set, vars{"on": true}); !strings.Contains(res.body, `"FORBIDDEN"`) {
		t.Errorf("a manager may: %s", res.body)
	}
	if res := w.post(t, admin, set, vars{"on": true}); res.at(t, "setHold", "instance", "hold", "reason") != "ASKED" {
		t.Fatalf("an admin may not: %s", res.body)
	}
	if res := w.post(t, manager, look, nil); res.at(t, "instance", "hold", "note") != "moving" {
		t.Errorf("staff do not see why: %s", res.body)
	}
	if res := w.post(t, w.session(t, w.a.user.Email), look, nil); res.at(t, "instance", "hold", "reason") != "ASKED" || res.at(t, "instance", "hold", "note") != nil {
		t.Errorf("an affiliate sees: %s", res.body)
	}
	if res := w.post(t, nobody, look, nil); res.at(t, "instance", "hold") != nil {
		t.Errorf("nobody sees: %s", res.body)
	}
	const fire = `mutation { testPostback(input: {urlTemplate: "https://tracker.example/?a={click_id}"}) { userErrors { message } } }`
	if res := w.post(t, w.session(t, w.a.user.Email), fire, nil); !strings.Contains(res.body, "nothing is sent: Postrider is on hold since") {
		t.Errorf("a test is fired: %s", res.body)
	}
	if res := w.post(t, admin, set, vars{"on": false}); res.at(t, "setHold", "instance", "hold") != nil {
		t.Errorf("resumed: %s", res.body)
	}
	if res := w.post(t, manager, `{ auditEntries(first: 2) { edges { node { action entity } } } }`, nil); !strings.Contains(res.body, `"RESUME"`) || !strings.Contains(res.body, `"HOLD"`) {
		t.Errorf("it is not audited: %s", res.body)
	}
}
