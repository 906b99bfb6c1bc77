package graph_test

import (
	"fmt"
	"testing"

	"postrider/ent/db"
	"postrider/outbox"
	"postrider/pgtest"
)

// replayScene is an affiliate with two postbacks and deliveries of each kind.
type replayScene struct {
	*api

	token   who
	failed  *db.Delivery // and replayed by nobody
	old     *db.Delivery // failed, and its replay was delivered
	replay  *db.Delivery
	clicked string // param_1 of all their clicks
}

func newReplayScene(t *testing.T) *replayScene {
	t.Helper()
	a := newAPI(t)
	s := pgtest.NewScene(t, a.db)
	r := &replayScene{api: a, token: a.affiliate(t, s.Affiliate), clicked: "wgk3l5f2c1"}
	p, other := pgtest.Postback(t, a.db, s.Affiliate, "https://a.example/"), pgtest.Postback(t, a.db, s.Affiliate, "https://b.example/")
	deleted := pgtest.Postback(t, a.db, s.Affiliate, "https://c.example/", func(c *db.PostbackCreate) { c.SetDeletedAt(pgtest.Now) })
	add := func(p *db.Postback, state outbox.State, reason string, more ...func(*db.DeliveryCreate)) *db.Delivery {
		return pgtest.Delivery(t, a.db, s.Conversion(t, a.db).ID, p, append(more, func(c *db.DeliveryCreate) { c.SetState(state).SetNillableReason(orNil(reason)) })...)
	}
	r.failed = add(p, outbox.Failed, "HTTP_404")
	add(p, outbox.Cancelled, "", func(c *db.DeliveryCreate) { c.SetReason("LIMIT") })
	add(other, outbox.Failed, "DNS")
	r.old = add(p, outbox.Failed, "HTTP_404")
	r.replay = add(p, outbox.Delivered, "", func(c *db.DeliveryCreate) { c.SetReplayOf(r.old.ID) })
	_, err := a.db.SQL.ExecContext(t.Context(), `UPDATE deliveries SET superseded_by = $1 WHERE id = $2`, r.replay.ID, r.old.ID)
	must(t, err)
	add(p, outbox.Delivered, "")
	add(p, outbox.Queued, "")
	add(p, outbox.Failed, "DNS", func(c *db.DeliveryCreate) { c.SetTest(true) })
	add(p, outbox.Cancelled, "REPLAY_CANCELLED", func(c *db.DeliveryCreate) { c.SetReplayOf(r.failed.ID) })
	add(p, outbox.Cancelled, "NOTHING_LEFT")
	add(deleted, outbox.Failed, "DNS")
	return r
}

func orNil(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// A bulk replay leaves out what was delivered, unless it is asked for, and in any case what a
// replay stands for; what it would do is counted before.
func TestABulkReplaySendsWhatFailed(t *testing.T) {
	t.Parallel()
	r := newReplayScene(t)
	for args, want := range map[string]int{
		"filter: {}":                                                                             3,
		"filter: {}, includeDelivered: true":                                                     5,
		"filter: {states: [FAILED]}":                                                             2,
		"filter: {states: [DELIVERED]}":                                                          0,
		"filter: {states: [DELIVERED]}, includeDelivered: true":                                  2,
		"filter: {superseded: true}, includeDelivered: true":                                     0,
		fmt.Sprintf("filter: {}, ids: [%q]", r.old.GlobalID()):                                   0,
		fmt.Sprintf("filter: {}, ids: [%q, %q]", r.failed.GlobalID(), r.replay.GlobalID()):       1,
		fmt.Sprintf("filter: {}, ids: [%q], includeDelivered: true", r.replay.GlobalID()):        1,
		"filter: {search: \"b.example\"}, includeDelivered: true":                                0,
		fmt.Sprintf("filter: {search: %q, states: [FAILED]}, includeDelivered: true", r.clicked): 2,
		fmt.Sprintf("filter: {search: %q, states: [FAILED]}", r.clicked+"x"):                     0,
	} {
		res := r.ask(t, r.token, fmt.Sprintf(`mutation { replayDeliveries(input: {%s, dryRun: true}) { count job { id } userErrors { message } } }`, args), nil)
		preview := r.ask(t, r.token, fmt.Sprintf(`{ replayPreview(%s) { count } }`, args), nil)
		if res.at(t, "replayDeliveries", "count") != float64(want) || preview.at(t, "replayPreview", "count") != float64(want) {
			t.Errorf("%s: %s, %s, want %d", args, res.body, preview.body, want)
		}
	}
	res := r.ask(t, r.token, `{ replayPreview(filter: {}, includeDelivered: true) { count postbacks { count postback { host } } reasons { count reason } } }`, nil)
	got := fmt.Sprint(res.at(t, "replayPreview"))
	want := "map[count:5 postbacks:[map[count:4 postback:map[host:a.example]] map[count:1 postback:map[host:b.example]]] " +
		"reasons:[map[count:2 reason:<nil>] map[count:1 reason:DNS] map[count:1 reason:HTTP_404] map[count:1 reason:LIMIT]]]"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	res = r.ask(t, r.token, `mutation { replayDeliveries(input: {filter: {}}) { count job { total } userErrors { message } } }`, nil)
	if res.at(t, "replayDeliveries", "job").(map[string]any)["total"] != 3.0 {
		t.Errorf("replayed: %s", res.body)
	}
}

// A failed delivery whose replay was delivered says so, and is not listed as failed.
func TestASupersededDeliverySaysSo(t *testing.T) {
	t.Parallel()
	r := newReplayScene(t)
	const list = `query($f: DeliveryFilter) { deliveries(filter: $f) { edges { node { id } } } }`
	for filter, want := range map[*vars]int{
		{"states": []string{"FAILED"}}:                                    4,
		{"states": []string{"FAILED"}, "superseded": false}:               3,
		{"states": []string{"FAILED"}, "superseded": true}:                1,
		{"states": []string{"FAILED", "DELIVERED"}, "superseded": false}:  5,
		{"superseded": true}:                                              1,
		{"states": []string{"FAILED"}, "superseded": false, "test": true}: 1,
	} {
		res := r.ask(t, r.token, list, vars{"f": *filter})
		if edges := res.at(t, "deliveries", "edges").([]any); len(edges) != want {
			t.Errorf("%v: %d, want %d", *filter, len(edges), want)
		}
	}
	res := r.ask(t, r.token, fmt.Sprintf(`{ node(id: %q) { ... on Delivery { state explanation supersededBy { id state } } } }`, r.old.GlobalID()), nil)
	d := res.at(t, "node").(map[string]any)
	by := d["supersededBy"].(map[string]any)
	if d["state"] != "FAILED" || by["id"] != r.replay.GlobalID() || by["state"] != "DELIVERED" ||
		d["explanation"] != outbox.Reason("HTTP_404").Sentence("")+" It was replayed, and the replay was delivered: nothing to do." {
		t.Errorf("it says %s", res.body)
	}
}

// The tracker's own click id finds the conversions and the deliveries of its click.
func TestAParamFindsConversionsAndDeliveries(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	s, other := pgtest.NewScene(t, a.db), pgtest.NewScene(t, a.db)
	for _, scene := range []pgtest.Scene{s, other} {
		p := pgtest.Postback(t, a.db, scene.Affiliate, "https://a.example/")
		pgtest.Delivery(t, a.db, scene.Conversion(t, a.db).ID, p)
	}
	const query = `query($s: String) { conversions(filter: {search: $s}) { edges { node { click { param1 } } } }
		deliveries(filter: {search: $s}) { edges { node { click { param1 param2 } } } } }`
	token := a.affiliate(t, s.Affiliate)
	must := func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(a.db.SQL.ExecContext(t.Context(), `UPDATE clicks SET param_1 = 'w-1', param_2 = '0197f3aa0197f3aa0197f3aa0197f3aa', param_3 = 'shared'`))
	for text, want := range map[string]int{"w-1": 1, " w-1 ": 1, "0197f3aa0197f3aa0197f3aa0197f3aa": 1, "shared": 1, "w-": 0, "W-1": 0, "w-12": 0} {
		res := a.ask(t, token, query, vars{"s": text})
		for _, list := range []string{"conversions", "deliveries"} {
			if edges := res.at(t, list, "edges").([]any); len(edges) != want {
				t.Errorf("%q found %d %s, want %d", text, len(edges), list, want)
			}
		}
	}
}
