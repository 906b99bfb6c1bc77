package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
)

// emptyIsNull answers null for an empty string wherever the schema lets a field be null: rows and
// structs have "" where there is no text, and the API has one way to say none. A *string says for
// itself what it is.
func emptyIsNull(ctx context.Context, next graphql.Resolver) (any, error) {
	res, err := next(ctx)
	if s, ok := res.(string); ok && s == "" {
		if def := graphql.GetFieldContext(ctx).Field.Definition; def != nil && !def.Type.NonNull {
			return nil, err
		}
	}
	return res, err
}
