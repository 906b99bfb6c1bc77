package limit

import (
	"math"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"
	"golang.org/x/time/rate"
)

// allowancesKept is the maximum number of clients in the LRU cache.
const allowancesKept = 20_000

// Allowance is a rate limit for each client: a rate per second, and a burst after a pause.
type Allowance struct {
	name      string
	perSecond int
	burst     int
	message   string

	mu   sync.Mutex
	kept *simplelru.LRU[string, *rate.Limiter]
}

// NewAllowance returns an Allowance whose limit is called name. message has a %d for the rate per
// second.
func NewAllowance(name string, perSecond, burst int, message string) *Allowance {
	a := &Allowance{name: name, perSecond: perSecond, burst: burst, message: message}
	a.kept, _ = simplelru.NewLRU[string, *rate.Limiter](allowancesKept, nil) // fails only for a size of 0
	return a
}

// Take takes n of a client's allowance, or returns an *Exceeded if there is less left.
func (a *Allowance) Take(client string, n int, now time.Time) *Exceeded {
	a.mu.Lock()
	defer a.mu.Unlock()
	limiter, ok := a.kept.Get(client)
	if !ok {
		limiter = rate.NewLimiter(rate.Limit(a.perSecond), a.burst)
		a.kept.Add(client, limiter)
	}
	if limiter.AllowN(now, n) {
		return nil
	}
	refusal := exceeded(a.name, a.perSecond, a.message, a.perSecond)
	later := limiter.ReserveN(now, n)
	if !later.OK() {
		return refusal // it is more than the burst: waiting does not help
	}
	wait := later.DelayFrom(now)
	later.CancelAt(now)
	return refusal.after(int(math.Ceil(wait.Seconds())))
}
