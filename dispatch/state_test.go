package dispatch_test

import (
	"strings"
	"testing"

	"postrider/dispatch"
)

// Every list of states that the database is asked with, state by state.
func TestWhatStatesHaveInCommon(t *testing.T) {
	t.Parallel()
	type kinds struct{ final, unfinished, sendable, failing, judged bool }
	want := map[dispatch.State]kinds{
		dispatch.Queued:    {unfinished: true, sendable: true},
		dispatch.Retrying:  {unfinished: true, sendable: true, failing: true},
		dispatch.Held:      {unfinished: true},
		dispatch.Delivered: {final: true, judged: true},
		dispatch.Failed:    {final: true, failing: true, judged: true},
		dispatch.Cancelled: {final: true},
	}
	for _, s := range dispatch.States() {
		in := func(list string) bool { return strings.Contains(list, "'"+string(s)+"'") }
		got := kinds{in(dispatch.FinalSQL), in(dispatch.UnfinishedSQL), in(dispatch.SendableSQL), in(dispatch.FailingSQL), in(dispatch.JudgedSQL)}
		if got != want[s] || got.final != s.Final() || got.failing != s.Failing() {
			t.Errorf("%s: %+v, want %+v", s, got, want[s])
		}
	}
	if len(want) != len(dispatch.States()) {
		t.Errorf("%d states, %d of them known here", len(dispatch.States()), len(want))
	}
	if dispatch.Waits(0) != dispatch.Queued || dispatch.Waits(1) != dispatch.Retrying {
		t.Errorf("it waits as %s and %s", dispatch.Waits(0), dispatch.Waits(1))
	}
	if dispatch.FinalSQL != "('delivered', 'failed', 'cancelled')" || dispatch.HoldingSQL != "('open', 'half_open')" {
		t.Errorf("%s, %s", dispatch.FinalSQL, dispatch.HoldingSQL)
	}
}
