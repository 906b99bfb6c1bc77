package live_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"testing"

	"github.com/gofrs/uuid/v5"

	"postrider/internal/live"
)

func newIDs(n int) []uuid.UUID {
	list := make([]uuid.UUID, n)
	for i := range list {
		list[i] = uuid.Must(uuid.NewV7())
	}
	return list
}

func TestIdsTravelInNoticesThatPostgreSQLTakes(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 200, 201, 1000} {
		sent := newIDs(n)
		var got []uuid.UUID
		for _, payload := range live.Payloads(sent) {
			if len(payload) >= 8000 {
				t.Errorf("%d ids: a notice of %d bytes", n, len(payload))
			}
			got = append(got, live.ParsePayload(payload)...)
		}
		if !slices.Equal(got, sent) {
			t.Errorf("%d ids became %d", n, len(got))
		}
	}
	if got := live.ParsePayload("nonsense,," + live.Payload(newIDs(1)) + ",00"); len(got) != 1 {
		t.Errorf("%v", got)
	}
}

func FuzzParsePayload(f *testing.F) {
	f.Add("0197640b8a5e7c10b3f29d6e41c80a35,x,")
	f.Fuzz(func(t *testing.T, payload string) {
		got := live.ParsePayload(payload)
		if again := live.ParsePayload(live.Payload(got)); !slices.Equal(again, got) {
			t.Errorf("%q: %v, then %v", payload, got, again)
		}
	})
}

// feed runs a Feed over a hub of ids until the test ends.
func feed(t *testing.T, load func(context.Context, []uuid.UUID) ([]uuid.UUID, error)) (*live.Hub[uuid.UUID], *live.Feed[uuid.UUID]) {
	t.Helper()
	hub := live.NewHub(nobodys[uuid.UUID])
	f := live.NewFeed(hub, slog.New(slog.DiscardHandler), load)
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	var running sync.WaitGroup
	running.Go(func() { f.Run(ctx) })
	t.Cleanup(func() {
		cancel()
		running.Wait()
	})
	return hub, f
}

func anybody(uuid.UUID) bool { return true }

func TestAFeedLoadsWhatWasAnnouncedOnceForABurst(t *testing.T) {
	t.Parallel()
	begun, goOn := make(chan struct{}), make(chan struct{})
	var batches [][]uuid.UUID
	hub, f := feed(t, func(_ context.Context, batch []uuid.UUID) ([]uuid.UUID, error) {
		batches = append(batches, batch)
		if len(batches) == 1 {
			close(begun)
			<-goOn
		}
		return batch, nil
	})
	s := hub.Subscribe(anyones, anybody)
	defer s.Close()
	first, burst := newIDs(1), newIDs(3)
	f.Add(first)
	<-begun // while it loads, the same three change again and again
	for range 10 {
		f.Add(burst)
	}
	close(goOn)
	var got []uuid.UUID
	for len(got) < 4 {
		items, _, err := s.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, items...)
	}
	if !slices.Equal(got, append(first, burst...)) || len(batches) != 2 {
		t.Errorf("%v in %d loads", got, len(batches))
	}
}

func TestAFeedLoadsNothingForNobody(t *testing.T) {
	t.Parallel()
	loads := 0
	hub, f := feed(t, func(_ context.Context, batch []uuid.UUID) ([]uuid.UUID, error) {
		loads += len(batch)
		return batch, nil
	})
	f.Add(newIDs(5))
	s := hub.Subscribe(anyones, anybody)
	defer s.Close()
	f.Add(newIDs(1))
	if items, _, err := s.Next(t.Context()); err != nil || len(items) != 1 || loads != 1 {
		t.Errorf("%d items of %d loaded, %v", len(items), loads, err)
	}
}

func TestAFeedThatCannotKeepUpSaysSo(t *testing.T) {
	t.Parallel()
	hub, f := feed(t, func(_ context.Context, _ []uuid.UUID) ([]uuid.UUID, error) { return nil, errors.New("no database") })
	s := hub.Subscribe(anyones, anybody)
	defer s.Close()
	f.Add(newIDs(1))
	if _, missed, err := s.Next(t.Context()); err != nil || !missed {
		t.Errorf("a load that failed: missed %v, %v", missed, err)
	}
	f.Add(make([]uuid.UUID, 20_001))
	if _, missed, err := s.Next(t.Context()); err != nil || !missed {
		t.Errorf("too far behind: missed %v, %v", missed, err)
	}
}
