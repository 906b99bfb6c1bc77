package landing_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"postrider/dispatch"
	"postrider/domain/tracking"
	"postrider/ent/db"
	"postrider/ent/db/destinationcheck"
	"postrider/ent/db/landingpage"
	"postrider/internal/installation"
	"postrider/landing"
	"postrider/pgtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// operator is an operator's server, and a Checker whose clock the test sets.
type operator struct {
	*httptest.Server
	t       *testing.T
	d       *pgtest.DB
	checker *landing.Checker

	mu       sync.Mutex
	now      time.Time
	status   int
	requests []string
}

func newOperator(t *testing.T, options dispatch.GuardOptions) *operator {
	t.Helper()
	o := &operator{t: t, d: pgtest.New(t), now: pgtest.Now, status: http.StatusOK}
	o.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.requests = append(o.requests, r.Method+" "+r.URL.RequestURI()+" "+r.Header.Get("X-Postrider-Delivery"))
		if to := r.URL.Query().Get("to"); to != "" {
			http.Redirect(w, r, to, http.StatusFound)
			return
		}
		w.WriteHeader(o.status)
	}))
	sender := dispatch.NewClient(dispatch.ClientOptions{Guard: dispatch.NewGuard(options)})
	o.checker = &landing.Checker{DB: o.d.SQL, Sender: sender, Now: func() time.Time { o.mu.Lock(); defer o.mu.Unlock(); return o.now }}
	t.Cleanup(func() { sender.Close(); o.Close() })
	return o
}

// private lets a test reach its own servers.
var private = dispatch.GuardOptions{AllowPrivate: true}

// offer creates an offer with a destination.
func (o *operator) offer(url string) int64 {
	o.t.Helper()
	id := pgtest.Offer(o.t, o.d)
	must(o.t, o.d.Client().Offer.UpdateOneID(id).SetDestinationURL(url).Exec(pgtest.System(o.t)))
	return id
}

func (o *operator) answers(status int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.status = status
}

// after lets time pass, and returns what was requested in the round then.
func (o *operator) after(d time.Duration) []string {
	o.t.Helper()
	o.mu.Lock()
	o.now, o.requests = o.now.Add(d), nil
	o.mu.Unlock()
	must(o.t, o.checker.Round(o.t.Context()))
	return o.requested()
}

func (o *operator) requested() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.requests)
}

func (o *operator) check(url string) *db.DestinationCheck {
	o.t.Helper()
	c, err := o.d.Client().DestinationCheck.Query().Where(destinationcheck.URL(url)).Only(pgtest.System(o.t))
	must(o.t, err)
	return c
}

// Each page of an active offer is requested once a day, filled in as a click would, however many
// offers share it; those of paused offers and those that are reserved for examples are not.
func TestPagesAreTriedDaily(t *testing.T) {
	t.Parallel()
	o := newOperator(t, private)
	shared := o.URL + "/join?cid={click_id}"
	first, paused := o.offer(shared), o.offer(o.URL+"/paused?cid={click_id}")
	o.offer(shared)
	o.offer("https://play.operator.example/?cid={click_id}")
	client, ctx := o.d.Client(), pgtest.System(t)
	must(t, client.Offer.UpdateOneID(paused).SetState(tracking.Paused).Exec(ctx))
	must(t, client.LandingPage.Create().SetOfferID(first).SetKey("slots").SetName("Slots").SetURL(o.URL+"/slots?cid={click_id}").Exec(ctx))
	o.after(0) // hears of them, and spreads them over the hour
	got := o.after(time.Hour)
	if len(got) != 2 || !strings.HasPrefix(strings.Join(got, ""), "GET /") || strings.Contains(strings.Join(got, ""), "{") || strings.Contains(strings.Join(got, ""), "paused") {
		t.Errorf("tried %v", got)
	}
	if c := o.check(shared); c.CheckedAt == nil || landing.Sentence(c) != "Answered 200" || !landing.Alive(c) || c.DeadSince != nil {
		t.Errorf("%v", c)
	}
	if got := o.after(22 * time.Hour); len(got) != 0 {
		t.Errorf("within a day: %v", got)
	}
	if got := o.after(2 * time.Hour); len(got) != 2 {
		t.Errorf("the day after: %v", got)
	}
	must(t, client.Offer.UpdateOneID(first).SetDestinationURL(o.URL+"/new?cid={click_id}").Exec(ctx))
	must(t, client.LandingPage.DeleteOneID(client.LandingPage.Query().Where(landingpage.Key("slots")).OnlyX(ctx).ID).Exec(ctx))
	o.after(0)
	if n := client.DestinationCheck.Query().Where(destinationcheck.URLContains("slots")).CountX(ctx); n != 0 {
		t.Error("the check of a page that was deleted is kept")
	}
}

// A page is dead when it fails again some minutes later, and no more once it answers.
func TestABlipIsNotDeath(t *testing.T) {
	t.Parallel()
	o := newOperator(t, private)
	url := o.URL + "/join?cid={click_id}"
	o.offer(url)
	o.answers(http.StatusBadGateway)
	o.after(0)
	if got := o.after(time.Hour); len(got) != 1 {
		t.Fatalf("tried %v", got)
	}
	if c := o.check(url); landing.Alive(c) || c.DeadSince != nil || landing.Sentence(c) != "Answered 502" {
		t.Errorf("after one failure: %v", c)
	}
	// Whoever tries it by hand at once makes no alert of a blip.
	must(t, o.checker.Try(t.Context(), url))
	if c := o.check(url); c.DeadSince != nil {
		t.Errorf("tried twice within seconds: %v", c)
	}
	if got := o.after(5 * time.Minute); len(got) != 1 {
		t.Errorf("the retry: %v", got)
	}
	dead := o.check(url)
	if dead.DeadSince == nil {
		t.Fatalf("after two failures: %v", dead)
	}
	if got := o.after(time.Hour); len(got) != 1 || !o.check(url).DeadSince.Equal(*dead.DeadSince) {
		t.Errorf("an hour later: tried %v, %v", got, o.check(url))
	}
	o.answers(http.StatusOK)
	o.after(time.Hour)
	if c := o.check(url); c.DeadSince != nil || c.FailingSince != nil || landing.Sentence(c) != "Answered 200" {
		t.Errorf("it answers again: %v", c)
	}
}

func TestWhatIsDead(t *testing.T) {
	t.Parallel()
	o := newOperator(t, private)
	url := o.URL + "/join?cid={click_id}"
	o.offer(url)
	for status, alive := range map[int]bool{
		200: true, 204: true, 304: true, 401: true, 403: true, 405: true, 429: true, 404: false, 410: false, 500: false, 503: false,
	} {
		o.answers(status)
		must(t, o.checker.Try(t.Context(), url))
		if c := o.check(url); landing.Alive(c) != alive || landing.Sentence(c) != fmt.Sprintf("Answered %d", status) {
			t.Errorf("%d: alive %v, %s", status, landing.Alive(c), landing.Sentence(c))
		}
	}
	silent := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	defer silent.Close()
	gone := httptest.NewServer(nil)
	gone.Close()
	tls := httptest.NewTLSServer(nil)
	defer tls.Close()
	for url, want := range map[string]string{
		silent.URL + "/?cid={click_id}":            "No answer: The server closed the connection without a response.",
		gone.URL + "/?cid={click_id}":              "No answer: The server refused the connection",
		tls.URL + "/?cid={click_id}":               "No answer: The server's TLS certificate is not valid",
		"https://play.operator.invalid/{click_id}": "No answer: The host name does not resolve: play.operator.invalid.",
	} {
		must(t, o.checker.Try(t.Context(), url))
		if c := o.check(url); landing.Alive(c) || !strings.HasPrefix(landing.Sentence(c), want) {
			t.Errorf("%s: alive %v, %s", url, landing.Alive(c), landing.Sentence(c))
		}
	}
}

// Redirects are followed, each through the guard; a page that redirects for ever answered.
func TestRedirectsAreFollowed(t *testing.T) {
	t.Parallel()
	o := newOperator(t, private)
	o.answers(http.StatusNotFound)
	for path, want := range map[string]string{"/a?to=/b&cid={click_id}": "Answered 404", "/loop?to=/loop%3Fto=/loop&cid={click_id}": "Answered 404"} {
		must(t, o.checker.Try(t.Context(), o.URL+path))
		if got := landing.Sentence(o.check(o.URL + path)); got != want {
			t.Errorf("%s: %s", path, got)
		}
	}
	endless := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path+"x", http.StatusFound) }))
	defer endless.Close()
	url := endless.URL + "/?cid={click_id}"
	must(t, o.checker.Try(t.Context(), url))
	if c := o.check(url); !landing.Alive(c) || landing.Sentence(c) != "Answered 302" {
		t.Errorf("%s", landing.Sentence(c))
	}
}

func TestPrivateAddressesAreRefused(t *testing.T) {
	t.Parallel()
	o := newOperator(t, dispatch.GuardOptions{})
	url := o.URL + "/?cid={click_id}"
	must(t, o.checker.Try(t.Context(), url))
	if c := o.check(url); landing.Alive(c) || !strings.HasPrefix(landing.Sentence(c), "No answer: ") || len(o.requested()) != 0 {
		t.Errorf("%s, requested %v", landing.Sentence(c), o.requested())
	}
}

func TestNothingIsTriedOnHold(t *testing.T) {
	t.Parallel()
	o := newOperator(t, private)
	url := o.URL + "/?cid={click_id}"
	o.offer(url)
	o.after(0)
	must(t, installation.Begin(t.Context(), o.d.SQL, installation.Asked, ""))
	if got := o.after(time.Hour); len(got) != 0 {
		t.Errorf("tried %v", got)
	}
	if err := o.checker.Try(t.Context(), url); err == nil {
		t.Error("not refused")
	}
}

// Two nodes at once try each page once.
func TestTwoNodesTryAPageOnce(t *testing.T) {
	t.Parallel()
	o := newOperator(t, private)
	for i := range 12 {
		o.offer(fmt.Sprintf("%s/%d?cid={click_id}", o.URL, i))
	}
	o.after(0)
	o.mu.Lock()
	o.now = o.now.Add(time.Hour)
	o.mu.Unlock()
	var nodes sync.WaitGroup
	for range 2 {
		nodes.Go(func() {
			if err := o.checker.Round(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	nodes.Wait()
	if got := o.requested(); len(got) != 12 {
		t.Errorf("%d requests for 12 pages: %v", len(got), got)
	}
}
