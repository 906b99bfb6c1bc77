package jobs

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"postrider/dispatch"
	"postrider/domain/firing"
	"postrider/ent/db"
	"postrider/internal/ids"
	"postrider/outbox"
	"postrider/pgtest"
)

// results makes a batch of so many, each of a delivery that is in flight.
func results(t *testing.T, d *pgtest.DB, n int) []result {
	t.Helper()
	s := pgtest.NewScene(t, d)
	c := s.Conversion(t, d)
	all := make([]result, n)
	for i := range all {
		p := pgtest.Postback(t, d, s.Affiliate, "https://tracker.example/")
		row := pgtest.Delivery(t, d, c.ID, p, func(c *db.DeliveryCreate) { c.SetState(outbox.Queued).SetClaimedAt(pgtest.Now) })
		claimed := outbox.Claimed{ID: row.ID, AffiliateID: ids.Affiliate(s.Affiliate), PostbackID: ids.Postback(p.ID), VersionID: *row.VersionID, Number: 1}
		exchange := dispatch.Exchange{StartedAt: pgtest.Now, Method: firing.GET, URL: "https://tracker.example/", StatusCode: 200}
		all[i] = result{claimed.End(pgtest.ID(t), exchange, dispatch.Outcome{Verdict: dispatch.Accepted}, pgtest.Now), &claim{Claimed: claimed}}
	}
	return all
}

func newTestWriter(t *testing.T, d *pgtest.DB) *writer {
	t.Helper()
	return newWriter(d.Pool(t).Pgx, newMetrics(nil), slog.New(slog.DiscardHandler))
}

func TestABadRowDoesNotTakeTheOthersWithIt(t *testing.T) {
	t.Parallel()
	d := pgtest.New(t)
	w := newTestWriter(t, d)
	batch := results(t, d, 5)
	batch[2].Exchange.ResponseBody = "a NUL \x00 that PostgreSQL refuses"
	if err := w.flush(t.Context(), batch); err == nil {
		t.Error("all five were written together")
	}
	var writing sync.WaitGroup
	for i, r := range batch {
		writing.Go(func() {
			if err := w.write(t.Context(), r); (err != nil) != (i == 2) {
				t.Errorf("row %d: %v", i, err)
			}
		})
	}
	writing.Wait()
	var delivered, attempts int
	err := d.SQL.QueryRowContext(t.Context(), `SELECT (SELECT count(*) FROM deliveries WHERE state = 'delivered'), (SELECT count(*) FROM attempts)`).
		Scan(&delivered, &attempts)
	if err != nil || delivered != 4 || attempts != 4 {
		t.Errorf("%d delivered, %d attempts, %v", delivered, attempts, err)
	}
}

func TestManyShareACommitAndEachWaitsForIt(t *testing.T) {
	t.Parallel()
	d := pgtest.New(t)
	w := newTestWriter(t, d)
	batch := results(t, d, 40)
	ctx := t.Context()
	var writing sync.WaitGroup
	for _, r := range batch {
		writing.Go(func() {
			if err := w.write(ctx, r); err != nil {
				t.Error(err)
			}
			var state string
			if err := d.SQL.QueryRowContext(ctx, `SELECT state FROM deliveries WHERE id = $1`, r.claim.ID).Scan(&state); err != nil || state != "delivered" {
				t.Errorf("written, and it is %s; %v", state, err)
			}
		})
	}
	writing.Wait()
	var commits int
	if err := d.SQL.QueryRowContext(t.Context(), `SELECT count(DISTINCT xmin::text) FROM deliveries`).Scan(&commits); err != nil || commits >= len(batch) {
		t.Errorf("%d commits for %d results, %v", commits, len(batch), err)
	}
}

func TestAnUnspentClaimGivesItsAttemptBack(t *testing.T) {
	t.Parallel()
	d := pgtest.New(t)
	w := newTestWriter(t, d)
	batch := results(t, d, 2)
	if _, err := d.SQL.ExecContext(t.Context(), `UPDATE postbacks SET hold_reason = 'GONE' WHERE id = $1`, batch[0].claim.PostbackID); err != nil {
		t.Fatal(err)
	}
	for i := range batch {
		batch[i].claim.Held = true
		batch[i] = stopped(batch[i].claim, pgtest.Now)
	}
	if err := commit(t.Context(), w.pool, batch); err != nil {
		t.Fatal(err)
	}
	read := func(id uuid.UUID) *db.Delivery {
		row, err := d.Client().Delivery.Get(pgtest.System(t), id)
		if err != nil {
			t.Fatal(err)
		}
		return row
	}
	if held := read(batch[0].claim.ID); held.State != outbox.Held || held.Attempt != 0 || held.ClaimedAt != nil || held.DueAt != nil || *held.Reason != "POSTBACK_HELD" {
		t.Errorf("held: %+v", held)
	}
	if resumed := read(batch[1].claim.ID); resumed.State != outbox.Queued || resumed.Attempt != 0 || resumed.DueAt == nil || resumed.Reason != nil {
		t.Errorf("resumed meanwhile: %+v", resumed)
	}
}

func TestEndpointsAreSpreadOverTheLanes(t *testing.T) {
	t.Parallel()
	used := map[string]int{}
	for i := range 1000 {
		used[lane("https://tracker"+strings.Repeat("x", i%50)+time.Duration(i).String()+".example:443")]++
	}
	if len(used) != lanes {
		t.Errorf("%v", used)
	}
}

// When the process is stopping, a job begins nothing more: what it has not begun goes back
// to the table at once.
func TestAJobBeginsNothingMoreWhenTheProcessLeaves(t *testing.T) {
	t.Parallel()
	d := pgtest.New(t)
	s := pgtest.NewScene(t, d)
	var got atomic.Int64
	tracker := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { got.Add(1) }))
	defer tracker.Close()
	p := pgtest.Postback(t, d, s.Affiliate, tracker.URL)
	guard := dispatch.NewGuard(dispatch.GuardOptions{AllowPrivate: true})
	client := dispatch.NewClient(dispatch.ClientOptions{Guard: guard})
	defer client.Close()
	e, err := New(Config{Pool: d.Pool(t), Client: client, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	args := DeliverArgs{Endpoint: tracker.URL}
	for range 3 {
		row := pgtest.Delivery(t, d, s.Conversion(t, d).ID, p, func(c *db.DeliveryCreate) { c.SetState(outbox.Queued).SetAttempt(0).SetEndpoint(tracker.URL) })
		args.Deliveries = append(args.Deliveries, outbox.Ref{ID: row.ID})
	}
	err = e.deliverer.Work(t.Context(), &river.Job[DeliverArgs]{JobRow: &rivertype.JobRow{ID: 1, Attempt: 1}, Args: args})
	if err != nil {
		t.Fatal(err)
	}
	var delivered, parked int
	err = d.SQL.QueryRowContext(t.Context(), `
		SELECT count(*) FILTER (WHERE state = 'delivered'), count(*) FILTER (WHERE state = 'queued' AND parked_at IS NOT NULL AND attempt = 0) FROM deliveries`).
		Scan(&delivered, &parked)
	if err != nil || delivered != 1 || parked != 2 || got.Load() != 1 {
		t.Errorf("%d delivered, %d parked, %d requests, %v", delivered, parked, got.Load(), err)
	}
}

func TestAJobEndsWithTheLastOfItsDeliveries(t *testing.T) {
	t.Parallel()
	a, b := newRun(1, 3), newRun(2, 1)
	if got := ending([]*run{a, b, nil, a}); !slices.Equal(got, []int64{2}) {
		t.Errorf("%v end with two of three and the only one", got)
	}
	ended([]*run{a, a})
	if got := ending([]*run{a}); !slices.Equal(got, []int64{1}) {
		t.Errorf("%v end with the last", got)
	}
	if got := ending([]*run{nil}); len(got) != 0 {
		t.Errorf("%v end with one that has no job", got)
	}
}
