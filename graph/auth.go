package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"postrider/internal/problem"
	"postrider/internal/viewer"
)

// auth is the directive @auth: the viewer must be signed in, have the role and, with a token, the
// scope; with session it must not use a token. A field without a scope needs read, one with
// session needs write. Whoever may call a mutation may repeat it.
func (r *Resolver) auth(ctx context.Context, _ any, next graphql.Resolver, role *viewer.Role, scope *viewer.Scope, session *bool) (any, error) {
	if err := authorize(ctx, role, scope, session); err != nil {
		return nil, err
	}
	return r.once(ctx, next)
}

func authorize(ctx context.Context, role *viewer.Role, scope *viewer.Scope, session *bool) error {
	v, err := viewer.Require(ctx)
	if err != nil {
		return err
	}
	if v.Looking && graphql.GetOperationContext(ctx).Operation.Operation == ast.Mutation {
		return problem.Forbidden("you are viewing as an affiliate, so nothing can be changed: stop viewing as the affiliate first")
	}
	if role != nil && !v.HasRole(*role) {
		return problem.Forbidden("only the network's staff can do this")
	}
	needed := viewer.Read
	if session != nil && *session {
		if v.TokenID != 0 {
			return problem.Forbidden("API tokens cannot do this; sign in")
		}
		needed = viewer.Write // which a viewer that views as an affiliate does not have
	}
	if scope != nil {
		needed = *scope
	}
	if !v.May(needed) {
		return problem.Forbidden("the token lacks the scope %q", needed)
	}
	return nil
}
