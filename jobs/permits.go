package jobs

import (
	"context"
	"slices"
	"sync"
	"time"

	"postrider/dispatch"
)

// admission is whether a job may send to its endpoint now.
type admission int

const (
	admitted admission = iota
	full               // the endpoint's limit is reached
	held               // its circuit is open
	onHold             // the installation is on hold
)

// permits issues permits, one for each request in flight, by the limit and the circuit of
// each endpoint that this process sends to. Nothing of it is needed after a crash: circuits
// that are not closed are in the database too.
type permits struct {
	rules    dispatch.CircuitRules
	now      func() time.Time
	slowMost int // maximum in flight at endpoints that are not known to answer fast: half of the workers' slots

	mu           sync.Mutex
	limits       dispatch.LimitRules // this process's share
	known        map[string]*endpoint
	slowInFlight int
}

type endpoint struct {
	limit    dispatch.Limit
	inFlight int
	direct   int      // of those in flight, unknown to the promoter
	wanted   bool     // the limit has turned requests away
	waiting  []waiter // jobs that wait for a permit, at an endpoint that answers fast
	circuit  dispatch.Circuit
	shared   bool // the circuit is in the database, which is authoritative
	used     time.Time
}

// At an endpoint that is known to answer fast, jobs wait for a permit if one comes within
// waitFor: going back to the table would cost more. Together with the 64 in flight at most,
// mostWait is what a lane fetches.
const (
	waitFor   = 500 * time.Millisecond
	mostWait  = 192
	leastTook = time.Millisecond // the shortest latency that is assumed
)

// mayWait returns how many jobs may wait for a permit.
func (ep *endpoint) mayWait(rules dispatch.LimitRules) int {
	return min(mostWait, ep.limit.Permits(rules)*int(waitFor/max(leastTook, ep.limit.Latency())))
}

// State of an endpoint is dropped when nothing was sent there for this long.
const forgetAfter = 10 * time.Minute

func newPermits(rules dispatch.CircuitRules, workers int, now func() time.Time) *permits {
	return &permits{
		rules: rules, now: now, slowMost: max(1, workers/2), limits: dispatch.DefaultLimitRules, known: map[string]*endpoint{},
	}
}

// of returns what is known of an endpoint. The caller holds the lock.
func (ps *permits) of(name string) *endpoint {
	found := ps.known[name]
	if found == nil {
		found = &endpoint{}
		ps.known[name] = found
	}
	found.used = ps.now()
	return found
}

// permit admits one request to an endpoint.
type permit struct {
	endpoint string
	direct   bool // not counted by the promoter
	slow     bool // counted against slowMost
}

// waiter is a job that waits for its permit.
type waiter struct {
	permit permit
	turn   chan admission
}

// acquire asks for a permit of an endpoint, and waits for one if that will not take long.
// The caller must release an admitted permit.
func (ps *permits) acquire(ctx context.Context, args DeliverArgs) (permit, admission) {
	ps.mu.Lock()
	ep := ps.of(args.Endpoint)
	p := permit{endpoint: args.Endpoint, direct: !args.Promoted, slow: !ep.limit.Proven(ps.limits)}
	a := ps.admit(ep, p, args.Probe)
	if a != full || p.slow || len(ep.waiting) >= ep.mayWait(ps.limits) {
		ps.mu.Unlock()
		return p, a
	}
	turn := make(chan admission, 1)
	ep.waiting = append(ep.waiting, waiter{permit: p, turn: turn})
	ps.mu.Unlock()
	select {
	case a := <-turn:
		return p, a
	case <-ctx.Done():
	}
	ps.mu.Lock()
	defer ps.mu.Unlock()
	if i := slices.IndexFunc(ep.waiting, func(w waiter) bool { return w.turn == turn }); i >= 0 {
		ep.waiting = slices.Delete(ep.waiting, i, i+1)
		return p, full
	}
	return p, <-turn // it was granted just now
}

// tryAcquire takes a permit if one is free without waiters, of an endpoint that is known to
// answer fast: it is held for as long as a commit takes, too. The caller must release it
// where it got one.
func (ps *permits) tryAcquire(name string) (permit, bool) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	ep := ps.known[name]
	if ep == nil || !ep.limit.Proven(ps.limits) || len(ep.waiting) > 0 {
		return permit{}, false
	}
	if ep.circuit.State != dispatch.Closed && ep.circuit.State != "" {
		return permit{}, false // the ramp is for held deliveries
	}
	p := permit{endpoint: name, direct: true}
	ep.used = ps.now()
	return p, ps.admit(ep, p, false) == admitted
}

func (ps *permits) admit(ep *endpoint, p permit, probe bool) admission {
	limit := ep.circuit.Limit(ep.limit.Permits(ps.limits))
	switch ep.circuit.State {
	case dispatch.Open, dispatch.HalfOpen:
		if !probe {
			return held
		}
	case dispatch.Recovering:
		if ep.inFlight >= limit {
			return held
		}
	default:
		if ep.inFlight >= limit {
			ep.wanted = true
			return full
		}
	}
	if p.slow {
		// The first request may show that its endpoint is fast after all: for that there is
		// half as much again. The last quarter is for fast ones.
		if ps.slowInFlight >= ps.slowMost && (ep.inFlight > 0 || ps.slowInFlight >= ps.slowMost+ps.slowMost/2) {
			return full
		}
		ps.slowInFlight++
	}
	ep.inFlight++
	if p.direct {
		ep.direct++
	}
	return admitted
}

// release gives a permit back. The result of the request goes to learned before.
func (ps *permits) release(p permit) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	ep := ps.of(p.endpoint)
	ep.inFlight--
	if p.direct {
		ep.direct--
	}
	if p.slow {
		ps.slowInFlight--
	}
	ps.grantWaiting(ep)
}

// grantWaiting grants free permits to waiting jobs; if the endpoint no longer answers fast,
// it sends them back to the table.
func (ps *permits) grantWaiting(ep *endpoint) {
	for len(ep.waiting) > 0 {
		a := full
		if ep.limit.Proven(ps.limits) {
			if a = ps.admit(ep, ep.waiting[0].permit, false); a == full {
				return
			}
		}
		ep.waiting[0].turn <- a
		ep.waiting = ep.waiting[1:]
	}
	ep.waiting = nil
}

// learned records the result of a request, and reports whether the circuit's row in the
// database must be updated: because it exists, or because this result opens the circuit.
func (ps *permits) learned(name string, reason dispatch.Reason, took time.Duration) (tell bool) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	ep := ps.of(name)
	ep.limit = ep.limit.Record(reason, took, ep.wanted, ps.limits)
	ep.wanted = ep.wanted && len(ep.waiting) > 0
	if ep.shared {
		return true
	}
	ep.circuit = ep.circuit.Record(ps.now(), reason, ep.limit.Permits(ps.limits), ps.rules)
	ep.shared = ep.circuit.State == dispatch.Open
	return ep.shared
}

// circuit returns the circuit of an endpoint and how many may be in flight there.
func (ps *permits) circuit(name string) (circuit dispatch.Circuit, most int) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	ep := ps.of(name)
	return ep.circuit, ep.limit.Permits(ps.limits)
}

// setCircuit adopts the database's circuit of one endpoint.
func (ps *permits) setCircuit(name string, c dispatch.Circuit) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	ps.take(ps.of(name), c)
}

func (ps *permits) take(ep *endpoint, c dispatch.Circuit) {
	ep.shared = c.State != dispatch.Closed && c.State != ""
	if !ep.shared && ep.circuit.State != dispatch.Closed && ep.circuit.State != "" {
		c = dispatch.Circuit{} // counting starts afresh
	} else if !ep.shared {
		return
	}
	ep.circuit = c
	ps.grantWaiting(ep)
}

// setCircuits adopts every circuit that is not closed; the others are. Those in mine were
// changed here meanwhile, and stay.
func (ps *permits) setCircuits(open map[string]dispatch.Circuit, mine map[string]bool) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	for name, c := range open {
		ps.take(ps.of(name), c)
	}
	for name, ep := range ps.known {
		if _, isOpen := open[name]; !isOpen && ep.shared && !mine[name] {
			ps.take(ep, dispatch.Circuit{State: dispatch.Closed})
		}
		if ep.inFlight == 0 && len(ep.waiting) == 0 && !ep.shared && ps.now().Sub(ep.used) > forgetAfter {
			delete(ps.known, name)
		}
	}
}

// share makes this process one of n, which may together have in flight what one alone may.
func (ps *permits) share(n int) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	ps.limits = dispatch.DefaultLimitRules.Shared(n)
}

// forPromoter returns how many the promoter may have in flight at an endpoint in all
// processes together, as far as this one can tell, and whether the endpoint is known to
// answer fast.
func (ps *permits) forPromoter(name string, processes int) (n int, proven bool) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	ep := ps.known[name]
	if ep == nil {
		return ps.limits.Start * processes, false
	}
	limit, proven := ep.circuit.Limit(ep.limit.Permits(ps.limits)), ep.limit.Proven(ps.limits)
	switch ep.circuit.State {
	case dispatch.Open, dispatch.HalfOpen:
		return 0, proven // except for the probe
	case dispatch.Recovering:
		return limit - ep.direct, proven // all processes share the ramp
	default:
		return limit*processes - ep.direct, proven
	}
}
