package outbox_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/gofrs/uuid/v5"
	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"postrider/dispatch"
	"postrider/domain/firing"
	"postrider/internal/ids"
	"postrider/internal/pg"
	"postrider/outbox"
	"postrider/pgtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// table is a database with deliveries in any place.
type table struct {
	t    *testing.T
	d    *pgtest.DB
	pool *pg.Pool

	pgtest.Scene

	postback, version int64
	bulk              int64
	first             uuid.UUID // a delivery that others wait for
}

const endpoint = "https://tracker.example:443"

func newTable(t *testing.T) *table {
	t.Helper()
	d := pgtest.New(t)
	b := &table{t: t, d: d, pool: d.Pool(t), Scene: pgtest.NewScene(t, d)}
	p := pgtest.Postback(t, d, b.Affiliate, "https://tracker.example/")
	b.postback = p.ID
	first := pgtest.Delivery(t, d, b.Conversion(t, d).ID, p)
	b.first, b.version = first.ID, *first.VersionID
	_, err := d.SQL.ExecContext(t.Context(), `
		CREATE TABLE shown (delivery_id uuid, tx bigint);
		CREATE FUNCTION show() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO shown VALUES (NEW.id, txid_current()); RETURN NULL; END';
		CREATE TRIGGER show AFTER UPDATE ON deliveries FOR EACH ROW
		WHEN ((OLD.state, OLD.reason, OLD.superseded_by, OLD.url, OLD.status_code, OLD.delivered_at) IS DISTINCT FROM
		      (NEW.state, NEW.reason, NEW.superseded_by, NEW.url, NEW.status_code, NEW.delivered_at)) EXECUTE FUNCTION show()`)
	if err != nil {
		t.Fatal(err)
	}
	b.scan(`INSERT INTO bulk_replays (as_sent, state, total, created_at, updated_at) VALUES (false, 'running', 1, now(), now()) RETURNING id`, nil, &b.bulk)
	return b
}

func (b *table) scan(query string, args []any, into ...any) {
	b.t.Helper()
	if err := b.d.SQL.QueryRowContext(b.t.Context(), query, args...).Scan(into...); err != nil {
		b.t.Fatalf("%s: %v", query, err)
	}
}

// held sets the columns of a row in each place.
var held = map[outbox.Place]string{
	outbox.InJob:       `state = 'queued'`,
	outbox.Waiting:     `state = 'queued', due_at = now() - interval '1 minute'`,
	outbox.InWindow:    `state = 'queued', reason = 'AGGREGATION', due_at = now() - interval '1 minute', aggregates = id::text, aggregation_id = id, macros = '{}', attempt = 0`,
	outbox.Parked:      `state = 'queued', parked_at = now()`,
	outbox.HeldParked:  `state = 'held', reason = 'CIRCUIT_OPEN', parked_at = now()`,
	outbox.Blocked:     `state = 'queued', reason = 'WAITS_FOR_EARLIER', blocked_by = $2`,
	outbox.InFlight:    `state = 'queued', claimed_at = now() - interval '1 hour', attempt = attempt + 1`,
	outbox.HeldBack:    `state = 'held', reason = 'POSTBACK_HELD'`,
	outbox.IsDelivered: `state = 'delivered'`,
	outbox.IsFailed:    `state = 'failed'`,
	outbox.IsCancelled: `state = 'cancelled'`,
}

// in makes a delivery that is in a place, with a running job of its own, old enough
// to be swept. Each has a conversion of its own.
func (b *table) in(p outbox.Place) uuid.UUID {
	b.t.Helper()
	var id uuid.UUID
	b.scan(`
		INSERT INTO deliveries (id, affiliate_id, postback_id, version_id, conversion_id, event_id, offer_id, goal, status, state, priority, endpoint,
		  attempt, bulk_replay_id, replay_of, queued_at, created_at, updated_at)
		SELECT $1, affiliate_id, postback_id, version_id, conversion_id, event_id, offer_id, goal, status, 'queued', 1, endpoint, 1, $3, id,
		  now() - interval '1 hour', now(), now() FROM deliveries WHERE id = $2 RETURNING id`, []any{pgtest.ID(b.t), b.first, b.bulk}, &id)
	var number int
	set := held[p]
	b.scan(`UPDATE deliveries SET `+set+` WHERE id = $1 AND $2::uuid IS NOT NULL RETURNING attempt`, []any{id, b.first}, &number)
	if p == outbox.InFlight {
		number--
	}
	b.scan(`
		INSERT INTO river_job (args, kind, max_attempts, priority, queue, state, attempt, attempted_at, attempted_by)
		VALUES (json_build_object('deliveries', json_build_array(json_build_object('id', $1::uuid, 'attempt', $2::int))), 'deliver', 25, 1, 'lane', 'running', 1,
		  now() - interval '1 hour', ARRAY['gone']) RETURNING id`, []any{id, number}, new(int64))
	return id
}

// place returns where a delivery is, and fails if that is no place or two.
func (b *table) place(id uuid.UUID) (p outbox.Place, attempt int) {
	b.t.Helper()
	var at []outbox.Place
	for _, p := range outbox.Places() {
		var is bool
		b.scan(`SELECT `+p.SQL()+`, attempt FROM deliveries WHERE id = $1`, []any{id}, &is, &attempt)
		if is {
			at = append(at, p)
		}
	}
	if len(at) != 1 {
		b.t.Fatalf("delivery %s is in %q", id, at)
	}
	return at[0], attempt
}

// locate returns where a delivery is as the program says.
func (b *table) locate(id uuid.UUID) (at outbox.Place) {
	b.t.Helper()
	err := pg.InGroup(b.t.Context(), b.pool.Pgx, func(ctx context.Context, tx *pg.Group) error {
		w, found, err := outbox.Locate(ctx, tx, id)
		if at = w.Place; !found {
			b.t.Errorf("delivery %s is not found", id)
		}
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return at
}

// verb applies one to a delivery, by the attempt that it has now, or that is in flight.
type verb func(ctx context.Context, tx *pg.Group, b *table, id uuid.UUID, attempt int) error

func result(b *table, id uuid.UUID, attempt int, state outbox.State, due time.Time) outbox.Result {
	return outbox.Result{
		DeliveryID: id, AffiliateID: ids.Affiliate(b.Affiliate), PostbackID: ids.Postback(b.postback), Number: attempt, AttemptID: pgtest.ID(b.t),
		Exchange: dispatch.Exchange{StartedAt: pgtest.Now, Method: firing.GET}, State: state, DueAt: due, At: pgtest.Now,
	}
}

var verbs = map[string]verb{
	"Claim": func(ctx context.Context, tx *pg.Group, _ *table, id uuid.UUID, attempt int) error {
		_, _, err := outbox.Claim(ctx, tx, []outbox.Ref{{ID: id, Attempt: attempt}}, time.Now())
		return err
	},
	"Finish": func(_ context.Context, tx *pg.Group, b *table, id uuid.UUID, attempt int) error {
		return outbox.Finish(tx, []outbox.Result{result(b, id, max(1, attempt), outbox.Delivered, time.Time{})}) // attempts begin with 1
	},
	"Unblock": func(_ context.Context, tx *pg.Group, b *table, _ uuid.UUID, _ int) error {
		outbox.Unblock(tx, []uuid.UUID{b.first}, time.Now())
		return nil
	},
	"ParkDue": func(ctx context.Context, tx *pg.Group, _ *table, _ uuid.UUID, _ int) error {
		_, err := outbox.ParkDue(ctx, tx, 100, time.Now())
		return err
	},
	"Park": func(ctx context.Context, tx *pg.Group, _ *table, id uuid.UUID, attempt int) error {
		return outbox.Park(ctx, tx, []outbox.Parking{{Ref: outbox.Ref{ID: id, Attempt: attempt}}}, time.Now())
	},
	"Hold": func(ctx context.Context, tx *pg.Group, _ *table, _ uuid.UUID, _ int) error {
		_, _, err := outbox.Hold(ctx, tx, endpoint, outbox.Position{}, 100, time.Now())
		return err
	},
	"Promote": func(ctx context.Context, tx *pg.Group, b *table, _ uuid.UUID, _ int) error {
		_, err := outbox.Promote(ctx, tx, map[outbox.Stream]int{{Endpoint: endpoint, Affiliate: b.Affiliate}: 100}, time.Now())
		return err
	},
	"TakeBack": func(ctx context.Context, tx *pg.Group, _ *table, _ uuid.UUID, _ int) error {
		_, err := outbox.TakeBackFrom(ctx, tx, []string{"gone"}, time.Now())
		return err
	},
	"Release": func(ctx context.Context, tx *pg.Group, b *table, _ uuid.UUID, _ int) error {
		return outbox.Release(ctx, tx, b.postback, 1, endpoint, time.Now())
	},
	"Close": func(_ context.Context, tx *pg.Group, _ *table, id uuid.UUID, _ int) error {
		outbox.Close(tx, id)
		return nil
	},
	"Summarize": func(_ context.Context, tx *pg.Group, b *table, id uuid.UUID, _ int) error {
		var s outbox.Summary
		b.scan(`SELECT conversion_id, event_id, goal FROM deliveries WHERE id = $1`, []any{id}, &s.ConversionID, &s.EventID, &s.Goal)
		s.Macros = []byte(`{"count": "2"}`)
		outbox.Summarize(tx, id, s, time.Now())
		return nil
	},
	"CancelPostback": func(ctx context.Context, tx *pg.Group, b *table, _ uuid.UUID, _ int) error {
		return outbox.CancelPostback(ctx, tx, b.postback, time.Now())
	},
	"CancelOne": func(ctx context.Context, tx *pg.Group, _ *table, id uuid.UUID, _ int) error {
		_, err := outbox.CancelOne(ctx, tx, id, time.Now())
		return err
	},
	"PromoteOne": func(ctx context.Context, tx *pg.Group, _ *table, id uuid.UUID, _ int) error {
		_, err := outbox.PromoteOne(ctx, tx, id, time.Now())
		return err
	},
	"CancelReplay": func(ctx context.Context, tx *pg.Group, b *table, _ uuid.UUID, _ int) error {
		return outbox.CancelReplay(ctx, tx, b.bulk, time.Now())
	},
	"CancelWindow": func(ctx context.Context, tx *pg.Group, _ *table, id uuid.UUID, _ int) error {
		return outbox.CancelWindow(ctx, tx, id, time.Now())
	},
}

// forgetShown forgets which deliveries changed.
func (b *table) forgetShown() {
	b.t.Helper()
	b.scan(`WITH gone AS (DELETE FROM shown RETURNING tx) SELECT count(*) FROM gone`, nil, new(int))
}

// unlogged returns how many deliveries changed without a row in delivery_changes.
func (b *table) unlogged() (n int) {
	b.t.Helper()
	b.scan(`SELECT count(*) FROM shown s WHERE NOT EXISTS (SELECT FROM delivery_changes c WHERE c.delivery_id = s.delivery_id AND c.tx = s.tx)`, nil, &n)
	return n
}

// use applies a verb in a transaction of its own.
func (b *table) use(name string, id uuid.UUID, attempt int) {
	b.t.Helper()
	b.forgetShown()
	err := pg.InGroup(b.t.Context(), b.pool.Pgx, func(ctx context.Context, tx *pg.Group) error { return verbs[name](ctx, tx, b, id, attempt) })
	if err != nil {
		b.t.Fatalf("%s: %v", name, err)
	}
	if n := b.unlogged(); n > 0 {
		b.t.Errorf("%s changed %d deliveries that are not in delivery_changes", name, n)
	}
}

func move(t *testing.T, name string) outbox.Move {
	t.Helper()
	for _, m := range outbox.Moves() {
		if m.Verb == name {
			return m
		}
	}
	t.Fatalf("there is no verb %s", name)
	return outbox.Move{}
}

// Every verb from every place: it moves as the table says, or not at all.
func TestEveryVerbKeepsToTheTable(t *testing.T) {
	t.Parallel()
	for _, m := range outbox.Moves() {
		if len(m.From) == 0 || m.Verb == "Wait" { // new rows; Wait has a test of its own
			continue
		}
		if _, ok := verbs[m.Verb]; !ok {
			t.Errorf("the test does not know %s", m.Verb)
			continue
		}
		t.Run(m.Verb, func(t *testing.T) {
			t.Parallel()
			b := newTable(t)
			for _, from := range outbox.Places() {
				id := b.in(from)
				_, attempt := b.place(id)
				if at := b.locate(id); at != from {
					t.Errorf("what is %q is said to be %q", from, at)
				}
				b.use(m.Verb, id, attempt)
				to, after := b.place(id)
				switch allowed := slices.Contains(m.From, from); {
				case allowed && !slices.Contains(m.To, to):
					t.Errorf("from %q it went to %q, not to one of %q", from, to, m.To)
				case !allowed && (to != from || after != attempt):
					t.Errorf("from %q, attempt %d, it went to %q, attempt %d, and may not", from, attempt, to, after)
				case allowed && to == from && !slices.Contains(m.To, from):
					t.Errorf("from %q it did not go", from)
				}
				b.scan(`UPDATE deliveries SET state = 'cancelled', due_at = NULL, parked_at = NULL, blocked_by = NULL, claimed_at = NULL, aggregates = NULL
					WHERE id = $1 RETURNING true`, []any{id}, new(bool)) // out of the way of the next
			}
		})
	}
}

// New rows begin where the table says.
func TestNewDeliveriesBeginWhereTheTableSays(t *testing.T) {
	t.Parallel()
	b := newTable(t)
	now := time.Now()
	begin := func(verb string, id uuid.UUID) {
		t.Helper()
		if to, _ := b.place(id); !slices.Contains(move(t, verb).To, to) {
			t.Errorf("%s begins in %q", verb, to)
		}
	}
	d := outbox.Delivery{AffiliateID: ids.Affiliate(b.Affiliate), PostbackID: ids.Postback(b.postback), VersionID: b.version, Goal: "deposit", Status: "approved", Endpoint: endpoint, At: now}
	made := func() outbox.Delivery { // of a conversion of its own
		d := d
		d.ID, d.ConversionID = pgtest.ID(t), b.Conversion(t, b.d).ID
		b.scan(`SELECT id, (SELECT offer_id FROM conversions WHERE id = $1) FROM conversion_events WHERE conversion_id = $1`, []any{d.ConversionID}, &d.EventID, &d.OfferID)
		return d
	}
	queued, claimed, kept, window := made(), made(), made(), made()
	claimed.ClaimedAt, kept.Held = &now, true
	ended := outbox.Ended{
		ID: pgtest.ID(t), AffiliateID: ids.Affiliate(b.Affiliate), Goal: "deposit", Status: "approved", Endpoint: endpoint, At: now,
		Exchange: dispatch.Exchange{StartedAt: now, Method: firing.GET, URL: endpoint}, Outcome: dispatch.Outcome{Verdict: dispatch.GiveUp, Reason: dispatch.DNS, AttemptReason: dispatch.DNS},
	}
	var again uuid.UUID
	err := pg.InGroup(t.Context(), b.pool.Pgx, func(ctx context.Context, tx *pg.Group) (err error) {
		outbox.Record(tx, []outbox.Delivery{queued, claimed, kept})
		outbox.Open(tx, window, "key", now.Add(time.Minute))
		if err := outbox.RecordEnded(tx, ended); err != nil {
			return err
		}
		again, _, err = outbox.Replay(ctx, tx, b.first, b.version, endpoint, now)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []uuid.UUID{queued.ID, claimed.ID, kept.ID} {
		begin("Record", id)
	}
	begin("Open", window.ID)
	begin("RecordEnded", ended.ID)
	begin("Replay", again)
	var attempts int
	if b.scan(`SELECT count(*) FROM attempts WHERE delivery_id = $1 AND error = 'DNS'`, []any{ended.ID}, &attempts); attempts != 1 {
		t.Errorf("%d attempts of what has ended", attempts)
	}
}

// Whatever is done, in whatever order, a delivery is in one place, and one that has
// ended does not move.
func TestAnySequenceOfVerbs(t *testing.T) {
	t.Parallel()
	b := newTable(t)
	names := make([]string, 0, len(verbs))
	for name := range verbs {
		names = append(names, name)
	}
	slices.Sort(names)
	rapid.Check(t, func(rt *rapid.T) {
		ids := make([]uuid.UUID, rapid.IntRange(1, 3).Draw(rt, "deliveries"))
		for i := range ids {
			ids[i] = b.in(rapid.SampledFrom(outbox.Places()).Draw(rt, fmt.Sprintf("place %d", i)))
		}
		for range rapid.IntRange(1, 8).Draw(rt, "steps") {
			name, id := rapid.SampledFrom(names).Draw(rt, "verb"), rapid.SampledFrom(ids).Draw(rt, "delivery")
			before := map[uuid.UUID]outbox.Place{}
			for _, id := range ids {
				before[id], _ = b.place(id)
			}
			_, attempt := b.place(id)
			b.use(name, id, attempt)
			for _, id := range ids {
				to, _ := b.place(id)
				m := move(t, name)
				if from := before[id]; to != from && (from.Ended() || !slices.Contains(m.From, from) || !slices.Contains(m.To, to)) {
					rt.Fatalf("%s took a delivery from %q to %q", name, from, to)
				}
			}
		}
		for _, id := range ids {
			b.scan(`UPDATE deliveries SET state = 'cancelled', due_at = NULL, parked_at = NULL, blocked_by = NULL, claimed_at = NULL, aggregates = NULL
				WHERE id = $1 RETURNING true`, []any{id}, new(bool))
		}
	})
}
