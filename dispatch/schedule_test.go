package dispatch_test

import (
	"net/http"
	"testing"
	"time"

	"pgregory.net/rapid"

	"postrider/dispatch"
)

func TestTheScheduleGrowsAndLastsADay(t *testing.T) {
	t.Parallel()
	shortest := time.Duration(0)
	for attempt := 1; attempt < dispatch.DefaultSchedule.Attempts(); attempt++ {
		least, _ := dispatch.DefaultSchedule.Delay(attempt, 0)
		middle, _ := dispatch.DefaultSchedule.Delay(attempt, 0.5)
		before, _ := dispatch.DefaultSchedule.Delay(attempt-1, 0.5)
		if middle <= before {
			t.Errorf("after attempt %d it waits %s, after the one before %s", attempt, middle, before)
		}
		shortest += least
	}
	if shortest < 24*time.Hour {
		t.Errorf("at the shortest it lasts %s, want 24 hours", shortest)
	}
	if _, more := dispatch.DefaultSchedule.Delay(dispatch.DefaultSchedule.Attempts(), 0); more {
		t.Error("there is an attempt after the last")
	}
}

func TestJitterIsAFifthEitherWay(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		attempt := rapid.IntRange(1, dispatch.DefaultSchedule.Attempts()-1).Draw(t, "attempt")
		base := float64(dispatch.DefaultSchedule[attempt])
		delay, more := dispatch.DefaultSchedule.Delay(attempt, rapid.Float64Range(0, 0.999999).Draw(t, "random"))
		if !more || float64(delay) < 0.8*base-1 || float64(delay) > 1.2*base+1 {
			t.Fatalf("attempt %d is followed after %s, the base is %s", attempt, delay, time.Duration(base))
		}
	})
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]time.Duration{
		"":                              0,
		"120":                           2 * time.Minute,
		"0":                             0,
		"-5":                            0,
		"999999999999":                  24 * time.Hour,
		"99999999999999999999":          0,
		"soon":                          0,
		"Fri, 12 Jun 2026 10:01:00 GMT": time.Minute,
		"Fri, 12 Jun 2026 09:00:00 GMT": 0,
		"Fri, 12 Jun 2099 10:01:00 GMT": 24 * time.Hour,
	} {
		if got := dispatch.RetryAfter(http.Header{"Retry-After": {value}}, sentAt); got != want {
			t.Errorf("%q is %s, want %s", value, got, want)
		}
	}
}

func TestRetryAfterIsHonouredBetweenTheScheduleAndADay(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		attempt    int
		retryAfter string
		want       time.Duration // after the answer
	}{
		{1, "60", time.Minute},
		{1, "1", 5 * time.Second},
		{6, "60", 2 * time.Hour * 5 / 2},
		{1, "900000", 24 * time.Hour},
	} {
		e := answer(429, "")
		e.ResponseHeaders.Set("Retry-After", c.retryAfter)
		o := dispatch.Judge(e, dispatch.Terms{Attempt: c.attempt, Random: 0.5})
		if got := o.RetryAt.Sub(sentAt.Add(time.Second)); got != c.want {
			t.Errorf("attempt %d told to wait %s s waits %s, want %s", c.attempt, c.retryAfter, got, c.want)
		}
	}
}

func FuzzRetryAfter(f *testing.F) {
	f.Add("120")
	f.Add("Fri, 12 Jun 2026 10:01:00 GMT")
	f.Fuzz(func(t *testing.T, value string) {
		if got := dispatch.RetryAfter(http.Header{"Retry-After": {value}}, sentAt); got < 0 || got > 24*time.Hour {
			t.Fatalf("%q is %s", value, got)
		}
	})
}
