// Package requestid gives every HTTP request an id: its answer and each of its log lines carry it,
// so that what a client saw is found in the log.
package requestid

import (
	"context"
	"log/slog"
	"strconv"
	"sync/atomic"

	"github.com/gofrs/uuid/v5"
)

// Header is the HTTP header of a request's id, in requests and in responses.
const Header = "X-Request-Id"

// maxLength is the maximum number of bytes of an id that a client chose.
const maxLength = 128

type key struct{}

// Of returns the id of a request: its client's own, if that is sane, else a new one.
func Of(own string) string {
	if isSane(own) {
		return own
	}
	return uuid.Must(uuid.NewV7()).String()
}

// isSane reports whether an id may go into headers and logs as it is: ASCII letters, digits and
// what separates them in the ids that proxies and tracing make.
func isSane(id string) bool {
	if id == "" || len(id) > maxLength {
		return false
	}
	for _, c := range []byte(id) {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9':
		case c == '-', c == '_', c == '.', c == ':', c == '/', c == '=', c == '+', c == '@':
		default:
			return false
		}
	}
	return true
}

// With returns a context of the request with this id.
func With(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, key{}, id)
}

// From returns the id of ctx's request; empty if there is none.
func From(ctx context.Context) string {
	id, _ := ctx.Value(key{}).(string)
	return id
}

// Parts numbers the operations of a long-lived request. The zero value is ready.
type Parts struct{ last atomic.Int64 }

// Next returns a context for the request's next operation: its id is the request's, a dot and a
// number.
func (p *Parts) Next(ctx context.Context) context.Context {
	id := From(ctx)
	if id == "" {
		return ctx
	}
	return With(ctx, id+"."+strconv.FormatInt(p.last.Add(1), 10))
}

// Logging returns a handler that adds the id of the context's request to each line.
func Logging(next slog.Handler) slog.Handler { return handler{next} }

type handler struct{ slog.Handler }

// Handle writes a line.
func (h handler) Handle(ctx context.Context, r slog.Record) error {
	if id := From(ctx); id != "" {
		r = r.Clone()
		r.AddAttrs(slog.String("request_id", id))
	}
	return h.Handler.Handle(ctx, r)
}

// WithAttrs returns a handler whose lines have further attributes.
func (h handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return handler{h.Handler.WithAttrs(attrs)}
}

// WithGroup returns a handler whose attributes are in a group.
func (h handler) WithGroup(name string) slog.Handler { return handler{h.Handler.WithGroup(name)} }
