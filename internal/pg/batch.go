package pg

import (
	"context"
	"slices"
	"sync"
	"time"
)

// linger is how long callers wait for a running flush before a second one starts beside it,
// however few they are. It is far above what a commit takes: such a flush is waiting for a
// lock.
const linger = 20 * time.Millisecond

// Batch is a group commit: many callers share one commit. While a flush is running, new callers
// wait, and the next flush takes them all: an idle Batch delays nobody, and under load one
// commit carries hundreds of items. There is no loop to start or stop.
type Batch[T any] struct {
	flush   func(ctx context.Context, items []T) error
	rows    int // maximum items of a flush
	overlap int // callers that must wait for a second flush to start beside the first; zero for never
	whole   bool

	mu      sync.Mutex
	waiting []entry[T]
	lanes   []*lane // running lanes, two at most
}

type entry[T any] struct {
	item T
	done chan error
}

// lane is a sequence of flushes, one after the other.
type lane struct{ began time.Time } // when its running flush began

// NewBatch returns a Batch with at most rows items per flush, and one flush at a time. flush
// must write all of its items or none; after a flush of several items failed, it is called
// again with each item alone, so that one bad item does not fail the others.
func NewBatch[T any](rows int, flush func(ctx context.Context, items []T) error) *Batch[T] {
	return &Batch[T]{flush: flush, rows: rows}
}

// Overlap lets a second flush start beside the first once that many callers are waiting, or
// when the first takes long: the database works while a commit is written to disk, and yet each
// flush carries enough. Two flushes of few items each cost more than one.
func (b *Batch[T]) Overlap(waiting int) *Batch[T] {
	b.overlap = waiting
	return b
}

// Whole makes a failed flush fail for all of its items: for items whose retry could not tell
// that the first try was committed after all.
func (b *Batch[T]) Whole() *Batch[T] {
	b.whole = true
	return b
}

// Do adds an item and waits until it is committed, or until ctx is done: then it may be
// committed all the same.
func (b *Batch[T]) Do(ctx context.Context, item T) error {
	e := entry[T]{item: item, done: make(chan error, 1)}
	b.mu.Lock()
	b.waiting = append(b.waiting, e)
	first := len(b.waiting) == 1
	flushed := b.start(ctx)
	b.mu.Unlock()
	if first && !flushed && b.overlap > 0 {
		time.AfterFunc(linger, func() {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.start(ctx)
		})
	}
	select {
	case err := <-e.done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// start starts a lane for the waiting callers, if another is allowed.
func (b *Batch[T]) start(ctx context.Context) bool {
	if !b.mayFlush(nil) {
		return false
	}
	l := &lane{began: time.Now()}
	b.lanes = append(b.lanes, l)
	go b.drain(context.WithoutCancel(ctx), l)
	return true
}

// mayFlush reports whether a lane, nil for a new one, may flush the waiting items.
func (b *Batch[T]) mayFlush(by *lane) bool {
	if len(b.waiting) == 0 {
		return false
	}
	beside := 0
	for _, other := range b.lanes {
		if other == by {
			continue
		}
		if beside++; b.overlap == 0 || len(b.waiting) < b.overlap && time.Since(other.began) < linger {
			return false
		}
	}
	return beside < 2
}

// drain flushes until no item is waiting, or too few for a second lane.
func (b *Batch[T]) drain(ctx context.Context, l *lane) {
	for {
		entries := b.take(l)
		if entries == nil {
			return
		}
		b.write(ctx, entries)
	}
}

// take returns the items of the lane's next flush; nil if the lane has ended.
func (b *Batch[T]) take(l *lane) []entry[T] {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.mayFlush(l) {
		b.lanes = slices.DeleteFunc(b.lanes, func(other *lane) bool { return other == l })
		return nil
	}
	l.began = time.Now()
	n := min(len(b.waiting), b.rows)
	taken := b.waiting[:n:n]
	b.waiting = b.waiting[n:]
	if len(b.waiting) == 0 {
		b.waiting = nil
	}
	return taken
}

func (b *Batch[T]) write(ctx context.Context, entries []entry[T]) {
	items := make([]T, len(entries))
	for i, e := range entries {
		items[i] = e.item
	}
	err := b.flush(ctx, items)
	if err != nil && len(entries) > 1 && !b.whole {
		for _, e := range entries {
			e.done <- b.flush(ctx, []T{e.item})
		}
		return
	}
	for _, e := range entries {
		e.done <- err
	}
}
