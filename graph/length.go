package graph

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql"

	"postrider/internal/problem"
)

// length is the directive @length: the maximum number of characters of a text.
func length(ctx context.Context, _ any, next graphql.Resolver, most int) (any, error) {
	value, err := next(ctx)
	if err != nil {
		return nil, err
	}
	text, ok := value.(*string)
	if ok && text != nil && len(*text) > most {
		if n := utf8.RuneCountInString(*text); n > most {
			return nil, problem.Invalid(inputPath(ctx), "it has %d characters; the limit is %d", n, most)
		}
	}
	return value, nil
}

// inputPath returns the path of an input below its field, as in filter.search.
func inputPath(ctx context.Context) string {
	path := graphql.GetPath(ctx).String()
	if _, below, ok := strings.Cut(path, "."); ok {
		return below
	}
	return ""
}
