// Package heap sets how much memory is traded for the collector's time.
package heap

import (
	"os"
	"runtime/debug"
)

// percent is how much garbage may grow beside what lives. A process holds little
// that lives and makes much that does not: Go's default of 100 collects twice as
// often.
const percent = 200

// Tune sets it, unless the environment says otherwise (GOGC).
func Tune() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(percent)
	}
}
