package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/jackc/pgx/v5"

	"postrider/dispatch"
	"postrider/internal/globalid"
	"postrider/macro"
)

// claim is a delivery that this process has taken for one attempt.
type claim struct {
	id          uuid.UUID
	affiliateID int64
	postbackID  int64
	versionID   int64
	number      int // of this attempt, from 1
	values      *macro.Values
	endpoint    string
	goal        string
	createdAt   time.Time
	stopped     dispatch.State // held or cancelled since it was queued; empty to go on
}

// claimRows is how many claims share a commit at most.
const claimRows = 200

// claiming is a job that asks for its delivery.
type claiming struct {
	args DeliverArgs
	got  *claim // nil where the delivery has moved on
	err  error
}

// claim takes a delivery by compare-and-set on its attempt number; nil where it
// has moved on. It is durable when it returns: only then may anything be sent.
func (e *Engine) claim(ctx context.Context, args DeliverArgs) (*claim, error) {
	c := &claiming{args: args}
	if err := e.claims.Do(ctx, c); err != nil {
		return nil, fmt.Errorf("claiming delivery %s: %w", args.DeliveryID, err)
	}
	return c.got, c.err
}

// claimAll takes deliveries that share a commit. Of two jobs for one attempt, the
// first gets it.
func (e *Engine) claimAll(ctx context.Context, batch []*claiming) error {
	waiting := make(map[DeliverArgs]*claiming, len(batch))
	var ids []uuid.UUID
	var attempts []int32
	for _, c := range batch {
		c.got, c.err = nil, nil
		if _, twice := waiting[c.args]; twice {
			continue
		}
		waiting[c.args] = c
		ids, attempts = append(ids, c.args.DeliveryID), append(attempts, int32(c.args.Attempt)) //nolint:gosec // an attempt's number is small
	}
	rows, err := e.Pool.Pgx.Query(ctx, claimSQL, ids, attempts, e.Now().UTC())
	if err != nil {
		return err
	}
	var c claim
	var held, deleted bool
	var macros []byte
	_, err = pgx.ForEachRow(rows, []any{
		&c.id, &c.affiliateID, &c.postbackID, &c.versionID, &c.number, &c.endpoint, &c.goal, &c.createdAt, &held, &deleted, &macros,
	}, func() error {
		taken := c
		asked := waiting[DeliverArgs{DeliveryID: c.id, Attempt: c.number - 1}]
		taken.values, asked.err = readValues(c.id, macros)
		switch {
		case deleted:
			taken.stopped = dispatch.Cancelled
		case held:
			taken.stopped = dispatch.Held
		}
		asked.got = &taken
		return nil
	})
	return err
}

// readValues reads what the macros of a delivery say, as they were kept with its
// event.
func readValues(deliveryID uuid.UUID, macros []byte) (*macro.Values, error) {
	said := map[macro.Name]string{}
	if err := json.Unmarshal(macros, &said); err != nil {
		return nil, fmt.Errorf("reading the macros of delivery %s: %w", deliveryID, err)
	}
	values := &macro.Values{}
	for name, value := range said {
		values.Set(name, value)
	}
	values.Set(macro.DeliveryID, globalid.Hex(deliveryID))
	return values, nil
}

// stop gives a claim back unspent: its postback was held or deleted meanwhile.
func (c *claim) stop(now time.Time) result {
	reason := dispatch.PostbackHeld
	if c.stopped == dispatch.Cancelled {
		reason = dispatch.PostbackDeleted
	}
	return result{claim: c, outcome: dispatch.Outcome{State: c.stopped, Reason: reason}, at: now, unspent: true}
}
