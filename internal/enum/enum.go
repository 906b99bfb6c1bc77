// Package enum has what all enumerations of Postrider share: a value is a lower-case string in
// Go and in the database, and the same in upper case in GraphQL. It imports only the standard
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

// Write writes the GraphQL name of v, for gqlgen.
func Write[T ~string](w io.Writer, v T) {
	_, _ = io.WriteString(w, strconv.Quote(strings.ToUpper(string(v))))
}

// Read parses a GraphQL name into one of the known values.
func Read[T ~string](v any, into *T, known []T) error {
	name, ok := v.(string)
	if !ok {
		return fmt.Errorf("this is not a name: give one of %s", Names(known))
	}
	for _, k := range known {
		if strings.ToUpper(string(k)) == name {
			*into = k
			return nil
		}
	}
	return fmt.Errorf("%q is unknown: give one of %s", name, Names(known))
}

// Names returns the GraphQL names as a list, for messages.
func Names[T ~string](known []T) string {
	return strings.ToUpper(strings.Join(Strings(known), ", "))
}
