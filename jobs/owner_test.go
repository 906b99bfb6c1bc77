package jobs_test

import (
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"postrider/jobs"
	"postrider/outbox"
)

const lockOf = `hashtextextended('postrider.engine.' || $1, 0)`

// lock holds an owner's lock, until the test is over.
func (w *world) lock(owner string) {
	w.t.Helper()
	conn, err := w.d.SQL.Conn(w.t.Context())
	w.must(err)
	w.t.Cleanup(func() { _ = conn.Close() })
	_, err = conn.ExecContext(w.t.Context(), `SELECT pg_advisory_lock(`+lockOf+`)`, owner)
	w.must(err)
	w.t.Cleanup(func() { _, _ = conn.ExecContext(w.ctx, `SELECT pg_advisory_unlock_all()`) })
}

// never is an age that no claim reaches.
func never(c *jobs.Config) { c.SweepAfter = 24 * time.Hour }

func TestWhatADeadProcessHadClaimedIsTakenBackAtOnce(t *testing.T) {
	w := setup(t, nil)
	w.postback("/?d={delivery_id}")
	w.deposit()
	w.die("dead", true, 0)
	w.run(never)
	w.untilAll(outbox.Delivered)
	d := w.delivery()
	if a := w.attempts(d); len(a) != 2 || *a[0].Error != "INTERRUPTED" || a[1].Error != nil || d.Attempt != 2 {
		t.Errorf("%+v: %+v", d, a)
	}
	w.until("the job of the dead process is forgotten", `SELECT count(*) = 0 FROM river_job`)
}

func TestWhatADeadProcessHadFetchedIsTakenBackUnspent(t *testing.T) {
	w := setup(t, nil)
	w.postback("/")
	w.deposit()
	w.die("dead", false, 0)
	w.run(never)
	w.untilAll(outbox.Delivered)
	if d := w.delivery(); d.Attempt != 1 || len(w.attempts(d)) != 1 {
		t.Errorf("%+v", d)
	}
}

// Of two processes with claims of the same age, one dead and one alive, the living one
// keeps its claims.
func TestASlowProcessKeepsWhatItHas(t *testing.T) {
	w := setup(t, nil)
	w.postback("/")
	w.deposit()
	w.hang(true, 30*time.Second)
	w.exec(`UPDATE river_job SET kind = 'kept'`)
	w.deposit()
	w.exec(`UPDATE river_job SET state = 'running', attempt = 1, attempted_at = now() - interval '30 seconds', attempted_by = '{dead}' WHERE kind = 'deliver'`)
	w.exec(`UPDATE deliveries SET attempt = 1, claimed_at = now() - interval '30 seconds' WHERE transaction_id = 'T2'`)
	w.exec(`UPDATE river_job SET kind = 'deliver'`)
	w.run(never)
	w.until("the dead one's is delivered", `SELECT count(*) = 1 FROM deliveries WHERE state = 'delivered' AND transaction_id = 'T2'`)
	if n := w.number(`SELECT count(*) FROM deliveries WHERE transaction_id = 'T1' AND state = 'queued' AND claimed_at IS NOT NULL AND attempt = 1`); n != 1 {
		t.Error("what a living process had claimed was taken back")
	}
}

// An engine whose connection with the lock breaks takes it again, and keeps what
// it has in flight.
func TestALockThatIsLostIsTakenAgain(t *testing.T) {
	w, arrived, open := gated(t, 1, 200)
	w.postback("/")
	w.deposit()
	stop := w.run(never)
	w.run(never) // another, which looks
	<-arrived
	held := `SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE l.locktype = 'advisory' AND l.granted
		AND a.query LIKE '%pg_advisory_lock(hashtextextended%' AND a.datname = current_database()`
	before := w.number(held)
	w.exec(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_advisory_lock(hashtextextended%' AND datname = current_database() AND pid <> pg_backend_pid()`)
	w.until("both locks are held again", `SELECT count(*) = 2 FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE l.locktype = 'advisory' AND l.granted
		AND a.query LIKE '%pg_advisory_lock(hashtextextended%' AND a.datname = current_database()`)
	open()
	w.untilAll(outbox.Delivered)
	stop()
	if d := w.delivery(); before != 2 || d.Attempt != 1 || len(w.attempts(d)) != 1 {
		t.Errorf("%d locks; %+v", before, d)
	}
}

// A notice is lost with the listening connection. A job that is not fetched is announced
// again long before its lane is polled.
func TestAJobWhoseNoticeWasLostIsFetchedAllTheSame(t *testing.T) {
	w := setup(t, nil)
	w.postback("/")
	w.deposit()
	w.exec(`UPDATE river_job SET state = 'pending', scheduled_at = now() - interval '1 minute'`)
	w.run(never)
	w.deposit()
	w.until("the engine fetches", `SELECT count(*) = 1 FROM deliveries WHERE state = 'delivered'`)
	w.exec(`UPDATE river_job SET state = 'available' WHERE state = 'pending'`)
	w.untilAll(outbox.Delivered)
}

// Processes whose clocks differ by hours from each other's and the database's work
// together: nothing waits for a clock, and no live process loses a claim.
func TestClocksThatDiffer(t *testing.T) {
	var refused atomic.Int32
	w := setup(t, func(n int, rw http.ResponseWriter, _ *http.Request) {
		if n%7 == 0 { // what one schedules anew, another promotes perhaps
			refused.Add(1)
			rw.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	w.postback("/?t={transaction_id}")
	sweeping := func(c *jobs.Config) { c.SweepAfter = 5 * time.Second }
	for _, ahead := range []time.Duration{-3 * time.Hour, 0, 2 * time.Hour} {
		w.run(sweeping, func(c *jobs.Config) { c.Machine = func() time.Time { return time.Now().Add(ahead) } })
	}
	for range 60 {
		w.deposit()
	}
	w.untilAll(outbox.Delivered)
	if n := w.number(`SELECT count(*) FROM attempts`); n != 60+int(refused.Load()) {
		t.Errorf("%d attempts for 60 deliveries and %d refusals", n, refused.Load())
	}
	if n := w.number(`SELECT count(*) FROM deliveries WHERE abs(extract(epoch FROM now() - queued_at)) > 60 OR abs(extract(epoch FROM now() - delivered_at)) > 60`); n != 0 {
		t.Errorf("%d deliveries bear the time of a clock that is wrong", n)
	}
}
