package stream

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/gorilla/websocket"

	"postrider/account"
	"postrider/graph/overhttp"
	"postrider/internal/problem"
	"postrider/internal/requestid"
	"postrider/internal/viewer"
)

// Code is why a socket is closed. Codes below 4000 are WebSocket's, the others the protocol's.
type Code int

// The codes with which the server closes a socket.
const (
	CodeTooLarge         Code = 1009 // a message is too large
	CodeServiceRestart   Code = 1012 // the server is shutting down: reconnect
	CodeTryAgainLater    Code = 1013 // the limit of open sockets is reached, or the user cannot be read now
	CodeInvalidMessage   Code = 4400
	CodeUnauthorized     Code = 4401 // subscribe before the acknowledgement; not authenticated within a minute
	CodeForbidden        Code = 4403 // the token is not valid, or no longer
	CodeSubprotocol      Code = 4406
	CodeInitTimeout      Code = 4408
	CodeSubscriberExists Code = 4409 // an operation with this id is under way
	CodeTooManyInits     Code = 4429
)

// Sockets is the transport of WebSockets. Make it with NewSockets.
type Sockets struct {
	cfg      Config
	limits   Limits
	upgrader websocket.Upgrader
	places   places
}

// idleBuffer is the size of a connection's buffers: subscribers send little, and write buffers are
// pooled.
const idleBuffer = 4 << 10

// NewSockets returns the transport of WebSockets.
func NewSockets(cfg Config) *Sockets {
	limits := cfg.Limits.orDefault()
	return &Sockets{cfg: cfg, limits: limits, upgrader: websocket.Upgrader{
		Subprotocols: []string{Protocol}, CheckOrigin: sameOrigin(cfg.PublicURL), HandshakeTimeout: limits.InitTimeout,
		ReadBufferSize: idleBuffer, WriteBufferSize: idleBuffer, WriteBufferPool: &sync.Pool{}, Error: refuseUpgrade,
	}}
}

// refuseUpgrade answers a handshake that fails.
func refuseUpgrade(w http.ResponseWriter, r *http.Request, status int, _ error) {
	code, message := problem.CodeBadRequest, "this is not a handshake of WebSocket"
	if status == http.StatusForbidden {
		code, message = problem.CodeForbidden, "pages of other sites may not open a stream with a user's cookie"
	}
	overhttp.Refuse(w, r, status, overhttp.Error(code, message))
}

// Supports reports whether a request opens a WebSocket.
func (s *Sockets) Supports(r *http.Request) bool {
	return r.Method == http.MethodGet && websocket.IsWebSocketUpgrade(r)
}

// Do serves a WebSocket until either side ends it.
func (s *Sockets) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	ws, err := s.upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // the upgrader has answered
	}
	ctx, cancel := context.WithCancel(r.Context())
	c := &socket{
		Sockets: s, ws: ws, exec: exec, header: r.Header, ctx: ctx,
		acknowledged: make(chan context.Context, 1), operations: map[string]*operation{},
	}
	left := make(chan struct{})
	var watching sync.WaitGroup
	watching.Go(func() { c.watch(ctx, left) })
	if ws.Subprotocol() != Protocol {
		c.close(CodeSubprotocol, "the only subprotocol is "+Protocol)
	} else {
		c.takePlace(ctx)
	}
	c.read()
	c.closing.Store(true) // from here on operations end because the client has left
	close(left)
	cancel()
	_ = ws.Close()
	watching.Wait()
	c.running.Wait()
	c.leavePlace()
}

// socket is one WebSocket.
type socket struct {
	*Sockets

	ws     *websocket.Conn
	exec   graphql.GraphExecutor
	header http.Header

	numbered requestid.Parts // its operations

	// Used by the reading goroutine only:
	ctx          context.Context // of its operations: it has the viewer
	place        func()          // releases its slot; nil if it has none
	initialised  bool
	isOpen       bool                 // it was acknowledged
	acknowledged chan context.Context // sent to watch

	closing atomic.Bool
	writing sync.Mutex // one message at a time

	mu         sync.Mutex
	operations map[string]*operation
	count      int            // of operations in flight, including those that are cancelled and have not ended yet
	running    sync.WaitGroup // likewise
}

// takePlace counts the socket as one of its client's, and closes it if the limit is reached.
func (c *socket) takePlace(ctx context.Context) bool {
	client, anonymous := c.cfg.client(ctx)
	most := c.limits.Sockets
	if anonymous {
		most = c.limits.Anonymous
	}
	giveBack, ok := c.places.take(client, most)
	if !ok {
		c.close(CodeTryAgainLater, "this client has reached its limit of sockets: close one, or run more operations on each")
		return false
	}
	c.leavePlace()
	c.place = giveBack
	return true
}

func (c *socket) leavePlace() {
	if c.place != nil {
		c.place()
	}
}

// watch handles what does not come from the client: keep-alive pings, timeouts of connection_init
// and of authentication, the server's shutdown, the end of the session or token. ctx has the
// viewer.
func (c *socket) watch(ctx context.Context, left <-chan struct{}) {
	ping := time.NewTicker(c.limits.KeepAlive)
	defer ping.Stop()
	noInit, nobody := time.After(c.limits.InitTimeout), time.After(c.limits.AnonymousFor)
	if viewer.From(ctx) != nil {
		nobody = nil
	}
	for {
		select {
		case <-ctx.Done():
			c.over(ctx)
			return
		case <-left:
			return
		case ctx = <-c.acknowledged:
			noInit = nil
			if viewer.From(ctx) != nil {
				nobody = nil
			}
		case <-noInit:
			c.close(CodeInitTimeout, "no connection_init came in time")
		case <-nobody:
			c.close(CodeUnauthorized, "not authenticated in time")
		case <-ping.C:
			_ = c.ws.WriteControl(websocket.PingMessage, nil, time.Now().Add(c.limits.CloseTimeout))
		}
	}
}

// over closes a socket because ctx has ended.
func (c *socket) over(ctx context.Context) {
	if c.closing.Load() {
		return
	}
	if !account.SignInOver(ctx) {
		c.close(CodeServiceRestart, "the server is shutting down: reconnect")
		return
	}
	for _, op := range c.endOperations() {
		c.say(nil, answer{ID: op.id, Type: typeError, Payload: overhttp.OfRequest(op.ctx, signInOver())})
	}
	c.close(CodeForbidden, "the session or token of this socket has ended: sign in again")
}

// close sends a close message. The client has CloseTimeout to answer.
func (c *socket) close(code Code, reason string) {
	if !c.closing.CompareAndSwap(false, true) {
		return
	}
	c.endOperations()
	if len(reason) > maxReason {
		reason = reason[:maxReason]
	}
	soon := time.Now().Add(c.limits.CloseTimeout)
	_ = c.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(int(code), reason), soon)
	time.AfterFunc(c.limits.CloseTimeout, func() { _ = c.ws.Close() })
}

// maxReason is the maximum number of bytes of a close reason.
const maxReason = 123

// alive extends the read deadline.
func (c *socket) alive() { _ = c.ws.SetReadDeadline(time.Now().Add(2 * c.limits.KeepAlive)) }

// read handles the client's messages until it has left.
func (c *socket) read() {
	c.ws.SetReadLimit(c.limits.Message)
	c.ws.SetPongHandler(func(string) error { c.alive(); return nil })
	for {
		c.alive()
		kind, text, err := c.ws.ReadMessage()
		switch {
		case errors.Is(err, websocket.ErrReadLimit):
			c.linger()
			return
		case err != nil:
			return
		case c.closing.Load():
			continue
		}
		m, err := readMessage(text)
		if err == nil && kind != websocket.TextMessage {
			err = errors.New("a message must be text")
		}
		if err != nil {
			c.close(CodeInvalidMessage, err.Error())
			continue
		}
		c.hear(m)
	}
}

// linger reads and discards until the client has closed or a deadline passes: a connection that is
// closed with unread bytes is reset, and the client does not get the close message.
func (c *socket) linger() {
	_ = c.ws.SetReadDeadline(time.Now().Add(c.limits.CloseTimeout))
	_, _ = io.CopyN(io.Discard, c.ws.NetConn(), 8*c.limits.Message)
}

func (c *socket) hear(m message) {
	switch m.Type {
	case typeInit:
		c.begin(m)
	case typePing:
		pong := answer{Type: typePong}
		if len(m.Payload) > 0 {
			pong.Payload = m.Payload
		}
		c.say(nil, pong)
	case typeSubscribe:
		c.subscribe(m)
	case typeComplete:
		c.complete(m.ID)
	}
}

// begin answers connection_init.
func (c *socket) begin(m message) {
	if c.initialised {
		c.close(CodeTooManyInits, "connection_init was already sent")
		return
	}
	c.initialised = true
	authorization, err := m.authorization()
	if err != nil {
		c.close(CodeForbidden, err.Error())
		return
	}
	if authorization != "" {
		signedIn, err := c.cfg.SignIn(c.ctx, authorization)
		if p := problem.From(err); err != nil && p.Code == problem.CodeInternal {
			c.close(CodeTryAgainLater, "you cannot be authenticated right now")
			return
		} else if err != nil {
			c.close(CodeForbidden, p.PublicMessage())
			return
		}
		if !c.takePlace(signedIn) {
			return
		}
		c.ctx = signedIn
	}
	c.isOpen = true
	c.acknowledged <- c.ctx
	c.say(nil, answer{Type: typeAck})
}
