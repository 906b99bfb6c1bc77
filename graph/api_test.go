package graph_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"postrider/account"
	"postrider/dispatch"
	"postrider/ent/db"
	"postrider/graph"
	"postrider/graph/gen"
	"postrider/idempotency"
	"postrider/intake"
	"postrider/internal/problem"
	"postrider/internal/requestid"
	"postrider/internal/secret"
	"postrider/internal/viewer"
	"postrider/jobs"
	"postrider/landing"
	"postrider/pgtest"
	"postrider/report"
	"postrider/setup"
	"postrider/testfire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// api is the API over a database of its own, behind a real HTTP server.
type api struct {
	*httptest.Server

	db  *pgtest.DB
	cfg graph.Config
	log *logged
}

// publicURL is the public URL in tests.
const publicURL = "https://links.example"

// newAPI starts the API; options change its configuration.
func newAPI(t testing.TB, options ...func(*graph.Config)) *api {
	t.Helper()
	d := pgtest.New(t)
	pool := d.Pool(t)
	a := &api{db: d, log: &logged{}}
	log, now, client := slog.New(slog.NewTextHandler(a.log, nil)), func() time.Time { return pgtest.Now }, d.Client()
	crossings := &report.Crossings{DB: viewer.NewScoped(d.SQL), Now: now}
	gaps := &report.Gaps{DB: viewer.NewScoped(d.SQL), Now: now}
	in := intake.New(intake.Config{DB: d.SQL, Enqueuer: jobs.Enqueuer{}, Secrets: pgtest.Key(t), Now: now, Log: log})
	a.cfg = graph.Config{
		Client: client,
		Accounts: account.New(account.Params{
			DB: d.SQL, Client: client, Log: log, Now: now, RecheckEvery: 10 * time.Millisecond,
			ClientAddr: func(context.Context) netip.Addr { return netip.Addr{} },
		}),
		Setup: setup.New(setup.Config{
			DB: d.SQL, Guard: dispatch.NewGuard(dispatch.GuardOptions{Ports: []uint16{80, 443}}), Secrets: pgtest.Key(t),
			PublicURL: publicURL, Now: now, Changed: in.Forget,
		}),
		Intake:       in,
		Health:       &report.Health{DB: viewer.NewScoped(d.SQL), Now: now},
		Progress:     &report.Progress{DB: viewer.NewScoped(d.SQL)},
		Home:         &report.Home{DB: viewer.NewScoped(d.SQL), Now: now},
		Gaps:         gaps,
		Crossings:    crossings,
		Attention:    &report.Attention{DB: viewer.NewScoped(d.SQL), Gaps: gaps, Crossings: crossings, Now: now},
		Replayer:     jobs.Replayer{Pool: pool.Pgx, Now: now},
		Hubs:         graph.NewHubs(),
		Feeds:        graph.NewFeeds(d.SQL, 90*24*time.Hour),
		Secrets:      pgtest.Key(t),
		Keys:         idempotency.New(idempotency.Config{DB: d.SQL, Secrets: pgtest.Key(t), Now: now}),
		Installation: gen.Instance{Version: "test", PublicURL: publicURL, DemoUsers: []*gen.DemoUser{}},
		Log:          log,
		Now:          now,
		LookEvery:    time.Millisecond,
	}
	sender := dispatch.NewClient(dispatch.ClientOptions{Guard: dispatch.NewGuard(dispatch.GuardOptions{AllowPrivate: true}), Now: now})
	t.Cleanup(sender.Close)
	a.cfg.Tester = testfire.New(testfire.Config{DB: d.SQL, Rows: client, Sender: sender, Secrets: pgtest.Key(t), Now: now})
	a.cfg.Target = graph.NewTarget(dispatch.Probe{Guard: dispatch.NewGuard(dispatch.GuardOptions{Ports: []uint16{80, 443}})}, a.cfg.Tester.AllowLook, now)
	a.cfg.Landing = &landing.Checker{DB: d.SQL, Sender: sender, Now: now}
	for _, o := range options {
		o(&a.cfg)
	}
	a.Server = httptest.NewServer(identified(a.cfg.Accounts.Middleware(graph.Handler(a.cfg))))
	t.Cleanup(func() {
		a.CloseClientConnections()
		a.Close()
	})
	return a
}

// identified gives requests their ids, as the server does.
func identified(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r.WithContext(requestid.With(r.Context(), requestid.Of(r.Header.Get(requestid.Header)))))
	})
}

// logged records what was logged.
type logged struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// who is a user's authentication: headers of a request.
type who http.Header

func (w who) apply(r *http.Request) {
	maps.Copy(r.Header, w)
}

var nobody = who{}

func bearer(token string) who { return who{"Authorization": {"Bearer " + token}} }

// password is every test user's.
const password = "correct horse battery staple"

var passwordHash = sync.OnceValues(func() (string, error) { return secret.HashPassword(context.Background(), password) })

// user creates a user and returns the e-mail address.
func (a *api) user(t testing.TB, role viewer.Role, affiliateID int64, options ...func(*db.UserCreate)) *db.User {
	t.Helper()
	hash, err := passwordHash()
	must(t, err)
	id := pgtest.User(t, a.db, role, affiliateID, append(options, func(c *db.UserCreate) { c.SetPasswordHash(hash) })...)
	u, err := a.db.Client().User.Get(pgtest.System(t), id)
	must(t, err)
	return u
}

// session signs a user in as a browser does.
func (a *api) session(t testing.TB, email string) who {
	t.Helper()
	const signIn = `mutation($e: String!, $p: String!) { signIn(input: {email: $e, password: $p}) { viewer { role } userErrors { message } } }`
	res := a.post(t, nobody, signIn, vars{"e": email, "p": password})
	if len(res.cookies) != 1 || len(res.Errors) > 0 {
		t.Fatalf("signing in as %s: %s", email, res.body)
	}
	return who{"Cookie": {res.cookies[0].Name + "=" + res.cookies[0].Value}}
}

// token creates an API token of a user; without scopes it has all of them.
func (a *api) token(t testing.TB, email string, scopes ...string) who {
	t.Helper()
	if scopes == nil {
		for _, s := range viewer.Scopes() {
			scopes = append(scopes, string(s))
		}
	}
	_, text, err := a.cfg.Accounts.CreateTokenFor(pgtest.System(t), email, account.NewToken{Name: "test", Scopes: scopes})
	must(t, err)
	return bearer(text)
}

// staff creates an admin with a token.
func (a *api) staff(t testing.TB) who {
	t.Helper()
	return a.token(t, a.user(t, viewer.Admin, 0).Email)
}

// affiliate creates an affiliate's user with a token.
func (a *api) affiliate(t testing.TB, affiliateID int64) who {
	t.Helper()
	return a.token(t, a.user(t, viewer.Affiliate, affiliateID).Email)
}

type vars map[string]any

// response is an answer of the API.
type response struct {
	Data   map[string]any
	Errors []struct {
		Message    string
		Path       []any
		Extensions map[string]any
	}
	Extensions map[string]any

	status  int
	body    string
	cookies []*http.Cookie
}

// refused reports whether the viewer was refused.
func (r *response) refused() bool {
	for _, e := range r.Errors {
		if code := e.Extensions["code"]; code == "FORBIDDEN" || code == "UNAUTHENTICATED" {
			return true
		}
	}
	return false
}

// at returns a value of the data by names of fields and positions in lists.
func (r *response) at(t testing.TB, path ...any) any {
	t.Helper()
	var v any = r.Data
	for _, step := range path {
		switch s := step.(type) {
		case string:
			m, ok := v.(map[string]any)
			if !ok {
				t.Fatalf("no %v of %v in %s", step, path, r.body)
			}
			v = m[s]
		case int:
			l, ok := v.([]any)
			if !ok || s >= len(l) {
				t.Fatalf("no %v of %v in %s", step, path, r.body)
			}
			v = l[s]
		}
	}
	return v
}

// post sends a query as w.
func (a *api) post(t testing.TB, w who, query string, v vars) *response {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "variables": v})
	must(t, err)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, a.URL, bytes.NewReader(body))
	must(t, err)
	r.Header.Set("Content-Type", "application/json")
	w.apply(r)
	return a.do(t, r)
}

// ask is post, and fails the test on any error.
func (a *api) ask(t testing.TB, w who, query string, v vars) *response {
	t.Helper()
	res := a.post(t, w, query, v)
	if len(res.Errors) > 0 {
		t.Fatalf("%s\n%s", query, res.body)
	}
	return res
}

func (a *api) do(t testing.TB, r *http.Request) *response {
	t.Helper()
	answer, err := a.Client().Do(r)
	must(t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	must(t, err)
	res := &response{status: answer.StatusCode, body: string(text), cookies: answer.Cookies()}
	if strings.Contains(answer.Header.Get("Content-Type"), "json") {
		must(t, json.Unmarshal(text, res))
		res.isWhole(t)
	}
	return res
}

// isWhole fails the test unless a response has what all have: the id of its request, and a code of
// the enum for each of its errors.
func (r *response) isWhole(t testing.TB) {
	t.Helper()
	if r.Extensions["requestId"] == nil {
		t.Errorf("no id of its request: %s", r.body)
	}
	for _, e := range r.Errors {
		code, _ := e.Extensions["code"].(string)
		if !slices.Contains(problem.Codes(), problem.Code(code)) {
			t.Errorf("the code %q is not in ErrorCode: %s", code, r.body)
		}
		if err := pgtest.Unreadable(e.Message); err != nil {
			t.Error(err)
		}
	}
	for _, message := range userMessages(r.Data) {
		if err := pgtest.Unreadable(message); err != nil {
			t.Error(err)
		}
	}
}

// userMessages returns the messages of userErrors, wherever they are in the data.
func userMessages(data any) (messages []string) {
	switch v := data.(type) {
	case map[string]any:
		for name, below := range v {
			if errs, ok := below.([]any); ok && name == "userErrors" {
				for _, e := range errs {
					if shown, ok := e.(map[string]any); ok && shown["message"] != nil {
						messages = append(messages, fmt.Sprint(shown["message"]))
					}
				}
			}
			messages = append(messages, userMessages(below)...)
		}
	case []any:
		for _, below := range v {
			messages = append(messages, userMessages(below)...)
		}
	}
	return messages
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
