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

// Allowance is how many bytes of new documents a client may send: so many a second,
// and so many at once after a while without. What is remembered costs nothing.
type Allowance struct {
	name      string
	perSecond int
	burst     int

	mu   sync.Mutex
	kept *simplelru.LRU[string, *rate.Limiter]
}

// NewAllowance is one whose excess is of the limit called name.
func NewAllowance(name string, perSecond, burst int) *Allowance {
	a := &Allowance{name: name, perSecond: perSecond, burst: burst}
	a.kept, _ = simplelru.NewLRU[string, *rate.Limiter](allowancesKept, nil) // fails for a size of 0 alone
	return a
}

// Take takes bytes of a client's allowance, or says that there are not as many left.
func (a *Allowance) Take(client string, bytes int, now time.Time) *Exceeded {
	a.mu.Lock()
	defer a.mu.Unlock()
	limiter, ok := a.kept.Get(client)
	if !ok {
		limiter = rate.NewLimiter(rate.Limit(a.perSecond), a.burst)
		a.kept.Add(client, limiter)
	}
	if limiter.AllowN(now, bytes) {
		return nil
	}
	return exceeded(a.name, a.perSecond,
		"you send more than %d bytes of new documents a second: use variables, so that a document is the same each time, or slow down", a.perSecond)
}
