package pg_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"

	"postrider/internal/pg"
)

func TestBatchGathersWhileAFlushIsUnderWay(t *testing.T) {
	t.Parallel()
	entered, release := make(chan struct{}), make(chan struct{})
	var mu sync.Mutex
	var flushes [][]int
	b := pg.NewBatch(100, 1, func(_ context.Context, items []int) error {
		mu.Lock()
		flushes = append(flushes, slices.Clone(items))
		first := len(flushes) == 1
		mu.Unlock()
		if first {
			close(entered)
			<-release
		}
		return nil
	})
	var callers sync.WaitGroup
	callers.Go(func() { _ = b.Do(t.Context(), 0) })
	<-entered
	queued := make(chan struct{}, 50)
	for i := 1; i <= 50; i++ {
		callers.Go(func() {
			queued <- struct{}{}
			_ = b.Do(t.Context(), i)
		})
	}
	for range 50 {
		<-queued
	}
	close(release)
	callers.Wait()
	total := 0
	for _, f := range flushes {
		total += len(f)
	}
	if total != 51 {
		t.Fatalf("%d items were flushed, not 51", total)
	}
}

func TestBatchOneBadItemDoesNotTakeTheOthers(t *testing.T) {
	t.Parallel()
	bad := errors.New("bad")
	entered, release := make(chan struct{}), make(chan struct{})
	once := sync.Once{}
	b := pg.NewBatch(100, 1, func(_ context.Context, items []int) error {
		once.Do(func() {
			close(entered)
			<-release
		})
		if slices.Contains(items, 7) {
			return bad
		}
		return nil
	})
	errs := make([]error, 10)
	var callers sync.WaitGroup
	callers.Go(func() { errs[0] = b.Do(t.Context(), 0) })
	<-entered
	for i := 1; i < 10; i++ {
		callers.Go(func() { errs[i] = b.Do(t.Context(), i) })
	}
	close(release)
	callers.Wait()
	for i, err := range errs {
		if (i == 7) != errors.Is(err, bad) {
			t.Errorf("item %d: %v", i, err)
		}
	}
}

func TestBatchDoEndsWithItsContext(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	flushed := make(chan struct{})
	b := pg.NewBatch(1, 1, func(context.Context, []int) error {
		<-release
		close(flushed)
		return nil
	})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- b.Do(ctx, 1) }()
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	close(release)
	<-flushed
}

func TestBatchThatIsWholeFailsForAll(t *testing.T) {
	t.Parallel()
	bad := errors.New("bad")
	entered, release := make(chan struct{}), make(chan struct{})
	var calls [][]int
	b := pg.NewBatch(100, 1, func(_ context.Context, items []int) error {
		calls = append(calls, items)
		if len(calls) == 1 {
			close(entered)
			<-release
			return nil
		}
		return bad
	}).Whole()
	var callers sync.WaitGroup
	callers.Go(func() { _ = b.Do(t.Context(), 0) })
	<-entered
	errs := make([]error, 2)
	for i := range errs {
		callers.Go(func() { errs[i] = b.Do(t.Context(), i+1) })
	}
	close(release)
	callers.Wait()
	if !errors.Is(errs[0], bad) || !errors.Is(errs[1], bad) {
		t.Errorf("%v", errs)
	}
	asked := 0
	for _, items := range calls[1:] {
		asked += len(items)
	}
	if asked != 2 {
		t.Errorf("asked %d times for two", asked)
	}
}
