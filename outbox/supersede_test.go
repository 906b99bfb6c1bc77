package outbox_test

import (
	"context"
	"testing"
	"time"

	"github.com/gofrs/uuid/v5"
	"pgregory.net/rapid"

	"postrider/dispatch"
	"postrider/domain/firing"
	"postrider/ent/db"
	"postrider/internal/pg"
	"postrider/outbox"
	"postrider/pgtest"
)

// sending is a delivery as the reference knows it.
type sending struct {
	id       uuid.UUID
	state    outbox.State
	isReplay bool
	bulk     int64 // the bulk replay that made it; 0 for none
}

func (s *sending) dropsOut() bool { return s.isReplay && s.state == outbox.Cancelled }

// history is a delivery and its replays, in the order in which they were made.
type history []*sending

// after returns those after one that have not dropped out.
func (h history) after(s *sending) (later []*sending) {
	seen := false
	for _, other := range h {
		if seen && !other.dropsOut() {
			later = append(later, other)
		}
		seen = seen || other == s
	}
	return later
}

// supersededBy returns what stands for one: the first one after it that was delivered, or else
// the last one; nil for itself.
func (h history) supersededBy(s *sending) *sending {
	later := h.after(s)
	if s.dropsOut() || len(later) == 0 {
		return nil
	}
	for _, other := range later {
		if other.state == outbox.Delivered {
			return other
		}
	}
	return later[len(later)-1]
}

func (h history) unresolved(s *sending) bool {
	return (s.state == outbox.Failed || s.state == outbox.Cancelled && !s.isReplay) && h.supersededBy(s) == nil
}

func (h history) waits() bool {
	for _, s := range h {
		if !s.state.Final() {
			return true
		}
	}
	return false
}

// replays applies what happens to deliveries to a database and to the reference.
type replays struct {
	*table

	rt        *rapid.T
	histories []history
	clock     time.Time
}

// now returns a later time at every call: ids are in the order of their times.
func (r *replays) now() time.Time {
	r.clock = r.clock.Add(time.Second)
	return r.clock
}

func (r *replays) do(what string, fn func(ctx context.Context, tx *pg.Group) error) {
	r.t.Helper()
	r.forgetShown()
	if err := pg.InGroup(r.t.Context(), r.pool.Pgx, fn); err != nil {
		r.rt.Fatalf("%s: %v", what, err)
	}
	if n := r.unlogged(); n > 0 {
		r.rt.Errorf("%s changed %d deliveries that are not in delivery_changes", what, n)
	}
}

func (r *replays) pick() (int, *sending) {
	i := rapid.IntRange(0, len(r.histories)-1).Draw(r.rt, "history")
	return i, rapid.SampledFrom(r.histories[i]).Draw(r.rt, "delivery")
}

// end lets a delivery that waits be claimed, and end.
func (r *replays) end() {
	_, s := r.pick()
	if s.state.Final() {
		return
	}
	to := rapid.SampledFrom([]outbox.State{outbox.Delivered, outbox.Failed, outbox.Cancelled}).Draw(r.rt, "end")
	var attempt int
	r.scan(`UPDATE deliveries SET due_at = NULL, parked_at = NULL WHERE id = $1 RETURNING attempt`, []any{s.id}, &attempt)
	r.do("ending", func(ctx context.Context, tx *pg.Group) error {
		claimed, _, err := outbox.Claim(ctx, tx, []outbox.Ref{{ID: s.id, Attempt: attempt}}, r.now())
		if err != nil || len(claimed) != 1 {
			r.rt.Fatalf("claimed %d: %v", len(claimed), err)
		}
		c := claimed[0]
		exchange := dispatch.Exchange{StartedAt: r.now(), Method: firing.GET, URL: endpoint}
		result := c.End(pgtest.ID(r.t), exchange, dispatch.Outcome{Verdict: dispatch.Accepted}, r.now())
		switch to {
		case outbox.Failed:
			result = c.End(pgtest.ID(r.t), exchange, dispatch.Outcome{Verdict: dispatch.GiveUp, Reason: dispatch.DNS, AttemptReason: dispatch.DNS}, r.now())
		case outbox.Cancelled:
			c.Deleted = true
			result = c.Stop(r.now())
		}
		return outbox.Finish(tx, []outbox.Result{result})
	})
	s.state = to
}

// replay replays one, whichever of its history.
func (r *replays) replay() {
	i, s := r.pick()
	h := r.histories[i]
	if !s.state.Final() {
		return // refused before (jobs.Replayer)
	}
	r.do("replaying", func(ctx context.Context, tx *pg.Group) error {
		id, made, err := outbox.Replay(ctx, tx, s.id, r.version, endpoint, r.now())
		if made == h.waits() {
			r.rt.Fatalf("made is %v, and one of %d waits: %v", made, len(h), h.waits())
		}
		if made {
			r.histories[i] = append(h, &sending{id: id, state: outbox.Queued, isReplay: true})
		}
		return err
	})
}

// bulkReplay replays whatever it may of all deliveries: also of those that must not be.
func (r *replays) bulkReplay() {
	delivered := rapid.Bool().Draw(r.rt, "also delivered")
	var bulk int64
	r.scan(`INSERT INTO bulk_replays (as_sent, state, total, created_at, updated_at) VALUES (true, 'running', 1, now(), now()) RETURNING id`, nil, &bulk)
	n, want := 0, 0
	for _, h := range r.histories {
		for _, s := range h {
			stands := h.supersededBy(s) == nil && !s.dropsOut()
			if s.state == outbox.Delivered && !delivered {
				continue // jobs is not asked for it
			}
			n++
			r.scan(`INSERT INTO bulk_replay_items (bulk_replay_id, number, delivery_id) VALUES ($1, $2, $3) RETURNING number`, []any{bulk, n, s.id}, new(int))
			if stands && s.state.Final() {
				want++
			}
		}
	}
	if n == 0 {
		return
	}
	r.do("replaying many", func(ctx context.Context, tx *pg.Group) error {
		made, err := outbox.ReplaySome(ctx, tx, outbox.Items{BulkReplay: bulk, UpTo: n, AsSent: true, Endpoints: map[int64]string{r.version: endpoint}}, r.now())
		if made != want {
			r.rt.Fatalf("%d of %d were replayed, want %d", made, n, want)
		}
		return err
	})
	for i, h := range r.histories {
		for _, s := range h {
			var id uuid.NullUUID
			r.scan(`SELECT (SELECT id FROM deliveries WHERE bulk_replay_id = $1 AND replay_of = $2)`, []any{bulk, s.id}, &id)
			if id.Valid {
				r.histories[i] = append(r.histories[i], &sending{id: id.UUID, state: outbox.Queued, isReplay: true, bulk: bulk})
			}
		}
	}
}

// cancelBulk cancels what waits of the bulk replay that made one.
func (r *replays) cancelBulk() {
	_, s := r.pick()
	if s.bulk == 0 {
		return
	}
	r.do("cancelling", func(ctx context.Context, tx *pg.Group) error { return outbox.CancelReplay(ctx, tx, s.bulk, r.now()) })
	for _, h := range r.histories {
		for _, other := range h {
			if other.bulk == s.bulk && !other.state.Final() {
				other.state = outbox.Cancelled
			}
		}
	}
}

func (r *replays) check(after string) {
	for _, h := range r.histories {
		for i, s := range h {
			var by uuid.NullUUID
			var state outbox.State
			var unresolved bool
			r.scan(`SELECT superseded_by, state, coalesce(unresolved, false) FROM deliveries WHERE id = $1`, []any{s.id}, &by, &state, &unresolved)
			var want uuid.NullUUID
			if other := h.supersededBy(s); other != nil {
				want = uuid.NullUUID{UUID: other.id, Valid: true}
			}
			if by != want || state != s.state || unresolved != h.unresolved(s) {
				r.rt.Fatalf("after %s, number %d of %d is %s (want %s), superseded by %v (want %v), unresolved %v (want %v)",
					after, i, len(h), state, s.state, by, want, unresolved, h.unresolved(s))
			}
		}
	}
}

// Whatever is replayed, in whatever order and with whatever result: what failed counts once at
// most, and no bulk replay sends what a replay stands for.
func TestAReplayStandsForWhatItRepeats(t *testing.T) {
	t.Parallel()
	b := newTable(t)
	p, err := b.d.Client().Postback.Get(pgtest.System(t), b.postback)
	if err != nil {
		t.Fatal(err)
	}
	steps := []string{"end", "end", "replay", "bulk replay", "cancel"}
	rapid.Check(t, func(rt *rapid.T) {
		r := &replays{table: b, rt: rt, clock: pgtest.Now.Add(time.Hour)}
		for range rapid.IntRange(1, 3).Draw(rt, "deliveries") {
			d := pgtest.Delivery(t, b.d, b.Conversion(t, b.d).ID, p, func(c *db.DeliveryCreate) { c.SetState(outbox.Queued).SetAttempt(0).SetEndpoint(endpoint) })
			r.histories = append(r.histories, history{{id: d.ID, state: outbox.Queued}})
		}
		for range rapid.IntRange(1, 25).Draw(rt, "steps") {
			step := rapid.SampledFrom(steps).Draw(rt, "step")
			switch step {
			case "end":
				r.end()
			case "replay":
				r.replay()
			case "bulk replay":
				r.bulkReplay()
			case "cancel":
				r.cancelBulk()
			}
			r.check(step)
		}
	})
}
