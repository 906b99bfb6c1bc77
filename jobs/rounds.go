package jobs

import (
	"context"
	"fmt"
	"maps"
	"time"

	"postrider/outbox"
)

const (
	busyEvery     = 10 * time.Millisecond // least between rounds
	underWayEvery = 50 * time.Millisecond // most between rounds while something promoted is under way
	restAfter     = 10 * time.Second      // since anything was seen or heard of
)

// promoteAll promotes, round after round: when the last one said so, or when
// somebody wakes it, but never without a moment between two.
func (e *Engine) promoteAll(ctx context.Context) {
	p := newPromoter(e)
	for ctx.Err() == nil {
		began := time.Now()
		pause, err := p.round(ctx)
		if err != nil && ctx.Err() == nil {
			e.Log.ErrorContext(ctx, "promoting", "error", err)
		}
		sleep(ctx, pause, e.wake)
		if soon := busyEvery - time.Since(began); soon > 0 {
			sleep(ctx, soon, nil)
		}
	}
}

// sleep waits for a while, or until it is woken.
func sleep(ctx context.Context, pause time.Duration, wake <-chan struct{}) {
	next := time.NewTimer(pause)
	defer next.Stop()
	select {
	case <-ctx.Done():
	case <-next.C:
	case <-wake:
	}
}

// seen is what a round sees first, in one look: mostly there is nothing to do.
type seen struct {
	firstDue time.Time // when the next delivery comes to its time, or came; zero where none waits for it
	parked   bool      // deliveries wait for their endpoint
	circuits bool      // some are not closed
	bulks    bool      // bulk replays run

	mine map[string]bool // circuits that this process was writing meanwhile
}

// lookSQL is one statement, since it is what a process at rest does. What may have
// been many is sought in the order of its index, whatever the statistics say.
const lookSQL = `
SELECT (SELECT due_at FROM deliveries WHERE due_at IS NOT NULL ORDER BY due_at LIMIT 1),
  (SELECT endpoint FROM deliveries WHERE parked_at IS NOT NULL ORDER BY endpoint, affiliate_id LIMIT 1) IS NOT NULL,
  EXISTS (SELECT FROM endpoints WHERE state <> 'closed'),
  EXISTS (SELECT FROM bulk_replays WHERE state = 'running')`

func (p *promoter) look(ctx context.Context) (s seen, err error) {
	s.mine = p.engine.circuits.busy()
	var firstDue *time.Time
	if err := p.engine.Pool.Pgx.QueryRow(ctx, lookSQL).Scan(&firstDue, &s.parked, &s.circuits, &s.bulks); err != nil {
		return s, fmt.Errorf("looking for what there is to do: %w", err)
	}
	if firstDue != nil {
		s.firstDue = *firstDue
	}
	maps.Copy(s.mine, p.engine.circuits.busy())
	return s, nil
}

// round promotes what can be, and tells how long it may be until the next round:
// not long after something was moved, since more may be; sooner or later while
// what was promoted is under way, for a place may come free that nobody tells of.
func (p *promoter) round(ctx context.Context) (pause time.Duration, err error) {
	e := p.engine
	seen, err := p.look(ctx)
	if err != nil {
		return e.PromoteEvery, err
	}
	every := p.every(seen)
	if err := p.refresh(ctx, seen); err != nil {
		return every, err
	}
	if !e.member.leads() {
		clear(p.underWay)
		clear(p.holding)
		return every, nil
	}
	if seen.bulks {
		signal(e.bulks)
	}
	if e.Hold() {
		return every, nil // what is due, and what is parked, stays where it is
	}
	moved, err := p.advance(ctx, seen)
	if err != nil {
		return every, err
	}
	pause = every
	switch {
	case moved:
		pause = min(pause, busyEvery)
	case len(p.underWay) > 0:
		pause = min(pause, underWayEvery)
	}
	if !p.nextDue.IsZero() {
		pause = min(pause, p.nextDue.Sub(e.Now()))
	}
	return max(pause, busyEvery), nil
}

// every is the most between two rounds: more where nothing was seen or heard of for
// a while, and announcements say when that ends.
func (p *promoter) every(seen seen) time.Duration {
	e, now := p.engine, p.engine.Now()
	if e.heard.Swap(false) || seen.parked || seen.circuits || seen.bulks || len(p.underWay) > 0 || p.busy.IsZero() {
		p.busy = now
	}
	if e.IdleEvery <= e.PromoteEvery || now.Sub(p.busy) < restAfter {
		return e.PromoteEvery
	}
	e.resting.Store(true)
	if e.heard.Load() { // just now: it did not see that this rests
		return e.PromoteEvery
	}
	return e.IdleEvery
}

// Hear tells that deliveries or the configuration were changed, by whichever
// process: where the promoter rests it looks at once. It costs nothing otherwise.
func (e *Engine) Hear() {
	e.heard.Store(true)
	if e.resting.CompareAndSwap(true, false) {
		e.Wake()
	}
}

// advance does what there is to do, and tells whether that was anything.
func (p *promoter) advance(ctx context.Context, seen seen) (moved bool, err error) {
	due, err := p.due(ctx, seen.firstDue)
	if err != nil {
		return false, err
	}
	if err := p.settle(ctx); err != nil {
		return false, err
	}
	holding, err := p.hold(ctx)
	if err != nil {
		return false, err
	}
	var streams []outbox.Stream
	if seen.parked || due > 0 {
		if streams, err = p.streams(ctx); err != nil {
			return false, err
		}
	}
	picks := p.pick(streams)
	if err := p.promote(ctx, picks); err != nil {
		return false, err
	}
	return due == dueBatch || holding || len(picks) > 0, nil
}
