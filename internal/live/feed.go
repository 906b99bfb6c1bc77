package live

import (
	"context"
	"log/slog"
	"slices"
	"sync"

	"github.com/gofrs/uuid/v5"
)

// Bounds of a Feed: how many rows are loaded at once, and how far it may fall behind before its
// subscribers have to fetch everything again.
const (
	feedBatch   = 500
	feedBacklog = 20_000
)

// Feed turns notices of ids into rows for a Hub: it collects ids while it loads, so that a burst
// takes few queries, and loads nothing while there are no subscribers.
type Feed[T any] struct {
	hub  *Hub[T]
	load func(ctx context.Context, ids []uuid.UUID) ([]T, error)
	log  *slog.Logger

	mu    sync.Mutex
	ids   []uuid.UUID
	ready chan struct{}
}

// NewFeed returns a Feed. Run drives it.
func NewFeed[T any](hub *Hub[T], log *slog.Logger, load func(ctx context.Context, ids []uuid.UUID) ([]T, error)) *Feed[T] {
	return &Feed[T]{hub: hub, load: load, log: log, ready: make(chan struct{}, 1)}
}

// Add adds announced ids. It never blocks.
func (f *Feed[T]) Add(ids []uuid.UUID) {
	if !f.hub.Watched() {
		return
	}
	f.mu.Lock()
	f.ids = append(f.ids, ids...)
	behind := len(f.ids) > feedBacklog
	if behind {
		f.ids = nil
	}
	f.mu.Unlock()
	if behind {
		f.hub.Resync()
		return
	}
	select {
	case f.ready <- struct{}{}:
	default:
	}
}

// Run loads and publishes until ctx is done.
func (f *Feed[T]) Run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-f.ready:
			f.publish(ctx)
		}
	}
}

func (f *Feed[T]) publish(ctx context.Context) {
	f.mu.Lock()
	ids := f.ids
	f.ids = nil
	f.mu.Unlock()
	for batch := range slices.Chunk(distinct(ids), feedBatch) {
		rows, err := f.load(ctx, batch)
		if err != nil {
			if ctx.Err() == nil {
				f.log.ErrorContext(ctx, "loading what is to be shown live", "error", err)
				f.hub.Resync()
			}
			return
		}
		f.hub.Publish(rows...)
	}
}

// distinct keeps the last of each id: rows are loaded as they are now, so earlier notices of the
// same row add nothing.
func distinct(ids []uuid.UUID) []uuid.UUID {
	seen := make(map[uuid.UUID]bool, len(ids))
	kept := make([]uuid.UUID, 0, len(ids))
	for _, id := range slices.Backward(ids) {
		if !seen[id] {
			seen[id] = true
			kept = append(kept, id)
		}
	}
	slices.Reverse(kept)
	return kept
}
