package pg

import (
	"context"
	"slices"
	"sync"
	"time"
)

// linger is how long callers wait for a flush that is running before another starts
// beside it for however few. It is far above what a commit takes: such a flush waits for
// a lock.
const linger = 20 * time.Millisecond

// Batch is a group commit: many callers share one. While one flush is running, those who
// come wait, and the next flush takes them all: at idle nobody waits for others, and
// under load a commit carries hundreds. There is no loop to start or stop.
type Batch[T any] struct {
	flush   func(ctx context.Context, items []T) error
	rows    int // most items of a flush
	overlap int // how many have to wait for a second flush to start beside the first; zero for never
	whole   bool

	mu      sync.Mutex
	waiting []entry[T]
	lanes   []*lane // those running, two at most
}

type entry[T any] struct {
	item T
	done chan error
}

// lane is one flush after the other.
type lane struct{ began time.Time } // when the one that is running did

// NewBatch makes a Batch of at most rows items a flush, and one flush at a time.
// flush must do all of its items or none; it is called again with each item alone
// where several failed together, so that a bad one does not take the others with
// it.
func NewBatch[T any](rows int, flush func(ctx context.Context, items []T) error) *Batch[T] {
	return &Batch[T]{flush: flush, rows: rows}
}

// Overlap lets a second flush start beside the first once so many items wait, or when the
// first takes long: so the database works while a commit reaches the
// disk, and yet each carries enough. Two that carry few each cost more than one.
func (b *Batch[T]) Overlap(waiting int) *Batch[T] {
	b.overlap = waiting
	return b
}

// Whole makes a failed flush fail for all of its items: for those whose second
// try could not tell that the first was committed after all.
func (b *Batch[T]) Whole() *Batch[T] {
	b.whole = true
	return b
}

// Do hands an item over and waits until it is committed, or until ctx is done:
// then it may be committed all the same.
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

// start opens a lane for those who wait, if there may be one.
func (b *Batch[T]) start(ctx context.Context) bool {
	if !b.mayFlush(nil) {
		return false
	}
	l := &lane{began: time.Now()}
	b.lanes = append(b.lanes, l)
	go b.drain(context.WithoutCancel(ctx), l)
	return true
}

// mayFlush says whether those who wait may be flushed by a lane, nil for a new
// one.
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

// drain flushes until nobody waits, or too few do for a second lane.
func (b *Batch[T]) drain(ctx context.Context, l *lane) {
	for {
		entries := b.take(l)
		if entries == nil {
			return
		}
		b.write(ctx, entries)
	}
}

// take gives the lane's next flush; nil where it has none, and has ended.
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
