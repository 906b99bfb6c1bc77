package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/gorilla/websocket"

	"postrider/graph/stream"
)

type tailCmd struct {
	URL    string   `name:"url" placeholder:"URL" help:"The Postrider to watch; empty for --public-url."`
	Token  string   `env:"POSTRIDER_TOKEN" placeholder:"TOKEN" help:"An API token that may read."`
	Filter []string `sep:"none" placeholder:"KEY=VALUE" help:"Show only matching deliveries: state, goal, campaign, postback, code, search; separated by spaces. state=failed,retrying code=4xx search=tracker.example"`
}

// Validate checks what needs no connection.
func (c *tailCmd) Validate() error {
	if c.Token == "" {
		return errors.New("--token: missing; `postrider token create` makes one, and POSTRIDER_TOKEN can hold it")
	}
	if err := checkURL(c.URL); err != nil {
		return err
	}
	_, err := parseTailFilter(c.Filter)
	return err
}

// Run prints deliveries until the process is asked to stop.
func (c *tailCmd) Run(ctx context.Context, p *process) error {
	filter, err := parseTailFilter(c.Filter)
	if err != nil {
		return err
	}
	t := &tail{url: c.URL, token: c.Token, filter: filter, out: p.stdout, say: func(text string) { p.log.Warn(text) }, wait: wait}
	if t.url == "" {
		t.url = p.cfg.PublicURL
	}
	return t.run(ctx)
}

// tail streams deliveries over graphql-transport-ws.
type tail struct {
	url    string
	token  string
	filter map[string]any
	out    io.Writer
	say    func(text string) // about the connection
	wait   func(ctx context.Context, d time.Duration)
}

// The back-off before connecting again, and the timeout of a silent connection.
const (
	tailFirstPause = 500 * time.Millisecond
	tailLongPause  = 30 * time.Second
	tailPingEvery  = 20 * time.Second
	tailSilence    = 50 * time.Second
)

// refused is an error that would occur again on the next connection.
type refused struct{ message string }

// Error returns the server's message.
func (r refused) Error() string { return r.message }

// run connects, and reconnects, until ctx is done or it is refused.
func (t *tail) run(ctx context.Context) error {
	pause, lost := tailFirstPause, false
	for {
		err := t.watch(ctx, func() {
			if lost {
				t.say("connected again; the deliveries in between are in the delivery log")
			}
			pause, lost = tailFirstPause, false
		})
		if ctx.Err() != nil {
			return ctx.Err() // main treats it as the requested end
		}
		if no, ok := errors.AsType[refused](err); ok {
			return no
		}
		lost = true
		t.say(fmt.Sprintf("not connected to %s, trying again in %s: %v", t.url, pause, err))
		t.wait(ctx, pause)
		pause = min(2*pause, tailLongPause)
	}
}

func wait(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

// tailMessage is a message of graphql-transport-ws.
type tailMessage struct {
	ID      string          `json:"id,omitempty"`
	Type    string          `json:"type"`
	Payload json.RawMessage `json:"payload,omitempty"`
}

const tailQuery = `subscription ($filter: DeliveryFilter) {
  deliveryUpdated(filter: $filter) {
    at resync matches
    delivery { state goal { key } campaign { name } statusCode durationMs attemptCount host clickId test }
  }
}`

// watch serves one connection: it prints until the connection breaks. live is called once the
// server has accepted it.
func (t *tail) watch(ctx context.Context, live func()) error {
	conn, err := t.dial(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	if err := send(conn, "connection_init", "", map[string]string{"authorization": "Bearer " + t.token}); err != nil {
		return err
	}
	silence := time.AfterFunc(tailSilence, func() { _ = conn.Close() })
	defer silence.Stop()
	conn.SetPongHandler(func(string) error {
		silence.Reset(tailSilence)
		return nil
	})
	for {
		var m tailMessage
		if err := conn.ReadJSON(&m); err != nil {
			return refusedBy(err)
		}
		silence.Reset(tailSilence)
		switch m.Type {
		case "connection_ack":
			live()
			stop := pingEvery(conn, tailPingEvery)
			defer stop()
			err = send(conn, "subscribe", "1", map[string]any{"query": tailQuery, "variables": map[string]any{"filter": t.filter}})
		case "next":
			err = t.print(m.Payload)
		case "error", "connection_error":
			return refused{messageOf(m.Payload)}
		case "complete":
			err = errors.New("the server ended the subscription")
		}
		if err != nil {
			return err
		}
	}
}

// refusedBy separates closes that would occur again on the next connection from those to
// reconnect after: graphql-transport-ws has the codes from 4400 for the former.
func refusedBy(err error) error {
	closed, ok := errors.AsType[*websocket.CloseError](err)
	switch {
	case !ok || closed.Code < 4400 || closed.Code >= 4500:
		return err
	case closed.Code == int(stream.CodeForbidden):
		return refused{"the server refused the token: " + closed.Text}
	}
	return refused{fmt.Sprintf("the server closed the connection: %d %s", closed.Code, closed.Text)}
}

func (t *tail) dial(ctx context.Context) (*websocket.Conn, error) {
	dialer := websocket.Dialer{Proxy: http.ProxyFromEnvironment, HandshakeTimeout: 10 * time.Second, Subprotocols: []string{"graphql-transport-ws"}}
	address := "ws" + strings.TrimPrefix(strings.TrimRight(t.url, "/"), "http") + "/graphql"
	conn, res, err := dialer.DialContext(ctx, address, nil)
	if res != nil {
		_ = res.Body.Close()
	}
	if err != nil && res != nil && res.StatusCode < 500 && res.StatusCode != http.StatusTooManyRequests {
		return nil, refused{fmt.Sprintf("%s answered %s: is it a Postrider?", t.url, res.Status)}
	}
	return conn, err
}

// pingEvery sends pings, so that a dead connection is noticed. Control frames may be written
// beside messages.
func pingEvery(conn *websocket.Conn, every time.Duration) (stop func()) {
	ticker, done := time.NewTicker(every), make(chan struct{})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case <-done:
				return
			case <-ticker.C:
				_ = conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(5*time.Second))
			}
		}
	}()
	return func() { ticker.Stop(); close(done); <-ended }
}

func send(conn *websocket.Conn, kind, id string, payload any) error {
	text, err := json.Marshal(payload)
	if err != nil {
		return err
	}
	return conn.WriteJSON(tailMessage{ID: id, Type: kind, Payload: text})
}

// messageOf returns the message of the server's error: one, or a list.
func messageOf(payload json.RawMessage) string {
	type fault struct {
		Message string `json:"message"`
	}
	var one fault
	if json.Unmarshal(payload, &one) == nil && one.Message != "" {
		return one.Message
	}
	var list []fault
	if json.Unmarshal(payload, &list) == nil && len(list) > 0 {
		return list[0].Message
	}
	return "the server refused: " + string(payload)
}

// tailEvent is an event of the subscription.
type tailEvent struct {
	Data struct {
		DeliveryUpdated struct {
			At       time.Time     `json:"at"`
			Resync   *string       `json:"resync"`
			Matches  bool          `json:"matches"`
			Delivery *tailDelivery `json:"delivery"`
		} `json:"deliveryUpdated"`
	} `json:"data"`
	Errors json.RawMessage `json:"errors"`
}

type tailDelivery struct {
	State        string                 `json:"state"`
	Goal         struct{ Key string }   `json:"goal"`
	Campaign     *struct{ Name string } `json:"campaign"`
	StatusCode   *int                   `json:"statusCode"`
	DurationMs   *float64               `json:"durationMs"`
	AttemptCount int                    `json:"attemptCount"`
	Host         string                 `json:"host"`
	ClickID      *string                `json:"clickId"`
	Test         bool                   `json:"test"`
}

func (t *tail) print(payload json.RawMessage) error {
	var e tailEvent
	if err := json.Unmarshal(payload, &e); err != nil {
		return fmt.Errorf("the server sent what is no delivery: %w", err)
	}
	if len(e.Errors) > 0 && string(e.Errors) != "null" {
		return refused{messageOf(e.Errors)}
	}
	if e.Data.DeliveryUpdated.Resync != nil {
		t.say("some deliveries were missed; they are in the delivery log")
	}
	if d := e.Data.DeliveryUpdated.Delivery; d != nil && e.Data.DeliveryUpdated.Matches {
		_, err := fmt.Fprintln(t.out, d.line(e.Data.DeliveryUpdated.At))
		return err
	}
	return nil
}

// line is one delivery: time, state, goal, campaign, status code, duration,
// attempt, host, click id.
func (d *tailDelivery) line(at time.Time) string {
	campaign, code, took, click := "-", "-", "-", "-"
	if d.Campaign != nil {
		campaign = d.Campaign.Name
	}
	if d.StatusCode != nil {
		code = fmt.Sprint(*d.StatusCode)
	}
	if d.DurationMs != nil {
		took = fmt.Sprintf("%.0f ms", *d.DurationMs)
	}
	if d.ClickID != nil {
		click = *d.ClickID
	}
	line := fmt.Sprintf("%s  %-9s  %-12s  %-24s  %3s  %8s  #%-2d  %-28s  %s", at.Local().Format(time.TimeOnly), d.State, d.Goal.Key,
		shorten(campaign, 24), code, took, d.AttemptCount, d.Host, click)
	if d.Test {
		line += "  test"
	}
	return line
}
