package intake_test

import (
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"postrider/domain/inbound"
	"postrider/intake"
)

// Calls of integrations that do not exist are logged up to a rate and a size, and then get a
// Retry-After; other calls are not limited.
func TestStrangersKeepLittle(t *testing.T) {
	w := setup(t)
	addr := netip.MustParseAddr("203.0.113.77")
	stranger := func(key string, from netip.Addr) intake.Answer {
		return w.receive(inbound.Call{
			IntegrationKey: key, Method: "POST", RawQuery: "token=secret&q=" + strings.Repeat("q", 30<<10), ContentType: "text/plain",
			Body: []byte(strings.Repeat("b", inbound.MaxBody)), Address: from,
			Header: http.Header{"User-Agent": {"x"}, "X-Large": {strings.Repeat("h", 30<<10)}},
		})
	}
	kept := func() (rows, bytes int) {
		w.must(w.d.SQL.QueryRowContext(t.Context(), `SELECT count(*), coalesce(max(length(body)), 0) + coalesce(max(length(query)), 0) + coalesce(max(length(headers::text)), 0)
			FROM received_postbacks`).Scan(&rows, &bytes))
		return rows, bytes
	}
	var last intake.Answer
	refused := 0
	for i := range 200 {
		last = stranger("unknown-"+strings.Repeat("x", i), addr)
		if last.StatusCode == http.StatusTooManyRequests {
			refused++
		}
	}
	rows, bytes := kept()
	if rows != 30 || refused != 170 || bytes > 3*4<<10+100 {
		t.Errorf("%d calls are kept and %d refused; the largest has %d bytes", rows, refused, bytes)
	}
	if last.Result != intake.RateLimited || last.RetryAfter <= 0 || last.RetryAfter > time.Minute {
		t.Errorf("%+v", last)
	}
	if a := stranger("unknown", netip.MustParseAddr("203.0.113.78")); a.Result != intake.RateLimited {
		t.Errorf("a neighbour: %+v", a)
	}
	if a := stranger("unknown", netip.MustParseAddr("203.0.114.77")); a.Result != intake.UnknownIntegration {
		t.Errorf("somebody else: %+v", a)
	}
	known := w.get("goal=registration&click_id=" + w.click())
	known.Address = addr
	if a := w.receive(known); a.Result != intake.Recorded {
		t.Errorf("an integration from there: %+v", a)
	}
	w.later(last.RetryAfter)
	if a := stranger("unknown", addr); a.Result != intake.UnknownIntegration {
		t.Errorf("after the wait: %+v", a)
	}
	// The rate over all addresses is limited too.
	before, _ := kept()
	for i := range 1500 {
		stranger("unknown", netip.AddrFrom4([4]byte{10, byte(i >> 8), byte(i), 1}))
	}
	if after, _ := kept(); after-before > 1000+100 {
		t.Errorf("%d calls are kept from everywhere", after-before)
	}
}
