package report_test

import (
	"context"
	"testing"
	"time"

	"github.com/gofrs/uuid/v5"
	"go.uber.org/goleak"

	"postrider/ent/db"
	"postrider/internal/ids"
	"postrider/internal/problem"
	"postrider/internal/viewer"
	"postrider/outbox"
	"postrider/pgtest"
	"postrider/report"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// idAt returns the id of a fact of so long before now.
func idAt(t *testing.T, ago time.Duration) uuid.UUID {
	t.Helper()
	id, err := uuid.NewV7AtTime(pgtest.Now.Add(-ago))
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func TestThePostbacksHealthIsThatOfTheLastDay(t *testing.T) {
	t.Parallel()
	d := pgtest.New(t)
	s, other := pgtest.NewScene(t, d), pgtest.NewScene(t, d)
	conversion := s.Conversion(t, d).ID
	p := pgtest.Postback(t, d, s.Affiliate, "https://tracker.example/")
	quiet := pgtest.Postback(t, d, s.Affiliate, "https://tracker.example/")
	theirs := pgtest.Postback(t, d, other.Affiliate, "https://tracker.example/")

	add := func(state outbox.State, ago time.Duration, options ...func(*db.DeliveryCreate)) {
		at := pgtest.Now.Add(-ago)
		// Only the first delivery of an event and a postback is no replay; what the times
		// leave out is tested separately.
		options = append([]func(*db.DeliveryCreate){func(c *db.DeliveryCreate) {
			c.SetID(idAt(t, ago)).SetState(state).SetCreatedAt(at).SetUpdatedAt(at)
			c.SetEventID(event(t, d, conversion))
		}}, options...)
		pgtest.Delivery(t, d, conversion, p, options...)
	}
	delivered := func(after time.Duration) func(*db.DeliveryCreate) {
		return func(c *db.DeliveryCreate) {
			created, _ := c.Mutation().CreatedAt()
			c.SetDeliveredAt(created.Add(after))
		}
	}
	because := func(reason string) func(*db.DeliveryCreate) {
		return func(c *db.DeliveryCreate) { c.SetReason(reason) }
	}
	for i := range 20 {
		add(outbox.Delivered, time.Hour, delivered(time.Duration(i+1)*10*time.Millisecond))
	}
	add(outbox.Delivered, time.Hour, delivered(time.Hour), func(c *db.DeliveryCreate) { c.SetReplayOf(idAt(t, 0)) }) // counted, not timed
	warned := func(c *db.DeliveryCreate) { c.SetWarning(outbox.ClickIDMissing) }
	add(outbox.Delivered, 25*time.Hour, delivered(time.Hour), warned) // too old
	add(outbox.Delivered, time.Hour, delivered(105*time.Millisecond), warned)
	add(outbox.Failed, 3*time.Hour, because("HTTP_404"), warned)
	add(outbox.Retrying, 2*time.Hour, because("SERVER_ERROR"))
	add(outbox.Queued, time.Minute)
	add(outbox.Held, time.Minute, because("POSTBACK_HELD"))
	add(outbox.Cancelled, time.Minute, because("POSTBACK_DELETED"))
	add(outbox.Failed, time.Minute, because("HTTP_500"), func(c *db.DeliveryCreate) { c.SetTest(true) }) // a test

	health := &report.Health{DB: viewer.NewScoped(d.SQL), Now: func() time.Time { return pgtest.Now }}
	read := func(ctx context.Context) map[int64]*report.PostbackHealth {
		rows, err := health.OfPostbacks(ctx, []int64{p.ID, quiet.ID, theirs.ID})
		if err != nil {
			t.Fatal(err)
		}
		found := map[int64]*report.PostbackHealth{}
		for _, row := range rows {
			found[row.ID] = row
		}
		return found
	}
	mine := read(viewer.With(t.Context(), &viewer.Viewer{Role: viewer.Affiliate, AffiliateID: ids.Affiliate(s.Affiliate)}))
	if len(mine) != 2 || mine[theirs.ID] != nil {
		t.Errorf("an affiliate sees %d of its two", len(mine))
	}
	if got := mine[p.ID]; got.Delivered != 22 || got.Failed != 1 || got.Waiting != 3 || got.WithoutClickID != 1 {
		t.Errorf("%+v", got)
	} else {
		wantHours(t, got.Hours)
		near(t, "success rate", got.SuccessRate, 22.0/23)
		near(t, "median", got.P50Ms, 105)
		near(t, "p95", got.P95Ms, 190)
		if !got.LastFailureAt.Equal(pgtest.Now.Add(-2*time.Hour)) || *got.LastFailureReason != "SERVER_ERROR" {
			t.Errorf("last failure %s, %s", got.LastFailureAt, *got.LastFailureReason)
		}
	}
	if got := mine[quiet.ID]; got.Delivered+got.Failed+got.Waiting != 0 || got.SuccessRate != nil || got.P50Ms != nil || got.LastFailureAt != nil || got.LastFailureReason != nil {
		t.Errorf("one that never fired: %+v", got)
	}
	if all := read(viewer.With(t.Context(), &viewer.Viewer{Role: viewer.Manager})); len(all) != 3 {
		t.Errorf("staff see %d of three", len(all))
	}
	if _, err := health.OfPostbacks(t.Context(), nil); problem.CodeOf(err) != problem.CodeUnauthenticated {
		t.Errorf("nobody is asking: %v", err)
	}
}

// wantHours checks all 24: what was delivered is in the last, what failed two before.
func wantHours(t *testing.T, got []*report.PostbackHealthHour) {
	t.Helper()
	hours := map[int][2]int{}
	for i, hour := range got {
		if !hour.At.Equal(pgtest.Now.Add(time.Duration(i-24) * time.Hour)) {
			t.Errorf("hour %d begins at %s", i, hour.At)
		}
		if hour.Delivered+hour.Failed > 0 {
			hours[i] = [2]int{hour.Delivered, hour.Failed}
		}
	}
	if len(got) != 24 || len(hours) != 2 || hours[23] != [2]int{22, 0} || hours[21] != [2]int{0, 1} {
		t.Errorf("%d hours; of them %v", len(got), hours)
	}
}

// event adds one more step to a conversion.
func event(t *testing.T, d *pgtest.DB, conversion uuid.UUID) uuid.UUID {
	t.Helper()
	id := uuid.Must(uuid.NewV4())
	_, err := d.SQL.ExecContext(t.Context(), `
		INSERT INTO conversion_events (id, conversion_id, status, reason, actor, macros, considered, occurred_at, received_at)
		VALUES ($1, $2, 'approved', '', 'operator', '{}', '[]', now(), now())`, id, conversion)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func near(t *testing.T, what string, got *float64, want float64) {
	t.Helper()
	if got == nil || *got < want-0.01 || *got > want+0.01 {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}
