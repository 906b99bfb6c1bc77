package graph

import (
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/99designs/gqlgen/graphql/handler/transport"
	"github.com/gorilla/websocket"
)

// gorillaSockets accepts WebSockets for gqlgen with gorilla's library.
type gorillaSockets struct{ websocket.Upgrader }

// Accept answers the handshake.
func (g gorillaSockets) Accept(w http.ResponseWriter, r *http.Request, options transport.WebsocketAcceptOptions) (transport.WebsocketConn, error) {
	g.Subprotocols = options.Subprotocols
	conn, err := g.Upgrade(w, r, options.ResponseHeader)
	if err != nil {
		return nil, err
	}
	return gorillaConn{conn}, nil
}

type gorillaConn struct{ *websocket.Conn }

// WriteClose says why it ends.
func (c gorillaConn) WriteClose(code int, message string) error {
	return c.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, message), time.Now().Add(time.Second))
}

// NextReader tells gqlgen that a client has left in its own words.
func (c gorillaConn) NextReader() (kind int, r io.Reader, err error) {
	kind, r, err = c.Conn.NextReader()
	if websocket.IsCloseError(err, websocket.CloseNormalClosure, websocket.CloseNoStatusReceived) {
		err = fmt.Errorf("%w: %w", transport.ErrWebsocketClosed, err)
	}
	return kind, r, err
}
