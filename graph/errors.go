package graph

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"time"

	"entgo.io/ent/privacy"
	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"postrider/graph/gen"
	"postrider/graph/limit"
	"postrider/graph/overhttp"
	"postrider/internal/pg"
	"postrider/internal/problem"
)

// present turns an error into what a client may read. An internal error is logged, and its message
// reveals nothing.
func present(log *slog.Logger) graphql.ErrorPresenterFunc {
	return func(ctx context.Context, err error) *gqlerror.Error {
		shown := graphql.DefaultErrorPresenter(ctx, err)
		if own, ok := errors.AsType[*gqlerror.Error](err); ok && own.Err == nil && (overhttp.CodeOf(own) != "" || len(own.Path) == 0) {
			return ofQuery(shown)
		}
		if most, late := pg.IsTimeout(err); late && ctx.Err() == nil {
			return tooLong(shown, most)
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

// ofQuery completes an error of the executor's own about a request: its syntax, its validity, its
// limits, its persisted query.
func ofQuery(shown *gqlerror.Error) *gqlerror.Error {
	if overhttp.CodeOf(shown) == "" {
		shown.Extensions = map[string]any{"code": string(problem.CodeBadRequest)}
	}
	if found := goType.FindStringSubmatch(shown.Message); found != nil {
		shown.Message = "the value does not fit the type " + found[1]
	} else if shown.Message == "operation  not found" {
		shown.Message = "the document has several operations: name the one to execute in operationName"
	}
	return shown
}

// goType matches a message of the validator that names the type that a variable's value has in Go.
var goType = regexp.MustCompile(`^cannot use .* as (\S+)$`)

// tooLong is the error of a query that hit the statement timeout: ask for less.
func tooLong(shown *gqlerror.Error, most time.Duration) *gqlerror.Error {
	e := limit.Exceeded{
		Limit: "time", Max: int(most.Seconds()),
		Message: fmt.Sprintf("the search took longer than %d seconds: choose a shorter period, or narrow the filter", int(most.Seconds())),
	}.GraphQL()
	e.Path, e.Locations = shown.Path, shown.Locations
	return e
}

// userErrors splits an error into problems that the user can fix, which go into the payload, and
// the rest, which do not.
func userErrors(err error) ([]*gen.UserError, error) {
	fixable := []*gen.UserError{}
	for _, p := range problem.All(err) {
		switch p.Code {
		case problem.CodeInternal, problem.CodeUnauthenticated, problem.CodeForbidden:
			return nil, err
		}
		shown := &gen.UserError{Field: inputNames(p.Field), Message: p.Message, Code: p.Code}
		if p.Span != nil {
			shown.Start, shown.End = &p.Span.Start, &p.Span.End
		}
		fixable = append(fixable, shown)
	}
	return fixable, nil
}

// inputNames spells a field as inputs do: clickId for click_id in an operator's call.
func inputNames(path []string) []string {
	if path == nil {
		return nil
	}
	names := make([]string, len(path))
	for i, name := range path {
		words := strings.Split(name, "_")
		for j, word := range words[1:] {
			if word != "" {
				words[j+1] = strings.ToUpper(word[:1]) + word[1:]
			}
		}
		names[i] = strings.Join(words, "")
	}
	return names
}

// aboutID sets the field of a problem that has none to the id.
func aboutID(err error) error {
	if p := problem.From(err); p != nil && p.Code != problem.CodeInternal && len(p.Field) == 0 {
		return p.At("id")
	}
	return err
}
