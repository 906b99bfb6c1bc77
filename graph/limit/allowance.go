package limit

import (
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"
	"golang.org/x/time/rate"
)

// allowancesKept is how many clients are remembered; the one that asked least lately
// goes first.
const allowancesKept = 20_000

// Allowance is how much a client may take of something: so much a second, and so much
// at once after a while without.
type Allowance struct {
	name      string
	perSecond int
	burst     int
	message   string

	mu   sync.Mutex
	kept *simplelru.LRU[string, *rate.Limiter]
}

// NewAllowance is one whose excess is of the limit called name. The message has a %d
// for how much a second may be.
func NewAllowance(name string, perSecond, burst int, message string) *Allowance {
	a := &Allowance{name: name, perSecond: perSecond, burst: burst, message: message}
	a.kept, _ = simplelru.NewLRU[string, *rate.Limiter](allowancesKept, nil) // fails for a size of 0 alone
	return a
}

// Take takes n of a client's allowance, or says that there is not as much left.
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
	return exceeded(a.name, a.perSecond, a.message, a.perSecond)
}
