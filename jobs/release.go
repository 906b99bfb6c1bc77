package jobs

import (
	"context"
	"fmt"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/jackc/pgx/v5"

	"postrider/dispatch"
	"postrider/idempotency"
	"postrider/internal/globalid"
	"postrider/internal/pg"
	"postrider/internal/problem"
	"postrider/outbox"
)

// releaseEvery is how long after an endpoint was tried a delivery can be released to try it again:
// as long as after its circuit opened.
var releaseEvery = dispatch.DefaultCircuitRules.FirstPause

// Release sends a delivery now that an open circuit holds: it is the probe of its endpoint, and if
// the tracker accepts it, the others follow. There is one probe at a time. What waits for anything
// else is refused, as its order and its time are its tracker's. The caller checks who may release what.
func (r Replayer) Release(ctx context.Context, id uuid.UUID) error {
	return pgx.BeginFunc(ctx, r.Pool, func(tx pgx.Tx) error {
		group := pg.NewGroup(tx)
		at, found, err := outbox.Locate(ctx, group, id)
		if err != nil {
			return err
		}
		if !found {
			return problem.NotFound("there is no such delivery")
		}
		if err := releasable(at); err != nil {
			return err
		}
		if err := mayProbe(ctx, tx, at.Endpoint, r.Now().UTC()); err != nil {
			return err
		}
		ready, err := outbox.PromoteOne(ctx, group, id, r.Now())
		if err != nil {
			return err
		}
		if len(ready) == 0 {
			return problem.Conflict("id", "it was released or cancelled just now")
		}
		ready[0].Probe = true
		if err := queueJobs(group, ready); err != nil {
			return err
		}
		if err := idempotency.From(ctx).Done(group, idempotency.Done{IDs: []string{globalid.UUID("Delivery", id)}}); err != nil {
			return err
		}
		if err := group.Send(ctx); err != nil {
			return fmt.Errorf("releasing the delivery: %w", err)
		}
		return nil
	})
}

// releasable says why a delivery cannot be released where it is.
func releasable(at outbox.Where) error {
	switch at.Place {
	case outbox.HeldParked:
		return nil
	case outbox.HeldBack:
		return problem.Conflict("id", "its tracker answered 410 Gone: enter the tracker's new URL and save the postback, and it is sent")
	case outbox.Blocked:
		return problem.Conflict("id", "an earlier status of its conversion is sent first: release or cancel that one")
	case outbox.InWindow:
		return problem.Conflict("id", "it aggregates conversions until its window closes, and is sent then")
	case outbox.IsDelivered, outbox.IsFailed, outbox.IsCancelled:
		return problem.Conflict("id", "it is %s: only a delivery that is held can be released", at.State)
	case outbox.InJob, outbox.Waiting, outbox.Parked, outbox.InFlight:
	}
	return problem.Conflict("id", "it is not held: it is sent in its turn")
}

// probeNowSQL claims the probe of the endpoint $1 before its time: $2 now, $3 until when, $4 the
// latest time at which it was tried.
var probeNowSQL = `
UPDATE endpoints SET state = 'half_open', probe_at = $3, updated_at = $2
WHERE endpoint = $1 AND (state = 'open' AND updated_at <= $4 OR state IN ` + dispatch.HoldingSQL + ` AND probe_at <= $2)`

// mayProbe claims the probe of an endpoint, or says why it cannot be tried at this moment. While
// the installation is on hold nothing is sent at all.
func mayProbe(ctx context.Context, tx pgx.Tx, endpoint string, now time.Time) error {
	var onHold bool
	if err := tx.QueryRow(ctx, outbox.OnHoldSQL).Scan(&onHold); err != nil {
		return fmt.Errorf("reading whether the installation is on hold: %w", err)
	}
	if onHold {
		return problem.Conflict("id", "nothing is sent while the installation is on hold")
	}
	before, err := lockCircuit(ctx, tx, endpoint)
	if err != nil {
		return err
	}
	claimed, err := tx.Exec(ctx, probeNowSQL, endpoint, now, now.Add(dispatch.DefaultCircuitRules.ProbeLimit), now.Add(-releaseEvery))
	switch {
	case err != nil:
		return fmt.Errorf("taking the turn to probe %s: %w", endpoint, err)
	case claimed.RowsAffected() > 0:
		return nil
	case before.State == dispatch.HalfOpen:
		return problem.Conflict("id", "another delivery is trying the tracker at this moment: if it is accepted, this one follows")
	case before.State == dispatch.Open:
		return problem.Conflict("id", "the tracker was tried less than %d seconds ago: wait a moment", int(releaseEvery.Seconds()))
	}
	return problem.Conflict("id", "its tracker responds again: it is sent in its turn")
}
