package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/jackc/pgx/v5"

	"postrider/dispatch"
	"postrider/internal/globalid"
	"postrider/internal/pg"
	"postrider/macro"
)

// claim is a delivery that this process has taken for one attempt.
type claim struct {
	run         *run // the job that it was claimed for
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
	onHold      bool           // nothing may leave since it was taken
}

// claimRows is how many claims share a commit at most.
const claimRows = 200

// claiming is a job that asks for a delivery.
type claiming struct {
	key Queued
	got *claim // nil where the delivery has moved on, or waits for an earlier one
	err error
}

// errOnHold says that nothing is claimed, since nothing may leave.
var errOnHold = errors.New("the installation is on hold")

// claim takes a delivery by compare-and-set on its attempt number; nil where it
// has moved on, and errOnHold where nothing may leave. It is durable when it returns: only then may anything be sent.
func (e *Engine) claim(ctx context.Context, q Queued) (*claim, error) {
	c := &claiming{key: q}
	if err := e.claims.Do(ctx, c); err != nil {
		return nil, fmt.Errorf("claiming delivery %s: %w", q.DeliveryID, err)
	}
	return c.got, c.err
}

// claimAll takes deliveries that share a commit. Of two jobs for one attempt, the
// first gets it.
func (e *Engine) claimAll(ctx context.Context, batch []*claiming) error {
	waiting := make(map[Queued]*claiming, len(batch))
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
func (e *Engine) claimSome(ctx context.Context, waiting map[Queued]*claiming) (onHold bool, err error) {
	ids, attempts := columns(maps.Keys(waiting))
	rows, err := e.Pool.Pgx.Query(ctx, claimSQL, ids, attempts, e.Now().UTC())
	if err != nil {
		return false, err
	}
	var c claim
	var held, deleted bool
	var macros []byte
	_, err = pgx.ForEachRow(rows, []any{
		&c.id, &c.affiliateID, &c.postbackID, &c.versionID, &c.number, &c.endpoint, &c.goal, &c.createdAt, &held, &deleted, &macros,
	}, func() error {
		if c.id == uuid.Nil {
			onHold = true
			return nil
		}
		taken := c
		key := Queued{c.id, c.number - 1}
		asked := waiting[key]
		delete(waiting, key)
		taken.values, asked.err = readValues(c.id, macros)
		taken.stopped = stopped(held, deleted)
		asked.got = &taken
		return nil
	})
	return onHold, err
}

// block lets deliveries wait that tell of a later step of a conversion, while an
// earlier one is still on its way: the tracker hears of them in their order. It
// tells whether an earlier one has ended at this very moment, so that it is
// worth claiming again.
func (e *Engine) block(ctx context.Context, waiting map[Queued]*claiming) (again bool, err error) {
	if len(waiting) == 0 {
		return false, nil
	}
	ids, attempts := columns(maps.Keys(waiting))
	var blocked []uuid.UUID
	err = pgx.BeginFunc(ctx, e.Pool.Pgx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, followersSQL, ids, attempts)
		if err != nil {
			return fmt.Errorf("looking for what is before: %w", err)
		}
		followers, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
		if err != nil || len(followers) == 0 {
			return err
		}
		if rows, err = tx.Query(ctx, blockSQL, followers, e.Now().UTC(), dispatch.WaitsForEarlier); err != nil {
			return fmt.Errorf("letting deliveries wait: %w", err)
		}
		if blocked, err = pgx.CollectRows(rows, pgx.RowTo[uuid.UUID]); err != nil {
			return fmt.Errorf("letting deliveries wait: %w", err)
		}
		again = len(blocked) < len(followers)
		return notify(ctx, tx, blocked)
	})
	for key := range waiting {
		if !again || slices.Contains(blocked, key.DeliveryID) {
			delete(waiting, key)
		}
	}
	return again, err
}

// columns is deliveries in jobs, a slice a column.
func columns(queued iter.Seq[Queued]) (ids pg.UUIDs, attempts []int) {
	for q := range queued {
		ids, attempts = append(ids, q.DeliveryID), append(attempts, q.Attempt)
	}
	return ids, attempts
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

// stopped is the state that a claim comes to whose postback is held or deleted;
// empty where it is neither.
func stopped(held, deleted bool) dispatch.State {
	switch {
	case deleted:
		return dispatch.Cancelled
	case held:
		return dispatch.Held
	default:
		return ""
	}
}

// wait gives a claim back unspent: nothing may leave, and it is due again at once.
func (c *claim) wait(now time.Time) result {
	return result{claim: c, outcome: dispatch.Outcome{State: dispatch.Waits(c.number - 1), RetryAt: now}, at: now, unspent: true}
}

// stop gives a claim back unspent: its postback was held or deleted meanwhile.
func (c *claim) stop(now time.Time) result {
	reason := dispatch.PostbackHeld
	if c.stopped == dispatch.Cancelled {
		reason = dispatch.PostbackDeleted
	}
	return result{claim: c, outcome: dispatch.Outcome{State: c.stopped, Reason: reason}, at: now, unspent: true}
}
