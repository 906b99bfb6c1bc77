package jobs

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"postrider/dispatch"
)

const tracker = "https://tracker.example:443"

func registry() *endpoints { return newEndpoints(dispatch.DefaultCircuitRules, 64, time.Now) }

func TestANewEndpointGetsSoManyAndTheRestGoesBack(t *testing.T) {
	t.Parallel()
	e := registry()
	for i := range 20 {
		_, a := e.enter(t.Context(), DeliverArgs{Endpoint: tracker})
		if want := i < dispatch.DefaultCapRules.Start; (a == admitted) != want {
			t.Errorf("the %d. was told %d", i+1, a)
		}
	}
	if _, a := e.enter(t.Context(), DeliverArgs{Endpoint: "https://other.example:443"}); a != admitted {
		t.Error("another endpoint has no place")
	}
}

func TestEndpointsThatMayHangDoNotTakeAllWorkers(t *testing.T) {
	t.Parallel()
	e := registry()
	taken := 0
	for i := range 1000 {
		if _, a := e.enter(t.Context(), DeliverArgs{Endpoint: fmt.Sprintf("https://dead-%d.example:443", i/2)}); a == admitted {
			taken++
		}
	}
	if taken != 48 {
		t.Errorf("%d of 64 workers are at endpoints that may hang", taken)
	}
	e.learned(tracker, "", time.Millisecond)
	if _, a := e.enter(t.Context(), DeliverArgs{Endpoint: tracker}); a != admitted {
		t.Error("one that is known to be fast finds none")
	}
}

func TestAnOpenCircuitHoldsAllButTheProbe(t *testing.T) {
	t.Parallel()
	e := registry()
	tell := false
	for range dispatch.DefaultCircuitRules.Consecutive {
		tell = e.learned(tracker, dispatch.ConnectionRefused, time.Millisecond)
	}
	if c, _ := e.circuit(tracker); !tell || c.State != dispatch.Open || c.Because != dispatch.ConnectionRefused {
		t.Fatalf("after so many failures it is %+v", c)
	}
	if _, a := e.enter(t.Context(), DeliverArgs{Endpoint: tracker}); a != held {
		t.Errorf("a job was told %d", a)
	}
	if _, a := e.enter(t.Context(), DeliverArgs{Endpoint: tracker, Promoted: true, Probe: true}); a != admitted {
		t.Errorf("the probe was told %d", a)
	}
	e.setCircuits(map[string]dispatch.Circuit{tracker: {State: dispatch.Recovering, Successes: 1}}, nil)
	if limit, _ := e.room(tracker, 4); limit != 1 {
		t.Errorf("after the first success %d may be under way, of all processes: its cap has learned", limit)
	}
	e.setCircuits(nil, nil)
	if c, _ := e.circuit(tracker); c.State == dispatch.Recovering || c.InRow != 0 {
		t.Errorf("another process closed it, and here it is %+v", c)
	}
}

func TestWhoWaitsForAFastEndpointIsSentBackWhenItFails(t *testing.T) {
	t.Parallel()
	e := registry()
	e.learned(tracker, "", time.Millisecond) // it answers
	var places []place
	for range dispatch.DefaultCapRules.Start {
		p, _ := e.enter(t.Context(), DeliverArgs{Endpoint: tracker})
		places = append(places, p)
	}
	told := make(chan admission)
	go func() {
		_, a := e.enter(context.WithoutCancel(t.Context()), DeliverArgs{Endpoint: tracker})
		told <- a
	}()
	for waits := false; !waits; {
		e.mu.Lock()
		waits = len(e.known[tracker].waiting) == 1
		e.mu.Unlock()
	}
	for range dispatch.DefaultCircuitRules.Consecutive {
		e.learned(tracker, dispatch.TimeoutHeaders, 10*time.Second)
	}
	e.leave(places[0])
	if a := <-told; a == admitted {
		t.Error("it was let through to an endpoint that fails")
	}
}

func TestAPlaceIsHadAtOnceWhereNobodyHasToWait(t *testing.T) {
	t.Parallel()
	e := registry()
	had := func() bool {
		p, ok := e.enterAtOnce(tracker)
		if ok {
			e.leave(p)
		}
		return ok
	}
	if had() {
		t.Error("at an endpoint that nobody knows")
	}
	e.learned(tracker, "", time.Millisecond)
	if !had() {
		t.Error("none at one that answers fast")
	}
	e.learned(tracker, dispatch.ServerError, time.Millisecond)
	if had() {
		t.Error("at one that has failed")
	}
	e.learned(tracker, "", time.Millisecond)
	var places []place
	for range e.known[tracker].cap.Limit(e.caps) {
		p, ok := e.enterAtOnce(tracker)
		if !ok {
			t.Error("none where there are some")
		}
		places = append(places, p)
	}
	if had() {
		t.Error("more than there are")
	}
	e.leave(places[0])
	e.known[tracker].waiting = []waiter{{}}
	if had() {
		t.Error("one that somebody waits for")
	}
	e.known[tracker].waiting = nil
	for _, state := range []dispatch.CircuitState{dispatch.Open, dispatch.HalfOpen, dispatch.Recovering} {
		e.setCircuit(tracker, dispatch.Circuit{State: state})
		if had() {
			t.Errorf("while its circuit is %s", state)
		}
	}
}

// However jobs come, go and give up, no more are under way than may be, nobody
// waits for ever, and in the end nothing is left over.
func TestPlacesAreNeitherLostNorDoubled(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		e := registry()
		e.learned(tracker, "", time.Millisecond)
		n := rapid.IntRange(1, 60).Draw(t, "jobs")
		reasons := rapid.SliceOfN(rapid.SampledFrom([]dispatch.Reason{"", "", "", "", "HTTP_404", dispatch.RateLimited}), n, n).Draw(t, "reasons")
		gaveUp := rapid.SliceOfN(rapid.Bool(), n, n).Draw(t, "gave up")
		atOnce := rapid.SliceOfN(rapid.Bool(), n, n).Draw(t, "at once")
		var flying atomic.Int64
		var jobs sync.WaitGroup
		for i := range n {
			jobs.Go(func() {
				ctx, cancel := context.WithCancel(context.Background())
				defer cancel()
				if gaveUp[i] {
					cancel()
				}
				var p place
				var ok bool
				if atOnce[i] {
					p, ok = e.enterAtOnce(tracker)
				} else {
					var a admission
					p, a = e.enter(ctx, DeliverArgs{Endpoint: tracker})
					ok = a == admitted
				}
				if !ok {
					return
				}
				if now := flying.Add(1); now > int64(dispatch.DefaultCapRules.Most) {
					t.Errorf("%d are under way", now)
				}
				e.learned(tracker, reasons[i], time.Millisecond)
				flying.Add(-1)
				e.leave(p)
			})
		}
		jobs.Wait()
		if ep := e.known[tracker]; ep.flying != 0 || ep.direct != 0 || len(ep.waiting) != 0 || e.slowFlying != 0 {
			t.Fatalf("%d are under way, %d wait, %d are slow", ep.flying, len(ep.waiting), e.slowFlying)
		}
	})
}
