package intake_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"postrider/domain/inbound"
	"postrider/ent/db"
	"postrider/internal/globalid"
	"postrider/pgtest"
)

// The last 1,000 calls of an integration are counted by result and cause, with what nothing reads in
// them; those before, those of another integration, and what strangers sent are not.
func TestTheLastCallsAreCounted(t *testing.T) {
	w := setup(t)
	quiet := pgtest.Integration(t, w.d, w.Offer)
	_, err := w.d.SQL.ExecContext(t.Context(), `
		INSERT INTO received_postbacks (id, received_at, integration_id, integration_key, method, query, body, headers, address, result, reason, cause, status_code, duration_ms)
		SELECT uuid_floor($1::timestamptz + n * interval '1 second'), $1::timestamptz + n * interval '1 second', $2, 'k', 'GET',
		  CASE WHEN n <= 100 THEN 'old=1' WHEN n % 2 = 0 THEN 'goal=ftd&bonus=1&email=***' ELSE 'goal=ftd' END,
		  CASE n WHEN 1100 THEN '{"data":{"site":1}}' ELSE '' END, '[]', '', CASE WHEN n % 4 = 0 THEN 'duplicate' ELSE 'recorded' END, '',
		  CASE WHEN n % 4 = 0 THEN 'repeat' END, 200, 1
		FROM generate_series(1, 1100) n`, pgtest.Now, w.Integration.ID)
	w.must(err)
	id := w.Integration.ID
	w.Received(t, w.d, func(c *db.ReceivedPostbackCreate) {
		c.SetID(pgtest.ID(t)).SetReceivedAt(pgtest.Now.Add(-time.Hour)).SetIntegrationID(quiet.ID).SetResult("unauthorized").SetCause(inbound.BadToken).SetQuery("stranger=1")
	})
	found, err := w.office().RecentCalls(t.Context(), []int64{id, quiet.ID, 1 << 40})
	w.must(err)
	if got := fmt.Sprint(found[0].Calls, found[0].Counts, found[0].UnknownParameters); got != "1000 [{recorded  750} {duplicate repeat 250}] [{bonus 500} {data.site 1}]" {
		t.Errorf("%s", got)
	}
	if !found[0].Since.Equal(pgtest.Now.Add(101 * time.Second)) {
		t.Errorf("since %s", found[0].Since)
	}
	if got := fmt.Sprint(found[1].Calls, found[1].Counts, found[1].UnknownParameters); got != "1 [{unauthorized bad_token 1}] []" {
		t.Errorf("%s", got)
	}
	if found[2].Calls != 0 || found[2].Since != nil {
		t.Errorf("%+v", found[2])
	}
}

// A call is logged with the affiliate whose click, player or conversion it names, also one that is
// refused, whose goal is not mapped, or whose click does not count; not one that proves nothing.
func TestACallIsLoggedWithItsAffiliate(t *testing.T) {
	w := newCalls(t)
	shared := pgtest.Integration(t, w.d, w.Offer, func(i *db.IntegrationCreate) { i.SetRequireToken(true) })
	click := "&click_id=" + globalid.Hex(w.Click)
	token := "&token=" + shared.Token
	for _, c := range []struct {
		query string
		known bool
		cause inbound.Cause
	}{
		{"goal=ftd&player_id=p1" + click + token, true, ""},
		{"goal=ftd&player_id=p1" + token, true, inbound.Repeat},
		{"goal=deposit&player_id=p1&transaction_id=T1" + token, true, ""},
		{"goal=deposit" + click + token, true, inbound.NoID},
		{"goal=what" + click + token, true, inbound.UnmappedGoal},
		{"goal=ftd&player_id=p9" + token, false, inbound.NoClickBound},
		{"goal=deposit" + click + "&token=wrong", false, inbound.BadToken},
	} {
		w.receive(inbound.Call{IntegrationKey: shared.Key, Method: http.MethodGet, RawQuery: c.query})
		entry := w.last()
		known := entry.AffiliateID != nil && *entry.AffiliateID == w.Affiliate
		cause := inbound.Cause("")
		if entry.Cause != nil {
			cause = *entry.Cause
		}
		if known != c.known || cause != c.cause {
			t.Errorf("%s: %v, %q: %s", c.query, entry.AffiliateID, cause, entry.Reason)
		}
	}
}
