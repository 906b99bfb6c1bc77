package jobs

import (
	"log/slog"
	"testing"
	"time"

	"github.com/gofrs/uuid/v5"

	"postrider/dispatch"
	"postrider/ent/db"
	"postrider/internal/pgtest"
)

// leader is a promoter that has the lease, and whose jobs nobody works.
func leader(t *testing.T, d *pgtest.DB) *promoter {
	t.Helper()
	e, err := New(Config{Pool: d.Pool(t), Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return pgtest.Now }})
	if err == nil {
		err = e.member.beat(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	return newPromoter(e)
}

func TestTheNextRoundComesWhenSomethingCanHaveChanged(t *testing.T) {
	t.Parallel()
	d := pgtest.New(t)
	s := pgtest.NewScene(t, d)
	c := s.Conversion(t, d)
	waiting := func(change func(*db.DeliveryCreate)) uuid.UUID {
		p := pgtest.Postback(t, d, s.Affiliate, "https://tracker.example/")
		return pgtest.Delivery(t, d, c.ID, p, func(c *db.DeliveryCreate) {
			change(c.SetState(dispatch.Queued).SetAttempt(0).SetEndpoint(tracker))
		}).ID
	}
	p := leader(t, d)
	round := func(when string, want time.Duration) {
		t.Helper()
		if pause, err := p.round(t.Context()); err != nil || pause != want {
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
	round("its endpoint hangs", underWayEvery)
	round("its endpoint hangs on", underWayEvery)
	if _, err := d.SQL.ExecContext(t.Context(), `UPDATE deliveries SET state = 'delivered'`); err != nil {
		t.Fatal(err)
	}
	round("it has ended", defaultPromoteEvery)
}
