package graph_test

import (
	"context"
	"testing"
	"time"

	"postrider/dispatch"
	"postrider/domain/doctor"
	"postrider/graph"
)

// An editor asks about a host with every key: the network is asked once, and only while the viewer
// may ask.
func TestAHostIsLookedUpOnce(t *testing.T) {
	t.Parallel()
	now, asked, allowed := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC), 0, true
	allow := func(context.Context) bool {
		asked++
		return allowed
	}
	target := graph.NewTarget(dispatch.Probe{Guard: dispatch.NewGuard(dispatch.GuardOptions{})}, allow, func() time.Time { return now })
	resolves := func(host string, want doctor.Resolution, wantAsked int) {
		t.Helper()
		if got := target.Resolves(t.Context(), host); got != want || asked != wantAsked {
			t.Errorf("%s resolves to %d after %d look-ups, want %d after %d", host, got, asked, want, wantAsked)
		}
	}
	resolves("127.0.0.1", doctor.Private, 1)
	resolves("127.0.0.1", doctor.Private, 1)
	resolves("192.0.2.1", doctor.Private, 2)
	now = now.Add(10 * time.Minute)
	allowed = false
	resolves("127.0.0.1", doctor.Unknown, 3)
	allowed = true
	resolves("127.0.0.1", doctor.Private, 4) // a refusal is not kept
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if got := target.Resolves(gone, "tracker.example"); got != doctor.Unknown {
		t.Errorf("a look-up that was given up: %d", got)
	}
	if target.Resolves(gone, "tracker.example"); asked != 6 {
		t.Errorf("what was given up is kept: %d look-ups", asked)
	}
}
