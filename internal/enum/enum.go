// Package enum has what all enumerations of Postrider share: a value is a lower-case string in
// Go and in the database, and the same in upper case in GraphQL; the empty string is none, and null. It imports only the standard
// library, so the pure packages may use it.
package enum

import (
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Strings returns the database values, for ent.
func Strings[T ~string](values []T) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = string(v)
	}
	return out
}

// SQL returns the database values as an SQL list, for use with IN.
func SQL[T ~string](values []T) string {
	return "('" + strings.Join(Strings(values), "', '") + "')"
}

// Write writes the GraphQL name of v, for gqlgen, and null for none. A value that this version does
// not know, in a database that a newer one has written to, gets the name that it has there.
func Write[T ~string](w io.Writer, v T) {
	if v == "" {
		_, _ = io.WriteString(w, "null")
		return
	}
	_, _ = io.WriteString(w, strconv.Quote(Name(v)))
}

// Name returns the GraphQL name of a value. What no name may contain becomes an underscore.
func Name[T ~string](v T) string {
	return strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z':
			return r - 'a' + 'A'
		case 'A' <= r && r <= 'Z', '0' <= r && r <= '9', r == '_':
			return r
		default:
			return '_'
		}
	}, string(v))
}

// Read parses a GraphQL name into one of the known values.
func Read[T ~string](v any, into *T, known []T) error {
	name, ok := v.(string)
	if !ok {
		return fmt.Errorf("this is not a name: give one of %s", Names(known))
	}
	for _, k := range known {
		if Name(k) == name {
			*into = k
			return nil
		}
	}
	return fmt.Errorf("%q is unknown: give one of %s", name, Names(known))
}

// Names returns the GraphQL names as a list, for messages.
func Names[T ~string](known []T) string {
	names := make([]string, len(known))
	for i, k := range known {
		names[i] = Name(k)
	}
	return strings.Join(names, ", ")
}
