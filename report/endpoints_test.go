package report_test

import (
	"testing"
	"time"

	"postrider/dispatch"
	"postrider/ent/db"
	"postrider/internal/ids"
	"postrider/internal/problem"
	"postrider/internal/viewer"
	"postrider/outbox"
	"postrider/pgtest"
	"postrider/report"
)

func TestAnEndpointShowsItsCircuitToAllAndItsBacklogToItsOwner(t *testing.T) {
	t.Parallel()
	d := pgtest.New(t)
	mine, theirs := pgtest.NewScene(t, d), pgtest.NewScene(t, d)
	const endpoint = "https://tracker.example:443"
	now := pgtest.Now.Add(time.Hour)
	for i, s := range []pgtest.Scene{mine, theirs} {
		p := pgtest.Postback(t, d, s.Affiliate, "https://tracker.example/?c={param_1}")
		for n := range 2 + i*3 {
			pgtest.Delivery(t, d, s.Conversion(t, d).ID, p, func(c *db.DeliveryCreate) {
				c.SetEndpoint(endpoint).SetState(outbox.Held).SetReason("CIRCUIT_OPEN").SetParkedAt(now).SetCreatedAt(now.Add(time.Duration(n) * time.Second))
			})
		}
		pgtest.Delivery(t, d, s.Conversion(t, d).ID, p, func(c *db.DeliveryCreate) {
			c.SetEndpoint(endpoint).SetState(outbox.Delivered).SetAttempt(1).SetDurationMs(40)
		})
		pgtest.Delivery(t, d, s.Conversion(t, d).ID, p, func(c *db.DeliveryCreate) {
			c.SetEndpoint(endpoint).SetState(outbox.Failed).SetAttempt(1).SetDurationMs(60)
		})
	}
	_, err := d.SQL.ExecContext(t.Context(), `
		INSERT INTO endpoints (endpoint, state, because, opened_at, probe_at, probes, successes, updated_at)
		VALUES ($1, 'open', 'TIMEOUT_HEADERS', $2, $3, 1, 0, $2)`, endpoint, now, now.Add(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	h := &report.Health{DB: viewer.NewScoped(d.SQL), Now: func() time.Time { return now.Add(time.Minute) }}
	affiliate := viewer.With(t.Context(), &viewer.Viewer{Role: viewer.Affiliate, AffiliateID: ids.Affiliate(mine.Affiliate)})
	found, err := h.OfEndpoints(affiliate, []string{endpoint, "https://healthy.example:443"})
	if err != nil || len(found) != 2 {
		t.Fatalf("%v, %v", found, err)
	}
	for _, e := range found {
		if e.Endpoint != endpoint {
			if e.Circuit != dispatch.Closed || e.Waiting != 0 || e.OpenedAt != nil || e.SuccessRate != nil || e.OldestWaitingAt != nil {
				t.Errorf("one that nothing was sent to: %+v", e)
			}
			continue
		}
		if e.Circuit != dispatch.Open || e.Because != dispatch.TimeoutHeaders || !e.OpenedAt.Equal(now) || e.Waiting != 2 || !e.OldestWaitingAt.Equal(now) ||
			*e.SuccessRate != 0.5 || *e.P50Ms != 50 {
			t.Errorf("%+v", e)
		}
	}
	if _, err := h.Engine(affiliate); problem.CodeOf(err) != problem.CodeForbidden {
		t.Errorf("an affiliate sees the engine: %v", err)
	}
	staff := viewer.With(t.Context(), &viewer.Viewer{Role: viewer.Manager})
	engine, err := h.Engine(staff)
	if err != nil || engine.Parked != 7 || len(engine.Endpoints) != 1 || engine.Endpoints[0].Waiting != 7 || engine.Endpoints[0].Circuit != dispatch.Open {
		t.Errorf("%+v, %v", engine, err)
	}
}
