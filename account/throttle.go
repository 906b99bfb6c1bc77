package account

import (
	"net/netip"
	"strings"
	"sync"
	"time"

	"postrider/internal/problem"
)

// How many failures are free, how long the first pause after them is, and the
// longest; each further failure doubles it.
const (
	freePerEmail  = 5
	freePerClient = 20
	firstPause    = 2 * time.Second
	longestPause  = 15 * time.Minute
	forgetAfter   = time.Hour
	maxRemembered = 50_000
)

// throttle slows guessing down: per e-mail address, so that one account is safe
// from many clients, and per client, so that one client cannot try many accounts.
// Each node counts for itself.
type throttle struct {
	now func() time.Time

	mu       sync.Mutex
	failures map[string]failure
}

type failure struct {
	count int
	last  time.Time
}

func newThrottle(now func() time.Time) *throttle {
	return &throttle{now: now, failures: map[string]failure{}}
}

// check says whether a try may be made now.
func (t *throttle) check(email string, client netip.Addr) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	wait := max(t.wait(emailKey(email), freePerEmail), t.wait(clientKey(client), freePerClient))
	if wait <= 0 {
		return nil
	}
	return problem.RateLimited("too many failed tries; try again in %s", wait.Round(time.Second))
}

func (t *throttle) wait(key string, free int) time.Duration {
	f, ok := t.failures[key]
	if !ok || f.count < free {
		return 0
	}
	pause := longestPause
	if doublings := f.count - free; doublings < 10 {
		pause = min(firstPause<<doublings, longestPause)
	}
	return f.last.Add(pause).Sub(t.now())
}

// failed counts a try that was wrong.
func (t *throttle) failed(email string, client netip.Addr) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	if len(t.failures) >= maxRemembered {
		t.forget(now)
	}
	for _, key := range []string{emailKey(email), clientKey(client)} {
		f := t.failures[key]
		if now.Sub(f.last) > forgetAfter {
			f.count = 0
		}
		t.failures[key] = failure{count: f.count + 1, last: now}
	}
}

// succeeded forgives the address; the client goes on being counted, or one known
// password would buy it any number of tries.
func (t *throttle) succeeded(email string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.failures, emailKey(email))
}

// forget drops what is old, and everything when that is not enough.
func (t *throttle) forget(now time.Time) {
	for key, f := range t.failures {
		if now.Sub(f.last) > forgetAfter {
			delete(t.failures, key)
		}
	}
	if len(t.failures) >= maxRemembered {
		clear(t.failures)
	}
}

func emailKey(email string) string { return "email " + strings.ToLower(strings.TrimSpace(email)) }

// clientKey takes a whole /64 for one client, as one subscriber has it.
func clientKey(client netip.Addr) string {
	if client.Is6() && !client.Is4In6() {
		if prefix, err := client.Prefix(64); err == nil {
			return "client " + prefix.String()
		}
	}
	return "client " + client.String()
}
