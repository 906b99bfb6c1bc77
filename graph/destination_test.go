package graph_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"postrider/internal/globalid"
	"postrider/internal/viewer"
	"postrider/pgtest"
)

// A landing page is tried at once when staff ask, and is due when it was saved; what is dead waits
// for staff on their home page until it answers.
func TestStaffHearOfADeadPage(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	status := http.StatusNotFound
	operator := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
	defer operator.Close()
	manager := a.token(t, a.user(t, viewer.Manager, 0).Email)
	offer := pgtest.Offer(t, a.db)
	res := a.ask(t, manager, `mutation ($o: ID!, $u: String!) { createLandingPage(input: {offerId: $o, key: "slots", name: "Slots", url: $u}) {
		landingPage { id check { message } } userErrors { message } } }`, map[string]any{"o": globalid.Int("Offer", offer), "u": operator.URL + "/?cid={click_id}"})
	page, _ := res.at(t, "createLandingPage", "landingPage", "id").(string)
	if page == "" || res.at(t, "createLandingPage", "landingPage", "check") != nil {
		t.Fatalf("%v", res)
	}
	var due int
	must(t, a.db.SQL.QueryRowContext(t.Context(), `SELECT count(*) FROM destination_checks WHERE url LIKE $1 AND due_at <= $2`, operator.URL+"%", pgtest.Now).Scan(&due))
	if due != 1 {
		t.Errorf("what was saved is not due: %d", due)
	}
	try := func() *response {
		return a.ask(t, manager, fmt.Sprintf(`mutation { tryDestination(input: {id: %q}) { check { statusCode message alive deadSince } userErrors { field } } }`, page), nil)
	}
	if res := try(); res.at(t, "tryDestination", "check", "message") != "Answered 404" || res.at(t, "tryDestination", "check", "alive") != false ||
		res.at(t, "tryDestination", "check", "deadSince") != nil {
		t.Errorf("%v", res)
	}
	const home = `{ staffHome { deadDestinations { offer { id } landingPage { name check { message } } check { message } } } }`
	if dead := a.ask(t, manager, home, nil).at(t, "staffHome", "deadDestinations").([]any); len(dead) != 0 {
		t.Errorf("a blip: %v", dead)
	}
	_, err := a.db.SQL.ExecContext(t.Context(), `UPDATE destination_checks SET failing_since = $1`, pgtest.Now.Add(-time.Hour))
	must(t, err)
	try()
	if res := a.ask(t, manager, home, nil); len(res.at(t, "staffHome", "deadDestinations").([]any)) != 1 || !strings.Contains(res.body, `"Slots"`) || !strings.Contains(res.body, globalid.Int("Offer", offer)) {
		t.Errorf("dead: %s", res.body)
	}
	status = http.StatusForbidden // it takes us for a bot
	if res := try(); res.at(t, "tryDestination", "check", "alive") != true {
		t.Errorf("%v", res)
	}
	if dead := a.ask(t, manager, home, nil).at(t, "staffHome", "deadDestinations").([]any); len(dead) != 0 {
		t.Errorf("it answers again: %v", dead)
	}
	for id, code := range map[string]string{"nonsense": "INVALID", globalid.Int("Goal", 1): "INVALID", globalid.Int("Offer", 987654): "NOT_FOUND"} {
		res := a.ask(t, manager, fmt.Sprintf(`mutation { tryDestination(input: {id: %q}) { userErrors { field code } } }`, id), nil)
		if !strings.Contains(res.body, `"id"`) || !strings.Contains(res.body, code) {
			t.Errorf("%s: %s", id, res.body)
		}
	}
}
