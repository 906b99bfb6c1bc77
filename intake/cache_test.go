package intake

import (
	"context"
	"errors"
	"testing"
)

func TestWhatIsReadDuringAChangeIsUsedButNotKept(t *testing.T) {
	t.Parallel()
	loads := 0
	var c *cache[string, int]
	c = newCache(func(context.Context, querier, string) (int, bool, error) {
		loads++
		if loads == 1 {
			c.forget() // the change is announced while its row is read
		}
		return loads, true, nil
	})
	for want := range 3 {
		want = min(want+1, 2)
		if v, ok, err := c.get(t.Context(), nil, "k"); v != want || !ok || err != nil {
			t.Errorf("%d, %v, %v; want %d", v, ok, err, want)
		}
	}
}

func TestOnlyWhatIsFoundIsKept(t *testing.T) {
	t.Parallel()
	broken, loads := errors.New("broken"), 0
	c := newCache(func(_ context.Context, _ querier, key string) (int, bool, error) {
		loads++
		if key == "broken" {
			return 0, true, broken
		}
		return 0, false, nil
	})
	for range 2 {
		if _, ok, err := c.get(t.Context(), nil, "nothing"); ok || err != nil {
			t.Errorf("%v, %v", ok, err)
		}
		if _, ok, err := c.get(t.Context(), nil, "broken"); ok || !errors.Is(err, broken) {
			t.Errorf("%v, %v", ok, err)
		}
	}
	if loads != 4 || len(c.kept) != 0 {
		t.Errorf("%d loads, %d kept", loads, len(c.kept))
	}
}

func TestACacheIsBounded(t *testing.T) {
	t.Parallel()
	c := newCache(func(_ context.Context, _ querier, key int) (int, bool, error) { return key, true, nil })
	for i := range cacheLimit + 1 {
		_, _, _ = c.get(t.Context(), nil, i)
	}
	if len(c.kept) != 1 {
		t.Errorf("%d kept", len(c.kept))
	}
}

func TestACacheOfOwnKeysRemembersWhatIsNotThere(t *testing.T) {
	t.Parallel()
	loads := 0
	c := newCache(func(context.Context, querier, int64) (int, bool, error) {
		loads++
		return 0, false, nil
	}).withNegatives()
	for range 3 {
		if _, ok, err := c.get(t.Context(), nil, 7); ok || err != nil {
			t.Errorf("%v, %v", ok, err)
		}
	}
	c.forget()
	if _, _, _ = c.get(t.Context(), nil, 7); loads != 2 {
		t.Errorf("%d loads, want one, and one after it was told to forget", loads)
	}
}
