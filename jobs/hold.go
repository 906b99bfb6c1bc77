package jobs

import (
	"context"
	"maps"
	"slices"
	"time"

	"postrider/dispatch"
	"postrider/internal/pg"
	"postrider/outbox"
)

// holdBatch is how many parked deliveries of an open circuit a round marks as held.
const holdBatch = 500

// holdAgain is how long after a circuit opened what is parked there is looked through once more: a
// job that got no permit just before may have parked its deliveries behind the first look.
const holdAgain = 5 * time.Second

// holder marks deliveries parked at an open circuit as held, so that their owners see why
// they wait.
type holder struct {
	*Config

	permits *permits
	open    map[string]*holdAhead // by endpoint
}

// holdAhead is how far an endpoint's parked deliveries were marked as held since its
// circuit opened.
type holdAhead struct {
	openedAt time.Time
	at       outbox.Position
	over     bool
	again    bool // it is the second look
}

// note remembers which circuits are open, and forgets the others.
func (h *holder) note(open map[string]dispatch.Circuit) {
	for endpoint, c := range open {
		if ahead := h.open[endpoint]; ahead == nil || !ahead.openedAt.Equal(c.OpenedAt) {
			h.open[endpoint] = &holdAhead{openedAt: c.OpenedAt}
		}
	}
	maps.DeleteFunc(h.open, func(endpoint string, _ *holdAhead) bool {
		_, isOpen := open[endpoint]
		return !isOpen
	})
}

// endpoints lists those whose circuit is not closed.
func (h *holder) endpoints() []string { return slices.Sorted(maps.Keys(h.open)) }

// hold marks a batch per endpoint in each round, and reports whether more is to do.
func (h *holder) hold(ctx context.Context) (more bool, err error) {
	for _, endpoint := range h.endpoints() {
		ahead := h.open[endpoint]
		if ahead.over && !ahead.again && !h.Now().Before(ahead.openedAt.Add(holdAgain)) {
			*ahead = holdAhead{openedAt: ahead.openedAt, again: true}
		}
		if c, _ := h.permits.circuit(endpoint); ahead.over || c.State == dispatch.Recovering {
			continue
		}
		if err := h.holdSome(ctx, endpoint, ahead); err != nil {
			return false, err
		}
		more = more || !ahead.over
	}
	return more, nil
}

func (h *holder) holdSome(ctx context.Context, endpoint string, ahead *holdAhead) error {
	next := *ahead
	err := pg.InGroup(ctx, h.Pool.Pgx, func(ctx context.Context, tx *pg.Group) (err error) {
		next.at, next.over, err = outbox.Hold(ctx, tx, endpoint, ahead.at, holdBatch, h.Now())
		return err
	})
	if err == nil {
		*ahead = next
	}
	return err
}
