package graph

import (
	"context"
	"errors"
	"log/slog"

	"entgo.io/ent/privacy"
	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"postrider/graph/gen"
	"postrider/internal/problem"
)

// present turns an error into what the outside may read of it. What is our own
// fault is logged and says nothing.
func present(log *slog.Logger) graphql.ErrorPresenterFunc {
	return func(ctx context.Context, err error) *gqlerror.Error {
		shown := graphql.DefaultErrorPresenter(ctx, err)
		if own, ok := errors.AsType[*gqlerror.Error](err); ok && own.Err == nil {
			return shown // the query's own fault: syntax, validation, limits
		}
		p := problem.From(err)
		if errors.Is(err, privacy.Deny) {
			p = problem.Forbidden("you may not do this")
		}
		problem.Log(ctx, log, "graphql", p, "path", shown.Path.String())
		shown.Message = p.PublicMessage()
		shown.Extensions = map[string]any{"code": string(p.Code)}
		if len(p.Field) > 0 {
			shown.Extensions["field"] = p.Field
		}
		return shown
	}
}

// userErrors splits an error into what the user can mend, which goes into the
// payload, and what went wrong, which does not.
func userErrors(err error) ([]*gen.UserError, error) {
	mendable := []*gen.UserError{}
	for _, p := range problem.All(err) {
		switch p.Code {
		case problem.CodeInternal, problem.CodeUnauthenticated, problem.CodeForbidden:
			return nil, err
		}
		mendable = append(mendable, &gen.UserError{Field: p.Field, Message: p.Message, Code: string(p.Code)})
	}
	return mendable, nil
}
