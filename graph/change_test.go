package graph_test

import (
	"fmt"
	"strings"
	"testing"

	"postrider/domain/commission"
	"postrider/internal/globalid"
	"postrider/pgtest"
)

// changesOf follows a feed to its end, two at a time, and returns what each change says of its
// object, in order, with the cursor to go on from.
func (a *api) changesOf(t *testing.T, w who, list, selects, after string) (said []string, end string) {
	t.Helper()
	for {
		args := "first: 2, start: OLDEST"
		if after != "" {
			args = fmt.Sprintf("first: 2, after: %q", after)
		}
		res := a.ask(t, w, fmt.Sprintf("{ %s(%s) { edges { node { %s } cursor } pageInfo { hasNextPage endCursor } } }", list, args, selects), nil)
		for _, edge := range res.at(t, list, "edges").([]any) {
			said = append(said, fmt.Sprint(edge.(map[string]any)["node"]))
		}
		info := res.at(t, list, "pageInfo").(map[string]any)
		if after = info["endCursor"].(string); info["hasNextPage"] == false {
			return said, after
		}
	}
}

func TestConversionChangesAreEveryStepOnce(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	s, staff := pgtest.NewScene(t, a.db), a.staff(t)
	token, stranger := a.affiliate(t, s.Affiliate), a.affiliate(t, pgtest.Affiliate(t, a.db))
	const selects = "conversion { transactionId playerId } event { status }"
	record := func(args string) {
		t.Helper()
		a.ask(t, staff, fmt.Sprintf(`mutation { recordConversion(input: {integration: %q, %s}) { result userErrors { message } } }`, s.Integration.Key, args), nil)
	}
	record(fmt.Sprintf(`goal: "registration", clickId: %q, transactionId: "R1"`, globalid.Hex(s.Click)))
	steps, end := a.changesOf(t, token, "conversionChanges", selects, "")
	if len(steps) != 1 || !strings.Contains(steps[0], "status:APPROVED") || !strings.Contains(steps[0], "playerId:<nil>") {
		t.Errorf("recorded: %v", steps)
	}
	if again, _ := a.changesOf(t, token, "conversionChanges", selects, end); len(again) > 0 {
		t.Errorf("nothing happened: %v", again)
	}
	// The player becomes known with the next goal: that changes the registration, and is no step of it.
	record(fmt.Sprintf(`goal: "ftd", clickId: %q, playerId: "p7", amount: "20", currency: "EUR", transactionId: "F1"`, globalid.Hex(s.Click)))
	news, end := a.changesOf(t, token, "conversionChanges", selects, end)
	bound := 0
	for _, n := range news {
		if strings.Contains(n, "event:<nil>") && strings.Contains(n, "R1") && !strings.Contains(n, "playerId:<nil>") {
			bound++
		}
	}
	if len(news) < 2 || bound != 1 {
		t.Errorf("the player became known: %v", news)
	}
	if others, _ := a.changesOf(t, stranger, "conversionChanges", selects, ""); len(others) > 0 {
		t.Errorf("a stranger reads %v", others)
	}
	if others, _ := a.changesOf(t, stranger, "conversionChanges", selects, end); len(others) > 0 {
		t.Errorf("a stranger reads %v with another's cursor", others)
	}
}

func TestDeliveryChangesBeginWhereTheyAreAsked(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	s := pgtest.NewScene(t, a.db)
	token := a.affiliate(t, s.Affiliate)
	p := pgtest.Postback(t, a.db, s.Affiliate, "https://tracker.example/")
	first := pgtest.Delivery(t, a.db, s.Conversion(t, a.db).ID, p)
	res := a.ask(t, token, "{ deliveryChanges(start: NEWEST) { edges { cursor } pageInfo { hasNextPage endCursor } } }", nil)
	if edges := res.at(t, "deliveryChanges", "edges").([]any); len(edges) > 0 {
		t.Errorf("what was there is new: %v", edges)
	}
	second := pgtest.Delivery(t, a.db, s.Conversion(t, a.db).ID, p)
	const selects = "delivery { id } state attemptCount"
	news, _ := a.changesOf(t, token, "deliveryChanges", selects, res.at(t, "deliveryChanges", "pageInfo", "endCursor").(string))
	if len(news) != 1 || !strings.Contains(news[0], second.GlobalID()) || !strings.Contains(news[0], "state:DELIVERED") {
		t.Errorf("after: %v", news)
	}
	all, _ := a.changesOf(t, token, "deliveryChanges", selects, "")
	if len(all) != 2 || !strings.Contains(all[0], first.GlobalID()) {
		t.Errorf("all: %v", all)
	}
	for name, args := range map[string]string{
		"nonsense":                `after: "nonsense"`,
		"an id":                   fmt.Sprintf("after: %q", first.GlobalID()),
		"too many":                "first: 101",
		"a cursor of another one": fmt.Sprintf("after: %q", a.ask(t, token, "{ conversionChanges { pageInfo { endCursor } } }", nil).at(t, "conversionChanges", "pageInfo", "endCursor")),
	} {
		if res := a.post(t, token, "{ deliveryChanges("+args+") { edges { cursor } } }", nil); len(res.Errors) == 0 || strings.Contains(res.body, `"INTERNAL"`) {
			t.Errorf("%s: %s", name, res.body)
		}
	}
}

// A subscriber hears of what passes its filter, and once more of what does so no longer.
func TestConversionUpdatedSaysWhatMatches(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	s := pgtest.NewScene(t, a.db)
	next, stop := a.events(t, a.affiliate(t, s.Affiliate), `subscription { conversionUpdated(hello: true, filter: {statuses: [PENDING]}) { conversion { id } matches resync } }`)
	defer stop()
	if hello, ok := next(); !ok || hello.at(t, "conversionUpdated", "conversion") != nil {
		t.Fatal("no hello")
	}
	c := s.Conversion(t, a.db)
	for _, status := range []commission.Status{commission.Pending, commission.Approved} {
		c = a.db.Client().Conversion.UpdateOne(c).SetStatus(status).SaveX(pgtest.System(t))
		a.cfg.Hubs.Conversions.Publish(c)
		got, ok := next()
		if !ok || got.at(t, "conversionUpdated", "conversion", "id") != c.GlobalID() || got.at(t, "conversionUpdated", "matches") != (status == commission.Pending) {
			t.Errorf("%s: %v", status, got)
		}
	}
	a.cfg.Hubs.Conversions.Resync()
	if got, ok := next(); !ok || got.at(t, "conversionUpdated", "resync") != true {
		t.Errorf("missed: %v", got)
	}
}
