package outbox_test

import (
	"strings"
	"testing"

	"postrider/dispatch"
	"postrider/outbox"
)

// Every list of states used in queries, state by state.
func TestWhatStatesHaveInCommon(t *testing.T) {
	t.Parallel()
	type kinds struct{ final, unfinished, sendable, failing, judged bool }
	want := map[outbox.State]kinds{
		outbox.Queued:    {unfinished: true, sendable: true},
		outbox.Retrying:  {unfinished: true, sendable: true, failing: true},
		outbox.Held:      {unfinished: true},
		outbox.Delivered: {final: true, judged: true},
		outbox.Failed:    {final: true, failing: true, judged: true},
		outbox.Cancelled: {final: true},
	}
	for _, s := range outbox.States() {
		in := func(list string) bool { return strings.Contains(list, "'"+string(s)+"'") }
		got := kinds{in(outbox.FinalSQL), in(outbox.UnfinishedSQL), in(outbox.SendableSQL), in(outbox.FailingSQL), in(outbox.JudgedSQL)}
		if got != want[s] || got.final != s.Final() || got.failing != s.Failing() {
			t.Errorf("%s: %+v, want %+v", s, got, want[s])
		}
	}
	if len(want) != len(outbox.States()) {
		t.Errorf("%d states, %d of them known here", len(outbox.States()), len(want))
	}
	if outbox.Waits(0) != outbox.Queued || outbox.Waits(1) != outbox.Retrying {
		t.Errorf("it waits as %s and %s", outbox.Waits(0), outbox.Waits(1))
	}
	if outbox.FinalSQL != "('delivered', 'failed', 'cancelled')" || dispatch.HoldingSQL != "('open', 'half_open')" {
		t.Errorf("%s, %s", outbox.FinalSQL, dispatch.HoldingSQL)
	}
}
