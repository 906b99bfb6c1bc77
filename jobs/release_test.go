package jobs_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gofrs/uuid/v5"

	"postrider/dispatch"
	"postrider/domain/commission"
	"postrider/ent/db/delivery"
	"postrider/intake"
	"postrider/internal/ids"
	"postrider/internal/pg"
	"postrider/internal/problem"
	"postrider/internal/viewer"
	"postrider/jobs"
	"postrider/outbox"
	"postrider/pgtest"
)

// slowCircuit opens at once, and probes only when somebody releases a delivery.
func slowCircuit(c *jobs.Config) {
	c.Circuit = dispatch.DefaultCircuitRules
	c.Circuit.Consecutive, c.Circuit.FirstPause, c.Circuit.LongPause = 3, time.Hour, time.Hour
}

// heldUp lets a tracker fail until its circuit opens, and so many deliveries wait for it.
func (w *world) heldUp(n int) []uuid.UUID {
	w.t.Helper()
	for range 3 {
		w.deposit()
	}
	w.until("the circuit opens", `SELECT count(*) = 1 FROM endpoints WHERE state = 'open'`)
	for range n {
		w.deposit()
	}
	w.until("the rest is held", `SELECT count(*) = $1 FROM deliveries WHERE state = 'held' AND attempt = 0 AND parked_at IS NOT NULL`, n)
	ids, err := w.client.Delivery.Query().Where(delivery.StateEQ(outbox.Held), delivery.Attempt(0)).Order(delivery.ByID()).IDs(w.ctx)
	w.must(err)
	return ids
}

// since makes the endpoint one that was tried long ago.
func (w *world) since() { w.exec(`UPDATE endpoints SET updated_at = updated_at - interval '1 minute'`) }

// staff is a manager's context.
func (w *world) manager() context.Context {
	return viewer.With(w.t.Context(), &viewer.Viewer{UserID: ids.User(pgtest.User(w.t, w.d, viewer.Manager, 0)), Role: viewer.Manager, Scopes: viewer.Scopes()})
}

func TestAReleasedDeliveryTriesItsTrackerAndTheOthersFollow(t *testing.T) {
	var down atomic.Bool
	down.Store(true)
	w := setup(t, func(_ int, rw http.ResponseWriter, _ *http.Request) {
		if down.Load() {
			rw.WriteHeader(http.StatusBadGateway)
		}
	})
	w.postback("/?t={transaction_id}")
	w.run(slowCircuit, patient)
	waiting := w.heldUp(5)
	last := waiting[4]
	if err := w.replayer().Release(t.Context(), last); problem.CodeOf(err) != problem.CodeConflict || !strings.Contains(err.Error(), "tried less than 10 seconds ago") {
		t.Errorf("released while its tracker was just tried: %v", err)
	}

	// It is tried, and fails as the others did: they wait on.
	w.since()
	w.must(w.replayer().Release(t.Context(), last))
	w.until("it was tried", `SELECT count(*) = 1 FROM deliveries WHERE id = $1 AND attempt = 1 AND claimed_at IS NULL`, last)
	w.until("the circuit is open again", `SELECT state = 'open' AND probes = 1 FROM endpoints`)
	if n := w.number(`SELECT count(*) FROM deliveries WHERE state = 'held' AND attempt = 0`); n != 4 {
		t.Errorf("%d of 4 wait on", n)
	}

	down.Store(false)
	w.since()
	w.must(w.replayer().Release(t.Context(), waiting[2]))
	w.until("what waited is delivered", `SELECT count(*) = 4 FROM deliveries WHERE state = 'delivered'`)
	var first []string
	for _, r := range w.sink.requests()[4:] {
		first = append(first, strings.TrimPrefix(r.url, "/?t=T"))
	}
	if len(first) != 4 || first[0] != "6" {
		t.Errorf("after the tracker came back it got %v", first)
	}
}

func TestWhatWaitsForSomethingElseIsNotReleased(t *testing.T) {
	w := setup(t, nil)
	p := w.postback("/?s={status}")
	conversion := w.Conversion(t, w.d)
	in := func(set string) uuid.UUID {
		d := pgtest.Delivery(t, w.d, w.Conversion(t, w.d).ID, p)
		w.exec(fmt.Sprintf(`UPDATE deliveries SET %s WHERE id = '%s'`, set, d.ID))
		return d.ID
	}
	first := pgtest.Delivery(t, w.d, conversion.ID, p)
	circuit := func(state string) {
		w.exec(`DELETE FROM endpoints`)
		if state != "" {
			w.exec(fmt.Sprintf(`INSERT INTO endpoints (endpoint, state, because, opened_at, probe_at, probes, successes, updated_at)
				VALUES ('%s', '%s', 'TIMEOUT', now(), now() + interval '1 hour', 0, 0, now() - interval '1 hour')`, first.Endpoint, state))
		}
	}
	parked := in(`state = 'held', reason = 'CIRCUIT_OPEN', parked_at = now()`)
	for name, c := range map[string]struct {
		id            uuid.UUID
		circuit, said string
	}{
		"by its postback":     {in(`state = 'held', reason = 'POSTBACK_HELD'`), "open", "410 Gone"},
		"by an earlier one":   {in(fmt.Sprintf(`state = 'queued', blocked_by = '%s'`, first.ID)), "open", "an earlier status"},
		"in a window":         {in(`state = 'queued', due_at = now(), aggregates = 'x', aggregation_id = id, macros = '{}'`), "open", "aggregates"},
		"for a time":          {in(`state = 'retrying', due_at = now() + interval '1 hour'`), "open", "not held"},
		"in flight":           {in(`state = 'queued', claimed_at = now()`), "open", "not held"},
		"delivered":           {first.ID, "open", "it is delivered"},
		"of a tracker tried":  {parked, "half_open", "another delivery is trying"},
		"of a tracker well":   {parked, "recovering", "responds again"},
		"of a tracker closed": {parked, "", "responds again"},
	} {
		circuit(c.circuit)
		before := w.number(`SELECT count(*) FROM deliveries WHERE state = 'held' AND parked_at IS NOT NULL`)
		err := w.replayer().Release(t.Context(), c.id)
		if problem.CodeOf(err) != problem.CodeConflict || !strings.Contains(err.Error(), c.said) {
			t.Errorf("%s: %v, want %s", name, err, c.said)
		}
		if after := w.number(`SELECT count(*) FROM deliveries WHERE state = 'held' AND parked_at IS NOT NULL`); after != before || w.number(`SELECT count(*) FROM river_job`) != 0 {
			t.Errorf("%s: it was refused and moved", name)
		}
	}
	if err := w.replayer().Release(t.Context(), pgtest.ID(t)); problem.CodeOf(err) != problem.CodeNotFound {
		t.Errorf("one that there is not: %v", err)
	}
	circuit("open")
	_, err := w.setup.SetHold(w.manager(), true, "")
	w.must(err)
	if err := w.replayer().Release(t.Context(), parked); problem.CodeOf(err) != problem.CodeConflict || !strings.Contains(err.Error(), "on hold") {
		t.Errorf("while the installation is on hold: %v", err)
	}
}

// Several release several at once: the tracker is tried with one of them.
func TestOneOfManyReleasesTriesTheTracker(t *testing.T) {
	w := setup(t, func(_ int, rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusBadGateway) })
	w.postback("/?t={transaction_id}")
	w.run(slowCircuit, patient)
	waiting := w.heldUp(8)
	w.since()
	var released atomic.Int64
	var all sync.WaitGroup
	for _, id := range waiting {
		all.Go(func() {
			switch err := w.replayer().Release(t.Context(), id); problem.CodeOf(err) {
			case "":
				released.Add(1)
			case problem.CodeConflict:
			default:
				t.Error(err)
			}
		})
	}
	all.Wait()
	w.until("it was tried", `SELECT state = 'open' AND probes = 1 FROM endpoints`)
	w.until("what was tried is written down", `SELECT count(*) = 7 FROM deliveries WHERE state = 'held' AND attempt = 0`)
	w.until("and its attempt", `SELECT count(*) = 4 FROM attempts`)
	if released.Load() != 1 {
		t.Errorf("%d released", released.Load())
	}
}

// Cancelling races with claims and with the process that sends: what was cancelled has no attempt
// after it, what was not is delivered.
func TestWhatIsCancelledIsNotSent(t *testing.T) {
	w := setup(t, nil)
	w.postback("/?d={delivery_id}")
	const many = 120
	for range many { // jobs wait for the engine, which begins while they are cancelled
		w.deposit()
	}
	all, err := w.client.Delivery.Query().Order(delivery.ByID()).IDs(w.ctx)
	w.must(err)
	staff := w.manager()
	var mu sync.Mutex
	cancelled := map[uuid.UUID]bool{}
	var cancelling sync.WaitGroup
	try := func(id uuid.UUID) {
		d, err := w.setup.CancelDelivery(staff, id)
		switch problem.CodeOf(err) {
		case "":
			mu.Lock()
			defer mu.Unlock()
			cancelled[id] = true
			if d.State != outbox.Cancelled || *d.Reason != string(outbox.CancelledByUser) {
				t.Errorf("it was cancelled, and is %v", d)
			}
		case problem.CodeConflict: // in flight, or delivered
		default:
			t.Error(err)
		}
	}
	try(all[0])
	w.run()
	w.run()       // a second process
	for range 2 { // each is cancelled twice, at about the same time
		cancelling.Go(func() {
			for i := range many / 2 {
				try(all[many-1-2*i])
			}
		})
	}
	cancelling.Wait()
	w.until("all have ended", `SELECT count(*) = 0 FROM deliveries WHERE state IN `+outbox.UnfinishedSQL)
	sent := map[uuid.UUID]int{}
	for _, r := range w.sink.requests() {
		sent[uuid.FromStringOrNil(strings.TrimPrefix(r.url, "/?d="))]++
	}
	for _, id := range all {
		d := w.client.Delivery.GetX(w.ctx, id)
		if cancelled[id] != (d.State == outbox.Cancelled) || cancelled[id] == (sent[id] > 0) || sent[id] > 1 {
			t.Errorf("%s was cancelled: %v; it is %s, and was sent %d times", id, cancelled[id], d.State, sent[id])
		}
	}
	if n := w.number(`SELECT count(*) FROM audit_entries WHERE action = 'cancel' AND entity = 'delivery'`); n != len(cancelled) || n == 0 {
		t.Errorf("%d were cancelled, and the log has %d", len(cancelled), n)
	}
}

func TestNothingIsCancelledThatIsInFlightOrHasEnded(t *testing.T) {
	answer, arrived := make(chan struct{}), make(chan struct{})
	w := setup(t, func(int, http.ResponseWriter, *http.Request) {
		arrived <- struct{}{}
		<-answer
	})
	w.postback("/?t={transaction_id}")
	w.run()
	w.deposit()
	<-arrived
	staff, d := w.manager(), w.delivery()
	if _, err := w.setup.CancelDelivery(staff, d.ID); problem.CodeOf(err) != problem.CodeConflict || !strings.Contains(err.Error(), "in flight") {
		t.Errorf("in flight: %v", err)
	}
	close(answer)
	w.untilAll(outbox.Delivered)
	if _, err := w.setup.CancelDelivery(staff, d.ID); problem.CodeOf(err) != problem.CodeConflict || !strings.Contains(err.Error(), "it is delivered") {
		t.Errorf("delivered: %v", err)
	}
	stranger := viewer.With(t.Context(), &viewer.Viewer{UserID: 1, Role: viewer.Affiliate, AffiliateID: ids.Affiliate(w.Affiliate + 1), Scopes: viewer.Scopes()})
	if _, err := w.setup.CancelDelivery(stranger, d.ID); problem.CodeOf(err) != problem.CodeNotFound {
		t.Errorf("another's: %v", err)
	}
}

// A later status waits for an earlier one: when that is cancelled, it goes out.
func TestWhatWaitedForACancelledOneIsSent(t *testing.T) {
	var fail atomic.Bool
	fail.Store(true)
	w := setup(t, func(_ int, rw http.ResponseWriter, _ *http.Request) {
		if fail.Load() {
			rw.WriteHeader(http.StatusInternalServerError)
		}
	})
	w.postback("/?s={status}", pgtest.On(commission.GoalDeposit, commission.Approved, commission.Rejected))
	w.run(patient)
	w.deposit()
	w.untilAll(outbox.Retrying)
	first := w.delivery()
	_, err := w.in.Move(t.Context(), *first.ConversionID, intake.Move{To: commission.Rejected, Reason: "chargeback", Actor: commission.ByStaff})
	w.must(err)
	w.until("the second waits for the first", `SELECT count(*) = 1 FROM deliveries WHERE blocked_by = $1`, first.ID)
	fail.Store(false)
	_, err = w.setup.CancelDelivery(w.manager(), first.ID)
	w.must(err)
	_, err = w.setup.CancelDelivery(w.manager(), first.ID) // again: it stays as it is
	w.must(err)
	w.until("the second is delivered", `SELECT count(*) = 1 FROM deliveries WHERE status = 'rejected' AND state = 'delivered'`)
	var heard []string
	for _, r := range w.sink.requests() {
		heard = append(heard, strings.TrimPrefix(r.url, "/?s="))
	}
	if !slices.Equal(heard, []string{"approved", "rejected"}) || w.number(`SELECT count(*) FROM audit_entries WHERE action = 'cancel'`) != 1 {
		t.Errorf("the tracker heard %v", heard)
	}
}

// A claim, and a cancellation of the same delivery, at once and many times over: one of them wins.
func TestAClaimAndACancellationAtOnce(t *testing.T) {
	w := setup(t, nil)
	w.postback("/")
	for range 40 {
		w.deposit()
	}
	all, err := w.client.Delivery.Query().IDs(w.ctx)
	w.must(err)
	for _, id := range all {
		var claimed []outbox.Claimed
		var cancelled bool
		var err1, err2 error
		var both sync.WaitGroup
		both.Go(func() {
			claimed, _, err1 = outbox.Claim(t.Context(), pg.NewGroup(w.pool.Pgx), []outbox.Ref{{ID: id}}, time.Now())
		})
		both.Go(func() {
			err2 = pg.InGroup(t.Context(), w.pool.Pgx, func(ctx context.Context, tx *pg.Group) (err error) {
				cancelled, err = outbox.CancelOne(ctx, tx, id, time.Now())
				return err
			})
		})
		both.Wait()
		w.must(err1)
		w.must(err2)
		if (len(claimed) == 1) == cancelled {
			t.Errorf("claimed: %v, cancelled: %v", claimed, cancelled)
		}
	}
}
