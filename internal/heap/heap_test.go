package heap

import (
	"runtime/debug"
	"testing"
)

func TestWhatTheEnvironmentSaysHolds(t *testing.T) {
	for given, want := range map[string]int{"": percent, "100": 100, "off": 100} {
		t.Run("GOGC="+given, func(t *testing.T) {
			defer debug.SetGCPercent(debug.SetGCPercent(100)) // as Go itself would read it, or anything
			t.Setenv("GOGC", given)
			Tune()
			if got := debug.SetGCPercent(-1); got != want {
				t.Errorf("garbage may grow to %d %%, want %d", got, want)
			}
		})
	}
}
