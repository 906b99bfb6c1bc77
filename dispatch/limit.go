package dispatch

import "time"

// LimitRules set how many requests an endpoint may have in flight.
type LimitRules struct {
	Least, Start, Most int
	// Slow is the latency above which an endpoint is slow: one that hangs keeps its permits
	// for as long, so it gets at most SlowMost.
	Slow     time.Duration
	SlowMost int
}

// DefaultLimitRules are for all endpoints.
var DefaultLimitRules = LimitRules{Least: 1, Start: 8, Most: 64, Slow: time.Second, SlowMost: 16}

// Shared returns the rules for one of several processes, which may together have in flight
// what one alone may.
func (r LimitRules) Shared(processes int) LimitRules {
	if processes > 1 {
		r.Start, r.Most, r.SlowMost = max(r.Least, r.Start/processes), max(r.Least, r.Most/processes), max(r.Least, r.SlowMost/processes)
	}
	return r
}

// Limit is how many requests one endpoint may have in flight: a value that adapts to
// results. It doubles while an endpoint answers fast and more is wanted, grows by one a
// round while it answers slowly, and halves when it fails or limits our rate. The zero
// value is a new endpoint's.
type Limit struct {
	limit   float64
	latency time.Duration // a moving average
	good    int           // successes since the last failure
}

// Permits returns how many may be in flight.
func (l Limit) Permits(r LimitRules) int {
	limit := int(l.limit)
	if l.limit == 0 {
		limit = r.Start
	}
	most := r.Most
	if l.latency > r.Slow {
		most = r.SlowMost
	}
	return max(r.Least, min(limit, most))
}

// Latency returns the recent average latency; 0 before the first result.
func (l Limit) Latency() time.Duration { return l.latency }

// Proven reports whether the endpoint answers, and fast.
func (l Limit) Proven(r LimitRules) bool { return l.good > 0 && l.latency <= r.Slow }

// Record adapts to the result of a request. wanted reports whether more was waiting than
// the limit admitted: a limit that is never reached does not grow.
func (l Limit) Record(reason Reason, took time.Duration, wanted bool, r LimitRules) Limit {
	limit := max(l.limit, float64(r.Least))
	if l.limit == 0 {
		limit = float64(r.Start)
	}
	limit = min(limit, float64(r.Most))
	if reason.Transport() || reason == ServerError || reason == RateLimited {
		// Half of what was in effect: a slow one has less than its limit, and one that
		// refuses at once would look fast again.
		l.limit, l.good = max(float64(r.Least), min(limit, float64(l.Permits(r)))/2), 0
		l.average(took)
		return l
	}
	l.good++
	l.average(took)
	if !wanted {
		return l
	}
	step := 1 / limit
	if l.latency <= r.Slow/4 && l.good >= int(limit) {
		step = 1
	}
	l.limit = min(limit+step, float64(r.Most))
	return l
}

func (l *Limit) average(took time.Duration) {
	if l.latency == 0 {
		l.latency = took
		return
	}
	l.latency += (took - l.latency) / 8
}
