package jobs_test

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"postrider/dispatch"
	"postrider/domain/firing"
	"postrider/domain/macro"
	"postrider/ent/db"
	"postrider/internal/globalid"
	"postrider/internal/secret"
	"postrider/jobs"
	"postrider/outbox"
	"postrider/pgtest"
)

func header(list []dispatch.Header, name string) string {
	for _, h := range list {
		if h.Name == name {
			return h.Value
		}
	}
	return ""
}

func TestADeliveryIsSentAndWrittenDownExactly(t *testing.T) {
	w := setup(t, func(_ int, rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("X-Tracker", "yes")
		_, _ = io.WriteString(rw, "OK, counted")
	})
	w.exec(`UPDATE clicks SET param_1 = 'abc d&é+1'`)
	w.postback("/p?c={param_1}&d={delivery_id}&t={transaction_id}&n={param_2|default:none}")
	w.deposit()
	w.run()
	w.untilAll(outbox.Delivered)

	d := w.delivery()
	id := globalid.Hex(d.ID)
	want := "/p?c=abc%20d%26%C3%A9%2B1&d=" + id + "&t=T1&n=none"
	got := w.sink.requests()
	if len(got) != 1 || got[0].method != "GET" || got[0].url != want || got[0].body != "" {
		t.Fatalf("the tracker got %+v, want %s", got, want)
	}
	for name, value := range map[string]string{"User-Agent": "Postrider/test", "X-Postrider-Delivery": id, "X-Postrider-Attempt": "1"} {
		if got[0].header.Get(name) != value {
			t.Errorf("%s: %q, want %q", name, got[0].header.Get(name), value)
		}
	}
	if d.Attempt != 1 || *d.StatusCode != 200 || *d.URL != w.sink.URL+want || d.Reason != nil || d.DeliveredAt == nil ||
		d.ClaimedAt != nil || d.DueAt != nil || *d.DurationMs <= 0 {
		t.Errorf("delivery %+v", d)
	}
	attempts := w.attempts(d)
	if len(attempts) != 1 {
		t.Fatalf("%d attempts", len(attempts))
	}
	a := attempts[0]
	if a.Number != 1 || a.URL != w.sink.URL+want || a.Method != firing.GET || *a.StatusCode != 200 || *a.ResponseBody != "OK, counted" ||
		a.ResponseTruncated || a.Error != nil || a.RequestBody != nil || a.AffiliateID != w.Affiliate {
		t.Errorf("attempt %+v", a)
	}
	if header(a.ResponseHeaders, "X-Tracker") != "yes" || header(a.RequestHeaders, "Host") == "" {
		t.Errorf("headers %v, %v", a.RequestHeaders, a.ResponseHeaders)
	}
	for _, h := range a.RequestHeaders {
		if h.Name != "Host" && got[0].header.Get(h.Name) != h.Value {
			t.Errorf("%s was sent as %q and written down as %q", h.Name, got[0].header.Get(h.Name), h.Value)
		}
	}
	for name := range got[0].header {
		if header(a.RequestHeaders, name) == "" {
			t.Errorf("%s was sent and not written down", name)
		}
	}
	w.until("the job is gone", `SELECT count(*) = 0 FROM river_job`)
}

func TestWhatFailsIsTriedAgainByTheSchedule(t *testing.T) {
	w := setup(t, func(n int, rw http.ResponseWriter, _ *http.Request) {
		if n < 4 {
			rw.WriteHeader([]int{500, 429, 408}[n-1])
		}
	})
	w.postback("/?d={delivery_id}")
	w.deposit()
	w.run()
	w.untilAll(outbox.Delivered)

	d := w.delivery()
	got := w.sink.requests()
	if len(got) != 4 || d.Attempt != 4 || d.Reason != nil || d.Priority != outbox.PriorityRetry {
		t.Fatalf("%d requests, delivery %+v", len(got), d)
	}
	for i, r := range got {
		if r.header.Get("X-Postrider-Delivery") != globalid.Hex(d.ID) || r.header.Get("X-Postrider-Attempt") != strconv.Itoa(i+1) || r.url != got[0].url {
			t.Errorf("attempt %d: %v %s", i+1, r.header, r.url)
		}
	}
	for i, a := range w.attempts(d) {
		want := []string{"SERVER_ERROR", "RATE_LIMITED", "HTTP_408", ""}[i]
		if a.Number != i+1 || deref(a.Error) != want {
			t.Errorf("attempt %d: number %d, %q; want %q", i+1, a.Number, deref(a.Error), want)
		}
	}
}

func TestARetryWaitsInTheTable(t *testing.T) {
	w := setup(t, status(500))
	w.postback("/")
	w.deposit()
	stop := w.run(func(c *jobs.Config) { c.Schedule = dispatch.Schedule{0, time.Hour} })
	w.untilAll(outbox.Retrying)
	stop()
	d := w.delivery()
	wait := time.Until(*d.DueAt)
	if wait < 40*time.Minute || wait > 75*time.Minute || *d.Reason != "SERVER_ERROR" || d.ClaimedAt != nil || *d.StatusCode != 500 || d.DeliveredAt != nil {
		t.Errorf("%+v", d)
	}
	if n := w.number(`SELECT count(*) FROM river_job WHERE state NOT IN ('completed')`); n != 0 {
		t.Errorf("%d jobs wait in River", n)
	}
}

func TestWhatIsOutOfTriesHasFailed(t *testing.T) {
	w := setup(t, status(503))
	w.postback("/")
	w.deposit()
	w.run()
	w.untilAll(outbox.Failed)
	d := w.delivery()
	if d.Attempt != len(fast) || *d.Reason != string(dispatch.Exhausted) || d.DueAt != nil || !strings.Contains(d.Detail, "503") {
		t.Errorf("%+v", d)
	}
	last := w.attempts(d)[len(fast)-1]
	if *last.Error != "SERVER_ERROR" {
		t.Errorf("the last attempt: %+v", last)
	}
}

func TestWhatCannotSucceedFailsAtOnce(t *testing.T) {
	w := setup(t, func(_ int, rw http.ResponseWriter, r *http.Request) {
		code, _ := strconv.Atoi(strings.Trim(r.URL.Path, "/"))
		rw.Header().Set("Location", "https://elsewhere.example/")
		rw.WriteHeader(code)
	})
	want := map[int64]string{
		w.postback("/404/").ID: "HTTP_404",
		w.postback("/403/").ID: "HTTP_403",
		w.postback("/301/").ID: "REDIRECT",
	}
	w.deposit()
	w.run()
	w.untilAll(outbox.Failed)
	all, err := w.client.Delivery.Query().All(w.ctx)
	w.must(err)
	for _, d := range all {
		if *d.Reason != want[*d.PostbackID] || d.Attempt != 1 || len(w.attempts(d)) != 1 {
			t.Errorf("%+v, want %s", d, want[*d.PostbackID])
		}
	}
}

func TestATargetThatIsNotAllowedIsNeverCalled(t *testing.T) {
	w := setup(t, nil)
	w.postback("/")
	w.deposit()
	w.guard = dispatch.NewGuard(dispatch.GuardOptions{})
	w.run()
	w.untilAll(outbox.Failed)
	d := w.delivery()
	if len(w.sink.requests()) != 0 || *d.Reason != "BLOCKED_TARGET" || d.StatusCode != nil || len(w.attempts(d)) != 1 {
		t.Errorf("%d requests, %+v", len(w.sink.requests()), d)
	}
}

// A tracker takes a postback without its click id, and can make nothing of it: that stays visible.
func TestADeliveryWithoutTheTrackersClickIDHasAWarning(t *testing.T) {
	w := setup(t, nil)
	w.exec(`UPDATE clicks SET param_1 = '', param_2 = 'x'`)
	w.postback("/plain?c={param_1}&t={transaction_id}&p={param_3}")
	w.postback("/default?c={param_1|default:none}")
	w.postback("/filtered?c={param_2|map:y=z,*=}")
	w.postback("/second?c={param_2}&c1={param_3}")
	w.run()
	w.deposit()
	w.until("all are delivered", `SELECT count(*) = 4 FROM deliveries WHERE state = 'delivered'`)
	for _, d := range w.client.Delivery.Query().AllX(w.ctx) {
		path, _, _ := strings.Cut(strings.TrimPrefix(*d.URL, w.sink.URL), "?")
		want := map[string]struct {
			warning outbox.Warning
			empty   []macro.Name
		}{
			"/plain":    {outbox.ClickIDMissing, []macro.Name{macro.Param1, macro.Param3}},
			"/default":  {},
			"/filtered": {outbox.ClickIDFiltered, []macro.Name{macro.Param2}},
			"/second":   {"", []macro.Name{macro.Param3}},
		}[path]
		var warning outbox.Warning
		if d.Warning != nil {
			warning = *d.Warning
		}
		if a := w.attempts(d); warning != want.warning || !slices.Equal(a[0].EmptyMacros, want.empty) {
			t.Errorf("%s: %q, %v; want %q, %v", path, warning, a[0].EmptyMacros, want.warning, want.empty)
		}
	}
}

func TestTheBodyDecidesWhereThePostbackHasARule(t *testing.T) {
	w := setup(t, func(n int, rw http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprintf(rw, `{"status":%q}`, []string{"OK", "refused"}[n-1])
	})
	w.postback("/", func(c *db.PostbackCreate) {
		c.SetBodyRule(&firing.BodyRule{Kind: firing.JSONField, Path: "status", Value: "ok"})
	})
	w.deposit()
	w.run()
	w.untilAll(outbox.Delivered)
	w.deposit()
	w.until("the second is refused", `SELECT count(*) = 1 FROM deliveries WHERE state = 'failed' AND reason = 'REFUSED_BY_TRACKER' AND detail LIKE '%refused%' AND status_code = 200`)
}

func TestAPOSTIsSignedWithThePostbacksSecret(t *testing.T) {
	w := setup(t, nil)
	p := w.postback("/hook?click={param_1}&tx={transaction_id}", func(c *db.PostbackCreate) { c.SetMethod(firing.POST) })
	w.deposit()
	w.run()
	w.untilAll(outbox.Delivered)
	key, err := pgtest.Key(t).Open(p.SigningSecret, secret.ForPostback)
	w.must(err)
	webhook, err := standardwebhooks.NewWebhook(key)
	w.must(err)
	got := w.sink.requests()[0]
	if err := webhook.Verify([]byte(got.body), got.header); err != nil {
		t.Errorf("the signature does not hold: %v", err)
	}
	if got.method != "POST" || got.url != "/hook" || got.body != `{"click":"wgk3l5f2c1","tx":"T1"}` ||
		got.header.Get("webhook-id") != globalid.Hex(w.delivery().ID) || got.header.Get("Content-Type") != "application/json" {
		t.Errorf("%+v", got)
	}
	if a := w.attempts(w.delivery())[0]; *a.RequestBody != got.body || a.Method != firing.POST {
		t.Errorf("%+v", a)
	}
}

func TestGoneHoldsThePostbackUntilItsOwnerResumesIt(t *testing.T) {
	w := setup(t, func(_ int, rw http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/old") {
			rw.WriteHeader(http.StatusGone)
		}
	})
	p := w.postback("/old?t={transaction_id}")
	w.deposit()
	stop := w.run()
	w.until("the postback is held", `SELECT hold_reason IS NOT DISTINCT FROM 'GONE' FROM postbacks`)
	w.untilAll(outbox.Failed)
	if d := w.delivery(); *d.Reason != "GONE" {
		t.Errorf("%+v", d)
	}
	w.deposit() // this node's memory says that it is not on hold
	w.until("the second waits", `SELECT count(*) = 1 FROM deliveries WHERE state = 'held' AND reason = 'POSTBACK_HELD' AND attempt = 0 AND claimed_at IS NULL`)
	w.in.Forget()
	w.deposit() // and now it knows
	w.until("the third waits", `SELECT count(*) = 2 FROM deliveries WHERE state = 'held'`)
	stop()
	if n := len(w.sink.requests()); n != 1 {
		t.Errorf("%d requests while it was on hold", n)
	}
	w.run()
	w.change(p, func(wish *firing.Postback) { wish.URLTemplate = w.sink.URL + "/new?t={transaction_id}" })
	w.until("what was held is delivered", `SELECT count(*) = 2 FROM deliveries WHERE state = 'delivered'`)
	var urls []string
	for _, r := range w.sink.requests() {
		urls = append(urls, r.url)
	}
	slices.Sort(urls[1:])
	if want := []string{"/old?t=T1", "/new?t=T2", "/new?t=T3"}; !slices.Equal(urls, want) {
		t.Errorf("sent %q, want %q", urls, want)
	}
	w.in.Forget()
	w.deposit()
	w.until("and the next one", `SELECT count(*) = 3 FROM deliveries WHERE state = 'delivered'`)
	if n := w.number(`SELECT count(*) FROM attempts`); n != 4 {
		t.Errorf("%d attempts: holding spends none", n)
	}
}

func TestWhatIsHeldWhileItsPostbackIsResumedGoesOut(t *testing.T) {
	w := setup(t, nil)
	p := w.postback("/")
	w.deposit()
	// The claim reads that the postback is on hold; before that is committed, the owner has
	// resumed it.
	w.exec(`CREATE FUNCTION resume() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
		UPDATE postbacks SET hold_reason = NULL WHERE hold_reason = 'GONE'; RETURN NULL; END $$`)
	w.exec(`UPDATE postbacks SET hold_reason = 'GONE' WHERE id = $1`, p.ID)
	w.exec(`CREATE TRIGGER resume AFTER UPDATE OF claimed_at ON deliveries FOR EACH STATEMENT EXECUTE FUNCTION resume()`)
	w.run()
	w.untilAll(outbox.Delivered)
	if d := w.delivery(); d.Attempt != 1 || len(w.sink.requests()) != 1 {
		t.Errorf("%+v", d)
	}
}

func TestADeletedPostbackIsToldOfNothing(t *testing.T) {
	w := setup(t, nil)
	p := w.postback("/")
	w.deposit()
	w.must(w.setup.DeletePostback(w.owner(), p.ID))
	late := w.postback("/")
	w.deposit()
	w.exec(`UPDATE postbacks SET deleted_at = now() WHERE id = $1`, late.ID) // on another node, just now
	w.run()
	w.untilAll(outbox.Cancelled)
	all, err := w.client.Delivery.Query().All(w.ctx)
	w.must(err)
	for _, d := range all {
		if *d.Reason != string(outbox.PostbackDeleted) || d.Attempt != 0 || d.DueAt != nil || d.ClaimedAt != nil {
			t.Errorf("%+v", d)
		}
	}
	if len(all) != 2 || len(w.sink.requests()) != 0 || w.number(`SELECT count(*) FROM attempts`) != 0 {
		t.Errorf("%d deliveries, %d requests", len(all), len(w.sink.requests()))
	}
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
