package firing

import (
	"fmt"
	"strings"
	"time"
)

// Window returns in words how long a postback aggregates: 90 seconds, 10 minutes, an hour and
// 30 minutes.
func Window(d time.Duration) string {
	var parts []string
	for _, unit := range []struct {
		of   time.Duration
		name string
	}{{24 * time.Hour, "day"}, {time.Hour, "hour"}, {time.Minute, "minute"}, {time.Second, "second"}} {
		n := int64(d / unit.of)
		d %= unit.of
		switch n {
		case 0:
		case 1:
			parts = append(parts, "1 "+unit.name)
		default:
			parts = append(parts, fmt.Sprintf("%d %ss", n, unit.name))
		}
	}
	return strings.Join(parts, " and ")
}
