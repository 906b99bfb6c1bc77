package intake_test

import (
	"fmt"
	"net/netip"
	"sync"
	"testing"

	"postrider/domain/inbound"
	"postrider/ent/db"
	"postrider/intake"
	"postrider/pgtest"
)

// Signed calls arrive beside clicks, over two nodes, each call twice: nothing is lost, and
// nothing is counted twice. Their rate is measured by bench.
func TestSignedCallsBesideClicksLoseAndDoubleNothing(t *testing.T) {
	const calls, clicksEach, callers = 200, 5, 16
	w := setup(t)
	pgtest.Postback(t, w.d, w.Affiliate, tracker, pgtest.On("deposit"))
	signed := pgtest.Integration(t, w.d, w.Offer, func(s *db.IntegrationCreate) { s.SetRequireToken(false).SetRequireSignature(true) })
	nodes := []*intake.Intake{w.in, w.node()}
	work := make(chan int)
	var mu sync.Mutex
	results := map[intake.Result]int{}
	var errs []error
	one := func(n int) error {
		in := nodes[n%2]
		for range clicksEach {
			r := intake.ClickRequest{Code: w.Link.Code, Address: netip.MustParseAddr("203.0.113.9")}
			r.Method, r.RawQuery, r.UserAgent = "GET", fmt.Sprintf("param_1=load-%d", n), "Mozilla/5.0 (iPhone)"
			if _, err := in.Click(t.Context(), r); err != nil {
				return err
			}
		}
		query := fmt.Sprintf("goal=deposit&click_id=%s&transaction_id=load-%d&amount=10", w.click(), n/2)
		a, err := in.Receive(t.Context(), inbound.Call{
			IntegrationKey: signed.Key, Method: "GET", RawQuery: query + "&signature=" + sign(signed.HMAC, query), Address: netip.MustParseAddr("198.51.100.7"),
		})
		mu.Lock()
		defer mu.Unlock()
		results[a.Result]++
		return err
	}
	var all sync.WaitGroup
	for range callers {
		all.Go(func() {
			for n := range work {
				if err := one(n); err != nil {
					mu.Lock()
					errs = append(errs, err)
					mu.Unlock()
				}
			}
		})
	}
	for n := range 2 * calls {
		work <- n
	}
	close(work)
	all.Wait()
	if len(errs) > 0 || results[intake.Recorded] != calls || results[intake.Duplicate] != calls {
		t.Errorf("%v; %d errors, the first: %v", results, len(errs), append(errs, nil)[0])
	}
	for what, c := range map[string]struct {
		query string
		want  int
	}{
		"clicks":        {`SELECT count(*) FROM clicks WHERE param_1 LIKE 'load-%'`, 2 * calls * clicksEach},
		"conversions":   {`SELECT count(DISTINCT transaction_id) FROM conversions WHERE transaction_id LIKE 'load-%'`, calls},
		"rows of them":  {`SELECT count(*) FROM conversions WHERE transaction_id LIKE 'load-%'`, calls},
		"deliveries":    {`SELECT count(*) FROM deliveries`, calls},
		"jobs":          {`SELECT count(DISTINCT q ->> 'id') FROM ` + queued, calls},
		"calls, logged": {`SELECT count(*) FROM received_postbacks`, 2 * calls},
	} {
		if n := w.count(c.query); n != c.want {
			t.Errorf("%d %s, want %d", n, what, c.want)
		}
	}
}
