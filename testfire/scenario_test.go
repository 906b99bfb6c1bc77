package testfire_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"testing"

	"postrider/domain/firing"
	"postrider/ent/db"
	"postrider/internal/ids"
	"postrider/internal/problem"
	"postrider/pgtest"
	"postrider/testfire"
)

const good, attention, bad = testfire.Good, testfire.Attention, testfire.Problem

func (w *world) run(template string) map[string]testfire.Card {
	w.t.Helper()
	run, err := w.tester.RunScenarios(w.oneCtx, testfire.Wish{Postback: firing.Postback{URLTemplate: w.url + template}})
	w.must(err)
	cards := map[string]testfire.Card{}
	for i, c := range run.Cards {
		if c.Scenario != testfire.Scenarios()[i] || !strings.HasSuffix(c.Message, ".") {
			w.t.Errorf("%+v", c)
		}
		cards[c.Scenario.Key] = c
	}
	return cards
}

func (w *world) grades(cards map[string]testfire.Card, want map[string]testfire.Grade) {
	w.t.Helper()
	for _, s := range testfire.Scenarios() {
		if got := cards[s.Key]; got.Grade != want[s.Key] {
			w.t.Errorf("%s is %s: %s; want %s", s.Key, got.Grade, got.Message, want[s.Key])
		}
	}
}

const whole = "/pb?c={param_1}&tid={conversion_id}&s={status}&p={payout}&z={param_2}&g={goal_id}"

// A good tracker knows its clicks and counts each conversion once.
func TestTheScenariosAtAGoodTracker(t *testing.T) {
	w := newWorld(t, func(rw http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Query().Get("c"), "unknown-") {
			rw.WriteHeader(http.StatusNotFound)
		}
	})
	w.grades(w.run(whole), map[string]testfire.Grade{
		testfire.Normal: good, testfire.SameAgain: good, testfire.SecondDeposit: good, testfire.Reversal: good, testfire.UnknownClick: good, testfire.Special: good, testfire.SlowAnswer: good,
	})
	q := func(n int, name string) string { return w.sent[n].URL.Query().Get(name) }
	if len(w.sent) != 7 || w.sent[0].URL.RawQuery != w.sent[1].URL.RawQuery {
		t.Fatalf("%d sent; the same again: %s, %s", len(w.sent), w.sent[0].URL, w.sent[1].URL)
	}
	if q(2, "c") != q(0, "c") || q(2, "tid") == q(0, "tid") || q(2, "g") != "deposit" {
		t.Errorf("the second deposit: %s", w.sent[2].URL)
	}
	if q(3, "tid") != q(0, "tid") || q(3, "s") != "rejected" || q(3, "p") != "0.00" {
		t.Errorf("the reversal: %s", w.sent[3].URL)
	}
	if q(5, "z") != "Größe & 100% = a+b #1 日本" || q(5, "c") != q(0, "c") {
		t.Errorf("special characters arrived as %q", q(5, "z"))
	}
	if n := w.count(`SELECT count(DISTINCT run_id) FROM postback_tests WHERE scenario IS NOT NULL`); n != 1 {
		t.Errorf("%d runs", n)
	}
}

// A tracker that accepts anything proves nothing, and a URL without ids creates duplicates.
func TestTheScenariosWithAPoorURL(t *testing.T) {
	w := newWorld(t, nil)
	w.grades(w.run("/pb?c={param_1}&p={amount}"), map[string]testfire.Grade{
		testfire.Normal: good, testfire.SameAgain: good, testfire.SecondDeposit: attention, testfire.Reversal: attention, testfire.UnknownClick: attention, testfire.Special: good, testfire.SlowAnswer: good,
	})
}

func TestTheScenariosAtATrackerThatTellsInItsBody(t *testing.T) {
	w := newWorld(t, func(rw http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Query().Get("c"), "unknown-") {
			_, _ = rw.Write([]byte("no such click"))
		}
	})
	cards := w.run(whole)
	if c := cards[testfire.UnknownClick]; c.Grade != attention || !strings.Contains(c.Message, "success rule can tell the two apart") {
		t.Errorf("%+v", c)
	}
}

func TestTheScenariosAtATrackerThatRefuses(t *testing.T) {
	w := newWorld(t, func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusForbidden) })
	w.grades(w.run(whole), map[string]testfire.Grade{
		testfire.Normal: bad, testfire.SameAgain: attention, testfire.SecondDeposit: bad, testfire.Reversal: attention, testfire.UnknownClick: good, testfire.Special: bad, testfire.SlowAnswer: good,
	})
}

func TestNothingMoreIsFiredWhereNothingAnswers(t *testing.T) {
	w := newWorld(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	cards := w.run(whole)
	if cards[testfire.Normal].Test == nil || cards[testfire.Normal].Grade != bad || cards[testfire.SameAgain].Test != nil || cards[testfire.SameAgain].Grade != bad {
		t.Errorf("%+v", cards)
	}
}

func TestARunSpendsItsShots(t *testing.T) {
	w := newWorld(t, nil)
	wish := testfire.Wish{Postback: firing.Postback{URLTemplate: w.url + whole}}
	for range 2 {
		_, err := w.tester.RunScenarios(w.oneCtx, wish)
		w.must(err)
	}
	for range 2 {
		if _, err := w.tester.RunScenarios(w.oneCtx, wish); problem.CodeOf(err) != problem.CodeRateLimited || len(w.sent) != 14 {
			t.Errorf("a third run at once: %v, %d sent", err, len(w.sent))
		}
	}
	for range 6 { // what a refused run leaves is still there
		if _, err := w.tester.Fire(w.oneCtx, wish); err != nil {
			t.Error(err)
		}
	}
	if w.tester.AllowLook(w.oneCtx) {
		t.Error("20 shots are more than 20")
	}
}

// A retry has the id of its delivery, and a reversal that of a delivery of its own, so the
// tracker cannot tell that it is one.
func TestTheScenariosWithADeliveryAsTransaction(t *testing.T) {
	w := newWorld(t, nil)
	cards := w.run("/pb?c={param_1}&tid={delivery_id}")
	id := func(n int) string {
		if a, b := w.sent[n].URL.Query().Get("tid"), w.sent[n].Header.Get("X-Postrider-Delivery"); a != b {
			t.Errorf("request %d says %s in its URL and %s in its header", n, a, b)
		}
		return w.sent[n].URL.Query().Get("tid")
	}
	seen := map[string]int{}
	for n := range w.sent {
		seen[id(n)]++
	}
	if id(0) != id(1) || len(seen) != 6 || cards[testfire.SameAgain].Test.Macros["delivery_id"] != id(0) {
		t.Errorf("the same again is %s after %s; %d ids in all", id(1), id(0), len(seen))
	}
	w.grades(cards, map[string]testfire.Grade{
		testfire.Normal: good, testfire.SameAgain: good, testfire.SecondDeposit: good, testfire.Reversal: attention, testfire.UnknownClick: attention, testfire.Special: good, testfire.SlowAnswer: good,
	})
}

// By POST the values are in the body; the stored request is as it was requested.
func TestTheScenariosOfASavedPostback(t *testing.T) {
	var mu sync.Mutex
	var bodies []map[string]string
	w := newWorld(t, func(_ http.ResponseWriter, r *http.Request) {
		var body map[string]string
		_ = json.NewDecoder(r.Body).Decode(&body)
		mu.Lock()
		bodies = append(bodies, body)
		mu.Unlock()
		if r.Header.Get("webhook-signature") == "" {
			t.Error("one is not signed")
		}
	})
	p := pgtest.Postback(t, w.d, w.one.Affiliate, w.url+"/?c={click_id}&p1={param_1}&z={param_3}&tid={transaction_id}&s={status}&was={previous_status}&why={reason}&player={player_id}&p={payout}",
		func(c *db.PostbackCreate) { c.SetMethod(firing.POST) })
	wish := testfire.Wish{Postback: firing.Postback{ID: ids.Postback(p.ID)}, Values: map[string]string{"player_id": "mine", "param_1": "my click", "status": "pending", "payout": "3"}}
	run, err := w.tester.RunScenarios(w.oneCtx, wish)
	w.must(err)
	again, err := w.tester.RunScenarios(w.oneCtx, wish)
	w.must(err)
	for i, b := range bodies {
		key := testfire.Scenarios()[i%7].Key
		back, unknown := key == testfire.Reversal, key == testfire.UnknownClick
		if b["player"] != "mine" || (b["p1"] == "my click") == unknown || (b["p1"] == b["c"]) != unknown || (b["s"] == "rejected") != back || (b["was"] == "approved") != back || (b["why"] != "") != back || (b["p"] == "0.00") != back {
			t.Errorf("%s: %v", key, b)
		}
		if (b["z"] == "Größe & 100% = a+b #1 日本") != (key == testfire.Special) {
			t.Errorf("%s: param_3 is %q", key, b["z"])
		}
		if first := bodies[i/7*7]["tid"]; (b["tid"] == first) != (i%7 < 2 || back) {
			t.Errorf("%s: the transaction is %s, the first one %s", key, b["tid"], first)
		}
	}
	if len(bodies) != 14 || bodies[0]["tid"] == bodies[7]["tid"] || bodies[4]["c"] == bodies[11]["c"] || run.ID == again.ID {
		t.Errorf("%d sent; two runs share what should be their own: %v, %v", len(bodies), bodies[0], bodies[7])
	}
	for _, c := range run.Cards {
		if *c.Test.Scenario != c.Scenario.Key || *c.Test.RunID != run.ID || *c.Test.PostbackID != p.ID || strings.Contains(c.Message, "no macro whose value") {
			t.Errorf("%s: %+v, %s", c.Scenario.Key, c.Test, c.Message)
		}
	}
}
