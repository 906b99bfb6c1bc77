package secret

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"testing"

	"postrider/internal/problem"
)

// The queue of passwords is bounded, and shorter for strangers; a refused one costs nothing.
func TestTheQueueForHashingIsBounded(t *testing.T) {
	t.Parallel()
	h := NewHasher()
	for h.atOnce.TryAcquire(1) { // everything is busy
	}
	ctx, cancel := context.WithCancel(t.Context())
	var waiting sync.WaitGroup
	wait := func(known bool, until int64) {
		waiting.Go(func() {
			if _, err := h.Match(ctx, "correct horse battery", "", known); !errors.Is(err, context.Canceled) {
				t.Errorf("who waits ends with %v", err)
			}
		})
		for h.waiting.Load() < until {
			runtime.Gosched()
		}
	}
	for i := range int64(strangersWaiting) {
		wait(false, i+1)
	}
	if _, err := h.Match(ctx, "correct horse battery", "", false); problem.CodeOf(err) != problem.CodeRateLimited {
		t.Errorf("a stranger too many gets %v", err)
	}
	for i := range int64(everybodyWaiting - strangersWaiting) {
		wait(true, strangersWaiting+i+1)
	}
	if _, err := h.Hash(ctx, "correct horse battery"); problem.CodeOf(err) != problem.CodeRateLimited {
		t.Errorf("one too many gets %v", err)
	}
	cancel()
	waiting.Wait()
	if h.waiting.Load() != 0 || h.Hashed() != 0 {
		t.Errorf("%d wait, %d were hashed", h.waiting.Load(), h.Hashed())
	}
}
