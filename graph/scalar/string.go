package scalar

import (
	"strings"
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql"

	"postrider/internal/problem"
)

// MarshalString writes text.
func MarshalString(s string) graphql.Marshaler { return graphql.MarshalString(s) }

// UnmarshalString reads text. What PostgreSQL cannot store or search for is refused here, once for
// every field.
func UnmarshalString(v any) (string, error) {
	s, err := graphql.UnmarshalString(v)
	if err != nil {
		return "", err
	}
	if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
		return "", problem.Invalid("", "the text is not valid: it has a NUL, or is not UTF-8")
	}
	return s, nil
}
