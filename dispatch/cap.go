package dispatch

import "time"

// CapRules say how many requests an endpoint may have under way.
type CapRules struct {
	Least, Start, Most int
	// Slow is the latency above which an endpoint is slow: one that hangs holds
	// what it was given for as long, so it is given SlowMost at the most.
	Slow     time.Duration
	SlowMost int
}

// DefaultCapRules are for every endpoint.
var DefaultCapRules = CapRules{Least: 1, Start: 8, Most: 64, Slow: time.Second, SlowMost: 16}

// Shared gives the rules for one of several processes: all together may have
// under way what one alone may.
func (r CapRules) Shared(processes int) CapRules {
	if processes > 1 {
		r.Start, r.Most, r.SlowMost = max(r.Least, r.Start/processes), max(r.Least, r.Most/processes), max(r.Least, r.SlowMost/processes)
	}
	return r
}

// Cap is how many requests one endpoint may have under way: a value that learns
// from what comes back. It doubles while an endpoint answers fast and more is
// wanted, grows by one a round while it answers slowly, and halves when it
// fails or says that it is too much. The zero value is a new endpoint's.
type Cap struct {
	limit   float64
	latency time.Duration // a moving average
	good    int           // successes since the last failure
}

// Limit is how many may be under way.
func (c Cap) Limit(r CapRules) int {
	limit := int(c.limit)
	if c.limit == 0 {
		limit = r.Start
	}
	most := r.Most
	if c.latency > r.Slow {
		most = r.SlowMost
	}
	return max(r.Least, min(limit, most))
}

// Latency is how long it took to answer lately; 0 where nothing has come back.
func (c Cap) Latency() time.Duration { return c.latency }

// Proven tells whether the endpoint answers, and fast.
func (c Cap) Proven(r CapRules) bool { return c.good > 0 && c.latency <= r.Slow }

// Record takes in what came of a request. wanted tells whether more was waiting
// than the limit let through: a limit that nobody reaches does not grow.
func (c Cap) Record(reason Reason, took time.Duration, wanted bool, r CapRules) Cap {
	limit := max(c.limit, float64(r.Least))
	if c.limit == 0 {
		limit = float64(r.Start)
	}
	limit = min(limit, float64(r.Most))
	if reason.Transport() || reason == ServerError || reason == RateLimited {
		// Half of what it really had: a slow one has less than it had earned, and one
		// that refuses at once would look fast again.
		c.limit, c.good = max(float64(r.Least), min(limit, float64(c.Limit(r)))/2), 0
		c.average(took)
		return c
	}
	c.good++
	c.average(took)
	if !wanted {
		return c
	}
	step := 1 / limit
	if c.latency <= r.Slow/4 && c.good >= int(limit) {
		step = 1
	}
	c.limit = min(limit+step, float64(r.Most))
	return c
}

func (c *Cap) average(took time.Duration) {
	if c.latency == 0 {
		c.latency = took
		return
	}
	c.latency += (took - c.latency) / 8
}
