package pg_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"postrider/internal/pg"
)

func TestBatchCollectsWhileAFlushIsUnderWay(t *testing.T) {
	t.Parallel()
	entered, release := make(chan struct{}), make(chan struct{})
	var mu sync.Mutex
	var flushes [][]int
	b := pg.NewBatch(100, func(_ context.Context, items []int) error {
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
	b := pg.NewBatch(100, func(_ context.Context, items []int) error {
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
	b := pg.NewBatch(1, func(context.Context, []int) error {
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
	b := pg.NewBatch(100, func(_ context.Context, items []int) error {
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

// held is a Batch whose flushes each wait until they are released.
type held struct {
	*pg.Batch[int]

	callers sync.WaitGroup
	entered chan []int    // the items of a flush that has begun
	release chan struct{} // lets one flush go
}

func newHeld(t *testing.T, company int) *held {
	t.Helper()
	h := &held{entered: make(chan []int, 100), release: make(chan struct{}, 100)}
	h.Batch = pg.NewBatch(100, func(_ context.Context, items []int) error {
		h.entered <- slices.Clone(items)
		<-h.release
		return nil
	}).Overlap(company)
	return h
}

func (h *held) do(t *testing.T, items ...int) {
	t.Helper()
	for _, i := range items {
		h.callers.Go(func() { _ = h.Do(t.Context(), i) })
	}
}

func TestBatchASecondFlushStartsWithCompany(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHeld(t, 3)
		h.do(t, 0)
		if first := <-h.entered; len(first) != 1 {
			t.Errorf("the first flush has %d items: it waits for nobody", len(first))
		}
		h.do(t, 1, 2)
		synctest.Wait()
		if len(h.entered) > 0 {
			t.Error("two items were flushed beside the first")
		}
		h.do(t, 3)
		if second := <-h.entered; len(second) != 3 {
			t.Errorf("three that wait are flushed together, not %d", len(second))
		}
		h.do(t, 4, 5, 6, 7)
		synctest.Wait()
		if len(h.entered) > 0 {
			t.Error("a third flush is under way")
		}
		for range 3 {
			h.release <- struct{}{}
		}
		h.callers.Wait()
		if third := <-h.entered; len(third) != 4 {
			t.Errorf("the third flush has %d items, not four", len(third))
		}
	})
}

func TestBatchAFlushThatWaitsForALockHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHeld(t, 3)
		h.do(t, 0)
		<-h.entered // and it is not released
		for i := range 5 {
			h.do(t, 1+i)
			<-h.entered
			h.release <- struct{}{}
			synctest.Wait()
		}
		h.release <- struct{}{}
		h.callers.Wait()
	})
}

// Whatever the timing, each item is flushed once, and at most two flushes are in flight.
func TestBatchFlushesEachOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		company := rapid.IntRange(0, 5).Draw(rt, "company")
		gaps := rapid.SliceOfN(rapid.IntRange(0, 30), 1, 60).Draw(rt, "milliseconds between items")
		takes := rapid.SliceOfN(rapid.IntRange(0, 60), 1, 10).Draw(rt, "milliseconds of a flush")
		synctest.Test(t, func(t *testing.T) {
			var mu sync.Mutex
			seen, flushes, underWay := map[int]int{}, 0, 0
			b := pg.NewBatch(7, func(_ context.Context, items []int) error {
				mu.Lock()
				underWay++
				if most := min(company, 1) + 1; underWay > most {
					rt.Errorf("%d flushes are under way, %d at most", underWay, most)
				}
				pause := takes[flushes%len(takes)]
				flushes++
				for _, i := range items {
					seen[i]++
				}
				mu.Unlock()
				<-time.After(time.Duration(pause) * time.Millisecond) // on synctest's clock
				mu.Lock()
				underWay--
				mu.Unlock()
				return nil
			}).Overlap(company)
			var callers sync.WaitGroup
			for i, gap := range gaps {
				<-time.After(time.Duration(gap) * time.Millisecond)
				callers.Go(func() { _ = b.Do(t.Context(), i) })
			}
			callers.Wait()
			for i := range gaps {
				if seen[i] != 1 {
					rt.Errorf("item %d was flushed %d times", i, seen[i])
				}
			}
		})
	})
}
