package graph_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"postrider/graph"
	"postrider/internal/globalid"
	"postrider/internal/problem"
	"postrider/internal/viewer"
	"postrider/pgtest"
)

const (
	plainJSON    = "application/json"
	responseJSON = "application/graphql-response+json"
)

// httpRefusal is a request that is refused, with what: the statuses in either media type, and the code.
type httpRefusal struct {
	request         func(accept string) *http.Request
	plain, response int
	code            problem.Code
}

// httpSecret is in bodies that are refused, and in no answer.
const httpSecret = "hunter2"

func httpRefusals(t *testing.T) map[string]httpRefusal {
	t.Helper()
	post := func(body string) func(string) *http.Request {
		return func(accept string) *http.Request {
			r := httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader(body))
			r.Header.Set("Content-Type", plainJSON)
			r.Header.Set("Accept", accept)
			return r
		}
	}
	with := func(r func(string) *http.Request, change func(*http.Request)) func(string) *http.Request {
		return func(accept string) *http.Request {
			made := r(accept)
			change(made)
			return made
		}
	}
	header := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	method := func(name string) func(*http.Request) { return func(r *http.Request) { r.Method = name } }
	get := func(query string) func(string) *http.Request {
		return with(post(""), func(r *http.Request) {
			r.Method, r.URL.RawQuery, r.Body = http.MethodGet, query, nil
		})
	}
	query := func(text string) func(string) *http.Request {
		body, err := json.Marshal(map[string]any{"query": text})
		must(t, err)
		return post(string(body))
	}
	const secret = httpSecret
	return map[string]httpRefusal{
		"no JSON":                        {post(`{"query": "` + secret), 400, 400, problem.CodeBadRequest},
		"a list of operations":           {post(`[{"query": "{ viewer { role } }"}]`), 400, 400, problem.CodeBadRequest},
		"two values":                     {post(`{"query": "{ viewer { role } }"} {"secret": "` + secret + `"}`), 400, 400, problem.CodeBadRequest},
		"nothing":                        {post(``), 400, 400, problem.CodeBadRequest},
		"no query":                       {post(`{"password": "` + secret + `"}`), 400, 400, problem.CodeBadRequest},
		"a query that is no text":        {post(`{"query": {"` + secret + `": 1}}`), 400, 400, problem.CodeBadRequest},
		"variables that are a list":      {post(`{"query": "{ viewer { role } }", "variables": ["` + secret + `"]}`), 400, 400, problem.CodeBadRequest},
		"syntax":                         {query("{ viewer("), 200, 400, problem.CodeParseFailed},
		"an unknown field":               {query("{ nonsense }"), 200, 400, problem.CodeValidationFailed},
		"a variable of another type":     {post(`{"query": "query($n: Int) { offers(first: $n) { edges { cursor } } }", "variables": {"n": "` + secret + `"}}`), 200, 400, problem.CodeValidationFailed},
		"an operation that is not there": {post(`{"query": "query A { viewer { role } }", "operationName": "B"}`), 200, 400, problem.CodeValidationFailed},
		"too deep":                       {query(strings.Repeat("{ viewer ", 1) + "{ affiliate " + strings.Repeat("{ tracker ", 20) + strings.Repeat("}", 22)), 200, 400, problem.CodeValidationFailed},
		"too much":                       {query("{" + strings.Repeat("x: instance { version } ", 60) + "}"), 200, 400, problem.CodeLimitExceeded},
		"a subscription":                 {query("subscription { deliveryUpdated { at } }"), 200, 400, problem.CodeStreamRequired},
		"a hash that nobody knows":       {post(`{"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "ab"}}}`), 200, 400, problem.CodePersistedQueryNotFound},
		"a hash of another version":      {post(`{"query": "{ viewer { role } }", "extensions": {"persistedQuery": {"version": 7, "sha256Hash": "ab"}}}`), 200, 400, problem.CodeBadRequest},
		"a form":                         {with(post("query="+secret), header("Content-Type", "application/x-www-form-urlencoded")), 415, 415, problem.CodeUnsupportedMediaType},
		"no content type":                {with(post("{}"), func(r *http.Request) { r.Header.Del("Content-Type") }), 415, 415, problem.CodeUnsupportedMediaType},
		"another charset":                {with(post("{}"), header("Content-Type", plainJSON+"; charset=iso-8859-1")), 415, 415, problem.CodeUnsupportedMediaType},
		"a mutation by GET":              {get(url.Values{"query": {"mutation { signOut { userErrors { code } } }"}}.Encode()), 405, 405, problem.CodeMethodNotAllowed},
		"no query by GET":                {get(""), 400, 400, problem.CodeBadRequest},
		"variables by GET":               {get(url.Values{"query": {"{ viewer { role } }"}, "variables": {secret}}.Encode()), 400, 400, problem.CodeBadRequest},
		"another method":                 {with(query("{ viewer { role } }"), method(http.MethodPut)), 405, 405, problem.CodeMethodNotAllowed},
		"too long":                       {post(`{"query": "` + strings.Repeat(" ", 300<<10) + `"}`), 413, 413, problem.CodeLimitExceeded},
		"a handshake that is none":       {with(get(""), func(r *http.Request) { r.Header.Set("Upgrade", "websocket"); r.Header.Set("Connection", "upgrade") }), 400, 400, problem.CodeBadRequest},
		"a token that is none":           {with(query("{ viewer { role } }"), header("Authorization", "Bearer prt_"+secret)), 401, 401, problem.CodeUnauthenticated},
	}
}

// What is refused is refused with GraphQL's JSON, in the media type that was asked for, with the
// status of the specification and a code; without data if nothing was executed.
func TestEveryRefusalIsAResponseOfGraphQL(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	token := a.affiliate(t, pgtest.Affiliate(t, a.db))
	for name, tc := range httpRefusals(t) {
		for accept, status := range map[string]int{"": tc.plain, plainJSON: tc.plain, "*/*": tc.plain, responseJSON: tc.response, plainJSON + ";q=0.5, " + responseJSON: tc.response} {
			r := tc.request(accept)
			if r.Header.Get("Authorization") == "" {
				token.apply(r)
			}
			r.Header.Set("X-Request-Id", "test-1")
			answer := httptest.NewRecorder()
			a.Config.Handler.ServeHTTP(answer, r)
			text := answer.Body.String()
			var res struct {
				response
				Data json.RawMessage
			}
			if err := json.Unmarshal([]byte(text), &res); err != nil || answer.Code != status || len(res.Errors) == 0 || res.Errors[0].Extensions["code"] != string(tc.code) {
				t.Errorf("%s, Accept: %s: %d %s", name, accept, answer.Code, text)
				continue
			}
			if res.Data != nil || strings.Contains(text, `"data"`) || res.Extensions["requestId"] != "test-1" || strings.Contains(text, httpSecret) {
				t.Errorf("%s, Accept: %s: %s", name, accept, text)
			}
			res.isWhole(t)
			if media := answer.Header().Get("Content-Type"); status != http.StatusUnauthorized && strings.Contains(media, responseJSON) != strings.HasSuffix(accept, responseJSON) {
				t.Errorf("%s, Accept: %s: it is %s", name, accept, media)
			}
			if allow := answer.Header().Get("Allow"); name == "a mutation by GET" && allow != http.MethodPost || (status == http.StatusMethodNotAllowed) != (allow != "") {
				t.Errorf("%s: allows %q", name, allow)
			}
		}
	}
}

// A request whose body does not arrive is told so, in JSON.
func TestABodyThatStallsIsATimeout(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	s := httptest.NewUnstartedServer(a.Config.Handler)
	s.Config.ReadTimeout = 50 * time.Millisecond
	s.Start()
	defer s.Close()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", s.Listener.Addr().String())
	must(t, err)
	defer conn.Close()
	_, err = fmt.Fprintf(conn, "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{")
	must(t, err)
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	must(t, err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	must(t, err)
	if res.StatusCode != http.StatusRequestTimeout || !strings.Contains(string(text), `"code":"REQUEST_TIMEOUT"`) || !res.Close {
		t.Errorf("%d %s, closed: %v", res.StatusCode, text, res.Close)
	}
}

// Whoever asks too fast is told when to come back, in either media type.
func TestTooFastIsSaidWithWhenToComeBack(t *testing.T) {
	t.Parallel()
	a := newAPI(t, func(cfg *graph.Config) {
		cfg.Allowances = graph.Allowances{Users: 100, Now: func() time.Time { return pgtest.Now }}
	})
	token := a.affiliate(t, pgtest.Affiliate(t, a.db))
	for i := range 40 {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, a.URL, strings.NewReader(fmt.Sprintf(`{"query": "{ a%d: viewer { role } }"}`, i)))
		must(t, err)
		r.Header.Set("Content-Type", plainJSON)
		token.apply(r)
		res, err := a.Client().Do(r)
		must(t, err)
		text, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		must(t, err)
		if res.StatusCode == http.StatusOK {
			continue
		}
		if res.StatusCode != http.StatusTooManyRequests || res.Header.Get("Retry-After") != "1" || !strings.Contains(string(text), `"retryAfter":1`) {
			t.Errorf("%d, Retry-After: %s, %s", res.StatusCode, res.Header.Get("Retry-After"), text)
		}
		return
	}
	t.Error("it never was too fast")
}

// The enum has every code that a problem can have, and no other.
func TestErrorCodesAreTheEnum(t *testing.T) {
	t.Parallel()
	var enum []string
	for _, v := range graph.Schema(&graph.Resolver{}).Schema().Types["ErrorCode"].EnumValues {
		enum = append(enum, v.Name)
		if v.Description == "" {
			t.Errorf("%s is not described", v.Name)
		}
	}
	var codes []string
	for _, code := range problem.Codes() {
		codes = append(codes, string(code))
	}
	slices.Sort(enum)
	slices.Sort(codes)
	if !slices.Equal(enum, codes) {
		t.Errorf("the enum has %q, problems %q", enum, codes)
	}
}

// What an operation costs, and may cost, is said with its answer.
func TestAnAnswerSaysWhatItCosts(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	token := a.affiliate(t, pgtest.Affiliate(t, a.db))
	cost := func(query string) (requested float64) {
		res := a.ask(t, token, query, nil)
		said, ok := res.Extensions["cost"].(map[string]any)
		if !ok || said["max"] != float64(graph.Limits()["cost"]) {
			t.Fatalf("%s", res.body)
		}
		requested, _ = said["requested"].(float64)
		return requested
	}
	small, large := cost("{ viewer { role } }"), cost("{ deliveries(first: 100) { edges { node { id } } } }")
	if small != 2 || large < 100 {
		t.Errorf("%v and %v", small, large)
	}
}

// The positions of a template's errors count as JavaScript does, and come with the mutation too.
func TestTemplateErrorsKeepTheirPositions(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	token := a.affiliate(t, pgtest.Affiliate(t, a.db))
	const template = "https://t.example/?🎲={nonsense}&b={click_id|nothing}"
	res := a.ask(t, token, `mutation($t: String!) { createPostback(input: {scope: GLOBAL, goals: ["ftd"], urlTemplate: $t, name: "\u0001"}) {
		userErrors { field message code start end } } }`, vars{"t": template})
	var parts []string
	for _, e := range res.at(t, "createPostback", "userErrors").([]any) {
		shown := e.(map[string]any)
		if shown["start"] == nil {
			continue
		}
		from, to := int(shown["start"].(float64)), int(shown["end"].(float64))
		parts = append(parts, utf16Part(template, from, to))
		if shown["code"] != "INVALID" || fmt.Sprint(shown["field"]) != "[urlTemplate]" {
			t.Errorf("%v", shown)
		}
	}
	if want := []string{"{nonsense}", "nothing"}; !slices.Equal(parts, want) {
		t.Errorf("about %q, want %q: %s", parts, want, res.body)
	}
	preview := a.ask(t, token, `query($t: String!) { previewPostback(urlTemplate: $t) { errors { start end } } }`, vars{"t": template})
	for i, e := range preview.at(t, "previewPostback", "errors").([]any) {
		shown := e.(map[string]any)
		if part := utf16Part(template, int(shown["start"].(float64)), int(shown["end"].(float64))); part != parts[i] {
			t.Errorf("the preview says %q, the mutation %q", part, parts[i])
		}
	}
}

func utf16Part(text string, from, to int) string {
	return string(utf16.Decode(utf16.Encode([]rune(text))[from:to]))
}

// Staff who view as an affiliate are shown that affiliate as theirs, and its echo tracker.
func TestLookingShowsTheAffiliateAsTheViewers(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	s := pgtest.NewScene(t, a.db)
	manager := a.token(t, a.user(t, viewer.Manager, 0).Email)
	own := a.affiliate(t, s.Affiliate)
	const query = "{ viewer { role looking affiliate { id } echoUrl } }"
	if res := a.ask(t, manager, query, nil); res.at(t, "viewer", "affiliate") != nil || res.at(t, "viewer", "echoUrl") != nil {
		t.Errorf("staff: %s", res.body)
	}
	looking := who{"Authorization": manager["Authorization"], "X-Postrider-View-As": {globalid.Int("Affiliate", s.Affiliate)}}
	theirs, shown := a.ask(t, own, query, nil), a.ask(t, looking, query, nil)
	for _, field := range []string{"echoUrl", "role"} {
		if got, want := shown.at(t, "viewer", field), theirs.at(t, "viewer", field); got != want || got == nil {
			t.Errorf("%s is %v, want %v", field, got, want)
		}
	}
	if shown.at(t, "viewer", "affiliate", "id") != globalid.Int("Affiliate", s.Affiliate) || shown.at(t, "viewer", "looking") != true {
		t.Errorf("%s", shown.body)
	}
}

// The schema is there for everybody, and is not sent again to whoever has it.
func TestTheSchemaIsServed(t *testing.T) {
	t.Parallel()
	get := func(etag string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, "/schema.graphql", nil)
		r.Header.Set("If-None-Match", etag)
		answer := httptest.NewRecorder()
		graph.SDL().ServeHTTP(answer, r)
		return answer
	}
	whole := get("")
	if etag := whole.Header().Get("ETag"); whole.Code != http.StatusOK || !strings.Contains(whole.Body.String(), "enum ErrorCode") || get(etag).Code != http.StatusNotModified || get(`"x"`).Code != http.StatusOK {
		t.Errorf("%d, ETag %s", whole.Code, etag)
	}
}
