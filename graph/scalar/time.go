// Package scalar reads and writes GraphQL's scalars, and the enums whose values are plain strings in
// Go and in the database.
package scalar

import (
	"io"
	"strconv"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"postrider/domain/inbound"
	"postrider/internal/problem"
)

// MarshalTime writes RFC 3339 in UTC, to the millisecond.
func MarshalTime(t time.Time) graphql.Marshaler {
	return graphql.WriterFunc(func(w io.Writer) {
		_, _ = io.WriteString(w, strconv.Quote(t.UTC().Format("2006-01-02T15:04:05.000Z07:00")))
	})
}

// UnmarshalTime reads RFC 3339, and the other texts that operators' calls may have.
func UnmarshalTime(v any) (time.Time, error) {
	s, ok := v.(string)
	if !ok {
		return time.Time{}, problem.Invalid("", "a time is a text: give RFC 3339 in quotes, for example 2026-06-12T10:00:00Z")
	}
	t, err := inbound.ParseTime(s)
	if err != nil {
		return time.Time{}, problem.Invalid("", "%s", err)
	}
	return t, nil
}
