package graph

import (
	"net/url"
	"strings"
)

// pairs splits a query string, keeping its order; what cannot be decoded stays as it is.
func pairs(rawQuery string) [][2]string {
	var list [][2]string
	for part := range strings.SplitSeq(rawQuery, "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		list = append(list, [2]string{unescape(name), unescape(value)})
	}
	return list
}

func unescape(s string) string {
	if plain, err := url.QueryUnescape(s); err == nil {
		return plain
	}
	return s
}
