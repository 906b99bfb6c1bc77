package jobs

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/gofrs/uuid/v5"

	"postrider/dispatch"
	"postrider/internal/pg"
	"postrider/outbox"
)

const (
	dueBatch   = 1000                   // deliveries whose time one statement looks at
	bouncedFor = 250 * time.Millisecond // a stream whose delivery found no place elsewhere is left alone
	holdBatch  = 500                    // parked deliveries of an open circuit that a round marks as held
)

// promoter moves deliveries from the table into River: never more of an endpoint
// than may be under way there, and of affiliates and their endpoints each in its
// turn. One process at a time does; what it remembers, another can do without.
type promoter struct {
	engine   *Engine
	after    outbox.Stream               // where the next round begins
	underWay map[uuid.UUID]outbox.Stream // promoted, and not known to have ended
	bounced  map[outbox.Stream]time.Time // found no place in another process
	holding  map[string]*holdAhead       // open circuits whose parked deliveries are being marked
	busy     time.Time                   // when something was last seen or heard of
	nextDue  time.Time                   // when the next delivery comes to its time; zero where none waits for it
}

func newPromoter(e *Engine) *promoter {
	return &promoter{
		engine: e, underWay: map[uuid.UUID]outbox.Stream{}, bounced: map[outbox.Stream]time.Time{}, holding: map[string]*holdAhead{},
	}
}

// refresh takes over the circuits as the database has them: mostly all are closed.
func (p *promoter) refresh(ctx context.Context, seen seen) error {
	e := p.engine
	e.endpoints.share(int(e.member.processes.Load()))
	open, mine := map[string]dispatch.Circuit{}, seen.mine
	if seen.circuits {
		var err error
		if open, mine, err = e.circuits.open(ctx); err != nil {
			return err
		}
	}
	e.endpoints.setCircuits(open, mine)
	p.noteOpen(open)
	return nil
}

// due parks what has come to its time, where the first has.
func (p *promoter) due(ctx context.Context, first time.Time) (n int, err error) {
	if p.nextDue = first; first.IsZero() || first.After(p.engine.Now()) {
		return 0, nil
	}
	err = pg.InGroup(ctx, p.engine.Pool.Pgx, func(ctx context.Context, tx *pg.Group) (err error) {
		n, err = outbox.Due(ctx, tx, dueBatch, p.engine.Now())
		return err
	})
	return n, err
}

// settle forgets what has ended of what was promoted, and notes what found no
// place after all.
func (p *promoter) settle(ctx context.Context) error {
	now := p.engine.Now()
	for s, until := range p.bounced {
		if now.After(until) {
			delete(p.bounced, s)
		}
	}
	if len(p.underWay) == 0 {
		return nil
	}
	parked, err := outbox.UnderWay(ctx, pg.NewGroup(p.engine.Pool.Pgx), slices.Collect(maps.Keys(p.underWay)))
	if err != nil {
		return err
	}
	still := make(map[uuid.UUID]outbox.Stream, len(parked))
	for id, again := range parked {
		if s := p.underWay[id]; again {
			p.bounced[s] = now.Add(bouncedFor)
		} else {
			still[id] = s
		}
	}
	p.underWay = still
	return nil
}

// pick deals the free places out: a place to each affiliate in turn, for each
// affiliate to each of its endpoints in turn.
func (p *promoter) pick(streams []outbox.Stream) map[outbox.Stream]int {
	e, processes := p.engine, int(p.engine.member.processes.Load())
	flying := map[string]int{}
	all, slow := 2*e.Workers*processes, e.endpoints.slowSlots*processes
	for _, s := range p.underWay {
		flying[s.Endpoint]++
		all--
		if _, proven := e.endpoints.room(s.Endpoint, processes); !proven {
			slow--
		}
	}
	turns := &turns{}
	for _, s := range streams {
		if _, bounced := p.bounced[s]; !bounced {
			turns.add(s)
		}
	}
	picks := map[outbox.Stream]int{}
	for all > 0 {
		s, ok := turns.next()
		if !ok {
			break
		}
		room, proven := e.endpoints.room(s.Endpoint, processes)
		if flying[s.Endpoint] >= room || !proven && slow <= 0 {
			turns.drop()
			continue
		}
		if !proven {
			slow--
		}
		flying[s.Endpoint]++
		picks[s]++
		all--
	}
	return picks
}

// promote moves the first of each stream into River, and lets a probe out where
// one is due.
func (p *promoter) promote(ctx context.Context, picks map[outbox.Stream]int) error {
	if len(picks) > 0 {
		err := p.move(ctx, func(ctx context.Context, tx *pg.Group) ([]outbox.Promoted, error) {
			return outbox.Promote(ctx, tx, picks, p.engine.Now())
		})
		if err != nil {
			return err
		}
	}
	return p.probe(ctx)
}

// move makes jobs of what take takes, in one transaction.
func (p *promoter) move(ctx context.Context, take func(ctx context.Context, tx *pg.Group) ([]outbox.Promoted, error)) error {
	var moved []outbox.Promoted
	err := pg.InGroup(ctx, p.engine.Pool.Pgx, func(ctx context.Context, tx *pg.Group) (err error) {
		if moved, err = take(ctx, tx); err != nil {
			return err
		}
		due := make([]dispatch.Due, len(moved))
		for i, m := range moved {
			due[i] = m.Due
		}
		return queueJobs(tx, due)
	})
	if err != nil {
		return fmt.Errorf("promoting: %w", err)
	}
	for _, m := range moved {
		p.underWay[m.DeliveryID] = m.Stream
	}
	p.engine.metrics.promoted(len(moved))
	return nil
}
