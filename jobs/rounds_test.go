package jobs

import (
	"log/slog"
	"testing"
	"time"

	"github.com/gofrs/uuid/v5"

	"postrider/ent/db"
	"postrider/outbox"
	"postrider/pgtest"
)

// leader has the lease, and no worker for its jobs.
func leader(t *testing.T, d *pgtest.DB, now func() time.Time, idleEvery time.Duration) *rounds {
	t.Helper()
	e, err := New(Config{Pool: d.Pool(t), Log: slog.New(slog.DiscardHandler), Now: now, IdleEvery: idleEvery})
	if err == nil {
		err = e.member.beat(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	return e.rounds
}

func TestTheNextRoundComesWhenSomethingCanHaveChanged(t *testing.T) {
	t.Parallel()
	d := pgtest.New(t)
	s := pgtest.NewScene(t, d)
	c := s.Conversion(t, d)
	waiting := func(change func(*db.DeliveryCreate)) uuid.UUID {
		p := pgtest.Postback(t, d, s.Affiliate, "https://tracker.example/")
		return pgtest.Delivery(t, d, c.ID, p, func(c *db.DeliveryCreate) {
			change(c.SetState(outbox.Queued).SetAttempt(0).SetEndpoint(tracker))
		}).ID
	}
	r := leader(t, d, func() time.Time { return pgtest.Now }, 0)
	round := func(when string, want time.Duration) {
		t.Helper()
		if pause, err := r.round(t.Context()); err != nil || pause != want {
			t.Errorf("%s: the next round comes in %s, want %s; %v", when, pause, want, err)
		}
	}
	round("nothing waits", defaultPromoteEvery)

	due := waiting(func(c *db.DeliveryCreate) { c.SetDueAt(pgtest.Now.Add(100 * time.Millisecond)) })
	round("one is due soon", 100*time.Millisecond)
	if _, err := d.SQL.ExecContext(t.Context(), `DELETE FROM deliveries WHERE id = $1`, due); err != nil {
		t.Fatal(err)
	}

	waiting(func(c *db.DeliveryCreate) { c.SetParkedAt(pgtest.Now) })
	round("one was promoted", busyEvery)
	round("its endpoint hangs", inFlightEvery)
	round("its endpoint hangs on", inFlightEvery)
	if _, err := d.SQL.ExecContext(t.Context(), `UPDATE deliveries SET state = 'delivered'`); err != nil {
		t.Fatal(err)
	}
	round("it has ended", defaultPromoteEvery)
}

// A promoter without work or announcements for a while looks more rarely, until there is an
// announcement.
func TestAPromoterRestsUntilItHearsOfSomething(t *testing.T) {
	t.Parallel()
	d := pgtest.New(t)
	now := pgtest.Now
	r := leader(t, d, func() time.Time { return now }, time.Minute)
	round := func(when string, want time.Duration) {
		t.Helper()
		if pause, err := r.round(t.Context()); err != nil || pause != want {
			t.Errorf("%s: the next round comes in %s, want %s; %v", when, pause, want, err)
		}
	}
	round("it has just begun", r.PromoteEvery)
	now = now.Add(restAfter)
	round("nothing was heard of for a while", time.Minute)
	r.hear()
	select {
	case <-r.wake:
	default:
		t.Error("it was not woken")
	}
	round("something was announced", r.PromoteEvery)
	r.hear()
	select {
	case <-r.wake:
		t.Error("it was woken though it did not rest")
	default:
	}
	now = now.Add(restAfter)
	round("something was announced since the last round", r.PromoteEvery)
	now = now.Add(restAfter)
	round("nothing was heard of for a while again", time.Minute)
	s := pgtest.NewScene(t, d)
	c := s.Conversion(t, d)
	pgtest.Delivery(t, d, c.ID, pgtest.Postback(t, d, s.Affiliate, "https://tracker.example/"), func(c *db.DeliveryCreate) {
		c.SetState(outbox.Queued).SetAttempt(0).SetEndpoint(tracker).SetDueAt(now.Add(20 * time.Second))
	})
	round("one is due before a rest is over", 20*time.Second)
}
