package testfire_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"postrider/dispatch"
	"postrider/domain/commission"
	"postrider/domain/firing"
	"postrider/ent/db"
	"postrider/ent/db/attempt"
	"postrider/ent/db/delivery"
	"postrider/ent/db/postbacktest"
	"postrider/internal/ids"
	"postrider/internal/secret"
	"postrider/outbox"
	"postrider/pgtest"
	"postrider/testfire"
)

// got returns a header of those that were kept.
func got(headers []dispatch.Header, name string) string {
	for _, h := range headers {
		if strings.EqualFold(h.Name, name) {
			return h.Value
		}
	}
	return ""
}

func TestATestIsKeptWithBothItsSides(t *testing.T) {
	var body []byte
	w := newWorld(t, func(rw http.ResponseWriter, r *http.Request) {
		body, _ = io.ReadAll(r.Body)
		rw.Header().Set("X-Tracker", "here")
		rw.WriteHeader(http.StatusAccepted)
		_, _ = rw.Write([]byte("queued\x00\xff"))
	})
	p := pgtest.Postback(t, w.d, w.one.Affiliate, w.url+"/hook?c={sub1}&s={status}&t={transaction_id}", pgtest.On("deposit"), pgtest.ForCampaign(w.one.Link.CampaignID), func(c *db.PostbackCreate) { c.SetMethod(firing.POST) })
	test, err := w.tester.Fire(w.oneCtx, testfire.Wish{Postback: firing.Postback{ID: ids.Postback(p.ID)}, Values: map[string]string{"STATUS": "rejected", "transaction_id": "T1", "payout": "1"}})
	w.must(err)
	key, err := pgtest.Key(t).Open(p.SigningSecret, secret.ForPostback)
	w.must(err)
	webhook, err := standardwebhooks.NewWebhook(key)
	w.must(err)
	if err := webhook.VerifyIgnoringTimestamp(body, w.sent[0].Header); err != nil || string(body) != `{"c":"wgk3l5f2c1","s":"rejected","t":"T1"}` {
		t.Errorf("the body %s is not signed with the postback's secret: %v", body, err)
	}
	d, err := w.rows.Delivery.Get(w.oneCtx, test.ID)
	w.must(err)
	if !d.Test || d.Goal != "deposit" || d.Status != commission.Rejected || *d.TransactionID != "T1" || *d.CampaignID != w.one.Link.CampaignID || d.OfferID != nil || d.EventID != nil ||
		d.Endpoint != w.url || *d.URL != w.url+"/hook" || d.Reason != nil || d.DeliveredAt == nil || d.Attempt != 1 {
		t.Errorf("the delivery is %+v", d)
	}
	a, err := w.rows.Attempt.Query().Where(attempt.DeliveryID(test.ID)).Only(w.oneCtx)
	w.must(err)
	if a.Method != firing.POST || *a.RequestBody != string(body) || got(a.RequestHeaders, "webhook-signature") != w.sent[0].Header.Get("webhook-signature") || got(a.RequestHeaders, "X-Postrider-Attempt") != "1" {
		t.Errorf("the request is kept as %+v", a)
	}
	if *a.StatusCode != 202 || *a.ResponseBody != "queued\uFFFD\uFFFD" || got(a.ResponseHeaders, "X-Tracker") != "here" {
		t.Errorf("the answer is kept as %+v", a)
	}
	if *test.PostbackID != p.ID || test.URLTemplate != p.URLTemplate || test.Method != firing.POST || len(test.Macros) != 3 || test.Macros["status"] != "rejected" || test.Scenario != nil || test.RunID != nil {
		t.Errorf("what was asked for is kept as %+v", test)
	}
}

// A tracker's response to a test changes no state: not even 410 holds the postback, and
// failures do not count for the circuit.
func TestATestChangesNothingButTheLog(t *testing.T) {
	t.Parallel()
	for name, status := range map[string]int{"gone": http.StatusGone, "an error": http.StatusInternalServerError, "too many": http.StatusTooManyRequests, "taken": http.StatusOK} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(status) })
			p := pgtest.Postback(t, w.d, w.one.Affiliate, w.url+"/?c={param_1}")
			const others = `SELECT (SELECT count(*) FROM endpoints) + (SELECT count(*) FROM alerts) + (SELECT count(*) FROM conversions) + (SELECT count(*) FROM river_job) + (SELECT count(*) FROM cap_days) + (SELECT count(*) FROM audit_entries)`
			before := w.count(others)
			for range 12 {
				_, err := w.tester.Fire(w.oneCtx, testfire.Wish{Postback: firing.Postback{ID: ids.Postback(p.ID)}})
				w.must(err)
			}
			after, err := w.rows.Postback.Get(w.system, p.ID)
			w.must(err)
			if after.HoldReason != nil || !after.Enabled || after.Version != p.Version || !after.UpdatedAt.Equal(p.UpdatedAt) {
				t.Errorf("the postback is now %+v", after)
			}
			if n := w.count(others); n != before {
				t.Errorf("%d rows were made beside the log", n-before)
			}
			if n, err := w.rows.Delivery.Query().Where(delivery.Test(true), delivery.StateIn(outbox.Delivered, outbox.Failed)).Count(w.oneCtx); n != 12 || err != nil {
				t.Errorf("%d of 12 tests are in the log, ended: %v", n, err)
			}
		})
	}
}

func TestATestBelongsToWhoeverItIsFor(t *testing.T) {
	w := newWorld(t, nil)
	p := pgtest.Postback(t, w.d, w.one.Affiliate, w.url+"/?c={param_1}")
	template := testfire.Wish{Postback: firing.Postback{URLTemplate: w.url + "/?c={param_1}"}, AffiliateID: ids.Affiliate(w.one.Affiliate)}
	if test, err := w.tester.Fire(w.otherCtx, template); err != nil || test.AffiliateID == w.one.Affiliate {
		t.Errorf("an affiliate's test in another's name is %+v, %v", test, err)
	}
	for name, wish := range map[string]testfire.Wish{"a template": template, "a saved postback": {Postback: firing.Postback{ID: ids.Postback(p.ID)}}} {
		if test, err := w.tester.Fire(w.staff, wish); err != nil || test.AffiliateID != w.one.Affiliate {
			t.Errorf("staff's test of %s is %+v, %v", name, test, err)
		}
	}
	if n, err := w.rows.PostbackTest.Query().Where(postbacktest.AffiliateID(w.one.Affiliate)).Count(w.otherCtx); n != 0 || err != nil {
		t.Errorf("another affiliate sees %d of the tests, %v", n, err)
	}
	requests := len(w.sent)
	if _, err := w.tester.RunScenarios(w.otherCtx, testfire.Wish{Postback: firing.Postback{ID: ids.Postback(p.ID)}}); field(err) != "postback.id" {
		t.Errorf("all scenarios with another's postback: %v", err)
	}
	w.must(w.rows.Postback.UpdateOneID(p.ID).SetDeletedAt(pgtest.Now).Exec(w.system))
	if _, err := w.tester.Fire(w.oneCtx, testfire.Wish{Postback: firing.Postback{ID: ids.Postback(p.ID)}}); field(err) != "postback.id" {
		t.Errorf("one's own that was deleted: %v", err)
	}
	if len(w.sent) != requests {
		t.Errorf("%d requests were sent of what was refused", len(w.sent)-requests)
	}
}
