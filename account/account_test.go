package account_test

import (
	"cmp"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"postrider/account"
	"postrider/ent"
	"postrider/ent/db"
	_ "postrider/ent/db/runtime" // ent's privacy rules
	"postrider/internal/ids"
	"postrider/internal/problem"
	"postrider/internal/secret"
	"postrider/internal/viewer"
	"postrider/pgtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const password = "correct horse battery"

// world is an installation with one affiliate and a fixed clock.
type world struct {
	t         *testing.T
	accounts  *account.Accounts
	client    *db.Client
	system    context.Context
	affiliate *db.Affiliate
	hasher    *secret.Hasher

	mu  sync.Mutex
	now time.Time
}

func setup(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, now: time.Date(2026, 6, 12, 10, 0, 0, 0, time.UTC), hasher: secret.NewHasher()}
	database := pgtest.New(t)
	w.client = ent.NewClient(database.SQL)
	w.accounts = account.New(account.Params{
		DB: database.SQL, Client: w.client, Log: slog.New(slog.DiscardHandler), Secure: true, Now: w.clock, RecheckEvery: time.Millisecond,
		Secrets: pgtest.Key(t), Hasher: w.hasher,
		ClientAddr: func(ctx context.Context) netip.Addr { addr, _ := ctx.Value(addrKey{}).(netip.Addr); return addr },
	})
	w.system = viewer.AsSystem(t.Context())
	var err error
	w.affiliate, err = w.client.Affiliate.Create().SetName("Acme").SetEchoKey("acme").SetCreatedAt(w.now).Save(w.system)
	must(t, err)
	return w
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) wait(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

func (w *world) user(email string, role viewer.Role) *db.User {
	w.t.Helper()
	n := account.NewUser{Email: email, Password: password, Role: role}
	if role == viewer.Affiliate {
		n.AffiliateID = ids.Affiliate(w.affiliate.ID)
	}
	u, err := w.accounts.CreateUser(w.system, n)
	must(w.t, err)
	return u
}

type addrKey struct{}

// browser sends requests through the middleware and keeps its cookies.
type browser struct {
	w      *world
	addr   string // 203.0.113.9 if empty
	cookie string // of its session
	device string // by which it is recognised
}

// do runs fn inside a request; headers are "Name: value".
func (b *browser) do(method string, fn func(ctx context.Context), headers ...string) *http.Response {
	b.w.t.Helper()
	handler := b.w.accounts.Middleware(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { fn(r.Context()) }))
	r := httptest.NewRequest(method, "/graphql", nil)
	r.Header.Set("Cookie", strings.Trim(b.cookie+"; "+b.device, "; "))
	r = r.WithContext(context.WithValue(r.Context(), addrKey{}, netip.MustParseAddr(cmp.Or(b.addr, "203.0.113.9"))))
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		r.Header.Set(name, value)
	}
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, r)
	for _, cookie := range answer.Result().Cookies() {
		if strings.Contains(cookie.Name, "device") {
			b.device = cookie.Name + "=" + cookie.Value
			continue
		}
		b.cookie = cookie.Name + "=" + cookie.Value
		if cookie.MaxAge < 0 {
			b.cookie = ""
		}
	}
	return answer.Result()
}

func (b *browser) signIn(email, pass string) (v *viewer.Viewer, err error) {
	b.w.t.Helper()
	b.do(http.MethodPost, func(ctx context.Context) { v, err = b.w.accounts.SignIn(ctx, email, pass) })
	return v, err
}

func (b *browser) viewer(headers ...string) (v *viewer.Viewer) {
	b.w.t.Helper()
	b.do(http.MethodGet, func(ctx context.Context) { v = viewer.From(ctx) }, headers...)
	return v
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantCode(t *testing.T, err error, code problem.Code) {
	t.Helper()
	if problem.CodeOf(err) != code {
		t.Fatalf("got %v, want the code %q", err, code)
	}
}

func readError(t *testing.T, res *http.Response) (code string) {
	t.Helper()
	text, err := io.ReadAll(res.Body)
	must(t, err)
	var answer struct {
		Errors []struct {
			Extensions struct{ Code string }
		}
	}
	must(t, json.Unmarshal(text, &answer))
	return answer.Errors[0].Extensions.Code
}
