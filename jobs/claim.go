package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/gofrs/uuid/v5"

	"postrider/domain/macro"
	"postrider/internal/globalid"
	"postrider/internal/pg"
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

// claims takes deliveries for attempts, many by one group commit.
type claims struct {
	*Config

	batch *pg.Batch[*claiming]
}

func newClaims(cfg *Config) *claims {
	c := &claims{Config: cfg}
	c.batch = pg.NewBatch(claimRows, c.takeAll).Whole() // a failed claim is River's to run again
	return c
}

// claiming is a job that asks for a delivery.
type claiming struct {
	key outbox.Ref
	got *claim // nil where the delivery has moved on, or waits for an earlier one
	err error
}

// errOnHold says that nothing is claimed, since nothing may leave.
var errOnHold = errors.New("the installation is on hold")

// take claims a delivery by compare-and-set on its attempt number; nil where it has
// moved on, and errOnHold where nothing may leave. It is durable when it returns: only
// then may anything be sent.
func (c *claims) take(ctx context.Context, q outbox.Ref) (*claim, error) {
	asked := &claiming{key: q}
	if err := c.batch.Do(ctx, asked); err != nil {
		return nil, fmt.Errorf("claiming delivery %s: %w", q.ID, err)
	}
	return asked.got, asked.err
}

// takeAll claims deliveries that share a commit. Of two jobs for one attempt, the
// first gets it.
func (c *claims) takeAll(ctx context.Context, batch []*claiming) error {
	waiting := make(map[outbox.Ref]*claiming, len(batch))
	for _, asked := range batch {
		asked.got, asked.err = nil, nil
		if _, twice := waiting[asked.key]; !twice {
			waiting[asked.key] = asked
		}
	}
	for len(waiting) > 0 {
		onHold, err := c.takeSome(ctx, waiting)
		if err != nil {
			return err
		}
		if onHold {
			for _, asked := range waiting {
				asked.err = errOnHold
			}
			return nil
		}
		again, err := c.block(ctx, waiting)
		if err != nil || !again {
			return err
		}
	}
	return nil
}

// takeSome claims what can be claimed, and leaves the rest waiting: all of it while the
// installation is on hold, which it tells.
func (c *claims) takeSome(ctx context.Context, waiting map[outbox.Ref]*claiming) (onHold bool, err error) {
	claimed, onHold, err := outbox.Claim(ctx, pg.NewGroup(c.Pool.Pgx), slices.Collect(maps.Keys(waiting)), c.Now())
	if err != nil || onHold {
		return onHold, err
	}
	for _, one := range claimed {
		asked := waiting[one.Ref()]
		delete(waiting, one.Ref())
		asked.got = &claim{Claimed: one}
		asked.got.values, asked.err = readValues(one.ID, one.Macros)
	}
	return false, nil
}

// block lets deliveries wait that tell of a later step of a conversion, while an
// earlier one is still on its way: the tracker hears of them in their order. It
// tells whether an earlier one has ended at this very moment, so that it is
// worth claiming again.
func (c *claims) block(ctx context.Context, waiting map[outbox.Ref]*claiming) (again bool, err error) {
	if len(waiting) == 0 {
		return false, nil
	}
	var blocked []uuid.UUID
	err = pg.InGroup(ctx, c.Pool.Pgx, func(ctx context.Context, tx *pg.Group) (err error) {
		blocked, again, err = outbox.Wait(ctx, tx, slices.Collect(maps.Keys(waiting)), c.Now())
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
