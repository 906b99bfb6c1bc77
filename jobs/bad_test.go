package jobs_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"postrider/dispatch"
	"postrider/domain/commission"
	"postrider/domain/inbound"
	"postrider/jobs"
	"postrider/pgtest"
)

// nameless is a resolver whose server never answers.
func nameless(t *testing.T) *net.Resolver {
	t.Helper()
	silent, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = silent.Close() })
	ctx, stop := context.WithCancel(context.Background())
	t.Cleanup(stop)
	return &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, "udp", silent.LocalAddr().String())
		if err == nil {
			context.AfterFunc(ctx, func() { _ = conn.Close() })
		}
		return conn, err
	}}
}

// Every kind of bad endpoint at once, and a thousand whose names do not resolve: a good
// one's deliveries are sent while all of that still waits.
func TestBadEndpointsOfEveryKindHoldNobodyUp(t *testing.T) {
	w := setup(t, nil)
	over := make(chan struct{})
	end := sync.OnceFunc(func() { close(over) })
	for kind, serve := range map[string]http.HandlerFunc{
		"hangs": func(http.ResponseWriter, *http.Request) { <-over },
		"fails": func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusInternalServerError) },
		"drips": func(rw http.ResponseWriter, r *http.Request) {
			tick := time.NewTicker(20 * time.Millisecond)
			defer tick.Stop()
			for {
				select {
				case <-over:
					return
				case <-r.Context().Done():
					return
				case <-tick.C:
					_, _ = rw.Write([]byte("x"))
					_ = http.NewResponseController(rw).Flush()
				}
			}
		},
		"resets": func(rw http.ResponseWriter, _ *http.Request) {
			if conn, _, err := http.NewResponseController(rw).Hijack(); err == nil {
				_ = conn.(*net.TCPConn).SetLinger(0)
				_ = conn.Close()
			}
		},
	} {
		server := httptest.NewServer(serve)
		t.Cleanup(server.Close)
		pgtest.Postback(t, w.d, w.Affiliate, server.URL+"/"+kind, pgtest.On(commission.GoalDeposit))
	}
	t.Cleanup(end)
	const names = 1000
	for i := range names {
		pgtest.Postback(t, w.d, w.Affiliate, fmt.Sprintf("http://tracker-%d.example/", i), pgtest.On(commission.GoalRegistration))
	}
	good := w.postback("/?t={transaction_id}")
	w.run(patient, func(c *jobs.Config) {
		c.Workers = 32
		c.Client = dispatch.NewClient(dispatch.ClientOptions{
			Guard: w.guard, Resolver: nameless(t), DialTimeout: time.Second, HeaderTimeout: 3 * time.Second, TotalTimeout: 3 * time.Second,
		})
		t.Cleanup(c.Client.Close)
	})
	delivered := func(n int) {
		t.Helper()
		w.until(fmt.Sprintf("%d good ones are delivered", n), `SELECT count(*) = $1 FROM deliveries WHERE postback_id = $2 AND state = 'delivered'`, n, good.ID)
	}
	const before, beside = 20, 100
	for range before { // it is known to be good
		w.deposit()
	}
	delivered(before)
	_, err := w.in.Report(t.Context(), w.Integration.Key, inbound.Report{
		Goal: commission.GoalRegistration, ClickID: w.Click.String(), TransactionID: "R", Actor: commission.ByOperator,
	})
	w.must(err)
	for range beside {
		w.deposit()
	}
	delivered(before + beside)
	if n := w.number(`SELECT count(*) FROM deliveries WHERE goal = 'registration' AND state = 'queued'`); n < names/2 {
		t.Errorf("only %d of those without an address still wait: nothing was shown", n)
	}
	if n := w.number(`SELECT count(*) FROM deliveries`); n != names+5*(before+beside) {
		t.Errorf("%d deliveries", n)
	}
	if n := w.number(`SELECT count(*) FROM attempts a JOIN deliveries d ON d.id = a.delivery_id WHERE a.error = 'TIMEOUT_DNS' AND d.state <> 'retrying'`); n != 0 {
		t.Errorf("%d whose name did not resolve are not tried again", n)
	}
	end()
}
