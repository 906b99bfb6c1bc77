package intake

import (
	"net/netip"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2/simplelru"
	"golang.org/x/time/rate"
)

// A stranger is who calls an integration that does not exist. Such calls are kept, since
// an operator who got the key wrong wants to see them, but anybody can make them: so
// many of an address, /24 or /48, and of all together, and of each no more than its
// beginning.
const (
	strangerCalls = 30          // at once, of an address
	strangerEvery = time.Minute // one more
	strangersAll  = 1000        // at once, of everybody
	strangersRate = 10          // a second more
	strangersSeen = 10_000      // addresses that are told apart
	maxStranger   = 4 << 10     // bytes that are kept of each part of a call
)

// strangers counts calls of unknown integrations.
type strangers struct {
	mu   sync.Mutex
	kept *lru.LRU[string, *rate.Limiter]
	all  *rate.Limiter
}

func newStrangers() *strangers {
	kept, _ := lru.NewLRU[string, *rate.Limiter](strangersSeen, nil) // fails for a size of 0 alone
	return &strangers{kept: kept, all: rate.NewLimiter(strangersRate, strangersAll)}
}

// wait counts a call of addr, and says how long to wait with the next where there
// were too many.
func (s *strangers) wait(addr netip.Addr, now time.Time) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := truncated(addr)
	own, ok := s.kept.Get(key)
	if !ok {
		own = rate.NewLimiter(rate.Every(strangerEvery), strangerCalls)
		s.kept.Add(key, own)
	}
	for _, limiter := range []*rate.Limiter{own, s.all} {
		asked := limiter.ReserveN(now, 1)
		if delay := asked.DelayFrom(now); delay > 0 {
			asked.CancelAt(now)
			return delay
		}
	}
	return 0
}
