package jobs

import (
	"context"
	"sync"
)

// gate admits deliveries: each needs a permit of its endpoint and one of this process's
// slots.
type gate struct {
	permits *permits
	slots   chan struct{} // bounds the requests in flight
}

// grant is a permit and a slot. Each is released once.
type grant struct{ releasePermit, releaseSlot func() }

func (g grant) release() {
	g.releaseSlot()
	g.releasePermit()
}

// grant returns a permit with the slot that is taken next.
func (t *gate) grant(p permit) grant {
	return grant{releasePermit: sync.OnceFunc(func() { t.permits.release(p) }), releaseSlot: sync.OnceFunc(func() { <-t.slots })}
}

// acquire asks for a permit for a delivery of a job, then waits for a slot.
func (t *gate) acquire(ctx context.Context, args DeliverArgs) (grant, admission) {
	p, a := t.permits.acquire(ctx, args)
	if a != admitted {
		return grant{}, a
	}
	g := t.grant(p)
	select {
	case t.slots <- struct{}{}:
		return g, admitted
	case <-ctx.Done():
		g.releasePermit()
		return grant{}, full
	}
}

// tryAcquire returns a permit and a slot if both are free and have no waiters.
func (t *gate) tryAcquire(endpoint string) (grant, bool) {
	p, ok := t.permits.tryAcquire(endpoint)
	if !ok {
		return grant{}, false
	}
	g := t.grant(p)
	select {
	case t.slots <- struct{}{}:
		return g, true
	default:
		g.releasePermit()
		return grant{}, false
	}
}
