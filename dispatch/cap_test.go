package dispatch_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"postrider/dispatch"
)

func record(c dispatch.Cap, n int, reason dispatch.Reason, took time.Duration, wanted bool) dispatch.Cap {
	for range n {
		c = c.Record(reason, took, wanted, dispatch.DefaultCapRules)
	}
	return c
}

func TestACapLearnsFromWhatComesBack(t *testing.T) {
	t.Parallel()
	rules := dispatch.DefaultCapRules
	for name, c := range map[string]struct {
		cap  dispatch.Cap
		want int
	}{
		"a new endpoint":                       {dispatch.Cap{}, 8},
		"fast, but nobody wants more":          {record(dispatch.Cap{}, 1000, "", time.Millisecond, false), 8},
		"fast, and more is wanted":             {record(dispatch.Cap{}, 100, "", time.Millisecond, true), 64},
		"hangs for five seconds, then answers": {record(dispatch.Cap{}, 10_000, "", 5*time.Second, true), 16},
		"answers in half a second":             {record(dispatch.Cap{}, 9, "", 500*time.Millisecond, true), 9},
		"fails once":                           {record(dispatch.Cap{}, 1, dispatch.TimeoutHeaders, 10*time.Second, true), 4},
		"fails":                                {record(dispatch.Cap{}, 50, dispatch.ConnectionReset, time.Millisecond, true), 1},
		"says that it is too much":             {record(dispatch.Cap{}, 2, dispatch.RateLimited, time.Millisecond, true), 2},
		"knows no such click":                  {record(dispatch.Cap{}, 100, "HTTP_404", time.Millisecond, true), 64},
	} {
		if got := c.cap.Limit(rules); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
	if c := record(dispatch.Cap{}, 50, dispatch.DNS, time.Second, true); c.Proven(rules) || record(c, 1, "", time.Millisecond, true).Limit(rules) != 2 {
		t.Error("an endpoint that fails is proven, or one success makes it so at once")
	}
	if c := record(record(dispatch.Cap{}, 50, dispatch.DNS, time.Millisecond, true), 70, "", time.Millisecond, true); c.Limit(rules) < 32 || !c.Proven(rules) {
		t.Errorf("after it recovered: %d", c.Limit(rules))
	}
}

// One that hangs is given few; to refuse at once is not to have become fast.
func TestACapDoesNotGrowByAFailureThatComesFast(t *testing.T) {
	t.Parallel()
	rules := dispatch.DefaultCapRules
	c := record(record(dispatch.Cap{}, 100, "", time.Millisecond, true), 1, "", 9*time.Second, true)
	before := c.Limit(rules)
	if c = record(c, 1, dispatch.ConnectionRefused, 0, true); c.Latency() > rules.Slow || c.Limit(rules) > before {
		t.Errorf("it grew from %d to %d", before, c.Limit(rules))
	}
}

func TestACapStaysWithinItsRules(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rules := dispatch.DefaultCapRules.Shared(rapid.IntRange(1, 100).Draw(t, "processes"))
		var c dispatch.Cap
		for range rapid.IntRange(0, 300).Draw(t, "n") {
			reason := rapid.SampledFrom([]dispatch.Reason{"", "", "", dispatch.DNS, dispatch.ServerError, dispatch.RateLimited, "HTTP_403"}).Draw(t, "reason")
			took := time.Duration(rapid.Int64Range(0, int64(15*time.Second)).Draw(t, "took"))
			before := c.Limit(rules)
			c = c.Record(reason, took, rapid.Bool().Draw(t, "wanted"), rules)
			if n := c.Limit(rules); n < rules.Least || n > rules.Most || c.Latency() > rules.Slow && n > rules.SlowMost {
				t.Fatalf("%d is outside of %+v", n, rules)
			}
			if reason == dispatch.DNS && c.Limit(rules) > before {
				t.Fatalf("it grew by a failure, from %d to %d", before, c.Limit(rules))
			}
		}
	})
}
