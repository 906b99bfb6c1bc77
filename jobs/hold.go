package jobs

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"postrider/dispatch"
	"postrider/internal/pg"
	"postrider/outbox"
)

// holdAhead is how far the parked deliveries of an endpoint were marked as held
// since its circuit opened.
type holdAhead struct {
	openedAt time.Time
	at       outbox.Position
	over     bool
}

// noteOpen remembers which circuits are open, and forgets the others.
func (p *promoter) noteOpen(open map[string]dispatch.Circuit) {
	for endpoint, c := range open {
		if h := p.holding[endpoint]; h == nil || !h.openedAt.Equal(c.OpenedAt) {
			p.holding[endpoint] = &holdAhead{openedAt: c.OpenedAt}
		}
	}
	maps.DeleteFunc(p.holding, func(endpoint string, _ *holdAhead) bool {
		_, isOpen := open[endpoint]
		return !isOpen
	})
}

// hold marks what is parked at endpoints whose circuit has opened, some of it in
// each round: their owners shall see why it waits. It tells whether more is to do.
func (p *promoter) hold(ctx context.Context) (more bool, err error) {
	for _, endpoint := range slices.Sorted(maps.Keys(p.holding)) {
		h := p.holding[endpoint]
		if c, _ := p.engine.endpoints.circuit(endpoint); h.over || c.State == dispatch.Recovering {
			continue
		}
		if err := p.holdSome(ctx, endpoint, h); err != nil {
			return false, err
		}
		more = more || !h.over
	}
	return more, nil
}

func (p *promoter) holdSome(ctx context.Context, endpoint string, h *holdAhead) error {
	next := *h
	err := pg.InGroup(ctx, p.engine.Pool.Pgx, func(ctx context.Context, tx *pg.Group) (err error) {
		next.at, next.over, err = outbox.Hold(ctx, tx, endpoint, h.at, holdBatch, p.engine.Now())
		return err
	})
	if err == nil {
		*h = next
	}
	return err
}

// probe lets one delivery out to each open endpoint whose probe is due.
func (p *promoter) probe(ctx context.Context) error {
	now := p.engine.Now()
	for _, endpoint := range slices.Sorted(maps.Keys(p.holding)) {
		c, _ := p.engine.endpoints.circuit(endpoint)
		if _, allowed := c.Allow(now, p.engine.Circuit); !allowed || c.State == dispatch.Recovering {
			continue
		}
		first, err := outbox.Streams(ctx, pg.NewGroup(p.engine.Pool.Pgx), outbox.Stream{Endpoint: endpoint, Affiliate: -1}, 1)
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

// probeSQL takes the turn to probe $1, if it is anybody's: $2 now, $3 until when.
var probeSQL = `
UPDATE endpoints SET state = 'half_open', probe_at = $3, updated_at = $2
WHERE endpoint = $1 AND state IN ` + dispatch.HoldingSQL + ` AND probe_at <= $2 RETURNING true`

// takeProbe takes the turn to probe, if it is anybody's, and what is sent for it.
func (p *promoter) takeProbe(ctx context.Context, tx *pg.Group, s outbox.Stream) (taken []outbox.Promoted, err error) {
	now, mine := p.engine.Now().UTC(), false
	tx.QueueRows(func(rows pgx.Rows) error {
		turns, err := pgx.CollectRows(rows, pgx.RowTo[bool])
		mine = len(turns) > 0
		return err
	}, probeSQL, s.Endpoint, now, now.Add(p.engine.Circuit.ProbeLimit))
	if err := tx.Send(ctx); err != nil {
		return nil, fmt.Errorf("taking the turn to probe %s: %w", s.Endpoint, err)
	}
	if !mine {
		return nil, nil
	}
	taken, err = outbox.Promote(ctx, tx, map[outbox.Stream]int{s: 1}, now)
	for i := range taken {
		taken[i].Probe = true
	}
	return taken, err
}
