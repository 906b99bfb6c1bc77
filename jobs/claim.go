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

// claim is a delivery that this process has claimed for one attempt.
type claim struct {
	outbox.Claimed

	run    *run // the job that it was claimed for
	values *macro.Values
	onHold bool // the installation went on hold after the claim
}

// stopped reports whether its postback was held or deleted since it was queued.
func (c *claim) stopped() bool { return c.Held || c.Deleted }

// claimRows is the maximum number of claims in a commit.
const claimRows = 200

// claims batches claims of deliveries by group commit.
type claims struct {
	*Config

	batch *pg.Batch[*claiming]
}

func newClaims(cfg *Config) *claims {
	c := &claims{Config: cfg}
	c.batch = pg.NewBatch(claimRows, c.takeAll).Whole() // River retries the job of a failed claim
	return c
}

// claiming is a job's request for a delivery.
type claiming struct {
	key outbox.Ref
	got *claim // nil where the delivery has moved on, or waits for an earlier one
	err error
}

// errOnHold is returned while the installation is on hold.
var errOnHold = errors.New("the installation is on hold")

// take claims a delivery by compare-and-set on its attempt number; nil where it has moved
// on, errOnHold while the installation is on hold. It is durable on return: only then may
// anything be sent.
func (c *claims) take(ctx context.Context, q outbox.Ref) (*claim, error) {
	asked := &claiming{key: q}
	if err := c.batch.Do(ctx, asked); err != nil {
		return nil, fmt.Errorf("claiming delivery %s: %w", q.ID, err)
	}
	return asked.got, asked.err
}

// takeAll claims the members of a batch. Of two jobs for one attempt, the first gets it.
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

// takeSome claims what it can, and leaves the rest in waiting: all of it while the
// installation is on hold, which it reports.
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

// block makes later steps of a conversion wait while an earlier one is still on its way:
// the tracker must get them in order. again reports whether an earlier one has just ended,
// so that claiming is worth another try.
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

// readValues decodes the macro values of a delivery, as stored with its event.
func readValues(deliveryID uuid.UUID, macros []byte) (*macro.Values, error) {
	said := map[macro.Name]string{}
	if err := json.Unmarshal(macros, &said); err != nil {
		return nil, fmt.Errorf("reading the macros of delivery %s: %w", deliveryID, err)
	}
	return values(deliveryID, said), nil
}

// values returns the macro values of a delivery.
func values(deliveryID uuid.UUID, said map[macro.Name]string) *macro.Values {
	v := &macro.Values{}
	for name, value := range said {
		v.Set(name, value)
	}
	v.Set(macro.DeliveryID, globalid.Hex(deliveryID))
	v.FillForOne()
	return v
}
