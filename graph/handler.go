package graph

import (
	"context"
	"maps"
	"net/http"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/extension"
	"github.com/99designs/gqlgen/graphql/handler/transport"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"postrider/graph/gen"
	"postrider/graph/limit"
	"postrider/graph/overhttp"
	"postrider/graph/stream"
	"postrider/internal/problem"
)

// textsKept is how many bytes of queries the API caches; their parsed documents take a hundred
// times as much.
const textsKept = 512 << 10

// Handler returns the handler of the API: POST, GET for queries alone, server-sent events, and
// graphql-transport-ws. The viewer is in the request's context.
func Handler(cfg Config) http.Handler {
	if cfg.LoaderWait == 0 {
		cfg.LoaderWait = defaultLoaderWait
	}
	if cfg.LookEvery == 0 {
		cfg.LookEvery = defaultLookEvery
	}
	resolver := &Resolver{Config: cfg}
	schema := Schema(resolver)
	known := limit.NewCache(textsKept, func(text string, _ *ast.QueryDocument) int { return len(text) })
	limits := newLimits(schema, known, cfg)
	s := handler.New(schema)
	for _, t := range transports(cfg) {
		s.AddTransport(limits.transport(t))
	}
	s.SetQueryCache(known)
	s.SetValidationRulesFn(func() *rules.Rules { return limit.Rules(maxErrors) })
	s.SetErrorPresenter(present(cfg.Log))
	s.SetRecoverFunc(func(_ context.Context, panicked any) error {
		return problem.Internal(nil, "panic: %v", panicked)
	})
	s.Use(extension.Introspection{})
	s.Use(extension.AutomaticPersistedQuery{Cache: limit.NewCache(textsKept, func(_, text string) int { return len(text) })})
	s.AroundResponses(limits.said)
	s.Use(limits) // after persisted queries, which supply the text
	s.AroundOperations(withSignedIn)
	s.AroundResponses(resolver.withLoaders)
	s.AroundFields(asSignedIn)
	s.AroundFields(withoutRead(schema.Schema()))
	s.AroundFields(emptyIsNull)
	return limitRequests(s)
}

// transports returns the supported transports.
func transports(cfg Config) []graphql.Transport {
	streams := stream.Config{
		SignIn: cfg.Accounts.SignInStream, PublicURL: cfg.Installation.PublicURL, ClientAddr: cfg.ClientAddr, Limits: cfg.Streams,
	}
	return []graphql.Transport{
		stream.NewSockets(streams),
		transport.Options{},
		stream.NewEvents(streams),
		overhttp.Plain{StreamHint: "a subscription needs a stream: send Accept: text/event-stream, or use a WebSocket with the subprotocol " + stream.Protocol},
	}
}

// Schema returns the executable schema over a resolver.
func Schema(r *Resolver) graphql.ExecutableSchema {
	return gen.NewExecutableSchema(gen.Config{
		Schema: offered(), Resolvers: r, Directives: gen.DirectiveRoot{Auth: r.auth, Length: length}, Complexity: complexity(),
	})
}

// offered returns the schema without what gqlgen knows and our transports do not: @defer, whose
// answer comes in parts.
var offered = sync.OnceValue(func() *ast.Schema {
	schema := *gen.NewExecutableSchema(gen.Config{}).Schema()
	schema.Directives = maps.Clone(schema.Directives)
	delete(schema.Directives, "defer")
	return &schema
})
