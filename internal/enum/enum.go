// Package enum is what every enumeration of Postrider shares: a value is a
// string in lower case in Go and in the database, and the same in upper case in
// GraphQL. It knows nothing but the standard library, so the pure packages may
// use it.
package enum

import (
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Strings gives the database values, for ent.
func Strings[T ~string](values []T) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = string(v)
	}
	return out
}

// SQL writes the database values as SQL has them behind IN.
func SQL[T ~string](values []T) string {
	return "('" + strings.Join(Strings(values), "', '") + "')"
}

// Write writes the GraphQL name of v, for gqlgen.
func Write[T ~string](w io.Writer, v T) {
	_, _ = io.WriteString(w, strconv.Quote(strings.ToUpper(string(v))))
}

// Read reads a GraphQL name into one of the known values.
func Read[T ~string](v any, into *T, known []T) error {
	name, ok := v.(string)
	if !ok {
		return fmt.Errorf("%T is no enum value: give one of %s", v, Names(known))
	}
	for _, k := range known {
		if strings.ToUpper(string(k)) == name {
			*into = k
			return nil
		}
	}
	return fmt.Errorf("%q is unknown: give one of %s", name, Names(known))
}

// Names lists the GraphQL names, for messages.
func Names[T ~string](known []T) string {
	return strings.ToUpper(strings.Join(Strings(known), ", "))
}
