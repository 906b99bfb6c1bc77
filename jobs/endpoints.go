package jobs

import (
	"context"
	"slices"
	"sync"
	"time"

	"postrider/dispatch"
)

// admission is whether a job may go out to its endpoint now.
type admission int

const (
	admitted admission = iota
	full               // as much as may be is under way there
	held               // its circuit is open
	onHold             // nothing may leave at all
)

// endpoints is what this process knows of the endpoints it sends to: what is
// under way there, how much may be, and the circuit. Nothing of it is needed
// after a crash: circuits that are not closed are in the database too.
type endpoints struct {
	rules     dispatch.CircuitRules
	now       func() time.Time
	slowSlots int // most under way at endpoints that are not known to answer fast: half of the workers

	mu         sync.Mutex
	caps       dispatch.CapRules // of this process, one of several
	known      map[string]*endpoint
	slowFlying int
}

type endpoint struct {
	cap     dispatch.Cap
	flying  int
	direct  int      // of those flying, that the promoter does not know of
	wanted  bool     // more was wanted than the cap let through
	waiting []waiter // jobs that wait for a place at an endpoint that answers fast
	circuit dispatch.Circuit
	shared  bool // the circuit is in the database, which has the last word
	used    time.Time
}

// At an endpoint that is known to answer fast jobs wait for their turn, where it
// comes within waitFor: going back to the table would cost more than the moment
// does. With the 64 under way at the most they are what a lane fetches.
const (
	waitFor   = 500 * time.Millisecond
	mostWait  = 192
	leastTook = time.Millisecond // what an answer takes as this counts it
)

// mayWait is how many jobs may wait for a place.
func (ep *endpoint) mayWait(rules dispatch.CapRules) int {
	return min(mostWait, ep.cap.Limit(rules)*int(waitFor/max(leastTook, ep.cap.Latency())))
}

// What is known of an endpoint is forgotten when nothing was sent there for so long.
const forgetAfter = 10 * time.Minute

func newEndpoints(rules dispatch.CircuitRules, workers int, now func() time.Time) *endpoints {
	return &endpoints{
		rules: rules, now: now, slowSlots: max(1, workers/2), caps: dispatch.DefaultCapRules, known: map[string]*endpoint{},
	}
}

// of gives what is known of an endpoint. The caller holds the lock.
func (e *endpoints) of(name string) *endpoint {
	found := e.known[name]
	if found == nil {
		found = &endpoint{}
		e.known[name] = found
	}
	found.used = e.now()
	return found
}

// place is room for one request at an endpoint.
type place struct {
	endpoint string
	direct   bool // the promoter does not know of it
	slow     bool // it counts among those that may take long
}

// waiter is a job that waits for its place.
type waiter struct {
	place place
	turn  chan admission
}

// enter asks for a place at an endpoint, and waits for one where that will not
// take long. What was admitted must leave.
func (e *endpoints) enter(ctx context.Context, args DeliverArgs) (place, admission) {
	e.mu.Lock()
	ep := e.of(args.Endpoint)
	p := place{endpoint: args.Endpoint, direct: !args.Promoted, slow: !ep.cap.Proven(e.caps)}
	a := e.admit(ep, p, args.Probe)
	if a != full || p.slow || len(ep.waiting) >= ep.mayWait(e.caps) {
		e.mu.Unlock()
		return p, a
	}
	turn := make(chan admission, 1)
	ep.waiting = append(ep.waiting, waiter{place: p, turn: turn})
	e.mu.Unlock()
	select {
	case a := <-turn:
		return p, a
	case <-ctx.Done():
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if i := slices.IndexFunc(ep.waiting, func(w waiter) bool { return w.turn == turn }); i >= 0 {
		ep.waiting = slices.Delete(ep.waiting, i, i+1)
		return p, full
	}
	return p, <-turn // it had its turn at the last moment
}

// enterAtOnce asks for a place that can be had without waiting, and that nobody
// waits for, at an endpoint that is known to answer fast: it is held for as long as
// a commit takes, too. What was admitted must leave.
func (e *endpoints) enterAtOnce(name string) (place, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	ep := e.known[name]
	if ep == nil || !ep.cap.Proven(e.caps) || len(ep.waiting) > 0 {
		return place{}, false
	}
	if ep.circuit.State != dispatch.Closed && ep.circuit.State != "" {
		return place{}, false // the ramp is for those that were held
	}
	p := place{endpoint: name, direct: true}
	ep.used = e.now()
	return p, e.admit(ep, p, false) == admitted
}

func (e *endpoints) admit(ep *endpoint, p place, probe bool) admission {
	limit := ep.circuit.Limit(ep.cap.Limit(e.caps))
	switch ep.circuit.State {
	case dispatch.Open, dispatch.HalfOpen:
		if !probe {
			return held
		}
	case dispatch.Recovering:
		if ep.flying >= limit {
			return held
		}
	default:
		if ep.flying >= limit {
			ep.wanted = true
			return full
		}
	}
	if p.slow {
		// The first at an endpoint may show that it is fast after all: for that there
		// is half as much again. The last quarter is for those that are.
		if e.slowFlying >= e.slowSlots && (ep.flying > 0 || e.slowFlying >= e.slowSlots+e.slowSlots/2) {
			return full
		}
		e.slowFlying++
	}
	ep.flying++
	if p.direct {
		ep.direct++
	}
	return admitted
}

// leave gives a place back. What came of the request is told to learned before.
func (e *endpoints) leave(p place) {
	e.mu.Lock()
	defer e.mu.Unlock()
	ep := e.of(p.endpoint)
	ep.flying--
	if p.direct {
		ep.direct--
	}
	if p.slow {
		e.slowFlying--
	}
	e.callWaiting(ep)
}

// callWaiting gives free places to those who wait; from an endpoint that answers
// fast no more it sends them back to the table.
func (e *endpoints) callWaiting(ep *endpoint) {
	for len(ep.waiting) > 0 {
		a := full
		if ep.cap.Proven(e.caps) {
			if a = e.admit(ep, ep.waiting[0].place, false); a == full {
				return
			}
		}
		ep.waiting[0].turn <- a
		ep.waiting = ep.waiting[1:]
	}
	ep.waiting = nil
}

// learned takes in what came of a request, and tells whether the circuit's row
// in the database wants to know: because it is there, or because this result
// opens the circuit.
func (e *endpoints) learned(name string, reason dispatch.Reason, took time.Duration) (tell bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	ep := e.of(name)
	ep.cap = ep.cap.Record(reason, took, ep.wanted, e.caps)
	ep.wanted = ep.wanted && len(ep.waiting) > 0
	if ep.shared {
		return true
	}
	ep.circuit = ep.circuit.Record(e.now(), reason, ep.cap.Limit(e.caps), e.rules)
	ep.shared = ep.circuit.State == dispatch.Open
	return ep.shared
}

// circuit gives the circuit of an endpoint and what may be under way there.
func (e *endpoints) circuit(name string) (circuit dispatch.Circuit, most int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	ep := e.of(name)
	return ep.circuit, ep.cap.Limit(e.caps)
}

// setCircuit takes over what the database says of one endpoint.
func (e *endpoints) setCircuit(name string, c dispatch.Circuit) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.take(e.of(name), c)
}

func (e *endpoints) take(ep *endpoint, c dispatch.Circuit) {
	ep.shared = c.State != dispatch.Closed && c.State != ""
	if !ep.shared && ep.circuit.State != dispatch.Closed && ep.circuit.State != "" {
		c = dispatch.Circuit{} // it counts anew
	} else if !ep.shared {
		return
	}
	ep.circuit = c
	e.callWaiting(ep)
}

// setCircuits takes over every circuit that is not closed; the others are.
// Of what changed here after asked, this process knows better.
func (e *endpoints) setCircuits(open map[string]dispatch.Circuit, mine map[string]bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for name, c := range open {
		e.take(e.of(name), c)
	}
	for name, ep := range e.known {
		if _, isOpen := open[name]; !isOpen && ep.shared && !mine[name] {
			e.take(ep, dispatch.Circuit{State: dispatch.Closed})
		}
		if ep.flying == 0 && len(ep.waiting) == 0 && !ep.shared && e.now().Sub(ep.used) > forgetAfter {
			delete(e.known, name)
		}
	}
}

// share makes this process one of n: all together may have under way what one
// alone may.
func (e *endpoints) share(n int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.caps = dispatch.DefaultCapRules.Shared(n)
}

// room is what the promoter may have under way at an endpoint in all processes
// together, as far as this one can tell, and whether it is known to answer fast.
func (e *endpoints) room(name string, processes int) (room int, proven bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	ep := e.known[name]
	if ep == nil {
		return e.caps.Start * processes, false
	}
	limit, proven := ep.circuit.Limit(ep.cap.Limit(e.caps)), ep.cap.Proven(e.caps)
	switch ep.circuit.State {
	case dispatch.Open, dispatch.HalfOpen:
		return 0, proven // but for the probe
	case dispatch.Recovering:
		return limit - ep.direct, proven // the ramp is everybody's together
	default:
		return limit*processes - ep.direct, proven
	}
}
