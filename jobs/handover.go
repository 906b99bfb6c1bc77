package jobs

import (
	"context"
	"sync"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/jackc/pgx/v5"

	"postrider/internal/ids"
	"postrider/internal/pg"
	"postrider/outbox"
)

// handover sends what its own process records, bypassing the queue: the delivery is claimed
// in the transaction that records it, and its attempt begins with the commit. It takes only
// what would have been sent at once anyway: the endpoint answers fast, and has a free
// permit without waiters. Its job is inserted as running, so that what a dead process had
// taken is swept and rescued like any other claim.
type handover struct {
	*Config

	owner   string // the member's id, the attempted_by of its jobs
	gate    *gate
	sender  *sender
	writer  *writer
	metrics *metrics

	mu       sync.Mutex
	opened   bool            // new attempts may begin
	ctx      context.Context // of the attempts
	cancel   context.CancelFunc
	inFlight sync.WaitGroup
}

// handed is a delivery that the engine has claimed, with its grant.
type handed struct {
	ready     outbox.Ready
	claim     claim
	claimedAt time.Time
	grant     grant
}

// open starts taking deliveries, whose attempts end with ctx.
func (h *handover) open(ctx context.Context) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.opened = true
	h.ctx, h.cancel = context.WithCancel(ctx)
}

// close stops taking deliveries.
func (h *handover) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.opened = false
}

// isOpen reports whether attempts may begin: the engine runs and is not stopping.
func (h *handover) isOpen() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.opened
}

// begin counts a new attempt, and reports whether it may begin.
func (h *handover) begin() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.opened {
		h.inFlight.Add(1)
	}
	return h.opened
}

// drain waits for attempts that began before close, and cancels them when soft is done.
func (h *handover) drain(soft context.Context) {
	defer context.AfterFunc(soft, h.cancel)()
	h.inFlight.Wait()
	h.cancel()
}

// take claims a delivery that is being recorded if it can be sent at once; nil if it must
// go through the queue.
func (h *handover) take(f outbox.Fresh) *handed {
	if f.Follows || h.Hold() || !h.begin() {
		return nil
	}
	g, ok := h.gate.tryAcquire(f.Endpoint)
	if !ok {
		h.inFlight.Done()
		return nil
	}
	return &handed{
		ready: f.Ready,
		claim: claim{
			Claimed: outbox.Claimed{
				ID: f.DeliveryID, AffiliateID: f.AffiliateID, PostbackID: f.PostbackID, VersionID: f.VersionID, Number: f.Attempt + 1,
				Endpoint: f.Endpoint, Goal: f.Goal, CreatedAt: f.RecordedAt,
			},
			values: values(f.DeliveryID, f.Macros),
		},
		claimedAt: h.Now().UTC(), grant: g,
	}
}

// insertRunningSQL inserts jobs that are running for River: like insertJobsSQL, with $6 the
// owner. It returns their ids, and the deliveries of each.
const insertRunningSQL = `
INSERT INTO river_job (args, kind, max_attempts, priority, queue, state, attempt, attempted_at, attempted_by)
SELECT args, $4, $5, priority, queue, 'running', 1, now(), ARRAY[$6] FROM unnest($1::jsonb[], $2::smallint[], $3::text[]) AS u(args, priority, queue)
RETURNING id, ARRAY(SELECT (queued ->> 'id')::uuid FROM jsonb_array_elements(args -> 'deliveries') AS queued)`

// stoppedSQL finds those of the postbacks $1 for which nothing may be sent any more: the
// recording process's cache was stale. While the installation is on hold, which it returns
// too, these are all.
const stoppedSQL = `
SELECT p.id, p.deleted_at IS NOT NULL, h.on_hold FROM postbacks p CROSS JOIN (` + outbox.OnHoldSQL + `) AS h(on_hold)
WHERE p.id = ANY($1) AND (p.hold_reason IS NOT NULL OR p.deleted_at IS NOT NULL OR h.on_hold)`

// queue inserts the jobs of taken deliveries. Their attempts begin once tx has committed;
// if it has not, their grants are released.
func (h *handover) queue(tx *pg.Pipeline, taken []*handed) error {
	byID := make(map[uuid.UUID]*handed, len(taken))
	ready, postbacks := make([]outbox.Ready, len(taken)), make([]ids.Postback, len(taken))
	for i, one := range taken {
		byID[one.claim.ID], postbacks[i], ready[i] = one, one.claim.PostbackID, one.ready
	}
	rows, err := newJobRows(ready)
	if err != nil {
		return err
	}
	var job int64
	var claimed []uuid.UUID
	tx.QueueRows(func(rows pgx.Rows) error {
		_, err := pgx.ForEachRow(rows, []any{&job, &claimed}, func() error {
			r := newRun(job, len(claimed))
			for _, id := range claimed {
				byID[id].claim.run = r
			}
			return nil
		})
		return err
	}, insertRunningSQL, append(rows.args(), h.owner)...)
	var postback ids.Postback
	var deleted, onHold bool
	tx.QueueRows(func(rows pgx.Rows) error {
		_, err := pgx.ForEachRow(rows, []any{&postback, &deleted, &onHold}, func() error {
			for _, one := range taken {
				if one.claim.PostbackID != postback {
					continue
				}
				if one.claim.onHold = onHold; !onHold {
					one.claim.Held, one.claim.Deleted = true, deleted
				}
			}
			return nil
		})
		return err
	}, stoppedSQL, postbacks)
	return nil
}

// conclude starts what was taken if its transaction has committed.
func (h *handover) conclude(taken []*handed, committed bool) {
	for _, one := range taken {
		if committed {
			go h.deliver(one)
		} else {
			one.grant.release()
			h.inFlight.Done()
		}
	}
	if committed {
		h.metrics.handedOver(len(taken))
	}
}

// deliver makes the attempt of a delivery that was handed over. If that fails, its claim is
// swept once it is old.
func (h *handover) deliver(one *handed) {
	defer h.inFlight.Done()
	defer one.grant.release()
	ctx, cancel := context.WithTimeout(h.ctx, jobTimeout)
	defer cancel()
	c := &one.claim
	err := caught(func() error {
		if c.onHold {
			return h.writer.write(ctx, givenBack(c, h.Now()))
		}
		if c.stopped() {
			return h.writer.write(ctx, stopped(c, h.Now()))
		}
		return h.sender.send(ctx, c, DeliverArgs{Endpoint: one.ready.Endpoint}, one.grant)
	})
	if err != nil {
		h.Log.ErrorContext(ctx, "delivering", "delivery", c.ID, "error", err)
	}
}
