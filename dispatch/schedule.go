package dispatch

import (
	"net/http"
	"strconv"
	"time"
)

// Schedule is the delay before each attempt, counted from the end of the attempt
// before it; the first entry is for the first attempt. When it is used up, the
// delivery has failed.
type Schedule []time.Duration

// DefaultSchedule is eleven attempts over some 75 hours. The entries are delays, not ages:
// only then do they grow all the way, and cover the promised 24 hours even when every one
// of them comes out 20 % short.
var DefaultSchedule = Schedule{
	0, 5 * time.Second, 30 * time.Second, 5 * time.Minute, 30 * time.Minute,
	2 * time.Hour, 5 * time.Hour, 10 * time.Hour, 14 * time.Hour, 20 * time.Hour, 24 * time.Hour,
}

const (
	jitter        = 0.2            // of the delay, either way
	maxRetryAfter = 24 * time.Hour // the longest a tracker can make us wait
)

// Attempts returns the number of attempts.
func (s Schedule) Attempts() int { return len(s) }

// Delay returns the jittered delay after the given attempt, counted from 1, and whether
// there is another attempt at all. random is in [0, 1).
func (s Schedule) Delay(attempt int, random float64) (delay time.Duration, more bool) {
	if attempt < 1 || attempt >= len(s) {
		return 0, false
	}
	base := float64(s[attempt])
	return time.Duration(base * (1 - jitter + 2*jitter*random)), true
}

// Next returns when the attempt after the given one is due. A Retry-After later than the
// schedule is honoured up to a day; an earlier one is not.
func (s Schedule) Next(attempt int, ended time.Time, retryAfter time.Duration, random float64) (due time.Time, more bool) {
	delay, more := s.Delay(attempt, random)
	if !more {
		return time.Time{}, false
	}
	return ended.Add(max(delay, min(retryAfter, maxRetryAfter))), true
}

// RetryAfter reads the header of that name, seconds or an HTTP date, as a delay
// from now; 0 when it is absent, past or unreadable.
func RetryAfter(h http.Header, now time.Time) time.Duration {
	value := h.Get("Retry-After")
	if seconds, err := strconv.ParseInt(value, 10, 64); err == nil {
		if seconds <= 0 {
			return 0
		}
		return time.Duration(min(seconds, int64(maxRetryAfter/time.Second))) * time.Second
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	return min(max(at.Sub(now), 0), maxRetryAfter)
}
