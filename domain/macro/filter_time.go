package macro

import (
	"errors"
	"strconv"
	"time"
)

// parseTime parses RFC 3339 or Unix seconds.
func parseTime(s string) (time.Time, bool) {
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t.UTC(), true
	}
	if seconds, err := strconv.ParseInt(s, 10, 64); err == nil && len(s) <= 11 {
		return time.Unix(seconds, 0).UTC(), true
	}
	return time.Time{}, false
}

func unixSeconds(value string) string {
	t, ok := parseTime(value)
	if !ok {
		return ""
	}
	return strconv.FormatInt(t.Unix(), 10)
}

func prepareFormat(argument string, _ bool) (func(string) string, error) {
	layout := unescape(argument)
	a := time.Date(2001, 2, 3, 4, 5, 6, 0, time.UTC)
	b := time.Date(2012, 11, 20, 19, 38, 47, 0, time.UTC)
	if a.Format(layout) == b.Format(layout) {
		return nil, errors.New("needs a layout: 2 January 2006, 15:04:05 in the format that you want, such as format:2006-01-02 15:04:05")
	}
	return func(value string) string {
		t, ok := parseTime(value)
		if !ok {
			return ""
		}
		return t.Format(layout)
	}, nil
}
