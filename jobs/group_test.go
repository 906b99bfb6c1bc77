package jobs_test

import (
	"context"
	"io/fs"
	"testing"
	"time"

	"postrider/ent/db/delivery"
	"postrider/ent/migrations"
	"postrider/internal/pg"
	"postrider/jobs"
	"postrider/outbox"
)

// together records so many conversions whose deliveries are queued at once, as in one
// commit: they share jobs.
func (w *world) together(n int) {
	w.t.Helper()
	for range n {
		w.deposit()
	}
	all, err := w.client.Delivery.Query().Where(delivery.StateEQ(outbox.Queued)).Order(delivery.ByID()).All(w.ctx)
	w.must(err)
	w.exec(`DELETE FROM river_job`)
	w.must(pg.WithPipeline(w.t.Context(), w.d.SQL, func(ctx context.Context, tx *pg.Pipeline) error {
		fresh := make([]outbox.Fresh, len(all))
		for i, d := range all {
			fresh[i] = outbox.Fresh{Ready: outbox.Ready{DeliveryID: d.ID, Endpoint: d.Endpoint, Priority: outbox.PriorityLive}}
		}
		_, err := jobs.Enqueuer{}.Enqueue(ctx, tx, fresh)
		return err
	}))
	if got, want := w.number(`SELECT count(*) FROM river_job`), (n+15)/16; got != want {
		w.t.Fatalf("%d deliveries are in %d jobs, want %d", n, got, want)
	}
}

func TestDeliveriesThatShareAJobAreEachSentOnce(t *testing.T) {
	w := setup(t, nil)
	w.postback("/?t={transaction_id}")
	w.together(40) // more than a tracker gets that nobody knows: the others go back to the table
	w.run()
	w.untilAll(outbox.Delivered)
	seen := map[string]int{}
	for _, r := range w.sink.requests() {
		seen[r.url]++
	}
	if len(seen) != 40 || len(w.sink.requests()) != 40 || w.number(`SELECT count(*) FROM attempts`) != 40 {
		t.Errorf("%d requests for %d deliveries", len(w.sink.requests()), len(seen))
	}
	w.until("the jobs are gone, or River has ended them", `SELECT count(*) = 0 FROM river_job WHERE state <> 'completed'`)
}

// A job is deleted by the commit that writes the last of its deliveries, not before: if its
// process dies, the job leads to what is left of it.
func TestWhatIsLeftOfTheJobOfADeadProcessIsTakenBack(t *testing.T) {
	w := setup(t, nil)
	w.postback("/?t={transaction_id}")
	w.together(6)
	w.hang(false, time.Minute)
	w.exec(`UPDATE deliveries SET attempt = 1, claimed_at = queued_at, first_attempt_at = queued_at WHERE transaction_id IN ('T2', 'T3')`)
	w.exec(`UPDATE deliveries SET state = 'delivered', attempt = 1, delivered_at = now() WHERE transaction_id = 'T1'`)
	w.run()
	w.untilAll(outbox.Delivered)
	for transaction, want := range map[string]int{"T1": 0, "T2": 2, "T3": 2, "T4": 1, "T5": 1, "T6": 1} {
		if got := w.attempts(w.of(transaction)); len(got) != want || want == 2 && *got[0].Error != "INTERRUPTED" {
			t.Errorf("%s has %d attempts, want %d", transaction, len(got), want)
		}
	}
	if n := len(w.sink.requests()); n != 5 {
		t.Errorf("%d requests", n)
	}
}

func TestADeliveryThatHasMovedOnDoesNotStopTheOthersOfItsJob(t *testing.T) {
	w := setup(t, nil)
	w.postback("/?t={transaction_id}")
	w.together(4)
	w.exec(`UPDATE deliveries SET due_at = now() + interval '1 hour' WHERE transaction_id = 'T1'`)
	w.exec(`UPDATE deliveries SET state = 'cancelled' WHERE transaction_id = 'T3'`)
	w.run()
	w.until("the others are delivered", `SELECT count(*) = 2 FROM deliveries WHERE state = 'delivered'`)
	w.until("the job has ended", `SELECT count(*) = 0 FROM river_job WHERE state <> 'completed'`)
	if n := len(w.sink.requests()); n != 2 {
		t.Errorf("%d requests", n)
	}
}

// Jobs from before they had several deliveries are migrated.
func TestAnOldJobIsMigrated(t *testing.T) {
	w := setup(t, nil)
	w.postback("/")
	w.deposit()
	w.exec(`UPDATE river_job SET args = args - 'deliveries' || jsonb_build_object('delivery_id', args #> '{deliveries,0,id}', 'attempt', 0)`)
	migration, err := fs.ReadFile(migrations.FS, "00023_jobs_of_several.sql")
	w.must(err)
	w.exec(string(migration))
	w.run()
	w.untilAll(outbox.Delivered)
}
