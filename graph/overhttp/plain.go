package overhttp

import (
	"fmt"
	"net/http"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"postrider/internal/problem"
)

// RetryAfter is the extension of an error that has the seconds after which to try again.
const RetryAfter = "retryAfter"

// Plain is the transport with a single response. It takes whatever no other transport does.
type Plain struct {
	// StreamHint tells where to send a subscription, which has no single response.
	StreamHint string
}

// Supports reports that the transport takes any request.
func (Plain) Supports(*http.Request) bool { return true }

// Do answers a request.
func (p Plain) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	ctx := r.Context()
	defer func() {
		if fault := recover(); fault != nil && fault != http.ErrAbortHandler { //nolint:errorlint // the value itself is thrown
			shown := exec.DispatchError(ctx, gqlerror.List{gqlerror.WrapIfUnwrapped(problem.Internal(nil, "panic: %v", fault))})
			write(w, r, http.StatusInternalServerError, Written(shown))
		} else if fault != nil {
			panic(fault)
		}
	}()
	params, err := Read(r)
	if err != nil {
		RefuseFor(w, r, problem.From(err))
		return
	}
	oc, errs := exec.CreateOperationContext(ctx, params)
	if errs == nil {
		errs = p.impossible(w, r, oc)
	}
	if errs != nil {
		res := exec.DispatchError(graphql.WithOperationContext(ctx, oc), errs)
		write(w, r, p.status(w, r, res.Errors), Written(res))
		return
	}
	responses, ctx := exec.DispatchOperation(ctx, oc)
	res := responses(ctx)
	if res == nil {
		return // the client has left
	}
	status := http.StatusOK
	if !Executed(res) {
		status = p.status(w, r, res.Errors)
	}
	write(w, r, status, Written(res))
}

// impossible returns why an operation cannot be answered in this way.
func (p Plain) impossible(w http.ResponseWriter, r *http.Request, oc *graphql.OperationContext) gqlerror.List {
	switch {
	case oc.Operation.Operation == ast.Subscription:
		return gqlerror.List{Error(problem.CodeStreamRequired, p.StreamHint)}
	case oc.Operation.Operation == ast.Mutation && r.Method == http.MethodGet:
		w.Header().Set("Allow", allowed(r.Method))
		return gqlerror.List{Error(problem.CodeMethodNotAllowed, "send mutations by POST")}
	}
	return nil
}

// status returns the status of an operation that was not executed. In application/json what is
// wrong with the operation itself is a 200, as the specification wants it for older clients; a
// method, a rate and our own faults are said in either media type.
func (p Plain) status(w http.ResponseWriter, r *http.Request, errs gqlerror.List) int {
	for _, err := range errs {
		switch code := CodeOf(err); {
		case code == problem.CodeMethodNotAllowed, code == problem.CodeInternal:
			return StatusOf(code)
		case err.Extensions[RetryAfter] != nil:
			w.Header().Set("Retry-After", fmt.Sprint(err.Extensions[RetryAfter]))
			return http.StatusTooManyRequests
		}
	}
	if media(r) == mediaResponse {
		return http.StatusBadRequest
	}
	return http.StatusOK
}
