package intake

import (
	"net/netip"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2/simplelru"
	"golang.org/x/time/rate"
)

// The limits on strangers: callers of integrations that do not exist. Their calls are logged,
// since an operator who got the key wrong wants to see them, but anybody can make them. So
// their rate is limited per address, /24 or /48, and over all of them, and only the first
// bytes of each call are kept.
const (
	strangerCalls = 30          // burst per address
	strangerEvery = time.Minute // refill per address: one call
	strangersAll  = 1000        // burst over all addresses
	strangersRate = 10          // refill over all addresses, per second
	strangersSeen = 10_000      // addresses that are counted separately
	maxStranger   = 4 << 10     // bytes kept of each part of a call
)

// strangers limits the rate of calls to unknown integrations.
type strangers struct {
	mu   sync.Mutex
	kept *lru.LRU[string, *rate.Limiter]
	all  *rate.Limiter
}

func newStrangers() *strangers {
	kept, _ := lru.NewLRU[string, *rate.Limiter](strangersSeen, nil) // fails only for a size of 0
	return &strangers{kept: kept, all: rate.NewLimiter(strangersRate, strangersAll)}
}

// wait counts a call of addr, and returns how long to wait before the next if there were too
// many.
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
