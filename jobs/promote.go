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

// bouncedFor is how long a stream is skipped after its delivery got no permit elsewhere.
const bouncedFor = 250 * time.Millisecond

// promoter moves deliveries from the table into River: never more of an endpoint than may
// be in flight there, and affiliates and their endpoints by round robin. One process at a
// time does; its state need not survive.
type promoter struct {
	*Config

	member   *membership
	permits  *permits
	circuits *circuits
	metrics  *metrics

	inFlight map[uuid.UUID]outbox.Stream // promoted, and not known to have ended
	bounced  map[outbox.Stream]time.Time // got no permit in another process; skipped until then
}

// settle removes promoted deliveries that have ended, and notes what got no permit after
// all.
func (p *promoter) settle(ctx context.Context) error {
	now := p.Now()
	for s, until := range p.bounced {
		if now.After(until) {
			delete(p.bounced, s)
		}
	}
	if len(p.inFlight) == 0 {
		return nil
	}
	parked, err := outbox.UnderWay(ctx, pg.NewGroup(p.Pool.Pgx), slices.Collect(maps.Keys(p.inFlight)))
	if err != nil {
		return err
	}
	still := make(map[uuid.UUID]outbox.Stream, len(parked))
	for id, again := range parked {
		if s := p.inFlight[id]; again {
			p.bounced[s] = now.Add(bouncedFor)
		} else {
			still[id] = s
		}
	}
	p.inFlight = still
	return nil
}

// pick distributes the free permits by round robin: one to each affiliate in turn, for each
// affiliate to each of its endpoints in turn.
func (p *promoter) pick(streams []outbox.Stream) map[outbox.Stream]int {
	processes := int(p.member.processes.Load())
	inFlight := map[string]int{}
	all, slow := 2*p.Workers*processes, p.permits.slowMost*processes
	for _, s := range p.inFlight {
		inFlight[s.Endpoint]++
		all--
		if _, proven := p.permits.forPromoter(s.Endpoint, processes); !proven {
			slow--
		}
	}
	turns := &roundRobin{}
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
		most, proven := p.permits.forPromoter(s.Endpoint, processes)
		if inFlight[s.Endpoint] >= most || !proven && slow <= 0 {
			turns.drop()
			continue
		}
		if !proven {
			slow--
		}
		inFlight[s.Endpoint]++
		picks[s]++
		all--
	}
	return picks
}

// promote moves the first of each stream into River.
func (p *promoter) promote(ctx context.Context, picks map[outbox.Stream]int) error {
	if len(picks) == 0 {
		return nil
	}
	return p.move(ctx, func(ctx context.Context, tx *pg.Group) ([]outbox.Promoted, error) {
		return outbox.Promote(ctx, tx, picks, p.Now())
	})
}

// probe promotes one delivery for each of these endpoints whose probe is due.
func (p *promoter) probe(ctx context.Context, endpoints []string) error {
	for _, endpoint := range endpoints {
		c, _ := p.permits.circuit(endpoint)
		if _, allowed := c.Allow(p.Now(), p.Circuit); !allowed || c.State == dispatch.Recovering {
			continue
		}
		first, err := outbox.Streams(ctx, pg.NewGroup(p.Pool.Pgx), outbox.Stream{Endpoint: endpoint, Affiliate: -1}, 1)
		if err != nil {
			return err
		}
		if len(first) == 0 || first[0].Endpoint != endpoint {
			continue // nothing waits there
		}
		err = p.move(ctx, func(ctx context.Context, tx *pg.Group) ([]outbox.Promoted, error) {
			return p.takeProbe(ctx, tx, first[0])
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// takeProbe claims the probe, if it is free, and the delivery that is sent for it.
func (p *promoter) takeProbe(ctx context.Context, tx *pg.Group, s outbox.Stream) ([]outbox.Promoted, error) {
	if mine, err := p.circuits.takeProbe(ctx, tx, s.Endpoint); err != nil || !mine {
		return nil, err
	}
	taken, err := outbox.Promote(ctx, tx, map[outbox.Stream]int{s: 1}, p.Now())
	for i := range taken {
		taken[i].Probe = true
	}
	return taken, err
}

// move inserts jobs for what take returns, in one transaction.
func (p *promoter) move(ctx context.Context, take func(ctx context.Context, tx *pg.Group) ([]outbox.Promoted, error)) error {
	var moved []outbox.Promoted
	err := pg.InGroup(ctx, p.Pool.Pgx, func(ctx context.Context, tx *pg.Group) (err error) {
		if moved, err = take(ctx, tx); err != nil {
			return err
		}
		ready := make([]outbox.Ready, len(moved))
		for i, m := range moved {
			ready[i] = m.Ready
		}
		return queueJobs(tx, ready)
	})
	if err != nil {
		return fmt.Errorf("promoting: %w", err)
	}
	for _, m := range moved {
		p.inFlight[m.DeliveryID] = m.Stream
	}
	p.metrics.promoted(len(moved))
	return nil
}
