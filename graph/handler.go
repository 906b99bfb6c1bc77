package graph

import (
	"context"
	"net/http"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/extension"
	"github.com/99designs/gqlgen/graphql/handler/lru"
	"github.com/99designs/gqlgen/graphql/handler/transport"
	"github.com/vektah/gqlparser/v2/ast"

	"postrider/graph/gen"
	"postrider/graph/stream"
	"postrider/internal/problem"
)

// How many queries the API remembers.
const (
	parsedKept = 1000
	hashesKept = 1000
)

// Handler serves the API: POST, GET for queries alone, server-sent events, and
// graphql-transport-ws. The viewer comes in the request's context.
func Handler(cfg Config) http.Handler {
	if cfg.LoaderWait == 0 {
		cfg.LoaderWait = defaultLoaderWait
	}
	if cfg.LookEvery == 0 {
		cfg.LookEvery = defaultLookEvery
	}
	resolver := &Resolver{Config: cfg}
	schema := Schema(resolver)
	s := handler.New(schema)
	streams := stream.Config{
		SignIn: cfg.Accounts.SignInStream, PublicURL: cfg.Instance.PublicURL, ClientAddr: cfg.ClientAddr, Limits: cfg.Streams,
	}
	s.AddTransport(stream.NewSockets(streams))
	s.AddTransport(transport.Options{})
	s.AddTransport(stream.NewEvents(streams))
	s.AddTransport(stream.Plain{Transport: transport.GET{}})
	s.AddTransport(stream.Plain{Transport: transport.POST{}})
	s.SetQueryCache(lru.New[*ast.QueryDocument](parsedKept))
	s.SetErrorPresenter(present(cfg.Log))
	s.SetRecoverFunc(func(_ context.Context, panicked any) error {
		return problem.Internal(nil, "panic: %v", panicked)
	})
	s.Use(extension.Introspection{})
	s.Use(extension.AutomaticPersistedQuery{Cache: lru.New[string](hashesKept)})
	s.Use(extension.FixedComplexityLimit(maxComplexity))
	s.Use(depthLimit{most: maxDepth})
	s.AroundOperations(withSignedIn)
	s.AroundResponses(resolver.withLoaders)
	s.AroundFields(asSignedIn)
	s.AroundFields(withoutRead(schema.Schema()))
	return s
}

// Schema is the executable schema over a resolver.
func Schema(r *Resolver) graphql.ExecutableSchema {
	return gen.NewExecutableSchema(gen.Config{
		Resolvers: r, Directives: gen.DirectiveRoot{Auth: auth}, Complexity: complexity(),
	})
}
