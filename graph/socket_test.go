package graph_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"postrider/ent/db"
	"postrider/internal/globalid"
	"postrider/internal/viewer"
	"postrider/outbox"
	"postrider/pgtest"
)

// socket is a client of graphql-transport-ws.
type socket struct {
	conn *websocket.Conn
	t    testing.TB
}

type frame struct {
	ID      string          `json:"id,omitempty"`
	Type    string          `json:"type"`
	Payload json.RawMessage `json:"payload,omitempty"`
}

// dial opens a WebSocket with its own headers.
func (a *api) dial(t testing.TB, headers ...who) (*socket, *http.Response, error) {
	t.Helper()
	header := http.Header{}
	for _, w := range headers {
		maps.Copy(header, w)
	}
	dialer := websocket.Dialer{Subprotocols: []string{"graphql-transport-ws"}, HandshakeTimeout: patience}
	conn, res, err := dialer.Dial("ws"+strings.TrimPrefix(a.URL, "http"), header)
	if err != nil {
		return nil, res, err
	}
	must(t, conn.SetReadDeadline(time.Now().Add(patience)))
	t.Cleanup(func() { _ = conn.Close() })
	return &socket{conn: conn, t: t}, res, nil
}

// open dials and signs in; it returns the answer to connection_init.
func (a *api) open(t testing.TB, init string, headers ...who) (*socket, frame) {
	t.Helper()
	s, _, err := a.dial(t, headers...)
	must(t, err)
	s.send(frame{Type: "connection_init", Payload: json.RawMessage(init)})
	return s, s.next()
}

func (s *socket) send(f frame) {
	s.t.Helper()
	must(s.t, s.conn.WriteJSON(f))
}

// next reads one frame, skipping keep-alives. A frame of type "closed" is the end of the
// connection.
func (s *socket) next() frame {
	s.t.Helper()
	for {
		var f frame
		if err := s.conn.ReadJSON(&f); err != nil {
			return frame{Type: "closed", Payload: json.RawMessage(err.Error())}
		}
		if f.Type != "ping" && f.Type != "pong" && f.Type != "ka" {
			return f
		}
	}
}

func (s *socket) subscribe(id, query string) {
	s.t.Helper()
	payload, err := json.Marshal(map[string]string{"query": query})
	must(s.t, err)
	s.send(frame{ID: id, Type: "subscribe", Payload: payload})
}

const watchAll = "subscription { deliveryUpdated { resync delivery { id } } }"

func TestSocketSignsIn(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	s := pgtest.NewScene(t, a.db)
	u := a.user(t, viewer.Affiliate, s.Affiliate)
	session, token := a.session(t, u.Email), a.token(t, u.Email)
	bearer := http.Header(token).Get("Authorization")
	own := pgtest.Delivery(t, a.db, s.Conversion(t, a.db).ID, pgtest.Postback(t, a.db, s.Affiliate, "https://tracker.example/"))

	for name, open := range map[string]func(t *testing.T) (*socket, frame){
		"with the session's cookie":  func(t *testing.T) (*socket, frame) { return a.open(t, `{}`, session) },
		"with a header":              func(t *testing.T) (*socket, frame) { return a.open(t, `{}`, token) },
		"with connection_init":       func(t *testing.T) (*socket, frame) { return a.open(t, fmt.Sprintf(`{"authorization": %q}`, bearer)) },
		"with another spelling":      func(t *testing.T) (*socket, frame) { return a.open(t, fmt.Sprintf(`{"Authorization": %q}`, bearer)) },
		"with a page of its own":     func(t *testing.T) (*socket, frame) { return a.open(t, `{}`, session, who{"Origin": {a.URL}}) },
		"with the public URL's page": func(t *testing.T) (*socket, frame) { return a.open(t, `{}`, session, who{"Origin": {publicURL}}) },
	} {
		t.Run(name, func(t *testing.T) {
			socket, ack := open(t)
			if ack.Type != "connection_ack" {
				t.Fatalf("%s %s", ack.Type, ack.Payload)
			}
			socket.subscribe("1", watchAll)
			pgtest.Until(t, patience, "it watches", a.cfg.Deliveries.Watched)
			a.cfg.Deliveries.Publish(own)
			if f := socket.next(); f.Type != "next" || f.ID != "1" || !strings.Contains(string(f.Payload), own.GlobalID()) {
				t.Errorf("%s %s", f.Type, f.Payload)
			}
			socket.subscribe("2", "{ viewer { user { email } } }")
			if f := socket.next(); f.ID != "2" || !strings.Contains(string(f.Payload), u.Email) {
				t.Errorf("%s %s", f.Type, f.Payload)
			}
			if f := socket.next(); f.Type != "complete" || f.ID != "2" {
				t.Errorf("%s %s", f.Type, f.Payload)
			}
			socket.send(frame{ID: "1", Type: "complete"})
			pgtest.Until(t, patience, "it watches no more", func() bool { return !a.cfg.Deliveries.Watched() })
		})
	}
}

func TestSocketRefusesWhoCannotSignIn(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	s := pgtest.NewScene(t, a.db)
	u := a.user(t, viewer.Affiliate, s.Affiliate)
	session := a.session(t, u.Email)
	bearer := http.Header(a.token(t, u.Email)).Get("Authorization")
	t.Run("a message that is too large ends it", func(t *testing.T) {
		for name, size := range map[string]int{"connection_ack": 1<<20 - 1000, "closed": 1 << 20} {
			_, f := a.open(t, fmt.Sprintf(`{"authorization": %q, "padding": %q}`, bearer, strings.Repeat("x", size)))
			if f.Type != name {
				t.Errorf("after %d bytes: %s, want %s", size, f.Type, name)
			}
		}
	})
	t.Run("a token that is revoked ends what it opened", func(t *testing.T) {
		token := http.Header(a.token(t, u.Email)).Get("Authorization")
		socket, ack := a.open(t, fmt.Sprintf(`{"authorization": %q}`, token))
		socket.subscribe("1", watchAll)
		pgtest.Until(t, patience, "it watches", a.cfg.Deliveries.Watched)
		_, err := a.db.SQL.ExecContext(t.Context(), `UPDATE api_tokens SET revoked_at = now() WHERE id = (SELECT max(id) FROM api_tokens)`)
		must(t, err)
		f := socket.next()
		for f.Type == "complete" || f.Type == "next" || f.Type == "error" {
			f = socket.next()
		}
		if ack.Type != "connection_ack" || f.Type != "closed" {
			t.Errorf("%s, then %s %s", ack.Type, f.Type, f.Payload)
		}
		pgtest.Until(t, patience, "it watches no more", func() bool { return !a.cfg.Deliveries.Watched() })
	})
	t.Run("a token that is wrong is refused", func(t *testing.T) {
		for _, wrong := range []string{"Bearer prt_nonsense", "Bearer ", "Basic x", bearer + "x"} {
			socket, f := a.open(t, fmt.Sprintf(`{"authorization": %q}`, wrong), session)
			if f.Type == "connection_ack" {
				t.Errorf("%q is taken", wrong)
			}
			for f.Type != "closed" { // with an error, then closed
				f = socket.next()
			}
		}
	})
	t.Run("without signing in nothing is shown", func(t *testing.T) {
		socket, ack := a.open(t, `{}`)
		socket.subscribe("1", watchAll)
		if f := socket.next(); ack.Type != "connection_ack" || !strings.Contains(string(f.Payload), "UNAUTHENTICATED") {
			t.Errorf("%s, then %s %s", ack.Type, f.Type, f.Payload)
		}
	})
	t.Run("another site's page is refused", func(t *testing.T) {
		for _, origin := range []string{"https://evil.example", "null", "https://links.example.evil.example", "https://evil.example/?https://links.example"} {
			_, res, err := a.dial(t, session, who{"Origin": {origin}})
			if err == nil || res == nil || res.StatusCode < 400 {
				t.Errorf("%q may open a WebSocket", origin)
			}
		}
	})
}

// padded returns a delivery whose events are large enough to fill the buffers between server and
// client.
func padded(id *db.Delivery) *db.Delivery {
	d := *id
	url := "https://tracker.example/?" + strings.Repeat("x", 2000)
	d.URL = &url
	return &d
}

// A subscriber that stops reading blocks no other, and gets a resync when it reads again.
func TestASlowSubscriberIsToldToFetchAnew(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	s := pgtest.NewScene(t, a.db)
	token := a.affiliate(t, s.Affiliate)
	own := padded(pgtest.Delivery(t, a.db, s.Conversion(t, a.db).ID, pgtest.Postback(t, a.db, s.Affiliate, "https://tracker.example/")))

	var many strings.Builder
	for i := range 25 {
		fmt.Fprintf(&many, "u%d: url ", i)
	}
	slow, _ := a.open(t, `{}`, token)
	slow.subscribe("1", "subscription { deliveryUpdated { resync delivery { id "+many.String()+" } } }")
	pgtest.Until(t, patience, "the slow one watches", a.cfg.Deliveries.Watched)
	a.cfg.Deliveries.Publish(own)
	if f := slow.next(); f.Type != "next" {
		t.Fatalf("%s", f.Type)
	}

	quick, _ := a.events(t, token, "subscription { deliveryUpdated { resync delivery { id } } }")
	a.untilHeard(t, own, quick)
	// 50 KB an event: 700 fill the connection, a thousand the server's write queue, a thousand
	// the ring. Later ones are missed.
	const burst, bursts = 500, 6
	for range bursts {
		a.cfg.Deliveries.Publish(slices.Repeat([]*db.Delivery{own}, burst)...)
		for range burst {
			if res, ok := quick(); !ok || res.at(t, "deliveryUpdated", "delivery", "id") != own.GlobalID() {
				t.Fatalf("the quick one saw %v", res)
			}
		}
	}
	for range burst * bursts {
		must(t, slow.conn.SetReadDeadline(time.Now().Add(patience)))
		f := slow.next()
		if f.Type != "next" {
			t.Fatalf("%s %s", f.Type, f.Payload)
		}
		_, cursor, found := bytes.Cut(f.Payload, []byte(`"resync":`))
		if !found {
			t.Fatalf("%.200s", f.Payload)
		}
		if bytes.HasPrefix(cursor, []byte("null")) {
			continue
		}
		if bytes.HasPrefix(cursor, []byte(`""`)) {
			t.Error("it was shown deliveries, and is told of none")
		}
		return
	}
	t.Error("the slow subscriber was never told that it missed events")
}

// untilHeard publishes until a new subscriber gets an event, and reads what it got.
func (a *api) untilHeard(t *testing.T, d *db.Delivery, next func() (*response, bool)) {
	t.Helper()
	heard := make(chan struct{})
	published := make(chan int)
	go func() {
		n := 0
		pgtest.Until(t, patience, "the subscriber hears", func() bool {
			a.cfg.Deliveries.Publish(d)
			n++
			select {
			case <-heard:
				return true
			default:
				return false
			}
		})
		published <- n
	}()
	_, ok := next()
	close(heard)
	<-published
	if !ok {
		t.Fatal("the stream ended")
	}
	// Whatever else was published meanwhile ends with a unique marker.
	marker := *d
	marker.ID = pgtest.ID(t)
	a.cfg.Deliveries.Publish(&marker)
	for {
		res, ok := next()
		if !ok {
			t.Fatal("the stream ended")
		}
		if res.at(t, "deliveryUpdated", "delivery", "id") == marker.GlobalID() {
			return
		}
	}
}

// A change after the hello is received, without waiting for anything else.
func TestHelloSaysThatChangesAreHeard(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	s := pgtest.NewScene(t, a.db)
	token := a.affiliate(t, s.Affiliate)
	d := pgtest.Delivery(t, a.db, s.Conversion(t, a.db).ID, pgtest.Postback(t, a.db, s.Affiliate, "https://tracker.example/"))
	next, _ := a.events(t, token, "subscription { deliveryUpdated(hello: true) { resync delivery { id } } }")
	if res, ok := next(); !ok || res.at(t, "deliveryUpdated", "resync") != nil || res.at(t, "deliveryUpdated", "delivery") != nil {
		t.Fatalf("the first event is no hello: %v", res)
	}
	a.cfg.Deliveries.Publish(d)
	if res, ok := next(); !ok || res.at(t, "deliveryUpdated", "delivery", "id") != d.GlobalID() {
		t.Errorf("what came after the hello: %v", res)
	}
}

// A delivery that leaves the filter is sent once more, and says so.
func TestADeliveryThatLeavesTheFilterIsHeardOf(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	s := pgtest.NewScene(t, a.db)
	p := pgtest.Postback(t, a.db, s.Affiliate, "https://tracker.example/")
	d := pgtest.Delivery(t, a.db, s.Conversion(t, a.db).ID, p, func(c *db.DeliveryCreate) { c.SetState(outbox.Queued) })
	next, _ := a.events(t, a.affiliate(t, s.Affiliate), "subscription { deliveryUpdated(filter: {states: [QUEUED]}, hello: true) { matches delivery { id state } } }")
	if res, ok := next(); !ok || res.at(t, "deliveryUpdated", "matches") != false {
		t.Fatalf("hello: %v", res)
	}
	gone := *d
	gone.State = outbox.Delivered
	other := gone
	other.Goal, other.Test = "ftd", true // a test matches nothing that does not ask for tests
	a.cfg.Deliveries.Publish(d, &other, &gone)
	for _, want := range []struct {
		state   string
		matches bool
	}{{"QUEUED", true}, {"DELIVERED", false}} {
		if res, ok := next(); !ok || res.at(t, "deliveryUpdated", "delivery", "state") != want.state || res.at(t, "deliveryUpdated", "matches") != want.matches {
			t.Errorf("%+v: %v", want, res)
		}
	}
}

// The resync has the cursor of the newest delivery that was streamed, by time and not by the
// spelling of its id.
func TestResyncPointsAtTheNewest(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	s := pgtest.NewScene(t, a.db)
	token := a.affiliate(t, s.Affiliate)
	like := pgtest.Delivery(t, a.db, s.Conversion(t, a.db).ID, pgtest.Postback(t, a.db, s.Affiliate, "https://tracker.example/"))
	next, _ := a.events(t, token, watchAll)
	pgtest.Until(t, patience, "it watches", a.cfg.Deliveries.Watched)
	a.cfg.Deliveries.Resync()
	if res, ok := next(); !ok || res.at(t, "deliveryUpdated", "resync") != "" || res.at(t, "deliveryUpdated", "delivery") != nil {
		t.Errorf("before anything was shown: %v", res)
	}
	for i := range 256 { // every last byte, so that each spelling occurs
		d := *like
		d.ID[15] = byte(i)
		newest := globalid.UUID("Delivery", d.ID)
		older := *like
		older.ID[15] = 0
		a.cfg.Deliveries.Publish(&d, &older)
		for range 2 {
			if _, ok := next(); !ok {
				t.Fatal("the stream ended")
			}
		}
		a.cfg.Deliveries.Resync()
		if res, ok := next(); !ok || res.at(t, "deliveryUpdated", "resync") != newest {
			t.Fatalf("%d: want %s, got %v", i, newest, res)
		}
	}
}

// Every event is read from the database: what an earlier one loaded is not shown again.
func TestEveryEventIsReadAfresh(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	s := pgtest.NewScene(t, a.db)
	token := a.affiliate(t, s.Affiliate)
	p := pgtest.Postback(t, a.db, s.Affiliate, "https://tracker.example/", func(c *db.PostbackCreate) { c.SetName("before") })
	d := pgtest.Delivery(t, a.db, s.Conversion(t, a.db).ID, p)
	next, _ := a.events(t, token, "subscription { deliveryUpdated { delivery { attempts { id } postback { name } } } }")
	pgtest.Until(t, patience, "it watches", a.cfg.Deliveries.Watched)
	a.cfg.Deliveries.Publish(d)
	res, _ := next()
	if res.at(t, "deliveryUpdated", "delivery", "postback", "name") != "before" {
		t.Fatalf("%s", res.body)
	}
	must(t, a.db.Client().Postback.UpdateOneID(p.ID).SetName("after").Exec(pgtest.System(t)))
	pgtest.Attempt(t, a.db, d)
	a.cfg.Deliveries.Publish(d)
	res, _ = next()
	if res.at(t, "deliveryUpdated", "delivery", "postback", "name") != "after" || len(res.at(t, "deliveryUpdated", "delivery", "attempts").([]any)) != 1 {
		t.Errorf("%s", res.body)
	}
}
