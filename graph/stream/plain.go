package stream

import (
	"context"
	"net/http"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// CodeStreamRequired is the code of a subscription that was sent over a transport with a single
// response.
const CodeStreamRequired = "stream_required"

// An operation with this code is refused with 422, or 400 if the client speaks
// application/graphql-response+json, as an invalid one is.
func init() { errcode.RegisterErrorType(CodeStreamRequired, errcode.KindProtocol) }

// Plain is a transport with a single response, which refuses subscriptions: they would wait for
// their first event, and end with it.
type Plain struct{ graphql.Transport }

// Do answers an operation that is not a subscription.
func (p Plain) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	p.Transport.Do(w, r, onlyAnswers{exec})
}

type onlyAnswers struct{ graphql.GraphExecutor }

// CreateOperationContext refuses subscriptions.
func (o onlyAnswers) CreateOperationContext(ctx context.Context, params *graphql.RawParams) (*graphql.OperationContext, gqlerror.List) {
	oc, errs := o.GraphExecutor.CreateOperationContext(ctx, params)
	if errs == nil && oc.Operation.Operation == ast.Subscription {
		errs = gqlerror.List{refusal(CodeStreamRequired,
			"a subscription needs a stream: send Accept: text/event-stream, or use a WebSocket with the subprotocol "+protocol)}
	}
	return oc, errs
}
