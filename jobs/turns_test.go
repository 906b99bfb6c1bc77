package jobs

import (
	"testing"

	"pgregory.net/rapid"
)

func TestPlacesAreDealtToAffiliatesThenToTheirEndpoints(t *testing.T) {
	t.Parallel()
	turns := &turns{}
	for _, s := range []stream{{"a1", 1}, {"a2", 1}, {"a3", 1}, {"b1", 2}} {
		turns.add(s)
	}
	want := []stream{{"a1", 1}, {"b1", 2}, {"a2", 1}, {"b1", 2}, {"a3", 1}, {"b1", 2}, {"a1", 1}}
	for i, w := range want {
		if got, ok := turns.next(); !ok || got != w {
			t.Fatalf("turn %d is %v, want %v", i, got, w)
		}
	}
}

// Each stream gets what it has room for, whoever else is there, and no more; and
// of two affiliates that both still have room, none is two places ahead.
func TestEveryStreamGetsWhatItHasRoomFor(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		turns, room, got := &turns{}, map[stream]int{}, map[stream]int{}
		perAffiliate, left := map[int64]int{}, map[int64]int{}
		for range rapid.IntRange(0, 20).Draw(t, "streams") {
			s := stream{rapid.StringMatching("[a-f]").Draw(t, "endpoint"), rapid.Int64Range(1, 4).Draw(t, "affiliate")}
			if _, twice := room[s]; twice {
				continue
			}
			room[s] = rapid.IntRange(0, 5).Draw(t, "room")
			left[s.affiliate] += room[s]
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
			perAffiliate[s.affiliate]++
			left[s.affiliate]--
			for a, n := range left {
				if n > 0 && perAffiliate[s.affiliate] > perAffiliate[a]+1 {
					t.Fatalf("affiliate %d has %d places and %d, who has room, %d", s.affiliate, perAffiliate[s.affiliate], a, perAffiliate[a])
				}
			}
		}
		for s, n := range room {
			if got[s] != n {
				t.Fatalf("%v got %d places of %d", s, got[s], n)
			}
		}
	})
}
