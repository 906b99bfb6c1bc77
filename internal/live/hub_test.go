package live_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"postrider/internal/ids"
	"postrider/internal/live"
	"postrider/internal/viewer"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func all(int) bool { return true }

func nobodys[T any](T) ids.Affiliate { return 0 }

func anyones(ids.Affiliate) bool { return true }

func TestASubscriberGetsNothingOutsideItsScope(t *testing.T) {
	t.Parallel()
	hub := live.NewHub(func(n int) ids.Affiliate { return ids.Affiliate(n % 3) }) // every third is nobody's
	scope, err := viewer.RowScopeFrom(viewer.With(t.Context(), &viewer.Viewer{Role: viewer.Affiliate, AffiliateID: 1}))
	if err != nil {
		t.Fatal(err)
	}
	one, every := hub.Subscribe(scope.Sees, all), hub.Subscribe(anyones, all)
	forgotten := hub.Subscribe(viewer.RowScope{}.Sees, func(n int) bool {
		t.Errorf("%d is offered to nobody", n)
		return true
	})
	defer one.Close()
	defer every.Close()
	defer forgotten.Close()
	hub.Publish(1, 2, 3, 4, 5, 6)
	if got, _ := next(t, one); !slices.Equal(got, []int{1, 4}) {
		t.Errorf("the affiliate: %v", got)
	}
	if got, _ := next(t, every); !slices.Equal(got, []int{1, 2, 3, 4, 5, 6}) {
		t.Errorf("staff: %v", got)
	}
}

// next reads what a subscriber has; the test fails if there is nothing in time.
func next(t *testing.T, s *live.Subscription[int]) (items []int, missed bool) {
	t.Helper()
	items, missed, err := s.Next(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return items, missed
}

func TestASubscriberGetsWhatMatches(t *testing.T) {
	t.Parallel()
	hub := live.NewHub(nobodys[int])
	even := hub.Subscribe(anyones, func(n int) bool { return n%2 == 0 })
	every := hub.Subscribe(anyones, all)
	defer even.Close()
	defer every.Close()
	hub.Publish(1, 2, 3)
	hub.Publish(4)
	if got, missed := next(t, even); !slices.Equal(got, []int{2, 4}) || missed {
		t.Errorf("%v, %v", got, missed)
	}
	if got, missed := next(t, every); !slices.Equal(got, []int{1, 2, 3, 4}) || missed {
		t.Errorf("%v, %v", got, missed)
	}
	hub.Publish(5)
	if got, _ := next(t, every); !slices.Equal(got, []int{5}) {
		t.Errorf("%v", got)
	}
}

func TestNextWaitsAndEndsWithItsContext(t *testing.T) {
	t.Parallel()
	hub := live.NewHub(nobodys[int])
	s := hub.Subscribe(anyones, func(n int) bool { return n > 1 })
	defer s.Close()
	got := make(chan []int)
	go func() {
		items, _, _ := s.Next(t.Context())
		got <- items
	}()
	hub.Publish(1) // does not wake it
	hub.Publish(2)
	if items := <-got; !slices.Equal(items, []int{2}) {
		t.Errorf("%v", items)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() {
		_, _, err := s.Next(ctx)
		ended <- err
	}()
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestWhatWasMissedIsCounted(t *testing.T) {
	t.Parallel()
	hub := live.NewHub(nobodys[int])
	slow := hub.Subscribe(anyones, func(n int) bool { return n%2 == 0 })
	defer slow.Close()
	for n := range 10_000 {
		hub.Publish(n)
	}
	items, missed := next(t, slow)
	count, counted := slow.Missed()
	if !missed || !counted || count+len(items) != 5000 {
		t.Errorf("%d shown and %d missed (%v) of 5,000", len(items), count, counted)
	}
	if count, counted := slow.Missed(); count != 0 || !counted {
		t.Errorf("asked again: %d, %v", count, counted)
	}
	hub.Publish(2)
	hub.Resync()
	if count, counted := slow.Missed(); count != 1 || counted {
		t.Errorf("after the hub itself missed some: %d, %v", count, counted)
	}
}

func TestASlowSubscriberIsToldThatItMissedAndBlocksNobody(t *testing.T) {
	t.Parallel()
	hub := live.NewHub(nobodys[int])
	slow, quick := hub.Subscribe(anyones, all), hub.Subscribe(anyones, all)
	defer slow.Close()
	defer quick.Close()
	seen := 0
	for n := range 10_000 { // the slow subscriber does not read: were Publish to block, this would never end
		hub.Publish(n)
		items, missed := next(t, quick)
		if missed {
			t.Fatal("the quick one missed something")
		}
		seen += len(items)
	}
	items, missed := next(t, slow)
	if !missed || len(items) > 1024 || items[len(items)-1] != 9999 || seen != 10_000 {
		t.Errorf("slow: %d items, missed %v; quick saw %d", len(items), missed, seen)
	}
	for i := 1; i < len(items); i++ {
		if items[i] != items[i-1]+1 {
			t.Fatalf("a hole that nobody was told of: %d after %d", items[i], items[i-1])
		}
	}
	hub.Publish(1)
	if items, missed := next(t, slow); missed || !slices.Equal(items, []int{1}) {
		t.Errorf("afterwards: %v, %v", items, missed)
	}
}

func TestAFullRingIsNoMissedItem(t *testing.T) {
	t.Parallel()
	hub := live.NewHub(nobodys[int])
	s := hub.Subscribe(anyones, all)
	defer s.Close()
	hub.Publish(make([]int, 1024)...)
	if items, missed := next(t, s); len(items) != 1024 || missed {
		t.Errorf("%d items, missed %v", len(items), missed)
	}
}

func TestResyncIsToldOnce(t *testing.T) {
	t.Parallel()
	hub := live.NewHub(nobodys[int])
	s := hub.Subscribe(anyones, all)
	defer s.Close()
	hub.Publish(1)
	hub.Resync()
	if items, missed := next(t, s); len(items) != 0 || !missed {
		t.Errorf("%v, %v", items, missed)
	}
	hub.Publish(2)
	if items, missed := next(t, s); !slices.Equal(items, []int{2}) || missed {
		t.Errorf("%v, %v", items, missed)
	}
}

func TestAClosedSubscriptionGetsNothing(t *testing.T) {
	t.Parallel()
	hub := live.NewHub(nobodys[int])
	if hub.Watched() {
		t.Error("watched by nobody")
	}
	s := hub.Subscribe(anyones, func(int) bool {
		t.Error("asked after it was closed")
		return true
	})
	if !hub.Watched() {
		t.Error("not watched")
	}
	s.Close()
	s.Close()
	hub.Publish(1)
	if hub.Watched() {
		t.Error("still watched")
	}
}

func TestAHubIsForManyAtOnce(t *testing.T) {
	t.Parallel()
	hub := live.NewHub(nobodys[int])
	var together sync.WaitGroup
	for range 8 {
		together.Go(func() {
			for range 50 {
				s := hub.Subscribe(anyones, all)
				hub.Publish(1, 2)
				if _, _, err := s.Next(t.Context()); err != nil {
					t.Error(err)
				}
				hub.Resync()
				s.Close()
			}
		})
	}
	together.Wait()
	if hub.Watched() {
		t.Error("somebody is left")
	}
}
