package trial_test

import (
	"net/http"
	"strings"
	"testing"

	"postrider/trial"
)

const good, attention, bad = trial.Good, trial.Attention, trial.Problem

func (w *world) run(template string) map[string]trial.Card {
	w.t.Helper()
	run, err := w.trial.RunScenarios(w.oneCtx, trial.Wish{URLTemplate: w.url + template})
	w.must(err)
	cards := map[string]trial.Card{}
	for i, c := range run.Cards {
		if c.Scenario != trial.Scenarios()[i] || !strings.HasSuffix(c.Says, ".") {
			w.t.Errorf("%+v", c)
		}
		cards[c.Scenario.Key] = c
	}
	return cards
}

func (w *world) grades(cards map[string]trial.Card, want map[string]trial.Grade) {
	w.t.Helper()
	for _, s := range trial.Scenarios() {
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
	w.grades(w.run(whole), map[string]trial.Grade{
		trial.Normal: good, trial.SameAgain: good, trial.SecondDeposit: good, trial.Reversal: good, trial.UnknownClick: good, trial.Special: good, trial.SlowAnswer: good,
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
	w.grades(w.run("/pb?c={param_1}&p={amount}"), map[string]trial.Grade{
		trial.Normal: good, trial.SameAgain: good, trial.SecondDeposit: attention, trial.Reversal: attention, trial.UnknownClick: attention, trial.Special: good, trial.SlowAnswer: good,
	})
}

func TestTheScenariosAtATrackerThatTellsInItsBody(t *testing.T) {
	w := newWorld(t, func(rw http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Query().Get("c"), "unknown-") {
			_, _ = rw.Write([]byte("no such click"))
		}
	})
	cards := w.run(whole)
	if c := cards[trial.UnknownClick]; c.Grade != attention || !strings.Contains(c.Says, "rule on the answer's body") {
		t.Errorf("%+v", c)
	}
}

func TestTheScenariosAtATrackerThatRefuses(t *testing.T) {
	w := newWorld(t, func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusForbidden) })
	w.grades(w.run(whole), map[string]trial.Grade{
		trial.Normal: bad, trial.SameAgain: attention, trial.SecondDeposit: bad, trial.Reversal: attention, trial.UnknownClick: good, trial.Special: bad, trial.SlowAnswer: good,
	})
}

func TestNothingMoreIsFiredWhereNothingAnswers(t *testing.T) {
	w := newWorld(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	cards := w.run(whole)
	if cards[trial.Normal].Test == nil || cards[trial.Normal].Grade != bad || cards[trial.SameAgain].Test != nil || cards[trial.SameAgain].Grade != bad {
		t.Errorf("%+v", cards)
	}
}

func TestARunSpendsItsShots(t *testing.T) {
	w := newWorld(t, nil)
	wish := trial.Wish{URLTemplate: w.url + whole}
	for range 2 {
		_, err := w.trial.RunScenarios(w.oneCtx, wish)
		w.must(err)
	}
	if _, err := w.trial.RunScenarios(w.oneCtx, wish); err == nil || len(w.sent) != 14 {
		t.Errorf("a third run at once: %v, %d sent", err, len(w.sent))
	}
}
