package problem

import (
	"fmt"
	"reflect"
	"strings"
	"time"
)

// inWords returns the arguments of a message as people write them: durations and lists of words, which
// fmt writes as Go does.
func inWords(args []any) []any {
	said := make([]any, len(args))
	for i, arg := range args {
		said[i] = arg
		if d, ok := arg.(time.Duration); ok {
			said[i] = Duration(d)
			continue
		}
		if v := reflect.ValueOf(arg); v.IsValid() && v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.String {
			words := make([]string, v.Len())
			for j := range words {
				words[j] = v.Index(j).String()
			}
			said[i] = List(words)
		}
	}
	return said
}

// Duration returns a duration in words, to the second: 1 hour and 30 minutes.
func Duration(d time.Duration) string {
	if d < 0 {
		return "minus " + Duration(-d)
	}
	if d < time.Second {
		return "less than a second"
	}
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
	return List(parts)
}

// List joins words: a, b and c.
func List(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}
