package stream

import (
	"context"
	"encoding/json"
	"mime"
	"net/http"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"postrider/account"
	"postrider/graph/overhttp"
	"postrider/internal/problem"
	"postrider/internal/viewer"
)

// Events is the transport of server-sent events, one operation per request: by POST as in
// graphql-sse's "distinct connections mode", and by GET for a browser's EventSource. Make it with
// NewEvents.
type Events struct {
	cfg    Config
	limits Limits
	places places
	own    func(*http.Request) bool
}

// NewEvents returns the transport of server-sent events.
func NewEvents(cfg Config) *Events {
	return &Events{cfg: cfg, limits: cfg.Limits.orDefault(), own: sameOrigin(cfg.PublicURL)}
}

// Supports reports whether a request accepts server-sent events, and nothing else.
func (e *Events) Supports(r *http.Request) bool {
	if !account.WantsEvents(r) || r.Header.Get("Upgrade") != "" {
		return false
	}
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return r.Method == http.MethodGet || r.Method == http.MethodPost && err == nil && media == "application/json"
}

// Do streams the responses of an operation. Until the stream begins, the request is like any
// other: it has to arrive within the read timeout.
func (e *Events) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	if !e.own(r) {
		overhttp.RefuseFor(w, r, problem.Forbidden("pages of other sites may not open a stream with a user's cookie"))
		return
	}
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	params, err := overhttp.Read(r)
	if err != nil {
		overhttp.RefuseFor(w, r, problem.From(err))
		return
	}
	client, _ := e.cfg.client(ctx)
	giveBack, ok := e.places.take(client, e.limits.Events)
	if !ok {
		w.Header().Set("Retry-After", "60")
		overhttp.RefuseFor(w, r, problem.RateLimited("at most %d streams at once: close one, or use a WebSocket, which carries many operations", e.limits.Events))
		return
	}
	defer giveBack()
	oc, errs := exec.CreateOperationContext(ctx, params)
	ctx = graphql.WithOperationContext(ctx, oc)
	if r.Method == http.MethodGet {
		if status, no := refusedByGet(ctx, oc, errs); status != 0 {
			if status == http.StatusMethodNotAllowed {
				w.Header().Set("Allow", http.MethodPost)
			}
			overhttp.Refuse(w, r, status, exec.DispatchError(ctx, no).Errors...)
			return
		}
	}
	s := &eventStream{w: w, control: http.NewResponseController(w), most: e.limits.WriteTimeout, cancel: cancel}
	defer s.begin(e.limits.KeepAlive)()
	if errs != nil {
		s.next(exec.DispatchError(ctx, errs))
		s.complete()
		return
	}
	s.run(ctx, exec, oc)
}

// refusedByGet returns why an operation by GET is refused, if it is. EventSource reconnects to a
// stream that ends, again and again, unless the response is not a stream at all.
func refusedByGet(ctx context.Context, oc *graphql.OperationContext, errs gqlerror.List) (int, gqlerror.List) {
	switch {
	case errs != nil:
		return http.StatusBadRequest, errs
	case oc.Operation.Operation == ast.Mutation:
		return http.StatusMethodNotAllowed, gqlerror.List{overhttp.Error(problem.CodeMethodNotAllowed, "send mutations by POST")}
	case oc.Operation.Operation == ast.Subscription && viewer.From(ctx) == nil:
		return http.StatusUnauthorized, gqlerror.List{overhttp.Error(problem.CodeUnauthenticated, "sign in first")}
	}
	return 0, nil
}

// eventStream is a streamed response. Events and keep-alives are written by two goroutines.
type eventStream struct {
	w       http.ResponseWriter
	control *http.ResponseController
	most    time.Duration // maximum duration of a write
	cancel  context.CancelFunc

	mu sync.Mutex
}

// begin starts the stream and its keep-alives, and returns a function that ends both. Only from
// here on does the request have no timeout.
func (s *eventStream) begin(keepAlive time.Duration) (end func()) {
	_ = s.control.SetReadDeadline(time.Time{})
	header := s.w.Header()
	header.Set("Content-Type", "text/event-stream")
	header.Set("Cache-Control", "no-store")
	header.Set("X-Accel-Buffering", "no") // nginx would buffer events
	s.write(":\n\n")
	ticker, done := time.NewTicker(keepAlive), make(chan struct{})
	var beating sync.WaitGroup
	beating.Go(func() {
		for {
			select {
			case <-ticker.C:
				s.write(": ping\n\n")
			case <-done:
				return
			}
		}
	})
	return func() {
		ticker.Stop()
		close(done)
		beating.Wait()
	}
}

// write writes an event, whole, and flushes it. A client that does not read it in time, or has
// left, ends the operation.
func (s *eventStream) write(event string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_ = s.control.SetWriteDeadline(time.Now().Add(s.most))
	_, err := s.w.Write([]byte(event))
	if err == nil {
		err = s.control.Flush()
	}
	if err != nil {
		s.cancel()
	}
}

func (s *eventStream) next(res *graphql.Response) {
	text, err := json.Marshal(overhttp.Written(res))
	if err != nil {
		s.cancel()
		return
	}
	s.write("event: next\ndata: " + string(text) + "\n\n")
}

// complete tells the client that there are no more events and that it need not reconnect.
// EventSource ignores an event without data, hence the empty data.
func (s *eventStream) complete() { s.write("event: complete\ndata:\n\n") }

// run streams an operation to its end. If the stream is ended before, by the server or with the
// session or token, it is not complete: clients reconnect.
func (s *eventStream) run(ctx context.Context, exec graphql.GraphExecutor, oc *graphql.OperationContext) {
	responses, running := exec.DispatchOperation(ctx, oc)
	for res := responses(running); res != nil; res = responses(running) {
		s.next(res)
	}
	switch {
	case ctx.Err() == nil:
		s.complete()
	case account.SignInOver(ctx):
		s.next(&graphql.Response{Errors: overhttp.OfRequest(ctx, signInOver())})
	}
}
