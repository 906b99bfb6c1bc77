package jobs

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/jackc/pgx/v5"

	"postrider/dispatch"
)

// holdAhead is how far the parked deliveries of an endpoint were marked as held
// since its circuit opened.
type holdAhead struct {
	openedAt  time.Time
	affiliate int64
	priority  int16
	id        uuid.UUID
	over      bool
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
	err := pgx.BeginFunc(ctx, p.engine.Pool.Pgx, func(tx pgx.Tx) error {
		next = *h
		rows, err := tx.Query(ctx, holdParkedSQL, endpoint, h.affiliate, h.priority, h.id, holdBatch, p.engine.Now().UTC(), dispatch.CircuitOpen)
		if err != nil {
			return fmt.Errorf("holding what waits for %s: %w", endpoint, err)
		}
		var changed []uuid.UUID
		var marked bool
		n := 0
		_, err = pgx.ForEachRow(rows, []any{&next.affiliate, &next.priority, &next.id, &marked}, func() error {
			n++
			if marked {
				changed = append(changed, next.id)
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("holding what waits for %s: %w", endpoint, err)
		}
		next.over = n < holdBatch
		return notify(ctx, tx, changed)
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
		first, err := p.walkOne(ctx, endpoint)
		if err != nil {
			return err
		}
		if first.endpoint != endpoint {
			continue // nothing waits there
		}
		err = p.move(ctx, func(tx pgx.Tx) (taken, error) { return p.takeProbe(ctx, tx, first) })
		if err != nil {
			return err
		}
	}
	return nil
}

// takeProbe takes the turn to probe, if it is anybody's, and what is sent for it.
func (p *promoter) takeProbe(ctx context.Context, tx pgx.Tx, s stream) (taken, error) {
	now := p.engine.Now().UTC()
	tag, err := tx.Exec(ctx, probeSQL, s.endpoint, now, now.Add(p.engine.Circuit.ProbeLimit))
	if err != nil {
		return taken{}, fmt.Errorf("taking the turn to probe %s: %w", s.endpoint, err)
	}
	if tag.RowsAffected() == 0 {
		return taken{}, nil
	}
	t, err := takeFirst(ctx, tx, now, map[stream]int{s: 1})
	for i := range t.due {
		t.due[i].Probe = true
	}
	return t, err
}

// walkOne finds a stream of an endpoint.
func (p *promoter) walkOne(ctx context.Context, endpoint string) (stream, error) {
	rows, err := p.engine.Pool.Pgx.Query(ctx, streamsSQL, endpoint, int64(-1), 1)
	if err != nil {
		return stream{}, fmt.Errorf("looking for a probe: %w", err)
	}
	found, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (s stream, err error) {
		return s, row.Scan(&s.endpoint, &s.affiliate)
	})
	if err != nil || len(found) == 0 {
		return stream{}, err
	}
	return found[0], nil
}
