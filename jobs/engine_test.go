package jobs_test

import (
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gofrs/uuid/v5"

	"postrider/domain/firing"
	"postrider/ent/db"
	"postrider/ent/db/delivery"
	"postrider/internal/globalid"
	"postrider/internal/live"
	"postrider/internal/pg"
	"postrider/internal/problem"
	"postrider/jobs"
	"postrider/outbox"
)

func TestThePromoterMovesWhatIsDueAndNothingElse(t *testing.T) {
	w := setup(t, nil)
	w.postback("/?t={transaction_id}")
	for range 3 {
		w.deposit()
	}
	w.exec(`DELETE FROM river_job`)
	w.exec(`UPDATE deliveries SET due_at = now() + CASE transaction_id WHEN 'T1' THEN interval '-1 minute' WHEN 'T2' THEN interval '-1 second' ELSE interval '1 hour' END`)
	w.run()
	w.until("what was due is delivered", `SELECT count(*) = 2 FROM deliveries WHERE state = 'delivered' AND transaction_id IN ('T1', 'T2')`)
	if n := w.number(`SELECT count(*) FROM deliveries WHERE state = 'queued' AND due_at IS NOT NULL AND attempt = 0`); n != 1 {
		t.Errorf("%d still wait", n)
	}
}

func TestWakeMakesThePromoterLookAtOnce(t *testing.T) {
	w := setup(t, nil)
	w.postback("/")
	w.deposit()
	w.run(func(c *jobs.Config) { c.PromoteEvery = time.Hour })
	w.untilAll(outbox.Delivered) // by its job: the promoter sleeps
	id, err := jobs.Replayer{Pool: w.pool.Pgx, Now: time.Now}.Replay(t.Context(), w.delivery().ID, false)
	w.must(err)
	w.engine.Wake()
	w.until("the replay is delivered", `SELECT state = 'delivered' FROM deliveries WHERE id = $1`, id)
}

func TestTwoEnginesDeliverEachOnce(t *testing.T) {
	w := setup(t, nil)
	w.postback("/?d={delivery_id}")
	const many = 120
	for range many / 2 {
		w.deposit()
	}
	// Half of them wait in the table, so that both promoters compete for them.
	w.exec(`DELETE FROM river_job`)
	w.exec(`UPDATE deliveries SET due_at = now()`)
	for range many / 2 {
		w.deposit()
	}
	w.run()
	w.run()
	w.untilAll(outbox.Delivered)
	seen := map[string]int{}
	for _, r := range w.sink.requests() {
		seen[r.url]++
	}
	if len(seen) != many || len(w.sink.requests()) != many {
		t.Errorf("%d requests for %d of %d deliveries", len(w.sink.requests()), len(seen), many)
	}
	if n := w.number(`SELECT count(*) FROM attempts`); n != many {
		t.Errorf("%d attempts", n)
	}
}

// hang simulates a live process that began the attempt of every delivery so long ago.
func (w *world) hang(claimed bool, ago time.Duration) {
	w.t.Helper()
	w.lock("slow")
	w.die("slow", claimed, ago)
}

// die simulates an owner that began the attempt of every delivery so long ago.
func (w *world) die(owner string, claimed bool, ago time.Duration) {
	w.t.Helper()
	at := time.Now().Add(-ago)
	w.exec(`UPDATE river_job SET state = 'running', attempt = 1, attempted_at = $1, attempted_by = ARRAY[$2]`, at, owner)
	w.exec(`UPDATE deliveries SET queued_at = $1`, at)
	if claimed {
		w.exec(`UPDATE deliveries SET attempt = 1, claimed_at = $1, first_attempt_at = $1`, at)
	}
}

// A database that is away for a moment while River starts keeps nobody from delivering.
func TestRiverIsStartedAnewWhereItCouldNot(t *testing.T) {
	w := setup(t, nil)
	w.postback("/?t={transaction_id}")
	w.deposit()
	w.exec(`ALTER TABLE river_queue RENAME TO gone`)
	failed := make(chan struct{}, 100)
	w.run(func(c *jobs.Config) {
		c.Log = slog.New(slog.NewTextHandler(writerFunc(func(line []byte) (int, error) {
			if strings.Contains(string(line), "starting River, trying again") {
				failed <- struct{}{}
			}
			return len(line), nil
		}), nil))
	})
	select {
	case <-failed:
	case <-time.After(patience):
		t.Fatal("River started without its table")
	}
	w.exec(`ALTER TABLE gone RENAME TO river_queue`)
	w.untilAll(outbox.Delivered)
}

// writerFunc is a writer.
type writerFunc func(p []byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

func TestTheClaimOfADeadProcessIsTakenBack(t *testing.T) {
	w := setup(t, nil)
	w.postback("/?c={param_1}&d={delivery_id}")
	w.deposit()
	w.hang(true, time.Minute)
	w.run()
	w.untilAll(outbox.Delivered)
	d := w.delivery()
	attempts := w.attempts(d)
	if len(attempts) != 2 || d.Attempt != 2 || d.Reason != nil {
		t.Fatalf("%d attempts, %+v", len(attempts), d)
	}
	first, got := attempts[0], w.sink.requests()
	if first.Number != 1 || *first.Error != "INTERRUPTED" || first.StatusCode != nil || first.URL != *d.URL || first.URL == "" || first.DurationMs < 59_000 {
		t.Errorf("what the dead process may have sent: %+v", first)
	}
	if len(got) != 1 || got[0].header.Get("X-Postrider-Attempt") != "2" || got[0].header.Get("X-Postrider-Delivery") != globalid.Hex(d.ID) {
		t.Errorf("%+v", got)
	}
}

func TestAJobThatWasFetchedAndNeverBegunIsTakenBackUnspent(t *testing.T) {
	w := setup(t, nil)
	w.postback("/")
	w.deposit()
	w.hang(false, time.Minute)
	w.run()
	w.untilAll(outbox.Delivered)
	if d := w.delivery(); d.Attempt != 1 || len(w.attempts(d)) != 1 || d.Priority != outbox.PriorityLive {
		t.Errorf("%+v", d)
	}
}

func TestAYoungClaimIsLeftAlone(t *testing.T) {
	w := setup(t, nil)
	w.postback("/?t={transaction_id}")
	w.deposit()
	w.hang(true, 10*time.Second)
	w.run()
	w.deposit()
	w.until("the other is delivered", `SELECT count(*) = 1 FROM deliveries WHERE state = 'delivered'`)
	if n := w.number(`SELECT count(*) FROM deliveries WHERE state = 'queued' AND attempt = 1 AND claimed_at IS NOT NULL`); n != 1 {
		t.Error("the claim was taken back")
	}
}

// A job whose first run could not record the result leaves its claim behind; no process has
// died, and River retries the job.
func TestAJobThatRunsAgainTakesBackItsOwnClaim(t *testing.T) {
	w := setup(t, nil)
	w.postback("/")
	w.deposit()
	w.hang(true, time.Minute)
	w.exec(`UPDATE river_job SET state = 'available', scheduled_at = now()`)
	w.run(func(c *jobs.Config) { c.SweepEvery = time.Hour })
	w.untilAll(outbox.Delivered)
	d := w.delivery()
	if a := w.attempts(d); len(a) != 2 || *a[0].Error != "INTERRUPTED" || a[1].Error != nil {
		t.Errorf("%+v", a)
	}
}

func TestAJobThatRunsAgainLeavesAClaimThatMayBeAlive(t *testing.T) {
	w := setup(t, nil)
	w.postback("/")
	w.deposit()
	w.hang(true, time.Second)
	w.exec(`UPDATE river_job SET state = 'available', scheduled_at = now()`)
	w.run()
	w.until("the job waits for another try", `SELECT state = 'retryable' FROM river_job`)
	if d := w.delivery(); d.ClaimedAt == nil || d.Attempt != 1 || len(w.sink.requests()) != 0 {
		t.Errorf("%+v", d)
	}
}

// gated is a world whose tracker holds its answer to one request until it is opened.
func gated(t *testing.T, request, code int) (w *world, arrived <-chan struct{}, open func()) {
	t.Helper()
	came, wait := make(chan struct{}), make(chan struct{})
	w = setup(t, func(n int, rw http.ResponseWriter, _ *http.Request) {
		if n == request {
			close(came)
			<-wait
			rw.WriteHeader(code)
		}
	})
	open = sync.OnceFunc(func() { close(wait) })
	t.Cleanup(open)
	return w, came, open
}

// stopDuring stops an engine while an attempt is in flight, records five more meanwhile,
// and lets the attempt end: it is waited for, and leaves no claim.
func (w *world) stopDuring(stop, open func()) {
	w.t.Helper()
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		stop()
	}()
	for range 5 { // some of these find it still working, some do not
		w.deposit()
	}
	select {
	case <-stopped:
		w.t.Error("it did not wait for the attempt in flight")
	default:
	}
	open()
	<-stopped
	if n := w.number(`SELECT count(*) FROM deliveries WHERE claimed_at IS NOT NULL`); n != 0 {
		w.t.Errorf("%d are claimed by nobody", n)
	}
}

// age makes what is in flight older by so much.
func (w *world) age(by time.Duration) {
	w.t.Helper()
	w.exec(`UPDATE river_job SET attempted_at = attempted_at - $1::interval WHERE state = 'running'`, by)
	w.exec(`UPDATE deliveries SET claimed_at = claimed_at - $1::interval WHERE claimed_at IS NOT NULL`, by)
}

// clock runs as the real one does, ahead of it by what a test sets.
type clock struct{ ahead atomic.Int64 }

func (c *clock) now() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) }

func (c *clock) later(d time.Duration) { c.ahead.Add(int64(d)) }

func TestALateAnswerCountsForADeliveryThatWasOnlySwept(t *testing.T) {
	w, arrived, open := gated(t, 2, 200)
	w.postback("/")
	w.deposit()
	w.exec(`DELETE FROM river_job`)
	w.exec(`UPDATE deliveries SET due_at = now()`)
	w.run(func(c *jobs.Config) { c.PromoteEvery = time.Hour })
	w.untilAll(outbox.Delivered) // the promoter has looked, and sleeps from now on
	w.deposit()
	<-arrived
	w.age(time.Minute)
	w.until("it is swept", `SELECT count(*) = 1 FROM deliveries WHERE state = 'retrying' AND due_at IS NOT NULL AND reason = 'INTERRUPTED'`)
	open()
	w.untilAll(outbox.Delivered)
	d, err := w.client.Delivery.Query().Where(delivery.TransactionID("T2")).Only(w.ctx)
	w.must(err)
	if d.DueAt != nil || d.Attempt != 1 || d.Reason != nil || len(w.attempts(d)) != 2 {
		t.Errorf("%+v with %d attempts", d, len(w.attempts(d)))
	}
}

func TestALateAnswerChangesNothingForADeliveryThatWentOn(t *testing.T) {
	w, arrived, open := gated(t, 1, http.StatusNotFound)
	w.postback("/")
	w.deposit()
	stop := w.run()
	<-arrived
	w.age(time.Minute)
	w.untilAll(outbox.Delivered)
	open()
	stop()
	d := w.delivery()
	if d.State != outbox.Delivered || d.Attempt != 2 || *d.StatusCode != 200 {
		t.Errorf("%+v", d)
	}
	var numbers []int
	for _, a := range w.attempts(d) {
		numbers = append(numbers, a.Number)
	}
	if len(numbers) != 3 { // interrupted, delivered, and the late answer
		t.Errorf("attempts %v", numbers)
	}
}

func TestAGracefulStopFinishesWhatIsUnderWay(t *testing.T) {
	w, arrived, open := gated(t, 1, 200)
	w.postback("/")
	w.deposit()
	stop := w.run()
	<-arrived
	w.stopDuring(stop, open)
	first, err := w.client.Delivery.Query().Order(delivery.ByID()).First(w.ctx)
	w.must(err)
	if first.State != outbox.Delivered {
		t.Errorf("%+v", first)
	}
	w.run() // what was left is taken up
	w.untilAll(outbox.Delivered)
}

func TestADeliveryIsReplayedAsItWasSentOrByTheTemplateOfToday(t *testing.T) {
	w := setup(t, func(n int, rw http.ResponseWriter, _ *http.Request) {
		if n == 1 {
			rw.WriteHeader(http.StatusNotFound)
		}
	})
	p := w.postback("/then?c={param_1}&d={delivery_id}")
	w.deposit()
	w.run()
	w.untilAll(outbox.Failed)
	old := w.delivery()
	p = w.change(p, func(wish *firing.Postback) { wish.URLTemplate = w.sink.URL + "/today?c={param_1}" })

	replayer := jobs.Replayer{Pool: w.pool.Pgx, Now: time.Now}
	replay := func(asSent bool) *db.Delivery {
		id, err := replayer.Replay(t.Context(), old.ID, asSent)
		w.must(err)
		w.until("it is delivered", `SELECT state = 'delivered' FROM deliveries WHERE id = $1`, id)
		d, err := w.client.Delivery.Get(w.ctx, id)
		w.must(err)
		return d
	}
	sent, today := replay(true), replay(false)
	if want := w.sink.URL + "/then?c=wgk3l5f2c1&d=" + globalid.Hex(sent.ID); *sent.URL != want || *sent.VersionID != *old.VersionID {
		t.Errorf("as it was sent: %s, want %s", *sent.URL, want)
	}
	if want := w.sink.URL + "/today?c=wgk3l5f2c1"; *today.URL != want || *today.VersionID == *old.VersionID {
		t.Errorf("by the template of today: %s, want %s", *today.URL, want)
	}
	for _, d := range []*db.Delivery{sent, today} {
		if *d.ReplayOf != old.ID || d.Attempt != 1 || d.Priority != outbox.PriorityReplay || *d.EventID != *old.EventID || *d.TransactionID != "T1" {
			t.Errorf("%+v", d)
		}
	}
	if again, err := w.client.Delivery.Get(w.ctx, old.ID); err != nil || again.State != outbox.Failed {
		t.Errorf("the old one: %+v, %v", again, err)
	}
	refused := func(id uuid.UUID, code problem.Code) {
		t.Helper()
		if _, err := replayer.Replay(t.Context(), id, false); problem.CodeOf(err) != code {
			t.Errorf("%v, want %s", err, code)
		}
	}
	refused(uuid.Must(uuid.NewV4()), problem.CodeNotFound)
	w.must(w.setup.DeletePostback(w.owner(), p.ID))
	refused(old.ID, problem.CodeConflict)
}

func TestWhatIsNotOverIsNotReplayed(t *testing.T) {
	w := setup(t, nil)
	w.postback("/")
	w.deposit()
	replayer := jobs.Replayer{Pool: w.pool.Pgx, Now: time.Now}
	for _, state := range []outbox.State{outbox.Queued, outbox.Retrying, outbox.Held} {
		w.exec(`UPDATE deliveries SET state = $1`, state)
		if _, err := replayer.Replay(t.Context(), w.delivery().ID, true); problem.CodeOf(err) != problem.CodeConflict {
			t.Errorf("%s: %v", state, err)
		}
	}
}

func TestEveryChangeIsAnnounced(t *testing.T) {
	w := setup(t, func(n int, rw http.ResponseWriter, _ *http.Request) {
		if n == 1 {
			rw.WriteHeader(http.StatusInternalServerError)
		}
	})
	w.postback("/")
	heard, ready, done := make(chan uuid.UUID, 100), make(chan struct{}, 1), make(chan error, 1)
	ctx, cancel := contextOf(t)
	go func() {
		done <- pg.Listen(ctx, w.d.URL, pg.Subscription{
			Channels: []string{string(live.Deliveries)},
			OnReady:  func() { ready <- struct{}{} },
			OnNotify: func(_, payload string) {
				for _, id := range live.ParsePayload(payload) {
					heard <- id
				}
			},
		})
	}()
	defer func() {
		cancel()
		w.must(<-done)
	}()
	<-ready
	w.deposit()
	w.run()
	w.untilAll(outbox.Delivered)
	d := w.delivery()
	for i := range 3 { // queued, retrying, delivered
		select {
		case id := <-heard:
			if id != d.ID {
				t.Errorf("%s was announced", id)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("only %d changes were announced", i)
		}
	}
}

// A plan made while the tables were empty is cached until their statistics are updated:
// until then it must not scan them whole.
func TestNoTableIsReadWhole(t *testing.T) {
	const deposits = 40
	all := make(chan struct{})
	w := setup(t, func(n int, _ http.ResponseWriter, _ *http.Request) {
		if n == deposits {
			close(all)
		}
	})
	w.postback("/p")
	stop := w.run()
	for range deposits {
		w.deposit()
	}
	<-all
	stop()
	// The counters are complete once all that count have ended.
	w.must(w.pool.Close())
	w.d.SQL.SetMaxIdleConns(0)
	w.until("all but this connection are gone", `
		SELECT count(*) = 1 FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'`)
	var read string
	w.must(w.d.SQL.QueryRowContext(t.Context(), `
		SELECT coalesce(string_agg(format('%s: %s rows in %s scans', relname, seq_tup_read, seq_scan), ', '), '') FROM pg_stat_user_tables
		WHERE relname ~ '^(clicks|players|conversions|conversion_events|deliveries|attempts|received_postbacks)' AND seq_tup_read > 0`).Scan(&read))
	if read != "" {
		t.Errorf("read whole: %s", read)
	}
}
