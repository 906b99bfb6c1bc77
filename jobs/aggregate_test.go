package jobs_test

import (
	"fmt"
	"log/slog"
	"net/url"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"postrider/domain/commission"
	"postrider/domain/inbound"
	"postrider/intake"
	"postrider/jobs"
	"postrider/outbox"
	"postrider/pgtest"
)

// soon is a node whose clock ends windows of a minute within milliseconds.
func (w *world) soon(moment time.Duration) *intake.Intake {
	return intake.New(intake.Config{
		DB: w.d.SQL, Enqueuer: w, Secrets: pgtest.Key(w.t), Log: slog.New(slog.DiscardHandler),
		Now: func() time.Time { return time.Now().Add(moment - time.Minute) },
	})
}

func (w *world) depositAt(in *intake.Intake, id string, status commission.Status) error {
	_, err := in.Report(w.t.Context(), w.Integration.Key, inbound.Report{
		Goal: commission.GoalDeposit, ClickID: w.Click.String(), TransactionID: id, Status: status, Amount: decimal.NewNullDecimal(decimal.NewFromInt(2)), Actor: commission.ByOperator,
	})
	return err
}

// Conversions arrive at two nodes while windows of a few milliseconds close under them:
// each is sent in exactly one request.
func TestWhatJoinsWhileWindowsCloseIsToldOnce(t *testing.T) {
	const nodes, each = 2, 150
	w := setup(t, nil)
	w.postback("/?n={count}&sum={sum_amount}", pgtest.Aggregation(60))
	w.run()
	var all sync.WaitGroup
	errs := make(chan error, nodes*each)
	for half := range 2 {
		for n := range nodes {
			in := w.soon(4 * time.Millisecond)
			for i := range each / 2 {
				all.Go(func() { errs <- w.depositAt(in, fmt.Sprintf("T%d-%d-%d", half, n, i), commission.Approved) })
			}
		}
		all.Wait()
		// If all of them found one open, the second half opens another.
		w.until("the first window has closed", `SELECT EXISTS (SELECT FROM deliveries WHERE aggregates IS NULL)`)
	}
	for range nodes * each {
		w.must(<-errs)
	}
	w.untilAll(outbox.Delivered)
	told, sum := 0, 0.0
	for _, r := range w.sink.requests() {
		u, err := url.Parse(r.url)
		w.must(err)
		n, err := strconv.Atoi(u.Query().Get("n"))
		w.must(err)
		s, err := strconv.ParseFloat(u.Query().Get("sum"), 64)
		w.must(err)
		told, sum = told+n, sum+s
	}
	if told != nodes*each || sum != 2*nodes*each {
		t.Errorf("the tracker was told of %d conversions worth %.2f, want %d worth %d", told, sum, nodes*each, 2*nodes*each)
	}
	if n := w.number(`SELECT count(DISTINCT conversion_id) FROM aggregated_events WHERE left_at IS NULL`); n != nodes*each {
		t.Errorf("%d conversions are in a window, want %d", n, nodes*each)
	}
	if n := w.number(`SELECT count(*) FROM deliveries`); n < 2 {
		t.Errorf("%d windows were opened: none closed under a conversion", n)
	}
}

func TestAAggregatedDeliveryIsReplayedAsItWas(t *testing.T) {
	w := setup(t, nil)
	w.postback("/?n={count}&sum={sum_amount}&goals={goal_names}", pgtest.Aggregation(60))
	in := w.soon(30 * time.Second) // open until it is said to be over
	for _, id := range []string{"A", "B", "C"} {
		w.must(w.depositAt(in, id, commission.Approved))
	}
	w.must(w.depositAt(in, "B", commission.Rejected))
	w.run()
	w.exec(`UPDATE deliveries SET due_at = now() - interval '1 second'`)
	w.untilAll(outbox.Delivered)
	d := w.delivery()
	_, err := jobs.Replayer{Pool: w.pool.Pgx, Now: time.Now}.Replay(t.Context(), d.ID, true)
	w.must(err)
	w.untilAll(outbox.Delivered)
	got := w.sink.requests()
	if want := "/?n=2&sum=4.00&goals=Deposit"; len(got) != 2 || got[0].url != want || got[1].url != want {
		t.Errorf("the tracker got %v, want %s twice", got, want)
	}
	if n := w.number(`SELECT count(*) FROM deliveries WHERE aggregates IS NOT NULL OR reason IS NOT NULL OR aggregation_id <> '` + d.ID.String() + `'`); n != 0 {
		t.Errorf("%d deliveries still aggregate, or tell of something else", n)
	}
}

// A window of reversals never overtakes the one with the conversions.
func TestWindowsOfAClickGoOutInTheirOrder(t *testing.T) {
	w := setup(t, nil)
	w.postback("/?s={status}&n={count}", pgtest.On(commission.GoalDeposit, commission.Approved, commission.Rejected), pgtest.Aggregation(60))
	in := w.soon(30 * time.Second)
	w.must(w.depositAt(in, "A", commission.Approved))
	w.exec(`UPDATE deliveries SET aggregates = NULL`) // closed, and not on its way yet
	w.must(w.depositAt(in, "A", commission.Rejected))
	w.exec(`UPDATE deliveries SET due_at = now() - interval '1 second' WHERE status = 'rejected'`)
	w.run()
	w.until("the second waits for the first", `SELECT EXISTS (SELECT FROM deliveries WHERE status = 'rejected' AND blocked_by IS NOT NULL)`)
	w.exec(`UPDATE deliveries SET due_at = now() - interval '1 second' WHERE status = 'approved'`)
	w.untilAll(outbox.Delivered)
	if got := w.sink.requests(); len(got) != 2 || got[0].url != "/?s=approved&n=1" || got[1].url != "/?s=rejected&n=1" {
		t.Errorf("the tracker got %v", got)
	}
}
