package pg

import (
	"context"
	"sync"
)

// Batch lets many callers share one commit. While one flush is under way,
// those who come gather, and the next flush takes them all: at idle nobody waits
// for company, and under load a commit carries hundreds. There is no loop to
// start or stop.
type Batch[T any] struct {
	flush func(ctx context.Context, items []T) error
	rows  int // most items of a flush
	wide  int // most flushes under way at once
	whole bool

	mu      sync.Mutex
	waiting []entry[T]
	flying  int
}

type entry[T any] struct {
	item T
	done chan error
}

// NewBatch makes a Batch of at most rows items a flush, and at most wide flushes
// at once. flush must do all of its items or none; it is called again with each
// item alone where several failed together, so that a bad one does not take the
// others with it.
func NewBatch[T any](rows, wide int, flush func(ctx context.Context, items []T) error) *Batch[T] {
	return &Batch[T]{flush: flush, rows: rows, wide: wide}
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
	start := b.flying < b.wide
	if start {
		b.flying++
	}
	b.mu.Unlock()
	if start {
		go b.drain(context.WithoutCancel(ctx))
	}
	select {
	case err := <-e.done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// drain flushes until nobody waits.
func (b *Batch[T]) drain(ctx context.Context) {
	for {
		entries := b.take()
		if entries == nil {
			return
		}
		b.write(ctx, entries)
	}
}

// take gives the next flush; nil, and one flush fewer, where nobody waits.
func (b *Batch[T]) take() []entry[T] {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.waiting) == 0 {
		b.flying--
		return nil
	}
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
