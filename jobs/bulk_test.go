package jobs_test

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gofrs/uuid/v5"

	"postrider/ent/db/delivery"
	"postrider/internal/ids"
	"postrider/internal/problem"
	"postrider/jobs"
)

// ended makes n deliveries that the tracker refused, and returns their ids.
func (w *world) ended(n int) []uuid.UUID {
	w.t.Helper()
	for range n {
		w.deposit()
	}
	w.exec(`DELETE FROM river_job`)
	w.exec(`UPDATE deliveries SET state = 'failed', reason = 'HTTP_404', attempt = 1`)
	deliveries, err := w.client.Delivery.Query().Order(delivery.ByID()).IDs(w.ctx)
	w.must(err)
	return deliveries
}

func (w *world) replayer() jobs.Replayer { return jobs.Replayer{Pool: w.pool.Pgx, Now: time.Now} }

func TestManyAreReplayedBehindLiveTrafficAndPastARestart(t *testing.T) {
	w := setup(t, nil)
	p := w.postback("/?t={transaction_id}")
	const many = 700 // more than may wait at once
	deliveries := w.ended(many)
	id, err := w.replayer().ReplayMany(t.Context(), ids.Affiliate(w.Affiliate), 0, false, deliveries)
	w.must(err)
	stop := w.run()
	w.until("some are delivered", `SELECT count(*) > 50 FROM deliveries WHERE bulk_replay_id = $1 AND state = 'delivered'`, id)
	stop()
	if n := w.number(`SELECT count(*) FROM bulk_replays WHERE state = 'running'`); n != 1 {
		t.Fatal("it was over before it could be interrupted")
	}
	w.run()
	w.until("it is done", `SELECT state = 'done' AND queued = $2 AND skipped = 0 AND finished_at IS NOT NULL FROM bulk_replays WHERE id = $1`, id, many)
	if n := w.number(`SELECT count(DISTINCT replay_of) FROM deliveries WHERE state = 'delivered' AND priority = 3 AND attempt = 1`); n != many {
		t.Errorf("%d of %d were replayed", n, many)
	}
	if n := len(w.sink.requests()); n != many {
		t.Errorf("%d requests for %d replays", n, many)
	}
	if d := w.number(`SELECT count(*) FROM deliveries WHERE replay_of IS NULL AND state = 'failed'`); d != many || p.ID == 0 {
		t.Errorf("%d of the old ones are as they were", d)
	}
}

func TestABulkReplayIsPausedResumedAndCancelled(t *testing.T) {
	var hold atomic.Bool
	hold.Store(true)
	w := setup(t, func(_ int, rw http.ResponseWriter, _ *http.Request) {
		if hold.Load() {
			rw.WriteHeader(http.StatusInternalServerError)
		}
	})
	w.postback("/?t={transaction_id}")
	const many = 1200
	deliveries := w.ended(many)
	r := w.replayer()
	id, err := r.ReplayMany(t.Context(), ids.Affiliate(w.Affiliate), 0, true, deliveries)
	w.must(err)
	w.must(r.PauseBulk(t.Context(), id))
	w.must(r.PauseBulk(t.Context(), id)) // it is paused already
	w.run(quickCircuit, patient)
	w.deposit() // live traffic goes on
	w.until("the live one was tried", `SELECT count(*) = 1 FROM deliveries WHERE bulk_replay_id IS NULL AND state IN ('retrying', 'held')`)
	if n := w.number(`SELECT count(*) FROM deliveries WHERE bulk_replay_id IS NOT NULL`); n != 0 {
		t.Fatalf("it is paused, and %d were queued", n)
	}
	w.must(r.ResumeBulk(t.Context(), id))
	w.until("as many wait as may", `SELECT count(*) >= 500 FROM deliveries WHERE bulk_replay_id = $1 AND state IN ('queued', 'retrying', 'held')`, id)
	w.must(r.CancelBulk(t.Context(), id))
	hold.Store(false)
	w.until("nothing of it waits", `SELECT count(*) = 0 FROM deliveries WHERE bulk_replay_id = $1 AND state IN ('queued', 'retrying', 'held')`, id)
	if n := w.number(`SELECT count(*) FROM deliveries WHERE state = 'cancelled' AND reason = 'REPLAY_CANCELLED' AND parked_at IS NULL AND due_at IS NULL`); n < 400 {
		t.Errorf("%d were called off", n)
	}
	if n := w.number(`SELECT count(*) FROM deliveries WHERE bulk_replay_id IS NOT NULL`); n > 800 {
		t.Errorf("%d were queued: it went on", n)
	}
	for _, again := range []error{r.PauseBulk(t.Context(), id), r.ResumeBulk(t.Context(), id)} {
		if problem.CodeOf(again) != problem.CodeConflict || !strings.Contains(again.Error(), "cancelled") {
			t.Errorf("a cancelled one: %v", again)
		}
	}
	if err := r.PauseBulk(t.Context(), id+1); problem.CodeOf(err) != problem.CodeNotFound {
		t.Errorf("one that is not there: %v", err)
	}
}

// What is in flight while its bulk replay is cancelled, and fails, is not sent again: the failure that
// it repeated stands.
func TestAnAttemptThatFailsAfterItsBulkReplayWasCancelledIsNotRetried(t *testing.T) {
	answer := make(chan struct{})
	w := setup(t, func(_ int, rw http.ResponseWriter, _ *http.Request) {
		<-answer
		rw.WriteHeader(http.StatusInternalServerError)
	})
	w.postback("/?t={transaction_id}")
	deliveries := w.ended(1)
	r := w.replayer()
	id, err := r.ReplayMany(t.Context(), ids.Affiliate(w.Affiliate), 0, true, deliveries)
	w.must(err)
	w.run(patient)
	w.until("it is in flight", `SELECT count(*) = 1 FROM deliveries WHERE bulk_replay_id = $1 AND claimed_at IS NOT NULL`, id)
	w.must(r.CancelBulk(t.Context(), id))
	close(answer)
	w.until("it is cancelled", `SELECT state = 'cancelled' AND reason = 'REPLAY_CANCELLED' AND due_at IS NULL AND attempt = 1 FROM deliveries WHERE bulk_replay_id = $1`, id)
	w.until("the failure stands", `SELECT superseded_by IS NULL AND unresolved FROM deliveries WHERE id = $1`, deliveries[0])
}

func TestWhatCannotBeReplayedIsSkipped(t *testing.T) {
	w := setup(t, nil)
	p := w.postback("/?t={transaction_id}")
	deliveries := w.ended(5)
	w.exec(`UPDATE deliveries SET state = 'retrying', due_at = now() + interval '1 day' WHERE id = $1`, deliveries[0])
	w.exec(`UPDATE deliveries SET test = true WHERE id = $1`, deliveries[1])
	id, err := w.replayer().ReplayMany(t.Context(), ids.Affiliate(w.Affiliate), 0, false, append(deliveries, uuid.Must(uuid.NewV7())))
	w.must(err)
	w.run()
	w.until("it is done", `SELECT state = 'done' AND queued = 6 AND skipped = 3 FROM bulk_replays WHERE id = $1`, id)
	if len(w.sink.requests()) != 3 {
		t.Errorf("%d requests", len(w.sink.requests()))
	}
	w.must(w.setup.DeletePostback(w.owner(), p.ID))
	id, err = w.replayer().ReplayMany(t.Context(), ids.Affiliate(w.Affiliate), 0, false, deliveries)
	w.must(err)
	w.until("there is nowhere to send them", `SELECT state = 'done' AND skipped = 5 FROM bulk_replays WHERE id = $1`, id)
}
