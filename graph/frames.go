package graph

import (
	"bufio"
	"encoding/binary"
	"errors"
	"net"
	"net/http"
)

// maxMessage is the most bytes of one message on a WebSocket. The largest query
// that passes the complexity limit has some kilobytes.
const maxMessage = 1 << 20

// errMessageTooLarge ends a WebSocket on which more than that arrives.
var errMessageTooLarge = errors.New("a message on the WebSocket is larger than 1 MiB")

// limitMessages bounds the messages of WebSockets: gqlgen reads each as a whole
// and has no limit of its own, and anybody may open one.
func limitMessages(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Upgrade") != "" {
			w = messageLimiter{w}
		}
		next.ServeHTTP(w, r)
	})
}

type messageLimiter struct{ http.ResponseWriter }

// Hijack gives the connection under the limit.
func (l messageLimiter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buffered, err := http.NewResponseController(l.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	return &messageConn{Conn: conn, most: maxMessage}, buffered, nil
}

// messageConn is the server's end of a WebSocket that fails when a message grows
// beyond the most. It follows the frames (RFC 6455, 5.2) as they are read.
type messageConn struct {
	net.Conn

	most    uint64
	header  []byte // of the next frame, as far as it was read
	payload uint64 // of the current frame, that is still to come
	message uint64 // of the current message, in the frames so far
}

// Read reads, and fails once a frame is announced that makes its message too large.
func (c *messageConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if !c.follow(b[:n]) {
		return 0, errMessageTooLarge
	}
	return n, err
}

// follow takes in what was read, and tells whether it is within the limit.
func (c *messageConn) follow(read []byte) bool {
	for len(read) > 0 {
		if c.payload > 0 {
			n := min(c.payload, uint64(len(read)))
			c.payload -= n
			read = read[n:]
			continue
		}
		c.header = append(c.header, read[0])
		read = read[1:]
		if len(c.header) == frameHeader(c.header) && !c.begin() {
			return false
		}
	}
	return true
}

// frameHeader is how long the header is that begins so; -1 where that cannot be
// told yet.
func frameHeader(begins []byte) int {
	if len(begins) < 2 {
		return -1
	}
	n := 2
	switch begins[1] & 0x7f {
	case 126:
		n += 2
	case 127:
		n += 8
	}
	if begins[1]&0x80 != 0 { // masked
		n += 4
	}
	return n
}

// begin begins the frame whose header is complete.
func (c *messageConn) begin() bool {
	opcode, length := c.header[0]&0x0f, uint64(c.header[1]&0x7f)
	switch length {
	case 126:
		length = uint64(binary.BigEndian.Uint16(c.header[2:]))
	case 127:
		length = binary.BigEndian.Uint64(c.header[2:])
	}
	c.header, c.payload = c.header[:0], length
	if length > c.most {
		return false
	}
	if opcode >= 8 { // a control frame, between those of a message
		return true
	}
	if opcode != 0 { // not a continuation
		c.message = 0
	}
	c.message += length
	return c.message <= c.most
}
