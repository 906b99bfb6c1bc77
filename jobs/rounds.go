package jobs

import (
	"context"
	"fmt"
	"maps"
	"sync/atomic"
	"time"

	"postrider/dispatch"
	"postrider/internal/pg"
	"postrider/outbox"
)

const (
	busyEvery     = 10 * time.Millisecond // minimum between rounds
	inFlightEvery = 50 * time.Millisecond // maximum between rounds while something promoted is in flight
	restAfter     = 10 * time.Second      // without anything to do, or any announcement
	dueBatch      = 1000                  // due deliveries that one statement parks
)

// rounds are the promoter's: each parks what is due, marks what an open circuit holds, and
// promotes what can be sent.
type rounds struct {
	*Config

	member   *membership
	permits  *permits
	circuits *circuits
	streams  *streams
	holder   *holder
	promoter *promoter
	wake     chan struct{}   // starts the next round
	bulks    chan<- struct{} // there are bulk replays to feed

	heard   atomic.Bool // changes were announced since the last round
	resting atomic.Bool // it waits for IdleEvery
	busy    time.Time   // when there was last something to do, or announced
	nextDue time.Time   // when the next delivery is due; zero where none will be
}

// run runs round after round: after the pause that the last one returned, or when woken,
// but never without busyEvery between two.
func (r *rounds) run(ctx context.Context) {
	for ctx.Err() == nil {
		began := time.Now()
		pause, err := r.round(ctx)
		if err != nil && ctx.Err() == nil {
			r.Log.ErrorContext(ctx, "promoting", "error", err)
		}
		sleep(ctx, pause, r.wake)
		if soon := busyEvery - time.Since(began); soon > 0 {
			sleep(ctx, soon, nil)
		}
	}
}

// hear announces that any process changed deliveries or the configuration: a resting
// promoter starts its next round at once. Otherwise it costs nothing.
func (r *rounds) hear() {
	r.heard.Store(true)
	if r.resting.CompareAndSwap(true, false) {
		signal(r.wake)
	}
}

// seen is what a round reads first, in one query: mostly there is nothing to do.
type seen struct {
	firstDue time.Time // when the next delivery is or was due; zero where none is
	parked   bool      // deliveries wait for their endpoint
	circuits bool      // some are not closed
	bulks    bool      // bulk replays run

	mine map[string]bool // circuits that this process was writing meanwhile
}

// lookSQL is one statement, since it is what a process at rest runs. What may be large is
// read in the order of its index, whatever the statistics are.
const lookSQL = `
SELECT (SELECT due_at FROM deliveries WHERE due_at IS NOT NULL ORDER BY due_at LIMIT 1),
  (SELECT endpoint FROM deliveries WHERE parked_at IS NOT NULL ORDER BY endpoint, affiliate_id LIMIT 1) IS NOT NULL,
  EXISTS (SELECT FROM endpoints WHERE state <> 'closed'),
  EXISTS (SELECT FROM bulk_replays WHERE state = 'running')`

func (r *rounds) look(ctx context.Context) (s seen, err error) {
	s.mine = r.circuits.busy()
	var firstDue *time.Time
	if err := r.Pool.Pgx.QueryRow(ctx, lookSQL).Scan(&firstDue, &s.parked, &s.circuits, &s.bulks); err != nil {
		return s, fmt.Errorf("looking for what there is to do: %w", err)
	}
	if firstDue != nil {
		s.firstDue = *firstDue
	}
	maps.Copy(s.mine, r.circuits.busy())
	return s, nil
}

// round promotes what it can, and returns the pause until the next round: short after
// something was moved, since there may be more; bounded while promoted deliveries are in
// flight, for a permit may be released without a notice.
func (r *rounds) round(ctx context.Context) (pause time.Duration, err error) {
	seen, err := r.look(ctx)
	if err != nil {
		return r.PromoteEvery, err
	}
	atMost := r.atMost(seen)
	if err := r.refresh(ctx, seen); err != nil {
		return atMost, err
	}
	if !r.member.leads() {
		clear(r.promoter.inFlight)
		clear(r.holder.open)
		return atMost, nil
	}
	if seen.bulks {
		signal(r.bulks)
	}
	if r.Hold() {
		return atMost, nil // what is due, and what is parked, stays where it is
	}
	moved, err := r.advance(ctx, seen)
	if err != nil {
		return atMost, err
	}
	pause = atMost
	switch {
	case moved:
		pause = min(pause, busyEvery)
	case len(r.promoter.inFlight) > 0:
		pause = min(pause, inFlightEvery)
	}
	if !r.nextDue.IsZero() {
		pause = min(pause, r.nextDue.Sub(r.Now()))
	}
	return max(pause, busyEvery), nil
}

// atMost returns the maximum pause: longer where nothing was to do or announced for a
// while, since an announcement ends it.
func (r *rounds) atMost(seen seen) time.Duration {
	now := r.Now()
	if r.heard.Swap(false) || seen.parked || seen.circuits || seen.bulks || len(r.promoter.inFlight) > 0 || r.busy.IsZero() {
		r.busy = now
	}
	if r.IdleEvery <= r.PromoteEvery || now.Sub(r.busy) < restAfter {
		return r.PromoteEvery
	}
	r.resting.Store(true)
	if r.heard.Load() { // announced before resting was set
		return r.PromoteEvery
	}
	return r.IdleEvery
}

// refresh adopts the circuits in the database: mostly all are closed.
func (r *rounds) refresh(ctx context.Context, seen seen) error {
	r.permits.share(int(r.member.processes.Load()))
	open, mine := map[string]dispatch.Circuit{}, seen.mine
	if seen.circuits {
		var err error
		if open, mine, err = r.circuits.open(ctx); err != nil {
			return err
		}
	}
	r.permits.setCircuits(open, mine)
	r.holder.note(open)
	return nil
}

// advance does what there is to do, and reports whether there may be more.
func (r *rounds) advance(ctx context.Context, seen seen) (moved bool, err error) {
	due, err := r.parkDue(ctx, seen.firstDue)
	if err != nil {
		return false, err
	}
	if err := r.promoter.settle(ctx); err != nil {
		return false, err
	}
	holding, err := r.holder.hold(ctx)
	if err != nil {
		return false, err
	}
	var parked []outbox.Stream
	if seen.parked || due > 0 {
		if parked, err = r.streams.next(ctx); err != nil {
			return false, err
		}
	}
	picks := r.promoter.pick(parked)
	if err := r.promoter.promote(ctx, picks); err != nil {
		return false, err
	}
	return due == dueBatch || holding || len(picks) > 0, r.promoter.probe(ctx, r.holder.endpoints())
}

// parkDue parks what is due, if the first is.
func (r *rounds) parkDue(ctx context.Context, first time.Time) (n int, err error) {
	if r.nextDue = first; first.IsZero() || first.After(r.Now()) {
		return 0, nil
	}
	err = pg.InGroup(ctx, r.Pool.Pgx, func(ctx context.Context, tx *pg.Group) (err error) {
		n, err = outbox.ParkDue(ctx, tx, dueBatch, r.Now())
		return err
	})
	return n, err
}
