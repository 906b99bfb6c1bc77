package setup_test

import (
	"sync"
	"testing"

	"postrider/internal/ids"
)

// Two tabs, or a double click: nobody gets an error, and one row is kept.
func TestIgnoringAtOnceKeepsOneRow(t *testing.T) {
	w := newWorld(t)
	p := ids.Postback(w.postback().ID)
	for round, ignored := range []bool{true, true, false, false, true} {
		results := make([]error, 8)
		var together sync.WaitGroup
		for i := range results {
			together.Go(func() { results[i] = w.setup.IgnorePostback(w.oneCtx, p, ignored) })
		}
		together.Wait()
		for _, err := range results {
			if err != nil {
				t.Errorf("round %d: %v", round, err)
			}
		}
		want := 0
		if ignored {
			want = 1
		}
		if n := w.client.IgnoredAttention.Query().CountX(w.system); n != want {
			t.Errorf("round %d: %d rows are kept, want %d", round, n, want)
		}
	}
}
