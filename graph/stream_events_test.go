package graph_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"postrider/graph/stream"
	"postrider/internal/globalid"
	"postrider/internal/problem"
	"postrider/internal/viewer"
	"postrider/pgtest"
)

// eventSource opens a stream as a browser's EventSource does.
func (a *api) eventSource(t testing.TB, query string, headers ...who) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, a.URL+"?"+url.Values{"query": {query}}.Encode(), nil)
	must(t, err)
	r.Header.Set("Accept", "text/event-stream")
	for _, w := range headers {
		w.apply(r)
	}
	res, err := a.Client().Do(r)
	must(t, err)
	t.Cleanup(func() { _ = res.Body.Close() })
	return res
}

// event reads the next event of a stream; false at its end.
func event(lines *bufio.Scanner) (name, data string, ok bool) {
	for lines.Scan() {
		switch field, value, _ := strings.Cut(lines.Text(), ":"); field {
		case "event":
			name = strings.TrimSpace(value)
		case "data":
			data = strings.TrimSpace(value)
		}
		if lines.Text() == "" && name != "" {
			return name, data, true
		}
	}
	return "", "", false
}

func TestEventSourceWatches(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	s := pgtest.NewScene(t, a.db)
	u := a.user(t, viewer.Affiliate, s.Affiliate)
	own := pgtest.Delivery(t, a.db, s.Conversion(t, a.db).ID, pgtest.Postback(t, a.db, s.Affiliate, "https://tracker.example/"))
	for name, by := range map[string]who{"a cookie": a.session(t, u.Email), "a token": a.token(t, u.Email)} {
		res := a.eventSource(t, "subscription { deliveryUpdated(hello: true) { delivery { id } } }", by)
		if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "text/event-stream" || res.Header.Get("X-Accel-Buffering") != "no" {
			t.Fatalf("%s: %d %v", name, res.StatusCode, res.Header)
		}
		lines := bufio.NewScanner(res.Body)
		if event, data, _ := event(lines); event != "next" || !strings.Contains(data, "null") {
			t.Errorf("%s: hello is %s %s", name, event, data)
		}
		a.cfg.Deliveries.Publish(own)
		if event, data, _ := event(lines); event != "next" || !strings.Contains(data, own.GlobalID()) {
			t.Errorf("%s: %s %s", name, event, data)
		}
		_ = res.Body.Close()
		pgtest.Until(t, patience, "its work ends with the client", func() bool { return !a.cfg.Deliveries.Watched() })
	}
	// A query is complete once it is answered.
	res := a.eventSource(t, "{ instance { version } }")
	text, err := io.ReadAll(res.Body)
	must(t, err)
	if !strings.HasSuffix(string(text), "event: complete\ndata:\n\n") || strings.Count(string(text), "event: next\n") != 1 {
		t.Errorf("%q", text)
	}
}

// A request that is not a stream is answered with a status that stops EventSource from
// reconnecting; and nothing is changed by GET.
func TestEventSourceIsRefusedForGood(t *testing.T) {
	t.Parallel()
	a := newAPI(t, limits(stream.Limits{Events: 1}))
	u := a.user(t, viewer.Affiliate, pgtest.Affiliate(t, a.db))
	session := a.session(t, u.Email)
	busy := a.eventSource(t, watchAll, session)
	for name, tc := range map[string]struct {
		query  string
		by     []who
		status int
		code   string
	}{
		"nobody":              {watchAll, nil, http.StatusUnauthorized, "UNAUTHENTICATED"},
		"nonsense":            {"subscription {", nil, http.StatusBadRequest, "GRAPHQL_PARSE_FAILED"},
		"an unknown field":    {"{ nonsense }", nil, http.StatusBadRequest, "GRAPHQL_VALIDATION_FAILED"},
		"a mutation":          {"mutation { signOut { userErrors { message } } }", nil, http.StatusMethodNotAllowed, "METHOD_NOT_ALLOWED"},
		"another site's page": {watchAll, []who{{"Origin": {"https://evil.example"}}, session}, http.StatusForbidden, "FORBIDDEN"},
		"one stream too many": {watchAll, []who{session}, http.StatusTooManyRequests, "RATE_LIMITED"},
	} {
		res := a.eventSource(t, tc.query, tc.by...)
		text, err := io.ReadAll(res.Body)
		must(t, err)
		if res.StatusCode != tc.status || !strings.Contains(string(text), `"`+tc.code+`"`) || strings.HasPrefix(res.Header.Get("Content-Type"), "text/event-stream") {
			t.Errorf("%s: %d %s", name, res.StatusCode, text)
		}
		if tc.status == http.StatusTooManyRequests && res.Header.Get("Retry-After") == "" {
			t.Errorf("%s: not said when to come back", name)
		}
	}
	_ = busy.Body.Close()
}

// A stream whose session or token has ended sends an error; neither that one nor one that the
// server ends is complete: clients reconnect.
func TestAStreamThatIsEndedIsNotComplete(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	u := a.user(t, viewer.Affiliate, pgtest.Affiliate(t, a.db))
	open := func(t *testing.T) *bufio.Scanner {
		lines := bufio.NewScanner(a.eventSource(t, "subscription { deliveryUpdated(hello: true) { resync } }", a.token(t, u.Email)).Body)
		if name, _, _ := event(lines); name != "next" {
			t.Fatal("no hello")
		}
		return lines
	}
	t.Run("the sign-in", func(t *testing.T) {
		lines := open(t)
		_, err := a.db.SQL.ExecContext(t.Context(), `UPDATE api_tokens SET revoked_at = now()`)
		must(t, err)
		if name, data, _ := event(lines); name != "next" || !strings.Contains(data, `"UNAUTHENTICATED"`) {
			t.Errorf("%s %s", name, data)
		}
		if name, data, ok := event(lines); ok {
			t.Errorf("%s %s", name, data)
		}
	})
	t.Run("the server", func(t *testing.T) {
		stopping, stop := context.WithCancel(t.Context())
		handler := a.Config.Handler
		a.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			ctx, cancel := context.WithCancel(r.Context())
			defer cancel()
			defer context.AfterFunc(stopping, cancel)()
			handler.ServeHTTP(w, r.WithContext(ctx))
		})
		server := httptest.NewServer(a.Config.Handler)
		defer server.Close()
		other := *a
		other.Server = server
		token := a.token(t, u.Email)
		lines := bufio.NewScanner(other.eventSource(t, "subscription { deliveryUpdated(hello: true) { resync } }", token).Body)
		if name, _, _ := event(lines); name != "next" {
			t.Fatal("no hello")
		}
		s, _ := other.open(t, `{}`, token)
		s.subscribe("1", "subscription { deliveryUpdated(hello: true) { resync } }")
		if f := s.next(); f.Type != "next" {
			t.Fatalf("%v", f)
		}
		stop()
		if name, data, ok := event(lines); ok {
			t.Errorf("%s %s", name, data)
		}
		if code, read := s.end(); code != 1012 || len(read) != 0 {
			t.Errorf("%d after %v", code, read)
		}
	})
}

// A subscription over a single-response transport is refused, with where to send it instead.
func TestASubscriptionNeedsAStream(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	token := a.affiliate(t, pgtest.Affiliate(t, a.db))
	for accept, status := range map[string]int{
		"": http.StatusOK, "application/json": http.StatusOK, "application/graphql-response+json": http.StatusBadRequest,
		"application/json, text/event-stream": http.StatusOK,
	} {
		for name, res := range map[string]*response{
			"POST": a.post(t, who{"Authorization": token["Authorization"], "Accept": {accept}}, watchAll, nil),
			"GET":  a.getAs(t, accept, token, watchAll),
		} {
			if res.status != status || len(res.Errors) != 1 || res.Errors[0].Extensions["code"] != string(problem.CodeStreamRequired) || !strings.Contains(res.body, "text/event-stream") {
				t.Errorf("%s, Accept: %s: %d %s", name, accept, res.status, res.body)
			}
		}
	}
}

func (a *api) getAs(t testing.TB, accept string, w who, query string) *response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, a.URL+"?"+url.Values{"query": {query}}.Encode(), nil)
	must(t, err)
	w.apply(r)
	r.Header.Set("Accept", accept)
	return a.do(t, r)
}

// Staff who view as an affiliate do so on a socket too, whenever they authenticate on it, and
// change nothing, not even their own settings.
func TestLookingHoldsOnEverySocket(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	affiliate := pgtest.Affiliate(t, a.db)
	manager := a.user(t, viewer.Manager, 0)
	token := a.token(t, manager.Email)
	init := fmt.Sprintf(`{"authorization": %q}`, http.Header(token).Get("Authorization"))
	looking := who{"X-Postrider-View-As": {globalid.Int("Affiliate", affiliate)}}
	for name, s := range map[string]*socket{
		"signed in by its header": first(a.open(t, `{}`, token, looking)),
		"signed in by its init":   first(a.open(t, init, looking)),
		"signed in by its cookie": first(a.open(t, `{}`, a.session(t, manager.Email), looking)),
		"signed in by both":       first(a.open(t, init, a.session(t, manager.Email), looking)),
	} {
		s.subscribe("1", "{ viewer { role looking } staff { email } }")
		if f := s.next(); !strings.Contains(string(f.Payload), "FORBIDDEN") {
			t.Errorf("%s it sees the staff: %s", name, f.Payload)
		}
		for id, change := range map[string]string{
			"2": `createAffiliate(input: {name: "x"}) { affiliate { id } }`,
			"3": fmt.Sprintf(`changePassword(input: {currentPassword: %q, newPassword: "another password of mine"}) { userErrors { message } }`, password),
			"4": `updateSettings(input: {timeZone: "Europe/Riga"}) { userErrors { message } }`,
			"5": `createApiToken(input: {name: "x"}) { secret userErrors { message } }`,
		} {
			s.subscribe(id, "mutation { "+change+" }")
			f := s.next()
			for f.ID != id || f.Type == "complete" {
				f = s.next()
			}
			if !strings.Contains(string(f.Payload), "FORBIDDEN") {
				t.Errorf("%s it changes something: %s", name, f.Payload)
			}
		}
	}
	s := a.bare(t, modern, looking)
	must(t, s.conn.WriteJSON(frame{Type: "connection_init", Payload: []byte(fmt.Sprintf(`{"authorization": %q}`, http.Header(a.affiliate(t, affiliate)).Get("Authorization")))}))
	if code, _ := s.end(); code != 4403 {
		t.Errorf("an affiliate looks as another: %d", code)
	}
}

func first(s *socket, _ frame) *socket { return s }

// Writes to a client that does not read time out, and its stream ends.
func TestAnEventStreamThatNobodyReadsEnds(t *testing.T) {
	t.Parallel()
	a := newAPI(t, limits(stream.Limits{WriteTimeout: 50 * time.Millisecond}))
	s := pgtest.NewScene(t, a.db)
	own := padded(pgtest.Delivery(t, a.db, s.Conversion(t, a.db).ID, pgtest.Postback(t, a.db, s.Affiliate, "https://tracker.example/")))
	var many bytes.Buffer
	for i := range 50 {
		fmt.Fprintf(&many, "u%d: url ", i)
	}
	a.eventSource(t, "subscription { deliveryUpdated { delivery { "+many.String()+" } } }", a.affiliate(t, s.Affiliate))
	pgtest.Until(t, patience, "it watches", a.cfg.Deliveries.Watched)
	pgtest.Until(t, patience, "it watches no more", func() bool {
		a.cfg.Deliveries.Publish(own, own, own, own)
		return !a.cfg.Deliveries.Watched()
	})
}
