package stream

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/99designs/gqlgen/graphql"

	"postrider/graph/overhttp"
)

// Protocol is the only supported subprotocol of WebSocket:
// https://github.com/enisdenny/graphql-ws/blob/master/PROTOCOL.md
const Protocol = "graphql-transport-ws"

// The message types of the protocol.
const (
	typeInit      = "connection_init"
	typeAck       = "connection_ack"
	typePing      = "ping"
	typePong      = "pong"
	typeSubscribe = "subscribe"
	typeNext      = "next"
	typeError     = "error"
	typeComplete  = "complete"
)

// maxID is the maximum number of bytes of an operation's id, which is repeated in each of its
// messages.
const maxID = 256

// message is a message from the client.
type message struct {
	ID      string          `json:"id"`
	Type    string          `json:"type"`
	Payload json.RawMessage `json:"payload"`
}

// answer is a message from the server.
type answer struct {
	ID      string `json:"id,omitempty"`
	Type    string `json:"type"`
	Payload any    `json:"payload,omitempty"`
}

// readMessage reads a message, and refuses what is not one of the protocol's.
func readMessage(text []byte) (message, error) {
	var m message
	if trimmed := bytes.TrimLeft(text, " \t\r\n"); len(trimmed) == 0 || trimmed[0] != '{' {
		return m, errors.New("a message must be a JSON object")
	}
	if err := json.Unmarshal(text, &m); err != nil {
		return m, errors.New("the message is not valid JSON of the protocol")
	}
	switch m.Type {
	case typeInit, typePing, typePong:
		if !isObject(m.Payload) {
			return m, fmt.Errorf("the payload of %s must be an object", m.Type)
		}
	case typeSubscribe, typeComplete:
		if m.ID == "" || len(m.ID) > maxID {
			return m, fmt.Errorf("%s needs an id of 1 to %d bytes", m.Type, maxID)
		}
	case typeAck, typeNext, typeError:
		return m, fmt.Errorf("%s is only sent by the server", m.Type)
	default:
		return m, errors.New("the message does not have a type of the protocol")
	}
	return m, nil
}

// isObject reports whether a payload is an object, or absent.
func isObject(payload json.RawMessage) bool {
	return len(payload) == 0 || payload[0] == '{' || string(payload) == "null"
}

// authorization returns the authorization of a connection_init; empty for none.
func (m message) authorization() (string, error) {
	var fields map[string]any
	if len(m.Payload) > 0 {
		if err := json.Unmarshal(m.Payload, &fields); err != nil {
			return "", err
		}
	}
	for name, value := range fields {
		if !strings.EqualFold(name, "authorization") || value == nil {
			continue
		}
		text, ok := value.(string)
		if !ok {
			return "", errors.New("authorization must be a text: Bearer and a token")
		}
		if text != "" {
			return text, nil
		}
	}
	return "", nil
}

// operation returns the operation of a subscribe message.
func (m message) operation() (*graphql.RawParams, error) {
	if len(m.Payload) == 0 || m.Payload[0] != '{' {
		return nil, errors.New("the payload of subscribe must be an object")
	}
	params, err := overhttp.Operation(m.Payload)
	if err != nil {
		return nil, errors.New("the payload of subscribe must have query, and optionally operationName, variables and extensions")
	}
	return params, nil
}
