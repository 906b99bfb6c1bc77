package jobs

import (
	"context"
	"fmt"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/jackc/pgx/v5"

	"postrider/dispatch"
	"postrider/internal/pg"
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
	after    stream                // where the next round begins
	underWay map[uuid.UUID]stream  // promoted, and not known to have ended
	bounced  map[stream]time.Time  // found no place in another process
	holding  map[string]*holdAhead // open circuits whose parked deliveries are being marked
	busy     time.Time             // when something was last seen or heard of
	nextDue  time.Time             // when the next delivery comes to its time; zero where none waits for it
}

func newPromoter(e *Engine) *promoter {
	return &promoter{
		engine: e, underWay: map[uuid.UUID]stream{}, bounced: map[stream]time.Time{}, holding: map[string]*holdAhead{},
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
	err = pgx.BeginFunc(ctx, p.engine.Pool.Pgx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, dueSQL, p.engine.Now().UTC(), dueBatch, dispatch.CircuitOpen)
		if err != nil {
			return fmt.Errorf("finding what is due: %w", err)
		}
		moved, err := pgx.CollectRows(rows, pgx.RowTo[uuid.NullUUID])
		if err != nil {
			return fmt.Errorf("finding what is due: %w", err)
		}
		n = len(moved)
		var held []uuid.UUID
		for _, id := range moved {
			if id.Valid {
				held = append(held, id.UUID)
			}
		}
		return notify(ctx, tx, held)
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
	ids := make(pg.UUIDs, 0, len(p.underWay))
	for id := range p.underWay {
		ids = append(ids, id)
	}
	rows, err := p.engine.Pool.Pgx.Query(ctx, underWaySQL, ids)
	if err != nil {
		return fmt.Errorf("looking after what was promoted: %w", err)
	}
	still := map[uuid.UUID]stream{}
	var id uuid.UUID
	var parked bool
	_, err = pgx.ForEachRow(rows, []any{&id, &parked}, func() error {
		s := p.underWay[id]
		if parked {
			p.bounced[s] = now.Add(bouncedFor)
		} else {
			still[id] = s
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("looking after what was promoted: %w", err)
	}
	p.underWay = still
	return nil
}

// pick deals the free places out: a place to each affiliate in turn, for each
// affiliate to each of its endpoints in turn.
func (p *promoter) pick(streams []stream) map[stream]int {
	e, processes := p.engine, int(p.engine.member.processes.Load())
	flying := map[string]int{}
	all, slow := 2*e.Workers*processes, e.endpoints.slowSlots*processes
	for _, s := range p.underWay {
		flying[s.endpoint]++
		all--
		if _, proven := e.endpoints.room(s.endpoint, processes); !proven {
			slow--
		}
	}
	turns := &turns{}
	for _, s := range streams {
		if _, bounced := p.bounced[s]; !bounced {
			turns.add(s)
		}
	}
	picks := map[stream]int{}
	for all > 0 {
		s, ok := turns.next()
		if !ok {
			break
		}
		room, proven := e.endpoints.room(s.endpoint, processes)
		if flying[s.endpoint] >= room || !proven && slow <= 0 {
			turns.drop()
			continue
		}
		if !proven {
			slow--
		}
		flying[s.endpoint]++
		picks[s]++
		all--
	}
	return picks
}

// promote moves the first of each stream into River, and lets a probe out where
// one is due.
func (p *promoter) promote(ctx context.Context, picks map[stream]int) error {
	if len(picks) > 0 {
		err := p.move(ctx, func(tx pgx.Tx) (taken, error) { return takeFirst(ctx, tx, p.engine.Now(), picks) })
		if err != nil {
			return err
		}
	}
	return p.probe(ctx)
}

// taken is what was taken out of the table to be promoted.
type taken struct {
	due      []dispatch.Due
	streams  []stream    // of each
	released []uuid.UUID // those that were held until now
}

// move promotes what take takes, in one transaction.
func (p *promoter) move(ctx context.Context, take func(tx pgx.Tx) (taken, error)) error {
	var moved taken
	err := pgx.BeginFunc(ctx, p.engine.Pool.Pgx, func(tx pgx.Tx) (err error) {
		if moved, err = take(tx); err != nil || len(moved.due) == 0 {
			return err
		}
		if err := insertJobs(ctx, tx, moved.due); err != nil {
			return err
		}
		return notify(ctx, tx, moved.released)
	})
	if err != nil {
		return fmt.Errorf("promoting: %w", err)
	}
	for i, d := range moved.due {
		p.underWay[d.DeliveryID] = moved.streams[i]
	}
	p.engine.metrics.promoted(len(moved.due))
	return nil
}

// takeFirst takes the first deliveries of each stream out of the table.
func takeFirst(ctx context.Context, tx pgx.Tx, now time.Time, picks map[stream]int) (taken, error) {
	var endpoints []string
	var affiliates []int64
	var counts []int32
	for s, n := range picks {
		endpoints, affiliates, counts = append(endpoints, s.endpoint), append(affiliates, s.affiliate), append(counts, int32(n)) //nolint:gosec // small
	}
	rows, err := tx.Query(ctx, promoteSQL, endpoints, affiliates, counts, now.UTC())
	if err != nil {
		return taken{}, fmt.Errorf("taking what is parked: %w", err)
	}
	var t taken
	var d dispatch.Due
	var id uuid.UUID
	var affiliate int64
	var held bool
	_, err = pgx.ForEachRow(rows, []any{&id, &d.Attempt, &d.Endpoint, &d.Priority, &affiliate, &held}, func() error {
		d.DeliveryID, d.Promoted = id, true
		t.due, t.streams = append(t.due, d), append(t.streams, stream{d.Endpoint, affiliate})
		if held {
			t.released = append(t.released, id)
		}
		return nil
	})
	if err != nil {
		return taken{}, fmt.Errorf("taking what is parked: %w", err)
	}
	return t, nil
}

// insertJobs makes the jobs of what was taken.
func insertJobs(ctx context.Context, tx pgx.Tx, due []dispatch.Due) error {
	rows, err := newJobRows(due)
	if err != nil {
		return err
	}
	batch := &pgx.Batch{}
	batch.Queue(insertJobsSQL, rows.args()...)
	batch.Queue(notifyJobsSQL, rows.notices())
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("making %d jobs: %w", len(due), err)
	}
	return nil
}
