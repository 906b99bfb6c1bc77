package jobs

import (
	"testing"

	"postrider/outbox"

	"pgregory.net/rapid"
)

func TestPermitsGoToAffiliatesInTurnThenToTheirEndpoints(t *testing.T) {
	t.Parallel()
	turns := &roundRobin{}
	for _, s := range []outbox.Stream{{Endpoint: "a1", Affiliate: 1}, {Endpoint: "a2", Affiliate: 1}, {Endpoint: "a3", Affiliate: 1}, {Endpoint: "b1", Affiliate: 2}} {
		turns.add(s)
	}
	want := []outbox.Stream{{Endpoint: "a1", Affiliate: 1}, {Endpoint: "b1", Affiliate: 2}, {Endpoint: "a2", Affiliate: 1}, {Endpoint: "b1", Affiliate: 2}, {Endpoint: "a3", Affiliate: 1}, {Endpoint: "b1", Affiliate: 2}, {Endpoint: "a1", Affiliate: 1}}
	for i, w := range want {
		if got, ok := turns.next(); !ok || got != w {
			t.Fatalf("turn %d is %v, want %v", i, got, w)
		}
	}
}

// Each stream gets what it may have, whatever the others get, and no more; and of two
// affiliates that both may have more, neither is two permits ahead.
func TestEveryStreamGetsWhatItHasRoomFor(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		turns, room, got := &roundRobin{}, map[outbox.Stream]int{}, map[outbox.Stream]int{}
		perAffiliate, left := map[int64]int{}, map[int64]int{}
		for range rapid.IntRange(0, 20).Draw(t, "streams") {
			s := outbox.Stream{Endpoint: rapid.StringMatching("[a-f]").Draw(t, "endpoint"), Affiliate: rapid.Int64Range(1, 4).Draw(t, "affiliate")}
			if _, twice := room[s]; twice {
				continue
			}
			room[s] = rapid.IntRange(0, 5).Draw(t, "room")
			left[s.Affiliate] += room[s]
			turns.add(s)
		}
		for {
			s, ok := turns.next()
			if !ok {
				break
			}
			if got[s] == room[s] {
				turns.drop()
				continue
			}
			got[s]++
			perAffiliate[s.Affiliate]++
			left[s.Affiliate]--
			for a, n := range left {
				if n > 0 && perAffiliate[s.Affiliate] > perAffiliate[a]+1 {
					t.Fatalf("affiliate %d has %d permits and %d, who may have more, %d", s.Affiliate, perAffiliate[s.Affiliate], a, perAffiliate[a])
				}
			}
		}
		for s, n := range room {
			if got[s] != n {
				t.Fatalf("%v got %d permits of %d", s, got[s], n)
			}
		}
	})
}
