package testfire_test

import (
	"net/http"
	"strings"
	"testing"

	"postrider/testfire"
)

const good, attention, bad = testfire.Good, testfire.Attention, testfire.Problem

func (w *world) run(template string) map[string]testfire.Card {
	w.t.Helper()
	run, err := w.tester.RunScenarios(w.oneCtx, testfire.Wish{URLTemplate: w.url + template})
	w.must(err)
	cards := map[string]testfire.Card{}
	for i, c := range run.Cards {
		if c.Scenario != testfire.Scenarios()[i] || !strings.HasSuffix(c.Says, ".") {
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
			w.t.Errorf("%s is %s: %s; want %s", s.Key, got.Grade, got.Says, want[s.Key])
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

// One that takes anything proves nothing, and a URL without ids makes doubles.
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
	if c := cards[testfire.UnknownClick]; c.Grade != attention || !strings.Contains(c.Says, "rule on the answer's body") {
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
	wish := testfire.Wish{URLTemplate: w.url + whole}
	for range 2 {
		_, err := w.tester.RunScenarios(w.oneCtx, wish)
		w.must(err)
	}
	if _, err := w.tester.RunScenarios(w.oneCtx, wish); err == nil || len(w.sent) != 14 {
		t.Errorf("a third run at once: %v, %d sent", err, len(w.sent))
	}
}
