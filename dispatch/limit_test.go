package dispatch_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"postrider/dispatch"
)

func record(c dispatch.Limit, n int, reason dispatch.Reason, took time.Duration, wanted bool) dispatch.Limit {
	for range n {
		c = c.Record(reason, took, wanted, dispatch.DefaultLimitRules)
	}
	return c
}

func TestALimitLearnsFromWhatComesBack(t *testing.T) {
	t.Parallel()
	rules := dispatch.DefaultLimitRules
	for name, c := range map[string]struct {
		limit dispatch.Limit
		want  int
	}{
		"a new endpoint":                       {dispatch.Limit{}, 8},
		"fast, but nobody wants more":          {record(dispatch.Limit{}, 1000, "", time.Millisecond, false), 8},
		"fast, and more is wanted":             {record(dispatch.Limit{}, 100, "", time.Millisecond, true), 64},
		"hangs for five seconds, then answers": {record(dispatch.Limit{}, 10_000, "", 5*time.Second, true), 16},
		"answers in half a second":             {record(dispatch.Limit{}, 9, "", 500*time.Millisecond, true), 9},
		"fails once":                           {record(dispatch.Limit{}, 1, dispatch.TimeoutHeaders, 10*time.Second, true), 4},
		"fails":                                {record(dispatch.Limit{}, 50, dispatch.ConnectionReset, time.Millisecond, true), 1},
		"says that it is too much":             {record(dispatch.Limit{}, 2, dispatch.RateLimited, time.Millisecond, true), 2},
		"knows no such click":                  {record(dispatch.Limit{}, 100, "HTTP_404", time.Millisecond, true), 64},
	} {
		if got := c.limit.Permits(rules); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
	if c := record(dispatch.Limit{}, 50, dispatch.DNS, time.Second, true); c.Proven(rules) || record(c, 1, "", time.Millisecond, true).Permits(rules) != 2 {
		t.Error("an endpoint that fails is proven, or one success makes it so at once")
	}
	if c := record(record(dispatch.Limit{}, 50, dispatch.DNS, time.Millisecond, true), 70, "", time.Millisecond, true); c.Permits(rules) < 32 || !c.Proven(rules) {
		t.Errorf("after it recovered: %d", c.Permits(rules))
	}
}

// One that hangs gets few; refusing at once does not make it fast.
func TestALimitDoesNotGrowByAFailureThatComesFast(t *testing.T) {
	t.Parallel()
	rules := dispatch.DefaultLimitRules
	c := record(record(dispatch.Limit{}, 100, "", time.Millisecond, true), 1, "", 9*time.Second, true)
	before := c.Permits(rules)
	if c = record(c, 1, dispatch.ConnectionRefused, 0, true); c.Latency() > rules.Slow || c.Permits(rules) > before {
		t.Errorf("it grew from %d to %d", before, c.Permits(rules))
	}
}

func TestALimitStaysWithinItsRules(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rules := dispatch.DefaultLimitRules.Shared(rapid.IntRange(1, 100).Draw(t, "processes"))
		var c dispatch.Limit
		for range rapid.IntRange(0, 300).Draw(t, "n") {
			reason := rapid.SampledFrom([]dispatch.Reason{"", "", "", dispatch.DNS, dispatch.ServerError, dispatch.RateLimited, "HTTP_403"}).Draw(t, "reason")
			took := time.Duration(rapid.Int64Range(0, int64(15*time.Second)).Draw(t, "took"))
			before := c.Permits(rules)
			c = c.Record(reason, took, rapid.Bool().Draw(t, "wanted"), rules)
			if n := c.Permits(rules); n < rules.Least || n > rules.Most || c.Latency() > rules.Slow && n > rules.SlowMost {
				t.Fatalf("%d is outside of %+v", n, rules)
			}
			if reason == dispatch.DNS && c.Permits(rules) > before {
				t.Fatalf("it grew by a failure, from %d to %d", before, c.Permits(rules))
			}
		}
	})
}
