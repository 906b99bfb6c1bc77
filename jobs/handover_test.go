package jobs_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"postrider/domain/commission"
	"postrider/domain/macro"
	"postrider/ent/db"
	"postrider/ent/db/delivery"
	"postrider/intake"
	"postrider/internal/globalid"
	"postrider/internal/ids"
	"postrider/internal/pg"
	"postrider/jobs"
	"postrider/outbox"
	"postrider/pgtest"
)

// beside starts an engine in the recording process, whose tracker has proven fast: T1 was
// sent through the queue. It returns a function that returns how many were sent without it.
func (w *world) beside(options ...func(*jobs.Config)) (handedOver func() int, stop func()) {
	w.t.Helper()
	metrics := prometheus.NewRegistry()
	stop = w.run(append(options, func(c *jobs.Config) { c.Metrics = metrics })...)
	w.deposit()
	w.untilAll(outbox.Delivered)
	handedOver = func() int {
		w.t.Helper()
		found, err := metrics.Gather()
		w.must(err)
		for _, family := range found {
			if family.GetName() == "postrider_deliveries_handed_over_total" {
				return int(family.GetMetric()[0].GetCounter().GetValue())
			}
		}
		w.t.Fatal("nobody counts what is handed over")
		return 0
	}
	if n := handedOver(); n != 0 {
		w.t.Fatalf("%d went out to a tracker that nobody knew", n)
	}
	return handedOver, stop
}

// of returns the delivery of a transaction that is no replay.
func (w *world) of(transaction string) *db.Delivery {
	w.t.Helper()
	d, err := w.client.Delivery.Query().Where(delivery.TransactionID(transaction), delivery.ReplayOfIsNil()).Only(w.ctx)
	w.must(err)
	return d
}

func TestWhatIsRecordedBesideAnEngineGoesOutWithNoQueueBetween(t *testing.T) {
	w := setup(t, nil)
	template := "/?"
	for _, m := range macro.All() {
		template += string(m.Name) + "={" + string(m.Name) + "}&"
	}
	w.postback(template)
	handedOver, _ := w.beside()
	w.deposit()
	w.untilAll(outbox.Delivered)
	if n := handedOver(); n != 1 {
		t.Fatalf("%d were handed over", n)
	}
	d := w.of("T2")
	if d.Attempt != 1 || d.ClaimedAt != nil || d.FirstAttemptAt == nil || d.DeliveredAt == nil || len(w.attempts(d)) != 1 || w.number(`SELECT count(*) FROM river_job`) != 0 {
		t.Errorf("%+v", d)
	}
	// It sent the same as through the queue.
	id, err := jobs.Replayer{Pool: w.pool.Pgx, Now: time.Now}.Replay(t.Context(), d.ID, true)
	w.must(err)
	w.untilAll(outbox.Delivered)
	got := w.sink.requests()
	if len(got) != 3 {
		t.Fatalf("%d requests", len(got))
	}
	if want := strings.ReplaceAll(got[1].url, globalid.Hex(d.ID), globalid.Hex(id)); got[2].url != want || !strings.Contains(want, "transaction_id=T2") {
		t.Errorf("at once\n%s\nand through the queue\n%s", want, got[2].url)
	}
	for name, value := range map[string]string{"X-Postrider-Delivery": globalid.Hex(d.ID), "X-Postrider-Attempt": "1"} {
		if got[1].header.Get(name) != value {
			t.Errorf("%s: %q, want %q", name, got[1].header.Get(name), value)
		}
	}
}

func TestWhatIsNotCommittedIsNotSentAndLeavesItsRoom(t *testing.T) {
	w := setup(t, nil)
	p := w.postback("/?t={transaction_id}")
	handedOver, _ := w.beside()
	refused := errors.New("refused")
	for range 100 { // more than there are permits, and slots
		err := pg.WithPipeline(t.Context(), w.d.SQL, func(ctx context.Context, tx *pg.Pipeline) error {
			at, err := w.Enqueue(ctx, tx, []outbox.Fresh{{
				Ready: outbox.Ready{DeliveryID: pgtest.ID(t), Endpoint: w.of("T1").Endpoint, Priority: outbox.PriorityLive}, PostbackID: ids.Postback(p.ID),
			}})
			if err == nil && len(at) == 0 {
				t.Error("it was not taken")
			}
			return errors.Join(err, tx.Send(ctx), refused)
		})
		if !errors.Is(err, refused) {
			t.Fatal(err)
		}
	}
	w.deposit()
	w.untilAll(outbox.Delivered)
	if n := handedOver(); n != 1 || len(w.sink.requests()) != 2 {
		t.Errorf("%d were handed over, and the tracker got %v", n, w.sink.requests())
	}
}

// The recording process's cache of a postback may be stale.
func TestWhatIsHandedOverForAPostbackThatIsHeldOrDeletedIsNotSent(t *testing.T) {
	for _, tc := range []struct {
		name, change string
		state        outbox.State
	}{
		{"held", `UPDATE postbacks SET hold_reason = 'GONE'`, outbox.Held},
		{"deleted", `UPDATE postbacks SET deleted_at = now()`, outbox.Cancelled},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := setup(t, nil)
			w.postback("/")
			handedOver, stop := w.beside()
			w.exec(tc.change) // on another node, just now
			w.deposit()
			w.until("it is "+tc.name, `SELECT state = $1 FROM deliveries WHERE transaction_id = 'T2'`, tc.state)
			stop()
			if d := w.of("T2"); handedOver() != 1 || d.Attempt != 0 || d.ClaimedAt != nil || len(w.sink.requests()) != 1 || w.number(`SELECT count(*) FROM river_job`) != 0 {
				t.Errorf("%+v", d)
			}
		})
	}
}

func TestWhatADeadProcessWasHandedIsTakenBack(t *testing.T) {
	w, arrived, _ := gated(t, 2, http.StatusOK)
	w.postback("/")
	handedOver, _ := w.beside(func(c *jobs.Config) { c.SweepEvery = time.Hour })
	w.deposit()
	<-arrived // and there it hangs, as if it had been killed
	d := w.of("T2")
	if n := handedOver(); n != 1 || d.ClaimedAt == nil || d.Attempt != 1 || d.State != outbox.Queued {
		t.Fatalf("%d were handed over; %+v", n, d)
	}
	w.age(time.Minute)
	w.run()
	w.untilAll(outbox.Delivered)
	attempts, got := w.attempts(d), w.sink.requests()
	if len(attempts) != 2 || *attempts[0].Error != "INTERRUPTED" || attempts[0].Number != 1 || attempts[1].Number != 2 {
		t.Errorf("%+v", attempts)
	}
	if len(got) != 3 || got[2].header.Get("X-Postrider-Attempt") != "2" || got[2].header.Get("X-Postrider-Delivery") != globalid.Hex(d.ID) {
		t.Errorf("%+v", got)
	}
}

func TestALaterStepWaitsForTheOneThatWasHandedOver(t *testing.T) {
	w, arrived, open := gated(t, 2, http.StatusOK)
	w.postback("/?s={status}", pgtest.On(commission.GoalDeposit, commission.Approved, commission.Rejected))
	handedOver, _ := w.beside()
	w.deposit()
	<-arrived
	_, err := w.in.Move(t.Context(), *w.of("T2").ConversionID, intake.Move{To: commission.Rejected, Actor: commission.ByStaff})
	w.must(err)
	w.until("the second waits for the first", `SELECT EXISTS (SELECT FROM deliveries WHERE status = 'rejected' AND blocked_by IS NOT NULL)`)
	open()
	w.untilAll(outbox.Delivered)
	if got := w.sink.requests(); handedOver() != 1 || len(got) != 3 || got[1].url != "/?s=approved" || got[2].url != "/?s=rejected" {
		t.Errorf("the tracker got %v", got)
	}
}

func TestAGracefulStopFinishesWhatWasHandedOver(t *testing.T) {
	w, arrived, open := gated(t, 2, http.StatusOK)
	w.postback("/")
	_, stop := w.beside()
	w.deposit()
	<-arrived
	w.stopDuring(stop, open)
	if d := w.of("T2"); d.State != outbox.Delivered {
		t.Errorf("%+v", d)
	}
	w.deposit()
	if d := w.of("T8"); d.State != outbox.Queued || d.ClaimedAt != nil || d.Attempt != 0 {
		t.Errorf("what came after it had stopped: %+v", d)
	}
	if n := w.number(`SELECT count(*) FROM deliveries WHERE claimed_at IS NOT NULL`); n != 0 {
		t.Errorf("%d are claimed by nobody", n)
	}
	w.run() // what was left is taken up
	w.untilAll(outbox.Delivered)
}
