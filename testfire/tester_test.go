package testfire_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"postrider/dispatch"
	"postrider/domain/firing"
	"postrider/domain/macro"
	"postrider/ent/db"
	"postrider/ent/db/attempt"
	"postrider/internal/ids"
	"postrider/internal/installation"
	"postrider/internal/problem"
	"postrider/internal/viewer"
	"postrider/outbox"
	"postrider/pgtest"
	"postrider/testfire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// world is two affiliates, and a tracker whose responses the test sets.
type world struct {
	t        *testing.T
	d        *pgtest.DB
	rows     *db.Client
	system   context.Context
	one      pgtest.Scene
	oneCtx   context.Context
	otherCtx context.Context
	staff    context.Context
	tester   *testfire.Tester
	now      time.Time
	url      string

	mu   sync.Mutex
	sent []*http.Request
}

func newWorld(t *testing.T, answer http.HandlerFunc) *world {
	t.Helper()
	t.Parallel()
	d := pgtest.New(t)
	w := &world{t: t, d: d, rows: d.Client(), system: pgtest.System(t), one: pgtest.NewScene(t, d), now: pgtest.Now}
	other := pgtest.NewScene(t, d)
	tracker := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.mu.Lock()
		w.sent = append(w.sent, r)
		w.mu.Unlock()
		if answer != nil {
			answer(rw, r)
		}
	}))
	t.Cleanup(tracker.Close)
	w.url = tracker.URL
	sender := dispatch.NewClient(dispatch.ClientOptions{
		Guard: dispatch.NewGuard(dispatch.GuardOptions{AllowPrivate: true}), Now: func() time.Time { return pgtest.Now },
	})
	t.Cleanup(sender.Close)
	w.tester = testfire.New(testfire.Config{DB: d.SQL, Rows: w.rows, Sender: sender, Secrets: pgtest.Key(t), Now: func() time.Time { return w.now }})
	as := func(role viewer.Role, affiliate int64) context.Context {
		return viewer.With(t.Context(), &viewer.Viewer{UserID: ids.User(pgtest.User(t, d, role, affiliate)), Role: role, AffiliateID: ids.Affiliate(affiliate), Scopes: viewer.Scopes()})
	}
	w.oneCtx, w.otherCtx, w.staff = as(viewer.Affiliate, w.one.Affiliate), as(viewer.Affiliate, other.Affiliate), as(viewer.Manager, 0)
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// count returns the number of rows of a query.
func (w *world) count(query string) int {
	w.t.Helper()
	var n int
	w.must(w.d.SQL.QueryRowContext(w.t.Context(), query).Scan(&n))
	return n
}

// field returns the field of the first problem; empty if there is none.
func field(err error) string {
	if p, ok := errors.AsType[*problem.Error](err); ok && len(p.Field) > 0 {
		return strings.Join(p.Field, ".")
	}
	return ""
}

func TestATestIsSentOnceAndKeptInTheLogAlone(t *testing.T) {
	w := newWorld(t, func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("X-Tracker", "here")
		_, _ = rw.Write([]byte("OK"))
	})
	test, err := w.tester.Fire(w.oneCtx, testfire.Wish{
		Postback: firing.Postback{URLTemplate: w.url + "/pb?c={param_1}&g={goal_id}&n={goal_name}&d={delivery_id}&p={payout}"}, Goal: "registration", Values: map[string]string{"sub1": "my click", "payout": "7.00"},
	})
	w.must(err)
	if len(w.sent) != 1 {
		t.Fatalf("%d requests", len(w.sent))
	}
	q := w.sent[0].URL.Query()
	if q.Get("c") != "my click" || q.Get("g") != "registration" || q.Get("n") != "Registration" || q.Get("p") != "7.00" || q.Get("d") != macro.SampleValues().Get(macro.DeliveryID) {
		t.Errorf("sent %s", w.sent[0].URL)
	}
	d, err := w.rows.Delivery.Get(w.system, test.ID)
	w.must(err)
	if !d.Test || d.State != outbox.Delivered || d.ConversionID != nil || d.PostbackID != nil || d.DueAt != nil || d.Goal != "registration" || *d.StatusCode != 200 {
		t.Errorf("%+v", d)
	}
	a, err := w.rows.Attempt.Query().Where(attempt.DeliveryID(test.ID)).Only(w.system)
	w.must(err)
	if *a.ResponseBody != "OK" || a.Error != nil || a.Timings.WaitMs == nil || a.Number != 1 {
		t.Errorf("%+v", a)
	}
	if test.Macros["param_1"] != "my click" || len(test.Macros) != 5 || test.AffiliateID != w.one.Affiliate || test.UserID == nil {
		t.Errorf("%+v", test)
	}
	if n := w.count(`SELECT (SELECT count(*) FROM river_job) + (SELECT count(*) FROM conversions) + (SELECT count(*) FROM conversion_events) + (SELECT count(*) FROM clicks WHERE id <> '` + w.one.Click.String() + `')`); n > 1 {
		t.Errorf("%d rows where nothing should be", n)
	}
}

func TestASavedPostbackIsTestedAsItIs(t *testing.T) {
	w := newWorld(t, func(rw http.ResponseWriter, _ *http.Request) { _, _ = rw.Write([]byte("error: no click")) })
	p := pgtest.Postback(t, w.d, w.one.Affiliate, w.url+"/saved?c={param_1}", pgtest.On("ftd"), func(c *db.PostbackCreate) {
		c.SetMethod(firing.POST).SetBodyRule(&firing.BodyRule{Kind: firing.NotContains, Value: "error"})
	})
	test, err := w.tester.Fire(w.oneCtx, testfire.Wish{Postback: firing.Postback{ID: ids.Postback(p.ID)}})
	w.must(err)
	d, err := w.rows.Delivery.Get(w.system, test.ID)
	w.must(err)
	if d.State != outbox.Failed || *d.Reason != string(dispatch.RefusedByTracker) || *d.PostbackID != p.ID || d.VersionID == nil || d.Goal != "ftd" {
		t.Errorf("%+v", d)
	}
	if r := w.sent[0]; r.Method != http.MethodPost || r.Header.Get("webhook-signature") == "" || r.URL.Path != "/saved" {
		t.Errorf("%s %s %v", r.Method, r.URL, r.Header)
	}
	if _, err := w.tester.Fire(w.otherCtx, testfire.Wish{Postback: firing.Postback{ID: ids.Postback(p.ID)}}); field(err) != "postback.id" {
		t.Errorf("another's: %v", err)
	}
	if _, err := w.tester.Fire(w.staff, testfire.Wish{Postback: firing.Postback{ID: ids.Postback(p.ID)}}); err != nil {
		t.Errorf("staff: %v", err)
	}
}

func TestWhatIsWrongWithATestIsSaid(t *testing.T) {
	w := newWorld(t, nil)
	template := w.url + "/?c={param_1}"
	for name, c := range map[string]struct {
		ctx   context.Context
		wish  testfire.Wish
		field string
	}{
		"a template that is none": {w.oneCtx, testfire.Wish{Postback: firing.Postback{URLTemplate: "https://x.example/{nothing}"}}, "urlTemplate"},
		"no template":             {w.oneCtx, testfire.Wish{}, "urlTemplate"},
		"an unknown macro":        {w.oneCtx, testfire.Wish{Postback: firing.Postback{URLTemplate: template}, Values: map[string]string{"nothing": "1"}}, "values"},
		"a value too long":        {w.oneCtx, testfire.Wish{Postback: firing.Postback{URLTemplate: template}, Values: map[string]string{"param_1": strings.Repeat("x", 2049)}}, "values"},
		"an unknown goal":         {w.oneCtx, testfire.Wish{Postback: firing.Postback{URLTemplate: template}, Goal: "jackpot"}, "goal"},
		"a rule that is none":     {w.oneCtx, testfire.Wish{Postback: firing.Postback{URLTemplate: template, BodyRule: &firing.BodyRule{Kind: firing.Contains}}}, "bodyRule"},
		"staff for nobody":        {w.staff, testfire.Wish{Postback: firing.Postback{URLTemplate: template}}, "affiliateId"},
		"staff for an unknown":    {w.staff, testfire.Wish{Postback: firing.Postback{URLTemplate: template}, AffiliateID: 1 << 40}, "affiliateId"},
	} {
		if _, err := w.tester.Fire(c.ctx, c.wish); field(err) != c.field {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := w.tester.Fire(t.Context(), testfire.Wish{Postback: firing.Postback{URLTemplate: template}}); problem.CodeOf(err) != problem.CodeUnauthenticated {
		t.Errorf("nobody: %v", err)
	}
	if len(w.sent) != 0 {
		t.Errorf("%d were sent", len(w.sent))
	}
}

// All problems are returned at once, and spend none of the user's shots.
func TestAllThatIsWrongIsSaidTogether(t *testing.T) {
	w := newWorld(t, nil)
	wrong := testfire.Wish{
		Postback: firing.Postback{URLTemplate: "https://x.example/?n={count}", BodyRule: &firing.BodyRule{Kind: "smells_of"}},
		Values:   map[string]string{"nothing": "1", "param_2": strings.Repeat("x", 2049), "param_3": strings.Repeat("x", 2048)},
	}
	for name, fire := range map[string]func() error{
		"once":          func() error { _, err := w.tester.Fire(w.oneCtx, wrong); return err },
		"all scenarios": func() error { _, err := w.tester.RunScenarios(w.oneCtx, wrong); return err },
	} {
		for range 21 {
			err := fire()
			var fields []string
			if joined, ok := err.(interface{ Unwrap() []error }); ok {
				for _, one := range joined.Unwrap() {
					fields = append(fields, field(one))
				}
			}
			if slices.Sort(fields); !slices.Equal(fields, []string{"bodyRule", "urlTemplate", "values", "values"}) {
				t.Fatalf("%s: %v names %v", name, err, fields)
			}
		}
	}
	for range 20 {
		if !w.tester.AllowLook(w.oneCtx) {
			t.Fatal("what was refused has spent shots")
		}
	}
}

func TestWhatAggregatesHasMacrosOfItsOwn(t *testing.T) {
	w := newWorld(t, nil)
	template := w.url + "/?n={count}&sum={sum_amount}"
	_, err := w.tester.Fire(w.oneCtx, testfire.Wish{Postback: firing.Postback{URLTemplate: template, Aggregates: time.Minute}})
	w.must(err)
	saved := pgtest.Postback(t, w.d, w.one.Affiliate, template, pgtest.On("ftd"), pgtest.Aggregation(60))
	_, err = w.tester.Fire(w.oneCtx, testfire.Wish{Postback: firing.Postback{ID: ids.Postback(saved.ID)}})
	w.must(err)
	for _, r := range w.sent {
		if q := r.URL.Query(); q.Get("n") != "1" || q.Get("sum") != "25.50" {
			t.Errorf("sent %s", r.URL)
		}
	}
	if len(w.sent) != 2 {
		t.Errorf("%d were sent", len(w.sent))
	}
}

func TestNothingIsFiredDuringAHold(t *testing.T) {
	w := newWorld(t, nil)
	w.must(installation.Begin(t.Context(), w.d.SQL, installation.Asked, "moving"))
	wish := testfire.Wish{Postback: firing.Postback{URLTemplate: w.url + whole}}
	for range 21 {
		_, one := w.tester.Fire(w.oneCtx, wish)
		_, all := w.tester.RunScenarios(w.oneCtx, wish)
		if problem.CodeOf(one) != problem.CodeConflict || problem.CodeOf(all) != problem.CodeConflict {
			t.Fatalf("on hold: %v, %v", one, all)
		}
	}
	if n := w.count(`SELECT count(*) FROM deliveries`); n != 0 || len(w.sent) != 0 {
		t.Errorf("%d were kept and %d sent", n, len(w.sent))
	}
	w.must(installation.Resume(t.Context(), w.d.SQL))
	if _, err := w.tester.RunScenarios(w.oneCtx, wish); err != nil {
		t.Errorf("after the hold: %v", err)
	}
}

func TestAFailureIsNeverTriedAgain(t *testing.T) {
	w := newWorld(t, func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusServiceUnavailable) })
	test, err := w.tester.Fire(w.oneCtx, testfire.Wish{Postback: firing.Postback{URLTemplate: w.url + "/?c={param_1}"}})
	w.must(err)
	d, err := w.rows.Delivery.Get(w.system, test.ID)
	w.must(err)
	if d.State != outbox.Failed || *d.Reason != string(dispatch.ServerError) || d.DueAt != nil {
		t.Errorf("%+v", d)
	}
	blocked, err := w.tester.Fire(w.oneCtx, testfire.Wish{Postback: firing.Postback{URLTemplate: "http://169.254.169.254/?c={param_1}"}})
	w.must(err)
	if d, err = w.rows.Delivery.Get(w.system, blocked.ID); err != nil || *d.Reason != string(dispatch.BlockedTarget) || d.StatusCode != nil {
		t.Errorf("%+v, %v", d, err)
	}
}

func TestAUserFiresOnlySoOften(t *testing.T) {
	w := newWorld(t, nil)
	wish := testfire.Wish{Postback: firing.Postback{URLTemplate: w.url + "/?c={param_1}"}}
	fired := 0
	for ; fired < 100; fired++ {
		if _, err := w.tester.Fire(w.oneCtx, wish); err != nil {
			if problem.CodeOf(err) != problem.CodeRateLimited {
				t.Fatal(err)
			}
			break
		}
	}
	if fired < 7 || fired == 100 || len(w.sent) != fired {
		t.Errorf("%d fired, %d sent", fired, len(w.sent))
	}
	if _, err := w.tester.Fire(w.otherCtx, wish); err != nil {
		t.Errorf("another user: %v", err)
	}
	w.now = w.now.Add(time.Minute)
	if _, err := w.tester.Fire(w.oneCtx, wish); err != nil {
		t.Errorf("a minute later: %v", err)
	}
}

// Host look-ups and tests share one token bucket: 20 shots, and one more every two seconds.
func TestTheShotsOfAUserAreABucket(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		now := pgtest.Now
		tester := testfire.New(testfire.Config{Now: func() time.Time { return now }})
		halves := map[int64]int{1: 40, 2: 40} // a shot is two
		for range rapid.IntRange(1, 120).Draw(t, "steps") {
			user := rapid.Int64Range(1, 2).Draw(t, "user")
			want := halves[user] >= 2
			if got := tester.AllowLook(viewer.With(context.Background(), &viewer.Viewer{UserID: ids.User(user), Role: viewer.Affiliate, AffiliateID: 7})); got != want {
				t.Fatalf("user %d with %d halves of a shot may look: %t", user, halves[user], got)
			}
			if want {
				halves[user] -= 2
			}
			seconds := rapid.SampledFrom([]int{0, 0, 0, 0, 1, 2, 90}).Draw(t, "seconds")
			now = now.Add(time.Duration(seconds) * time.Second)
			for u := range halves {
				halves[u] = min(40, halves[u]+seconds)
			}
		}
	})
	if testfire.New(testfire.Config{}).AllowLook(t.Context()) {
		t.Error("nobody may look")
	}
}
