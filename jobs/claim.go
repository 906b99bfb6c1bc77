package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/gofrs/uuid/v5"

	"postrider/internal/globalid"
	"postrider/internal/pg"
	"postrider/macro"
	"postrider/outbox"
)

// claim is a delivery that this process has taken for one attempt.
type claim struct {
	outbox.Claimed

	run    *run // the job that it was claimed for
	values *macro.Values
	onHold bool // nothing may leave since it was taken
}

// stopped tells whether its postback was held or deleted since it was queued.
func (c *claim) stopped() bool { return c.Held || c.Deleted }

// claimRows is how many claims share a commit at most.
const claimRows = 200

// claiming is a job that asks for a delivery.
type claiming struct {
	key outbox.Ref
	got *claim // nil where the delivery has moved on, or waits for an earlier one
	err error
}

// errOnHold says that nothing is claimed, since nothing may leave.
var errOnHold = errors.New("the installation is on hold")

// claim takes a delivery by compare-and-set on its attempt number; nil where it
// has moved on, and errOnHold where nothing may leave. It is durable when it returns:
// only then may anything be sent.
func (e *Engine) claim(ctx context.Context, q outbox.Ref) (*claim, error) {
	c := &claiming{key: q}
	if err := e.claims.Do(ctx, c); err != nil {
		return nil, fmt.Errorf("claiming delivery %s: %w", q.ID, err)
	}
	return c.got, c.err
}

// claimAll takes deliveries that share a commit. Of two jobs for one attempt, the
// first gets it.
func (e *Engine) claimAll(ctx context.Context, batch []*claiming) error {
	waiting := make(map[outbox.Ref]*claiming, len(batch))
	for _, c := range batch {
		c.got, c.err = nil, nil
		if _, twice := waiting[c.key]; !twice {
			waiting[c.key] = c
		}
	}
	for len(waiting) > 0 {
		onHold, err := e.claimSome(ctx, waiting)
		if err != nil {
			return err
		}
		if onHold {
			for _, c := range waiting {
				c.err = errOnHold
			}
			return nil
		}
		again, err := e.block(ctx, waiting)
		if err != nil || !again {
			return err
		}
	}
	return nil
}

// claimSome takes what can be taken, and leaves the rest waiting: all of it while
// the installation is on hold, which it tells.
func (e *Engine) claimSome(ctx context.Context, waiting map[outbox.Ref]*claiming) (onHold bool, err error) {
	claimed, onHold, err := outbox.Claim(ctx, pg.NewGroup(e.Pool.Pgx), slices.Collect(maps.Keys(waiting)), e.Now())
	if err != nil || onHold {
		return onHold, err
	}
	for _, c := range claimed {
		asked := waiting[c.Ref()]
		delete(waiting, c.Ref())
		asked.got = &claim{Claimed: c}
		asked.got.values, asked.err = readValues(c.ID, c.Macros)
	}
	return false, nil
}

// block lets deliveries wait that tell of a later step of a conversion, while an
// earlier one is still on its way: the tracker hears of them in their order. It
// tells whether an earlier one has ended at this very moment, so that it is
// worth claiming again.
func (e *Engine) block(ctx context.Context, waiting map[outbox.Ref]*claiming) (again bool, err error) {
	if len(waiting) == 0 {
		return false, nil
	}
	var blocked []uuid.UUID
	err = pg.InGroup(ctx, e.Pool.Pgx, func(ctx context.Context, tx *pg.Group) (err error) {
		blocked, again, err = outbox.Wait(ctx, tx, slices.Collect(maps.Keys(waiting)), e.Now())
		return err
	})
	for key := range waiting {
		if !again || slices.Contains(blocked, key.ID) {
			delete(waiting, key)
		}
	}
	return again, err
}

// readValues reads what the macros of a delivery say, as they were kept with its
// event.
func readValues(deliveryID uuid.UUID, macros []byte) (*macro.Values, error) {
	said := map[macro.Name]string{}
	if err := json.Unmarshal(macros, &said); err != nil {
		return nil, fmt.Errorf("reading the macros of delivery %s: %w", deliveryID, err)
	}
	return values(deliveryID, said), nil
}

// values is what the macros of a delivery say.
func values(deliveryID uuid.UUID, said map[macro.Name]string) *macro.Values {
	v := &macro.Values{}
	for name, value := range said {
		v.Set(name, value)
	}
	v.Set(macro.DeliveryID, globalid.Hex(deliveryID))
	v.FillForOne()
	return v
}

// wait gives a claim back unspent: nothing may leave, and it is due again at once.
func (c *claim) wait(now time.Time) result { return result{c.GiveBack(now), c} }

// stop gives a claim back unspent: its postback was held or deleted meanwhile.
func (c *claim) stop(now time.Time) result { return result{c.Stop(now), c} }
