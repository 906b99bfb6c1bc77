package graph

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"runtime"
	"strconv"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"postrider/account"
	"postrider/graph/limit"
	"postrider/graph/overhttp"
	"postrider/internal/problem"
	"postrider/internal/requestid"
	"postrider/internal/viewer"
)

// The limits of one operation. docs/api-limits.md has these numbers for integrators; a test
// compares the two.
var (
	maxDocument  = limit.Document{Tokens: 4000, Operations: 20, Fragments: 200, Validated: 4000, Repetitions: 50}
	maxOperation = limit.Most{Cost: 25_000, Introspection: 1_200_000, Depth: 14, Roots: 30}
)

// The maximum number of errors that validation looks for.
const maxErrors = 20

// The maximum bytes of a request. Staff import files of operators, which are longer than any
// operation.
const (
	maxRequest      = 256 << 10
	maxStaffRequest = 8 << 20
)

// The complexity of introspection per second, for a network prefix that is not signed in and for a
// user; and the maximum of one operation. A whole schema is about 400,000.
const (
	strangersIntrospect = 15_000
	usersIntrospect     = 150_000
)

// How many operations are parsed and validated at a time (all but one of the cores, which clicks
// and operators' calls always have), how many are executed (fewer than the connections of the
// API's pool), how many of either one client may have, in flight or waiting, and the maximum wait.
const (
	answeredAtOnce = 4
	ofOneClient    = 24
	gatePatience   = 10 * time.Second
)

// Allowances are bytes per second of documents that are not cached, with a burst of eight times as
// many. Zero means the default, in brackets.
type Allowances struct {
	Strangers int              // of all clients of a network prefix that are not signed in (16 KiB)
	Users     int              // by a user (128 KiB)
	Now       func() time.Time // returns the time (time.Now)
}

func (a Allowances) orDefault() Allowances {
	if a.Now == nil {
		a.Now = time.Now
	}
	return Allowances{Strangers: cmp.Or(a.Strangers, 16<<10), Users: cmp.Or(a.Users, 128<<10), Now: a.Now}
}

func validatedAtOnce() int { return max(1, runtime.GOMAXPROCS(0)-1) }

// limits enforces the API's limits. It is an extension of gqlgen for limits of a document and of
// an operation, and a wrapper of transports for the rest.
type limits struct {
	schema     graphql.ExecutableSchema
	known      graphql.Cache[*ast.QueryDocument] // documents that have been validated
	strangers  allowed
	users      allowed
	now        func() time.Time
	validating *limit.Gate
	answering  *limit.Gate
	describing *limit.Gate // introspections, each of which takes thousands of goroutines
	client     func(ctx context.Context) string
}

// allowed is what clients of one kind may use per second.
type allowed struct {
	bytes         *limit.Allowance // of documents that are not cached
	introspection *limit.Allowance // of the complexity of introspections
}

func newAllowed(bytes, introspection int) allowed {
	return allowed{
		bytes: limit.NewAllowance("rate", bytes, 8*bytes,
			"you send more than %d bytes of new documents per second: use variables, so that documents repeat, or slow down"),
		introspection: limit.NewAllowance("introspectionRate", introspection, maxOperation.Introspection,
			"your introspection queries exceed a complexity of %d per second: cache the schema, or slow down"),
	}
}

func newLimits(schema graphql.ExecutableSchema, known graphql.Cache[*ast.QueryDocument], cfg Config) *limits {
	a := cfg.Allowances.orDefault()
	return &limits{
		schema: schema, known: known, client: cfg.client, now: a.Now,
		strangers: newAllowed(a.Strangers, strangersIntrospect), users: newAllowed(a.Users, usersIntrospect),
		validating: limit.NewGate("concurrency", validatedAtOnce(), ofOneClient, gatePatience),
		answering:  limit.NewGate("concurrency", answeredAtOnce, ofOneClient, gatePatience),
		describing: limit.NewGate("concurrency", 1, ofOneClient, gatePatience),
	}
}

func (l *limits) allowed(ctx context.Context) allowed {
	if viewer.From(ctx) == nil {
		return l.strangers
	}
	return l.users
}

// client returns the client that an operation counts for: a user, else a network prefix.
func (c Config) client(ctx context.Context) string {
	if v := viewer.From(ctx); v != nil && v.UserID != 0 {
		return "user " + strconv.FormatInt(int64(v.UserID), 10)
	}
	if c.ClientAddr == nil {
		return ""
	}
	return account.Neighbourhood(c.ClientAddr(ctx)).String()
}

// ExtensionName returns the extension's name, for gqlgen.
func (*limits) ExtensionName() string { return "Limits" }

// Validate does nothing; gqlgen requires it.
func (*limits) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationParameters refuses a document that would take too long to validate.
func (l *limits) MutateOperationParameters(ctx context.Context, params *graphql.RawParams) *gqlerror.Error {
	if _, ok := l.known.Get(ctx, params.Query); ok {
		return nil
	}
	if e := l.allowed(ctx).bytes.Take(l.client(ctx), len(params.Query), l.now()); e != nil {
		return e.GraphQL()
	}
	if e := maxDocument.Check(params.Query); e != nil {
		return e.GraphQL()
	}
	return nil
}

// MutateOperationContext refuses an operation that would cost too much.
func (l *limits) MutateOperationContext(ctx context.Context, oc *graphql.OperationContext) *gqlerror.Error {
	size := limit.Measure(ctx, l.schema, oc.Operation, oc.Variables, childRows)
	oc.Stats.SetExtension(costs, size.Cost)
	if e := maxOperation.Check(size); e != nil {
		return e.GraphQL()
	}
	if size.Introspection > 0 {
		oc.Stats.SetExtension(introspects, true)
		if e := l.allowed(ctx).introspection.Take(l.client(ctx), size.Introspection, l.now()); e != nil {
			return e.GraphQL()
		}
	}
	return nil
}

// introspects marks an operation that asks for the schema, costs has what an operation costs.
const (
	introspects = "introspects"
	costs       = "costs"
)

// said adds to a response the id of its request and, to the only response of an operation, what it
// cost and may cost.
func (*limits) said(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
	res := next(ctx)
	if res == nil {
		return nil
	}
	if res.Extensions == nil {
		res.Extensions = map[string]any{}
	}
	if id := requestid.From(ctx); id != "" {
		res.Extensions["requestId"] = id
	}
	if graphql.HasOperationContext(ctx) {
		oc := graphql.GetOperationContext(ctx)
		if cost := oc.Stats.GetExtension(costs); cost != nil && oc.Operation.Operation != ast.Subscription {
			res.Extensions["cost"] = map[string]any{"requested": cost, "max": maxOperation.Cost}
		}
	}
	return res
}

// InterceptResponse executes an operation when the gate lets it through. A subscription bypasses
// the gate: it waits for events, for hours.
func (l *limits) InterceptResponse(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
	if !graphql.HasOperationContext(ctx) {
		return next(ctx)
	}
	oc := graphql.GetOperationContext(ctx)
	if oc.Operation == nil || oc.Operation.Operation == ast.Subscription {
		return next(ctx)
	}
	if oc.Stats.GetExtension(introspects) != nil {
		leave, err := l.describing.Enter(ctx, l.client(ctx))
		if err != nil {
			return &graphql.Response{Errors: gqlerror.List{limited(err)}}
		}
		defer leave()
	}
	leave, err := l.answering.Enter(ctx, l.client(ctx))
	if err != nil {
		return &graphql.Response{Errors: gqlerror.List{limited(err)}}
	}
	defer leave()
	return next(ctx)
}

// limited returns the API's error for an operation that the gate refused.
func limited(err error) *gqlerror.Error {
	if e, ok := errors.AsType[*limit.Exceeded](err); ok {
		return e.GraphQL()
	}
	return gqlerror.Wrap(err) // the client has left
}

// transport makes operations pass the gate before they are parsed and validated.
func (l *limits) transport(t graphql.Transport) graphql.Transport { return inTurn{t, l} }

type inTurn struct {
	graphql.Transport

	limits *limits
}

// Do answers a request.
func (t inTurn) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	t.Transport.Do(w, r, executor{exec, t.limits})
}

type executor struct {
	graphql.GraphExecutor

	limits *limits
}

// CreateOperationContext parses and validates an operation.
func (e executor) CreateOperationContext(ctx context.Context, params *graphql.RawParams) (oc *graphql.OperationContext, errs gqlerror.List) {
	leave, err := e.limits.validating.Enter(ctx, e.limits.client(ctx))
	if err != nil {
		return &graphql.OperationContext{}, gqlerror.List{limited(err)}
	}
	defer leave()
	defer func() {
		switch panicked := recover().(type) {
		case nil:
		case limit.Invalid:
			oc, errs = &graphql.OperationContext{}, gqlerror.List(panicked)
		default:
			panic(panicked)
		}
	}()
	return e.GraphExecutor.CreateOperationContext(ctx, params)
}

// limitRequests refuses requests that are too long, without reading them to the end, and those that
// do not arrive in time.
func limitRequests(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		most := int64(maxRequest)
		if v := viewer.From(r.Context()); v != nil && v.Staff() {
			most = maxStaffRequest
		}
		if len(r.URL.RawQuery) > maxRequest || r.ContentLength > most {
			refuseRequest(w, r, most)
			return
		}
		if r.Body != nil && r.Method == http.MethodPost {
			body, err := io.ReadAll(io.LimitReader(r.Body, most+1))
			tooLarge := (*http.MaxBytesError)(nil)
			switch {
			case errors.As(err, &tooLarge), err == nil && int64(len(body)) > most:
				refuseRequest(w, r, most)
				return
			case errors.Is(err, os.ErrDeadlineExceeded):
				overhttp.RefuseFor(w, r, &problem.Error{Code: problem.CodeRequestTimeout, Message: "the body did not arrive in time: send it again"})
				return
			case err != nil:
				overhttp.RefuseFor(w, r, &problem.Error{Code: problem.CodeBadRequest, Message: "the body broke off"})
				return
			}
			r.Body = io.NopCloser(bytes.NewReader(body))
		}
		next.ServeHTTP(w, r)
	})
}

func refuseRequest(w http.ResponseWriter, r *http.Request, most int64) {
	e := limit.Exceeded{Limit: "bytes", Max: int(most), Message: fmt.Sprintf("the request is longer than %d bytes", most)}
	w.Header().Set("Connection", "close") // the rest of it is not read
	overhttp.Refuse(w, r, http.StatusRequestEntityTooLarge, e.GraphQL())
}
