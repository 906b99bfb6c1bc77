package graph_test

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"postrider/graph"
	"postrider/graph/stream"
	"postrider/internal/viewer"
	"postrider/pgtest"
)

// limits sets the limits of streams.
func limits(l stream.Limits) func(*graph.Config) { return func(c *graph.Config) { c.Streams = l } }

// bare opens a WebSocket with subprotocols, and sends nothing.
func (a *api) bare(t testing.TB, subprotocols []string, headers ...who) *socket {
	t.Helper()
	header := http.Header{}
	for _, w := range headers {
		maps.Copy(header, w)
	}
	dialer := websocket.Dialer{Subprotocols: subprotocols, HandshakeTimeout: patience}
	conn, _, err := dialer.Dial("ws"+strings.TrimPrefix(a.URL, "http"), header)
	must(t, err)
	must(t, conn.SetReadDeadline(time.Now().Add(patience)))
	t.Cleanup(func() { _ = conn.Close() })
	return &socket{conn: conn, t: t}
}

var modern = []string{"graphql-transport-ws"}

// end reads until the socket is closed, and returns the code and what was read.
func (s *socket) end() (code int, read []frame) {
	s.t.Helper()
	for {
		var f frame
		err := s.conn.ReadJSON(&f)
		if closed, ok := errors.AsType[*websocket.CloseError](err); ok {
			return closed.Code, read
		}
		if err != nil {
			s.t.Errorf("after %v it ended without a code: %v", read, err)
			return 0, read
		}
		read = append(read, f)
	}
}

// Every violation of the protocol closes the socket with its own code.
func TestEachWrongHasItsCode(t *testing.T) {
	t.Parallel()
	a := newAPI(t, limits(stream.Limits{Message: 10_000}))
	token := a.affiliate(t, pgtest.Affiliate(t, a.db))
	signIn := fmt.Sprintf(`{"type": "connection_init", "payload": {"authorization": %q}}`, http.Header(token).Get("Authorization"))
	const bare = `{"type": "connection_init"}`
	watching := `{"id": "1", "type": "subscribe", "payload": {"query": "` + watchAll + `"}}`
	for name, tc := range map[string]struct {
		says []string
		code int
	}{
		"nothing":                     {[]string{``}, 4400},
		"no JSON":                     {[]string{`hello`}, 4400},
		"a list":                      {[]string{`[{"type": "ping"}]`}, 4400},
		"null":                        {[]string{`null`}, 4400},
		"no type":                     {[]string{`{"id": "1"}`}, 4400},
		"a type that is none":         {[]string{bare, `{"type": "start", "id": "1", "payload": {}}`}, 4400},
		"the server's type":           {[]string{bare, `{"type": "connection_ack"}`}, 4400},
		"an answer":                   {[]string{bare, `{"type": "next", "id": "1", "payload": {}}`}, 4400},
		"two messages in one":         {[]string{bare + bare}, 4400},
		"an init with a list":         {[]string{`{"type": "connection_init", "payload": []}`}, 4400},
		"a ping with a text":          {[]string{`{"type": "ping", "payload": "x"}`}, 4400},
		"subscribe without an id":     {[]string{bare, `{"type": "subscribe", "payload": {"query": "{ instance { version } }"}}`}, 4400},
		"an id that is a number":      {[]string{bare, `{"type": "subscribe", "id": 1, "payload": {"query": "{ instance { version } }"}}`}, 4400},
		"an id that is a book":        {[]string{bare, `{"type": "complete", "id": "` + strings.Repeat("x", 300) + `"}`}, 4400},
		"subscribe without a payload": {[]string{bare, `{"type": "subscribe", "id": "1"}`}, 4400},
		"a query that is a number":    {[]string{bare, `{"type": "subscribe", "id": "1", "payload": {"query": 1}}`}, 4400},
		"variables that are a list":   {[]string{bare, `{"type": "subscribe", "id": "1", "payload": {"query": "{ x }", "variables": []}}`}, 4400},
		"a message that is too large": {[]string{bare, `{"type": "ping", "payload": {"x": "` + strings.Repeat("x", 20_000) + `"}}`}, 1009},
		"subscribe before all":        {[]string{watching}, 4401},
		"a token that is none":        {[]string{`{"type": "connection_init", "payload": {"authorization": "Bearer prt_x"}}`}, 4403},
		"a token that is a number":    {[]string{`{"type": "connection_init", "payload": {"authorization": 1}}`}, 4403},
		"two inits":                   {[]string{bare, bare}, 4429},
		"one after another":           {[]string{signIn, watching, signIn}, 4429},
		"an id in use":                {[]string{signIn, watching, watching}, 4409},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := a.bare(t, modern)
			for _, text := range tc.says {
				must(t, s.conn.WriteMessage(websocket.TextMessage, []byte(text)))
			}
			if code, read := s.end(); code != tc.code {
				t.Errorf("%d after %v, want %d", code, read, tc.code)
			}
		})
	}
	for name, subprotocols := range map[string][]string{"no subprotocol": nil, "the old subprotocol": {"graphql-ws"}, "nonsense": {"mqtt", "x"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if code, _ := a.bare(t, subprotocols).end(); code != 4406 {
				t.Errorf("%d", code)
			}
		})
	}
	t.Run("no text", func(t *testing.T) {
		t.Parallel()
		s := a.bare(t, modern)
		must(t, s.conn.WriteMessage(websocket.BinaryMessage, []byte(bare)))
		if code, _ := s.end(); code != 4400 {
			t.Errorf("%d", code)
		}
	})
}

// A client that sends nothing is disconnected.
func TestASilentSocketEnds(t *testing.T) {
	t.Parallel()
	t.Run("before its init", func(t *testing.T) {
		t.Parallel()
		a := newAPI(t, limits(stream.Limits{InitTimeout: 20 * time.Millisecond}))
		if code, _ := a.bare(t, modern).end(); code != 4408 {
			t.Errorf("%d", code)
		}
	})
	t.Run("when nobody signs in", func(t *testing.T) {
		t.Parallel()
		a := newAPI(t, limits(stream.Limits{AnonymousFor: 20 * time.Millisecond}))
		s, ack := a.open(t, `{}`)
		if code, _ := s.end(); ack.Type != "connection_ack" || code != 4401 {
			t.Errorf("%v, %d", ack, code)
		}
	})
	t.Run("and who is signed in stays, a pong at a time", func(t *testing.T) {
		t.Parallel()
		a := newAPI(t, limits(stream.Limits{AnonymousFor: 2 * time.Second, KeepAlive: 500 * time.Millisecond}))
		token := a.affiliate(t, pgtest.Affiliate(t, a.db))
		s, ack := a.open(t, fmt.Sprintf(`{"authorization": %q}`, http.Header(token).Get("Authorization")))
		if ack.Type != "connection_ack" {
			t.Fatalf("%v", ack)
		}
		pinged := make(chan struct{}, 100)
		answer := s.conn.PingHandler()
		s.conn.SetPingHandler(func(text string) error {
			pinged <- struct{}{}
			return answer(text)
		})
		read := make(chan error, 1)
		go func() { _, _, err := s.conn.ReadMessage(); read <- err }()
		for range 6 { // longer than the keep-alive and anonymous limits
			<-pinged
		}
		select {
		case err := <-read:
			t.Errorf("it ended: %v", err)
		default:
		}
	})
	t.Run("when it answers no ping", func(t *testing.T) {
		t.Parallel()
		a := newAPI(t, limits(stream.Limits{KeepAlive: 20 * time.Millisecond}))
		s, _ := a.open(t, `{}`, a.affiliate(t, pgtest.Affiliate(t, a.db)))
		s.conn.SetPingHandler(func(string) error { return nil })
		s.subscribe("1", watchAll)
		if _, _, err := s.conn.ReadMessage(); err == nil || strings.Contains(err.Error(), "timeout") {
			t.Errorf("it goes on: %v", err)
		}
		pgtest.Until(t, patience, "its subscription has ended", func() bool { return !a.cfg.Deliveries.Watched() })
	})
}

// A ping is answered at any time, with its payload.
func TestAPingIsAnsweredBeforeAnything(t *testing.T) {
	t.Parallel()
	s := newAPI(t).bare(t, modern)
	for _, said := range []string{`{"type":"ping","payload":{"n":1}}`, `{"type":"ping"}`} {
		must(t, s.conn.WriteMessage(websocket.TextMessage, []byte(said)))
		_, text, err := s.conn.ReadMessage()
		must(t, err)
		if want := strings.Replace(said, "ping", "pong", 1); strings.TrimSpace(string(text)) != want {
			t.Errorf("%s is answered with %s", said, text)
		}
	}
}

// A live socket whose session or token ends sends an error to each of its operations, and then
// closes as forbidden: no client reconnects to the same refusal again and again.
func TestASocketSaysThatItsSignInIsOver(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	u := a.user(t, viewer.Affiliate, pgtest.Affiliate(t, a.db))
	revoke := func() {
		_, err := a.db.SQL.ExecContext(t.Context(), `UPDATE api_tokens SET revoked_at = now()`)
		must(t, err)
	}
	for _, tc := range []struct {
		name string
		init bool // it authenticates by its init
		by   func() who
		end  func()
	}{
		{"of a token in its init", true, func() who { return a.token(t, u.Email) }, revoke},
		{"of a token in its header", false, func() who { return a.token(t, u.Email) }, revoke},
		{"of a session", false, func() who { return a.session(t, u.Email) }, func() { must(t, a.db.Client().User.UpdateOne(u).SetPasswordHash("x").Exec(pgtest.System(t))) }},
		{"of a user", false, func() who { return a.token(t, u.Email) }, func() { must(t, a.db.Client().User.UpdateOne(u).SetDisabledAt(pgtest.Now).Exec(pgtest.System(t))) }},
	} {
		init, by := "{}", tc.by()
		if tc.init {
			init, by = fmt.Sprintf(`{"authorization": %q}`, http.Header(by).Get("Authorization")), nobody
		}
		s, ack := a.open(t, init, by)
		if ack.Type != "connection_ack" {
			t.Fatalf("%s: %s %s", tc.name, ack.Type, ack.Payload)
		}
		s.subscribe("1", watchAll)
		s.subscribe("2", watchAll)
		pgtest.Until(t, patience, "it watches", a.cfg.Deliveries.Watched)
		s.send(frame{Type: "ping"}) // everything before it is in flight
		for f := (frame{}); f.Type != "pong"; must(t, s.conn.ReadJSON(&f)) {
		}
		tc.end()
		code, read := s.end()
		told := map[string]string{}
		for _, f := range read {
			told[f.ID] += f.Type
			if !strings.Contains(string(f.Payload), "UNAUTHENTICATED") {
				t.Errorf("%s: %s", tc.name, f.Payload)
			}
		}
		if code != 4403 || told["1"] != "error" || told["2"] != "error" || len(told) != 2 {
			t.Errorf("%s: %d after %v", tc.name, code, told)
		}
	}
}

// A socket has a maximum number of operations, completed ones free their slots, and a viewer has
// a maximum number of sockets.
func TestSocketsAndOperationsAreCounted(t *testing.T) {
	t.Parallel()
	a := newAPI(t, limits(stream.Limits{Operations: 3, Sockets: 2}))
	token := a.affiliate(t, pgtest.Affiliate(t, a.db))
	s, _ := a.open(t, `{}`, token)
	for i := range 4 {
		s.subscribe(fmt.Sprint(i), watchAll)
	}
	if f := s.next(); f.ID != "3" || f.Type != "error" || !strings.Contains(string(f.Payload), "RATE_LIMITED") {
		t.Errorf("the fourth: %v %s", f, f.Payload)
	}
	s.send(frame{ID: "0", Type: "complete"})
	pgtest.Until(t, patience, "there is room again", func() bool {
		s.subscribe("again", "{ instance { version } }")
		f := s.next()
		if f.Type == "next" {
			f = s.next()
		}
		return f.Type == "complete"
	})
	second, _ := a.open(t, `{}`, token)
	third := a.bare(t, modern, token)
	if code, _ := third.end(); code != 1013 {
		t.Errorf("the third socket: %d", code)
	}
	byInit, _ := a.open(t, fmt.Sprintf(`{"authorization": %q}`, http.Header(token).Get("Authorization")))
	if code, _ := byInit.end(); code != 1013 {
		t.Errorf("the third socket, signed in later: %d", code)
	}
	if _, ack := a.open(t, `{}`, a.affiliate(t, pgtest.Affiliate(t, a.db))); ack.Type != "connection_ack" {
		t.Errorf("somebody else's: %v", ack)
	}
	must(t, second.conn.Close())
	pgtest.Until(t, patience, "its place is free", func() bool {
		_, ack := a.open(t, `{}`, token)
		return ack.Type == "connection_ack"
	})
}

// An operation that its client has completed sends nothing more, and its id is free at once.
func TestAnIDIsFreeOnceItIsComplete(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	s, _ := a.open(t, `{}`, a.affiliate(t, pgtest.Affiliate(t, a.db)))
	for i := range 200 {
		s.subscribe("1", watchAll)
		s.send(frame{ID: "1", Type: "complete"})
		s.subscribe("1", fmt.Sprintf("{ i%d: instance { version } }", i))
		if f := s.next(); f.Type != "next" || !strings.Contains(string(f.Payload), fmt.Sprintf("i%d", i)) {
			t.Fatalf("%d: %v %s", i, f, f.Payload)
		}
		if f := s.next(); f.Type != "complete" || f.ID != "1" {
			t.Fatalf("%d: %v", i, f)
		}
	}
}

// Hostile sockets cost a bounded number of goroutines and operations while they are open, and
// nothing after.
func TestHostileSocketsCostLittle(t *testing.T) {
	a := newAPI(t, limits(stream.Limits{Operations: 10, Sockets: 5, Anonymous: 10}))
	token := a.affiliate(t, pgtest.Affiliate(t, a.db))
	before := runtime.NumGoroutine()
	const sockets, operations = 30, 100
	var open []*socket
	for i := range sockets {
		s := a.bare(t, modern, []who{token, nobody}[i%2])
		open = append(open, s)
		must(t, s.conn.WriteMessage(websocket.TextMessage, []byte(`{"type": "connection_init"}`)))
		for id := range operations {
			if s.conn.WriteJSON(frame{ID: fmt.Sprint(id), Type: "subscribe", Payload: json.RawMessage(`{"query": "` + watchAll + `"}`)}) != nil {
				break // it was refused
			}
		}
	}
	// 5 and 10 sockets with their connections, at most four goroutines each; 50
	// subscriptions, at most three each. A refused one may still wait for its close.
	most := before + 2*sockets + 15*4 + 50*3
	pgtest.Until(t, patience, "their goroutines are few", func() bool { return runtime.NumGoroutine() <= most })
	if n := runtime.NumGoroutine(); n > most {
		t.Errorf("%d goroutines, %d before", n, before)
	}
	for _, s := range open {
		_ = s.conn.Close()
	}
	pgtest.Until(t, patience, "nothing of them is left", func() bool {
		a.Client().CloseIdleConnections()
		return runtime.NumGoroutine() <= before+2 && !a.cfg.Deliveries.Watched()
	})
}

// A frame's announced length is neither waited for nor buffered: a message that will be too
// large closes the socket at the first frame that announces it, however it is fragmented.
func TestAMessageIsRefusedAsSoonAsItIsAnnounced(t *testing.T) {
	t.Parallel()
	a := newAPI(t, limits(stream.Limits{Message: 10_000}))
	const masked, text, more, last = 0x80, 0x01, 0x00, 0x80
	frame := func(first byte, length uint64, payload int) []byte {
		b := binary.BigEndian.AppendUint64([]byte{first, masked | 127}, length)
		return append(append(b, 0, 0, 0, 0), make([]byte, payload)...)
	}
	for name, sent := range map[string][][]byte{
		"beyond all bounds":  {frame(last|text, 1<<62, 0)},
		"a little too large": {frame(last|text, 10_001, 0)},
		"in pieces":          {frame(text, 9_000, 9_000), frame(more, 1_001, 0)},
		"after many pieces":  append([][]byte{frame(text, 0, 0)}, append(slices.Repeat([][]byte{frame(more, 100, 100)}, 99), frame(last|more, 101, 0))...),
	} {
		s := a.bare(t, modern)
		for _, f := range sent {
			_, err := s.conn.NetConn().Write(f)
			must(t, err)
		}
		if code, _ := s.end(); code != 1009 {
			t.Errorf("%s: %d", name, code)
		}
	}
}
