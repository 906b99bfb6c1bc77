// Package stream carries GraphQL operations over long-lived connections: WebSockets with the
// protocol graphql-transport-ws, and server-sent events as graphql-sse reads them. Both are
// transports of gqlgen.
//
// It owns the close codes and the limits of streams; package account decides who may open one, and
// the executor what an operation may cost. ADR 21 has the reasons for not using a library.
//
// Rules:
//   - The close code tells a client what to do: reconnect, because the server is shutting
//     down, or sign in first, because the session or token has ended.
//   - What a client can make the server hold is bounded: the bytes of a message, operations,
//     streams, the time without a keep-alive, the duration of a write.
//   - Operations end with their client.
package stream

import (
	"cmp"
	"context"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"postrider/domain/tracking"
	"postrider/graph/overhttp"
	"postrider/internal/problem"
	"postrider/internal/viewer"
)

// Limits bound what streams hold. Zero means the default, in brackets.
type Limits struct {
	KeepAlive    time.Duration // between pings; a client that is silent for two of them has left (15 s)
	InitTimeout  time.Duration // from the opening of a socket to connection_init (10 s)
	AnonymousFor time.Duration // maximum time without authentication (1 min)
	WriteTimeout time.Duration // maximum duration of a write (30 s)
	CloseTimeout time.Duration // maximum wait for the answer to a close (2 s)

	Message    int64 // bytes of a client's message (1 MiB)
	Operations int   // at once on a socket (100)
	Sockets    int   // of a viewer, in this process (20)
	Anonymous  int   // sockets of an address, truncated, that are not authenticated yet (100)
	Events     int   // streams of server-sent events of a viewer, in this process (100)
}

func (l Limits) orDefault() Limits {
	return Limits{
		KeepAlive:    cmp.Or(l.KeepAlive, 15*time.Second),
		InitTimeout:  cmp.Or(l.InitTimeout, 10*time.Second),
		AnonymousFor: cmp.Or(l.AnonymousFor, time.Minute),
		WriteTimeout: cmp.Or(l.WriteTimeout, 30*time.Second),
		CloseTimeout: cmp.Or(l.CloseTimeout, 2*time.Second),
		Message:      cmp.Or(l.Message, 1<<20),
		Operations:   cmp.Or(l.Operations, 100),
		Sockets:      cmp.Or(l.Sockets, 20),
		Anonymous:    cmp.Or(l.Anonymous, 100),
		Events:       cmp.Or(l.Events, 100),
	}
}

// Config is the configuration of the transports.
type Config struct {
	// SignIn authenticates a socket by the authorization of its connection_init. The returned
	// context ends with account.ErrSignInOver when the token does.
	SignIn func(ctx context.Context, authorization string) (context.Context, error)

	PublicURL  string                               // whose pages may open streams with a user's cookie
	ClientAddr func(ctx context.Context) netip.Addr // returns where a request came from; may be nil
	Limits     Limits
}

// places counts the streams that each client has open.
type places struct {
	mu    sync.Mutex
	taken map[string]int
}

// take reserves one of the at most most slots of a client, until giveBack is called; false if none
// is free.
func (p *places) take(client string, most int) (giveBack func(), ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.taken[client] >= most {
		return nil, false
	}
	if p.taken == nil {
		p.taken = map[string]int{}
	}
	p.taken[client]++
	return sync.OnceFunc(func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.taken[client]--; p.taken[client] == 0 {
			delete(p.taken, client)
		}
	}), true
}

// client returns the name of a client: users by their id, others by their truncated address.
func (c Config) client(ctx context.Context) (name string, anonymous bool) {
	if v := viewer.From(ctx); v != nil {
		return "user " + strconv.FormatInt(int64(v.UserID), 10), false
	}
	addr := netip.Addr{}
	if c.ClientAddr != nil {
		addr = c.ClientAddr(ctx)
	}
	if !addr.IsValid() {
		return "somewhere", true
	}
	return tracking.TruncateAddress(addr.String()), true
}

// sameOrigin allows pages of this installation, and programs, which send no Origin. Another site's
// page may open a stream if it sends no cookie, which would be the user's: it has a token of its own.
func sameOrigin(publicURL string) func(*http.Request) bool {
	public, err := url.Parse(publicURL)
	return func(r *http.Request) bool {
		origin := r.Header.Get("Origin")
		if origin == "" || r.Header.Get("Cookie") == "" {
			return true
		}
		from, parseErr := url.Parse(origin)
		if parseErr != nil || from.Host == "" { // "null" is a page that hides its origin
			return false
		}
		if strings.EqualFold(from.Host, r.Host) {
			return true
		}
		return err == nil && from.Scheme == public.Scheme && strings.EqualFold(from.Host, public.Host)
	}
}

// signInOver is the error that a stream sends before it ends with its session or token.
func signInOver() gqlerror.List {
	return gqlerror.List{overhttp.Error(problem.CodeUnauthenticated, "the session or token of this stream has ended: it was revoked or has expired; sign in again")}
}

// failed reports whether an operation ended without data.
func failed(res *graphql.Response) bool {
	return len(res.Errors) > 0 && (len(res.Data) == 0 || string(res.Data) == "null")
}
