package jobs_test

import (
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"postrider/internal/installation"
	"postrider/jobs"
	"postrider/outbox"
	"postrider/pgtest"
)

// watchHold watches as the program does, until the test ends.
func (w *world) watchHold(changed func()) *installation.Watch {
	w.t.Helper()
	watch, err := installation.NewWatch(w.t.Context(), installation.WatchConfig{DB: w.d.SQL, Log: slog.New(slog.DiscardHandler), Changed: changed})
	w.must(err)
	ctx, cancel := contextOf(w.t)
	ended := make(chan struct{})
	go func() { watch.Run(ctx); close(ended) }()
	w.t.Cleanup(func() { cancel(); <-ended })
	return watch
}

func TestNothingLeavesWhileTheInstallationIsOnHold(t *testing.T) {
	for name, deaf := range map[string]bool{"a process that knows": false, "one that was not told yet": true} {
		t.Run(name, func(t *testing.T) {
			w := setup(t, nil)
			w.postback("/p")
			changed := make(chan struct{}, 2) // it begins, and it is over
			watch := w.watchHold(func() { changed <- struct{}{} })
			hold := watch.On
			if deaf {
				hold = func() bool { return false }
			}
			w.beside(func(c *jobs.Config) { c.Hold = hold }) // T1
			w.must(installation.Begin(t.Context(), w.d.SQL, installation.Asked, ""))
			if running, err := installation.Quiet(t.Context(), w.d.SQL); running > 0 || err != nil {
				t.Fatal(running, err)
			}
			if !deaf {
				watch.Look()
				<-changed
			}
			before := len(w.sink.requests())
			for range 5 {
				w.deposit() // handed over, had there been no hold
			}
			_, err := jobs.Replayer{Pool: w.pool.Pgx, Now: time.Now}.Replay(t.Context(), w.of("T1").ID, false)
			w.must(err)
			w.until("all waits in the table", `
				SELECT count(*) = 6 FROM deliveries WHERE state = 'queued' AND attempt = 0 AND claimed_at IS NULL AND (parked_at IS NOT NULL OR due_at IS NOT NULL)`)
			if n := len(w.sink.requests()); n != before {
				t.Fatalf("%d requests left", n-before)
			}
			w.must(installation.Resume(t.Context(), w.d.SQL))
			watch.Look()
			w.untilAll(outbox.Delivered)
			if n := len(w.sink.requests()); n != before+6 {
				t.Errorf("%d requests, want one for each of 6", n-before)
			}
			if n := w.number(`SELECT count(*) FROM attempts`); n != 7 {
				t.Errorf("%d attempts", n)
			}
		})
	}
}

// What was on hold once, and every round since, is neither sent nor lost: not the first
// attempt, not a retry, not a probe.
func TestAProcessThatDoesNotKnowOfTheHoldTriesInVain(t *testing.T) {
	w := setup(t, status(http.StatusInternalServerError))
	w.postback("/p")
	w.deposit()
	w.must(installation.Begin(t.Context(), w.d.SQL, installation.Asked, ""))
	metrics := prometheus.NewRegistry()
	w.run(func(c *jobs.Config) { c.Metrics = metrics })
	w.untilParkings(metrics, 20)
	w.exec(`UPDATE deliveries SET state = 'held', reason = 'CIRCUIT_OPEN' WHERE parked_at IS NOT NULL`)
	w.exec(`INSERT INTO endpoints (endpoint, state, because, opened_at, probe_at, probes, successes, updated_at)
		SELECT endpoint, 'open', 'HTTP_500', now(), now(), 0, 0, now() FROM deliveries`)
	w.untilParkings(metrics, 40)
	if all := w.sink.requests(); len(all) > 0 {
		t.Errorf("%d requests left", len(all))
	}
	if n := w.number(`SELECT count(*) FROM attempts`); n != 0 {
		t.Errorf("%d attempts", n)
	}
}

// untilParkings waits until a process has parked so often because of the hold.
func (w *world) untilParkings(metrics *prometheus.Registry, n float64) {
	w.t.Helper()
	pgtest.Until(w.t, patience, "deliveries are kept back", func() bool {
		found, err := metrics.Gather()
		w.must(err)
		for _, family := range found {
			if family.GetName() != "postrider_delivery_parkings_total" {
				continue
			}
			for _, m := range family.GetMetric() {
				if m.GetLabel()[0].GetValue() == "on_hold" && m.GetCounter().GetValue() >= n {
					return true
				}
			}
		}
		return false
	})
}
