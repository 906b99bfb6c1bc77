package firing

import (
	"time"

	"postrider/internal/problem"
)

// Window returns in words how long a postback aggregates: 90 seconds, 10 minutes, an hour and
// 30 minutes.
func Window(d time.Duration) string { return problem.Duration(d) }
