// Package heap tunes how much memory the garbage collector may use to save CPU time.
package heap

import (
	"os"
	"runtime/debug"
)

// percent is the GOGC value: how much garbage may grow relative to the live heap. A process has a
// small live heap and makes much garbage: Go's default of 100 collects twice as often.
const percent = 200

// Tune sets GOGC to percent, unless the environment sets it.
func Tune() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(percent)
	}
}
