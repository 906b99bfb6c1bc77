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

func registry() *permits { return newPermits(dispatch.DefaultCircuitRules, 64, time.Now) }

func TestANewEndpointGetsSoManyAndTheRestGoesBack(t *testing.T) {
	t.Parallel()
	e := registry()
	for i := range 20 {
		_, a := e.acquire(t.Context(), DeliverArgs{Endpoint: tracker})
		if want := i < dispatch.DefaultLimitRules.Start; (a == admitted) != want {
			t.Errorf("the %d. was told %d", i+1, a)
		}
	}
	if _, a := e.acquire(t.Context(), DeliverArgs{Endpoint: "https://other.example:443"}); a != admitted {
		t.Error("another endpoint has no permit")
	}
}

func TestEndpointsThatMayHangDoNotTakeAllWorkers(t *testing.T) {
	t.Parallel()
	e := registry()
	taken := 0
	for i := range 1000 {
		if _, a := e.acquire(t.Context(), DeliverArgs{Endpoint: fmt.Sprintf("https://dead-%d.example:443", i/2)}); a == admitted {
			taken++
		}
	}
	if taken != 48 {
		t.Errorf("%d of 64 workers are at endpoints that may hang", taken)
	}
	e.learned(tracker, "", time.Millisecond)
	if _, a := e.acquire(t.Context(), DeliverArgs{Endpoint: tracker}); a != admitted {
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
	if _, a := e.acquire(t.Context(), DeliverArgs{Endpoint: tracker}); a != held {
		t.Errorf("a job was told %d", a)
	}
	if _, a := e.acquire(t.Context(), DeliverArgs{Endpoint: tracker, Promoted: true, Probe: true}); a != admitted {
		t.Errorf("the probe was told %d", a)
	}
	e.setCircuits(map[string]dispatch.Circuit{tracker: {State: dispatch.Recovering, Successes: 1}}, nil)
	if limit, _ := e.forPromoter(tracker, 4); limit != 1 {
		t.Errorf("after the first success %d may be in flight, of all processes: its limit has learned", limit)
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
	var permits []permit
	for range dispatch.DefaultLimitRules.Start {
		p, _ := e.acquire(t.Context(), DeliverArgs{Endpoint: tracker})
		permits = append(permits, p)
	}
	told := make(chan admission)
	go func() {
		_, a := e.acquire(context.WithoutCancel(t.Context()), DeliverArgs{Endpoint: tracker})
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
	e.release(permits[0])
	if a := <-told; a == admitted {
		t.Error("it was let through to an endpoint that fails")
	}
}

func TestAPermitIsHadAtOnceWhereNobodyHasToWait(t *testing.T) {
	t.Parallel()
	e := registry()
	had := func() bool {
		p, ok := e.tryAcquire(tracker)
		if ok {
			e.release(p)
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
	var permits []permit
	for range e.known[tracker].limit.Permits(e.limits) {
		p, ok := e.tryAcquire(tracker)
		if !ok {
			t.Error("none where there are some")
		}
		permits = append(permits, p)
	}
	if had() {
		t.Error("more than there are")
	}
	e.release(permits[0])
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

// However jobs come, go and give up, no more are in flight than may be, none waits forever,
// and in the end no permit is left over.
func TestPermitsAreNeitherLostNorDoubled(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		e := registry()
		e.learned(tracker, "", time.Millisecond)
		n := rapid.IntRange(1, 60).Draw(t, "jobs")
		reasons := rapid.SliceOfN(rapid.SampledFrom([]dispatch.Reason{"", "", "", "", "HTTP_404", dispatch.RateLimited}), n, n).Draw(t, "reasons")
		gaveUp := rapid.SliceOfN(rapid.Bool(), n, n).Draw(t, "gave up")
		atOnce := rapid.SliceOfN(rapid.Bool(), n, n).Draw(t, "at once")
		var inFlight atomic.Int64
		var jobs sync.WaitGroup
		for i := range n {
			jobs.Go(func() {
				ctx, cancel := context.WithCancel(context.Background())
				defer cancel()
				if gaveUp[i] {
					cancel()
				}
				var p permit
				var ok bool
				if atOnce[i] {
					p, ok = e.tryAcquire(tracker)
				} else {
					var a admission
					p, a = e.acquire(ctx, DeliverArgs{Endpoint: tracker})
					ok = a == admitted
				}
				if !ok {
					return
				}
				if now := inFlight.Add(1); now > int64(dispatch.DefaultLimitRules.Most) {
					t.Errorf("%d are in flight", now)
				}
				e.learned(tracker, reasons[i], time.Millisecond)
				inFlight.Add(-1)
				e.release(p)
			})
		}
		jobs.Wait()
		if ep := e.known[tracker]; ep.inFlight != 0 || ep.direct != 0 || len(ep.waiting) != 0 || e.slowInFlight != 0 {
			t.Fatalf("%d are in flight, %d wait, %d are slow", ep.inFlight, len(ep.waiting), e.slowInFlight)
		}
	})
}
