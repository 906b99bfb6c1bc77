package jobs_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"postrider/dispatch"
	"postrider/domain/commission"
	"postrider/ent/db/delivery"
	"postrider/intake"
	"postrider/jobs"
	"postrider/outbox"
	"postrider/pgtest"
)

// quickCircuit opens and probes in times that a test can wait for.
func quickCircuit(c *jobs.Config) {
	c.Circuit = dispatch.DefaultCircuitRules
	c.Circuit.Consecutive, c.Circuit.FirstPause, c.Circuit.LongPause = 3, 300*time.Millisecond, time.Second
}

// patient is a schedule that no test waits for.
func patient(c *jobs.Config) { c.Schedule = dispatch.Schedule{0, time.Hour, time.Hour, time.Hour} }

func TestAnEndpointThatFailsIsLeftAloneAndItsDeliveriesDrainInOrder(t *testing.T) {
	var down atomic.Bool
	down.Store(true)
	w := setup(t, func(_ int, rw http.ResponseWriter, _ *http.Request) {
		if down.Load() {
			rw.WriteHeader(http.StatusBadGateway)
		}
	})
	w.postback("/?t={transaction_id}")
	w.run(quickCircuit, patient)
	for range 3 {
		w.deposit()
	}
	w.until("the circuit opens", `SELECT count(*) = 1 FROM endpoints WHERE state IN ('open', 'half_open') AND because = 'SERVER_ERROR'`)
	for range 40 {
		w.deposit()
	}
	metrics := prometheus.NewRegistry()
	w.run(func(c *jobs.Config) { c.Metrics = metrics }, quickCircuit, patient) // a second process
	w.until("the rest is held", `
		SELECT count(*) >= 30 FROM deliveries WHERE state = 'held' AND reason = 'CIRCUIT_OPEN' AND attempt = 0 AND claimed_at IS NULL AND parked_at IS NOT NULL`)
	if n, err := testutil.GatherAndCount(metrics, "postrider_deliveries_waiting", "postrider_circuits", "postrider_delivery_slots"); err != nil || n != 5 {
		t.Errorf("%d metrics, %v", n, err)
	}
	down.Store(false)
	w.until("what was held is delivered", `SELECT count(*) = 0 FROM deliveries WHERE attempt = 0 OR state = 'held' OR claimed_at IS NOT NULL`)
	w.until("the circuit closes", `SELECT state = 'closed' FROM endpoints`)

	if n := w.number(`SELECT count(*) FROM deliveries WHERE state = 'delivered' AND (attempt > 1 OR reason IS NOT NULL OR parked_at IS NOT NULL)`); n != 0 {
		t.Errorf("%d spent attempts while they were held, or carry what is over", n)
	}
	var drained []string
	for _, r := range w.sink.requests() {
		if r.header.Get("X-Postrider-Attempt") == "1" {
			drained = append(drained, strings.TrimPrefix(r.url, "/?t=T"))
		}
	}
	if len(drained) != 43 || w.number(`SELECT count(*) FROM postbacks WHERE enabled`) != 1 {
		t.Errorf("%d first attempts; the postback is disabled", len(drained))
	}
}

// What a job parks while the circuit opens, behind the look through what is parked, is held too.
func TestWhatIsParkedAsTheCircuitOpensIsHeldToo(t *testing.T) {
	w := setup(t, status(http.StatusBadGateway))
	w.postback("/?t={transaction_id}")
	clock := &clock{}
	w.run(patient, func(c *jobs.Config) {
		c.Now, c.Circuit = clock.now, dispatch.DefaultCircuitRules
		c.Circuit.Consecutive, c.Circuit.FirstPause, c.Circuit.LongPause = 3, time.Hour, time.Hour
	})
	for range 20 {
		w.deposit()
	}
	w.until("the rest is held", `
		SELECT count(*) FILTER (WHERE state = 'held') > 0 AND count(*) FILTER (WHERE state = 'queued') = 0 FROM deliveries`)
	late := w.number(`SELECT count(*) FROM deliveries WHERE state = 'held'`)
	w.exec(`UPDATE deliveries SET state = 'queued', reason = NULL WHERE state = 'held'`)
	clock.later(time.Minute)
	w.until("what came late is held", `SELECT count(*) = $1 FROM deliveries WHERE state = 'held' AND reason = 'CIRCUIT_OPEN'`, late)
}

func TestAHangingEndpointHoldsNobodyUp(t *testing.T) {
	w := setup(t, nil)
	hang, most := make(chan struct{}), atomic.Int64{}
	var now atomic.Int64
	hanging := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		if n := now.Add(1); n > most.Load() {
			most.Store(n)
		}
		<-hang
		now.Add(-1)
	}))
	t.Cleanup(hanging.Close)
	open := sync.OnceFunc(func() { close(hang) })
	t.Cleanup(open)
	bad := pgtest.Postback(t, w.d, w.Affiliate, hanging.URL+"/?t={transaction_id}", pgtest.On(commission.GoalDeposit))
	w.postback("/?t={transaction_id}")
	w.run()
	const many = 150
	for range many {
		w.deposit()
	}
	w.until("the healthy ones are delivered", `SELECT count(*) = $1 FROM deliveries WHERE state = 'delivered'`, many)
	w.until("the others wait in the table", `SELECT count(*) = $1 FROM deliveries WHERE postback_id = $2 AND parked_at IS NOT NULL AND state = 'queued'`, many-8, bad.ID)
	if most.Load() != 8 {
		t.Errorf("%d requests hung at once", most.Load())
	}
	open()
	w.untilAll(outbox.Delivered)
	if n := w.number(`SELECT count(*) FROM attempts`); n != 2*many {
		t.Errorf("%d attempts for %d deliveries", n, 2*many)
	}
}

func TestALaterStepDoesNotOvertakeAnEarlierOne(t *testing.T) {
	var fail atomic.Bool
	fail.Store(true)
	w := setup(t, func(_ int, rw http.ResponseWriter, _ *http.Request) {
		if fail.Load() {
			rw.WriteHeader(http.StatusInternalServerError)
		}
	})
	w.postback("/?s={status}", pgtest.On(commission.GoalDeposit, commission.Approved, commission.Rejected))
	clock := &clock{}
	w.run(patient, func(c *jobs.Config) { c.Now = clock.now })
	w.deposit()
	w.untilAll(outbox.Retrying)
	conversion := w.delivery().ConversionID
	_, err := w.in.Move(t.Context(), *conversion, intake.Move{To: commission.Rejected, Reason: "chargeback", Actor: commission.ByStaff})
	w.must(err)
	w.until("the second waits for the first", `
		SELECT count(*) = 1 FROM deliveries d JOIN deliveries b ON b.id = d.blocked_by
		WHERE d.status = 'rejected' AND d.state = 'queued' AND d.attempt = 0 AND d.reason = 'WAITS_FOR_EARLIER' AND b.status = 'approved'`)
	fail.Store(false)
	clock.later(2 * time.Hour)
	w.untilAll(outbox.Delivered)
	var seen []string
	for _, r := range w.sink.requests() {
		seen = append(seen, strings.TrimPrefix(r.url, "/?s="))
	}
	if !slices.Equal(seen, []string{"approved", "approved", "rejected"}) {
		t.Errorf("the tracker heard %v", seen)
	}
	all, err := w.client.Delivery.Query().Where(delivery.ReasonNotNil()).Count(w.ctx)
	if err != nil || all != 0 {
		t.Errorf("%d still carry a reason, %v", all, err)
	}
}

// An hour of the clock, in which retries come due again and again.
func TestATrackerThatIsDownForAnHourLosesNothing(t *testing.T) {
	var down atomic.Bool
	down.Store(true)
	w := setup(t, func(_ int, rw http.ResponseWriter, _ *http.Request) {
		if down.Load() {
			rw.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	w.postback("/?t={transaction_id}&s={status}", pgtest.On(commission.GoalDeposit, commission.Approved, commission.Rejected))
	clock := &clock{}
	w.run(func(c *jobs.Config) {
		c.Now, c.Schedule = clock.now, dispatch.DefaultSchedule
		c.Circuit = dispatch.DefaultCircuitRules
		c.PromoteEvery = 5 * time.Millisecond
	})
	const many = 60
	for range many {
		w.deposit()
	}
	first, err := w.client.Delivery.Query().Order(delivery.ByID()).First(w.ctx)
	w.must(err)
	_, err = w.in.Move(t.Context(), *first.ConversionID, intake.Move{To: commission.Rejected, Actor: commission.ByStaff})
	w.must(err)
	all := w.number(`SELECT count(*) FROM deliveries`)
	w.until("the circuit opens", `SELECT count(*) = 1 FROM endpoints WHERE state <> 'closed'`)
	for range 60 {
		clock.later(time.Minute)
		before := w.number(`SELECT count(*) FROM attempts`)
		w.until("nothing is in flight", `SELECT count(*) = 0 FROM deliveries WHERE claimed_at IS NOT NULL`)
		if n := w.number(`SELECT count(*) FROM attempts`); n-before > 10 {
			t.Fatalf("%d attempts in one minute at a tracker that is down", n-before)
		}
	}
	down.Store(false)
	clock.later(time.Hour)
	w.until("all are delivered", `SELECT count(*) = $1 FROM deliveries WHERE state = 'delivered'`, all)
	if n := w.number(`SELECT count(*) FROM postbacks WHERE enabled AND hold_reason IS NULL`); n != 1 {
		t.Error("the postback was disabled")
	}
	var order []string
	for _, r := range w.sink.requests() {
		if path, ok := strings.CutPrefix(r.url, "/?t=T1&s="); ok {
			order = append(order, path)
		}
	}
	if order = slices.Compact(order); !slices.Equal(order, []string{"approved", "rejected"}) {
		t.Errorf("one conversion was told of in this order: %v", order)
	}
}

func TestAnotherProcessPromotesWhenTheFirstIsGone(t *testing.T) {
	w := setup(t, nil)
	w.postback("/")
	w.deposit()
	w.exec(`DELETE FROM river_job`)
	w.exec(`UPDATE deliveries SET due_at = now()`)
	// A process that was killed, or is paused: its lease has not expired yet.
	w.exec(`UPDATE promoter SET worker_id = gen_random_uuid(), until = now() + interval '1 second'`)
	w.run()
	if d := w.delivery(); d.State != outbox.Queued {
		t.Errorf("somebody else has the lease, and it is %s", d.State)
	}
	w.untilAll(outbox.Delivered)
}
