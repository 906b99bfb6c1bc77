package feed_test

import (
	"strings"
	"testing"

	"postrider/feed"
	"postrider/internal/problem"
)

func FuzzCursor(f *testing.F) {
	f.Add("")
	f.Add("AQpkZWxpdmVyaWVz")
	f.Add(strings.Repeat("A", 100))
	f.Fuzz(func(t *testing.T, text string) {
		c, err := feed.ParseCursor("deliveries", text)
		if err != nil {
			if problem.CodeOf(err) != problem.CodeInvalid || len(err.Error()) > 200 {
				t.Errorf("%q is refused with %v", text, err)
			}
			return
		}
		again, err := feed.ParseCursor("deliveries", c.String())
		if err != nil || again.String() != c.String() {
			t.Errorf("%q is read as %q, and that as %q, %v", text, c, again, err)
		}
	})
}

func TestWindowsAreDisjointAndComplete(t *testing.T) {
	t.Parallel()
	a := feed.Snapshot{Max: 10, Running: []int64{3, 7}}
	b := feed.Snapshot{Max: 20, Running: []int64{7, 15}}
	c := feed.Snapshot{Max: 21}
	for tx := range int64(22) {
		times := 0
		for _, w := range []feed.Window{{UpTo: a}, {After: a, UpTo: b}, {After: b, UpTo: c}} {
			if w.Has(tx) {
				times++
			}
		}
		want := 1
		if tx == 21 {
			want = 0
		}
		if times != want {
			t.Errorf("transaction %d is in %d windows", tx, times)
		}
	}
}
