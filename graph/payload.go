package graph

import (
	"context"
	"slices"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"postrider/internal/problem"
	"postrider/internal/viewer"
)

// withoutRead reduces the answer of a mutation, for a token without the scope `read`, to what the
// mutation changed: an object's own plain fields, and nothing that belongs to another object (ADR
// 22).
func withoutRead(schema *ast.Schema) graphql.FieldMiddleware {
	return func(ctx context.Context, next graphql.Resolver) (any, error) {
		v := viewer.From(ctx)
		if v == nil || v.TokenID == 0 || v.May(viewer.Read) {
			return next(ctx)
		}
		if field := graphql.GetFieldContext(ctx); leadsOn(schema, field) {
			return nil, problem.Forbidden("the token lacks the scope %q, which %s of %s needs", viewer.Read, field.Field.Name, field.Object)
		}
		return next(ctx)
	}
}

// leadsOn reports whether a field of an object that has an id returns something other than the
// object itself: another object, or what is looked up for it.
func leadsOn(schema *ast.Schema, field *graphql.FieldContext) bool {
	if !isNode(schema, field.Object) || len(field.Field.Selections) == 0 {
		return false
	}
	leadsTo := field.Field.Definition.Type.Name()
	return isNode(schema, leadsTo) || strings.HasSuffix(leadsTo, "Connection") || field.IsResolver && leadsTo != "Money"
}

func isNode(schema *ast.Schema, name string) bool {
	def := schema.Types[name]
	return name == "Node" || def != nil && slices.Contains(def.Interfaces, "Node")
}
