package dispatch_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"postrider/dispatch"
)

const most = 8

// endpoint drives a circuit through time.
type endpoint struct {
	dispatch.Circuit
	now time.Time
}

func (e *endpoint) record(reasons ...dispatch.Reason) {
	for _, r := range reasons {
		e.Circuit = e.Record(e.now, r, most, dispatch.DefaultCircuitRules)
	}
}

func (e *endpoint) allow() bool {
	var ok bool
	e.Circuit, ok = e.Allow(e.now, dispatch.DefaultCircuitRules)
	return ok
}

func opened() *endpoint {
	e := &endpoint{now: sentAt}
	for range dispatch.DefaultCircuitRules.Consecutive {
		e.record(dispatch.TimeoutHeaders)
	}
	return e
}

func TestCircuitOpensAfterFailuresInARow(t *testing.T) {
	t.Parallel()
	e := &endpoint{now: sentAt}
	for range dispatch.DefaultCircuitRules.Consecutive - 1 {
		e.record(dispatch.TimeoutHeaders)
	}
	if !e.allow() || e.Limit(most) != most {
		t.Fatalf("it is %s too early", e.State)
	}
	e.record(dispatch.ConnectionRefused)
	if e.State != dispatch.Open || e.allow() || e.Limit(most) != 0 || e.Because != dispatch.ConnectionRefused {
		t.Errorf("it is %+v, want open", e.Circuit)
	}
}

func TestCircuitOpensOnTheRateOfFailures(t *testing.T) {
	t.Parallel()
	e := &endpoint{now: sentAt}
	for range dispatch.DefaultCircuitRules.MinInWindow {
		e.record("", dispatch.ServerError)
		e.now = e.now.Add(time.Second)
	}
	if e.State != dispatch.Open {
		t.Errorf("half of all fail, and it is %q", e.State)
	}
}

func TestCircuitForgetsOldFailures(t *testing.T) {
	t.Parallel()
	e := &endpoint{now: sentAt}
	for range 100 {
		e.record("", dispatch.ServerError)
		e.now = e.now.Add(dispatch.DefaultCircuitRules.Window)
	}
	if e.State == dispatch.Open {
		t.Error("it opened on failures of long ago")
	}
}

func TestAnswersThatAreTheRequestsFaultDoNotOpenIt(t *testing.T) {
	t.Parallel()
	e := &endpoint{now: sentAt}
	for range 100 {
		e.record("HTTP_404", dispatch.Redirect, dispatch.RefusedByTracker, dispatch.RateLimited)
	}
	if e.State == dispatch.Open {
		t.Error("it opened although the tracker answers")
	}
}

func TestOneProbeAtATime(t *testing.T) {
	t.Parallel()
	e := opened()
	e.now = e.ProbeAt.Add(-time.Nanosecond)
	if e.allow() {
		t.Fatal("it lets something through before the probe is due")
	}
	e.now = e.ProbeAt
	if !e.allow() || e.State != dispatch.HalfOpen || e.Limit(most) != 1 {
		t.Fatalf("the probe is due, and it is %s", e.State)
	}
	if e.allow() {
		t.Error("it lets a second probe through")
	}
	e.now = e.now.Add(dispatch.DefaultCircuitRules.ProbeLimit)
	if !e.allow() {
		t.Error("the probe was lost, and no other follows")
	}
}

func TestPausesGrowWithEveryProbeThatFails(t *testing.T) {
	t.Parallel()
	e := opened()
	first := e.OpenedAt
	for _, want := range []time.Duration{20 * time.Second, 40 * time.Second, 80 * time.Second, 160 * time.Second, 320 * time.Second, 600 * time.Second, 600 * time.Second} {
		e.now = e.ProbeAt
		e.allow()
		e.record(dispatch.TimeoutHeaders)
		if got := e.ProbeAt.Sub(e.now); got != want || e.State != dispatch.Open {
			t.Errorf("it is %s, the next probe after %s, want %s", e.State, got, want)
		}
	}
	if !e.OpenedAt.Equal(first) {
		t.Error("it forgot since when it is open")
	}
}

func TestItRecoversLittleByLittle(t *testing.T) {
	t.Parallel()
	e := opened()
	e.now = e.ProbeAt
	e.allow()
	for want := 2; want < most; want++ {
		e.record("")
		if e.State != dispatch.Recovering || e.Limit(most) != want || !e.allow() {
			t.Fatalf("it is %s with the limit %d, want %d", e.State, e.Limit(most), want)
		}
	}
	e.record("")
	if e.State != dispatch.Closed || e.Limit(most) != most || e.Probes != 0 {
		t.Errorf("it is %+v, want closed", e.Circuit)
	}
}

func TestAFailureWhileRecoveringOpensIt(t *testing.T) {
	t.Parallel()
	e := opened()
	e.now = e.ProbeAt
	e.allow()
	e.record("", "", dispatch.ConnectionReset)
	if e.State != dispatch.Open || e.allow() {
		t.Errorf("it is %s, want open", e.State)
	}
}

func TestCircuitAlwaysComesBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		e := &endpoint{now: sentAt}
		reasons := rapid.SampledFrom([]dispatch.Reason{"", "", dispatch.TimeoutHeaders, dispatch.ServerError, "HTTP_404"})
		for range rapid.IntRange(0, 80).Draw(t, "steps") {
			e.now = e.now.Add(time.Duration(rapid.Int64Range(0, int64(time.Minute)).Draw(t, "wait")))
			if limit := e.Limit(most); limit < 0 || limit > most {
				t.Fatalf("the limit is %d", limit)
			}
			if e.allow() {
				e.record(reasons.Draw(t, "reason"))
			}
			if e.Sentence() == "" {
				t.Fatal("it says nothing")
			}
		}
		for range most + 1 {
			e.now = e.now.Add(dispatch.DefaultCircuitRules.LongPause)
			if !e.allow() {
				t.Fatalf("it stays %s", e.State)
			}
			e.record("")
		}
		if e.State != dispatch.Closed && e.State != "" {
			t.Fatalf("all is well, and it is %s", e.State)
		}
	})
}
