package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"postrider/internal/problem"
	"postrider/internal/viewer"
)

// auth is the directive @auth: somebody must be signed in, be of the role and,
// through a token, carry the scope, or have come without a token. A field that
// names no scope is read; what needs a session is changed.
func auth(ctx context.Context, _ any, next graphql.Resolver, role *viewer.Role, scope *viewer.Scope, session *bool) (any, error) {
	v, err := viewer.Require(ctx)
	if err != nil {
		return nil, err
	}
	if v.Looking && graphql.GetOperationContext(ctx).Operation.Operation == ast.Mutation {
		return nil, problem.Forbidden("while you look at an affiliate's things as the affiliate, nothing can be changed: end looking first")
	}
	if role != nil && !v.HasRole(*role) {
		return nil, problem.Forbidden("this is for the network's staff")
	}
	needed := viewer.Read
	if session != nil && *session {
		if v.TokenID != 0 {
			return nil, problem.Forbidden("no API token may do this; sign in")
		}
		needed = viewer.Write // which who looks as somebody else has not
	}
	if scope != nil {
		needed = *scope
	}
	if !v.May(needed) {
		return nil, problem.Forbidden("the token lacks the scope %q", needed)
	}
	return next(ctx)
}
