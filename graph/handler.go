package graph

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/extension"
	"github.com/99designs/gqlgen/graphql/handler/lru"
	"github.com/99designs/gqlgen/graphql/handler/transport"
	"github.com/gorilla/websocket"
	"github.com/vektah/gqlparser/v2/ast"

	"postrider/account"
	"postrider/graph/gen"
	"postrider/internal/problem"
	"postrider/internal/viewer"
)

// How the API's streams are kept alive, and how many queries it remembers.
const (
	keepAlive    = 15 * time.Second
	initTimeout  = 10 * time.Second
	socketBuffer = 4 << 10 // for what a subscriber says, which is little
	parsedKept   = 1000
	hashesKept   = 1000
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
	s := handler.New(Schema(resolver))
	s.AddTransport(transport.Websocket{
		KeepAlivePingInterval: keepAlive, // of the older protocol
		PingPongInterval:      keepAlive, // of graphql-transport-ws; who only listens need not answer
		MissingPongOk:         true,
		InitTimeout:           initTimeout,
		InitFunc:              resolver.signInSocket,
		Implementation: gorillaSockets{websocket.Upgrader{
			CheckOrigin: sameOrigin(cfg.Instance.PublicURL),
			// With a buffer of its own it reads through limitMessages, not past it.
			ReadBufferSize: socketBuffer,
		}},
	})
	s.AddTransport(transport.Options{})
	s.AddTransport(events{transport.SSE{KeepAlivePingInterval: keepAlive}})
	s.AddTransport(transport.GET{})
	s.AddTransport(transport.POST{})
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
	return limitMessages(eventStreams(s))
}

// events is server-sent events, for those who ask for nothing else.
type events struct{ transport.SSE }

// Supports tells whether a request is for this transport.
func (e events) Supports(r *http.Request) bool { return account.WantsEvents(r) && e.SSE.Supports(r) }

// Schema is the executable schema over a resolver.
func Schema(r *Resolver) graphql.ExecutableSchema {
	return gen.NewExecutableSchema(gen.Config{
		Resolvers: r, Directives: gen.DirectiveRoot{Auth: auth}, Complexity: complexity(),
	})
}

// signInSocket takes the viewer of a WebSocket from connection_init, where one
// is said there; otherwise the cookie's stays.
func (r *Resolver) signInSocket(ctx context.Context, init transport.InitPayload) (context.Context, *transport.InitPayload, error) {
	authorization := init.Authorization()
	if authorization == "" {
		authorization, _ = init["authorization"].(string)
	}
	if authorization == "" {
		return ctx, nil, nil
	}
	v, err := r.Accounts.Authenticate(ctx, authorization)
	if err != nil {
		return ctx, nil, errors.New(problem.From(err).PublicMessage())
	}
	return r.Accounts.While(ctx, v, func(ctx context.Context) (*viewer.Viewer, error) { return r.Accounts.Authenticate(ctx, authorization) }), nil, nil
}

// sameOrigin lets pages of this installation open a WebSocket, and programs,
// which send no Origin. Another site's page would bring the user's cookie.
func sameOrigin(publicURL string) func(*http.Request) bool {
	public, err := url.Parse(publicURL)
	return func(r *http.Request) bool {
		origin := r.Header.Get("Origin")
		if origin == "" {
			return true
		}
		from, parseErr := url.Parse(origin)
		return parseErr == nil && (from.Host == r.Host || err == nil && from.Host == public.Host)
	}
}
