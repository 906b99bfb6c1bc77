package jobs

import (
	"context"
	"sync"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/jackc/pgx/v5"

	"postrider/dispatch"
	"postrider/internal/pg"
	"postrider/outbox"
)

// handover is what the engine sends of what its own process records, with no
// queue between: the delivery is claimed in the transaction that records it, and
// its attempt begins with the commit. Only what would have gone out at once all
// the same is taken: its endpoint answers fast, and has a place that nobody waits
// for. Its job is written as one that is running already, so that what a dead
// process had taken is swept and rescued like any other claim.
type handover struct {
	mu     sync.Mutex
	opened bool            // more may be begun
	ctx    context.Context // of the attempts
	cancel context.CancelFunc
	flying sync.WaitGroup
}

// handed is a delivery that the engine has claimed, and a place for it.
type handed struct {
	due       dispatch.Due
	claim     claim
	claimedAt time.Time
	room      room
}

// room is a place at an endpoint and a worker's slot. Each is given back once.
type room struct{ leave, free func() }

// newRoom is a place and the slot that is taken next.
func (e *Engine) newRoom(p place) room {
	return room{leave: sync.OnceFunc(func() { e.endpoints.leave(p) }), free: sync.OnceFunc(func() { <-e.slots })}
}

func (r room) giveBack() {
	r.free()
	r.leave()
}

// open lets deliveries be taken, whose attempts end with ctx.
func (h *handover) open(ctx context.Context) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.opened = true
	h.ctx, h.cancel = context.WithCancel(ctx)
}

// close lets none be taken any more.
func (h *handover) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.opened = false
}

// isOpen tells whether more may be begun: the engine runs, and was not asked to
// stop.
func (h *handover) isOpen() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.opened
}

// begin counts one more attempt; false where none may begin.
func (h *handover) begin() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.opened {
		h.flying.Add(1)
	}
	return h.opened
}

// drain waits for those that were taken before it was closed, and cuts them off
// when soft is done.
func (h *handover) drain(soft context.Context) {
	defer context.AfterFunc(soft, h.cancel)()
	h.flying.Wait()
	h.cancel()
}

// take claims a delivery that is being recorded, where it can go out at once; nil
// where it must go through the queue. An Engine that is nil takes nothing.
func (e *Engine) take(f dispatch.Fresh) *handed {
	if e == nil || f.Follows || e.Hold() || !e.handover.begin() {
		return nil
	}
	room, ok := e.roomAtOnce(f.Endpoint)
	if !ok {
		e.handover.flying.Done()
		return nil
	}
	return &handed{
		due: f.Due,
		claim: claim{
			Claimed: outbox.Claimed{
				ID: f.DeliveryID, AffiliateID: f.AffiliateID, PostbackID: f.PostbackID, VersionID: f.VersionID, Number: f.Attempt + 1,
				Endpoint: f.Endpoint, Goal: f.Goal, CreatedAt: f.RecordedAt,
			},
			values: values(f.DeliveryID, f.Macros),
		},
		claimedAt: e.Now().UTC(), room: room,
	}
}

// roomAtOnce gives a place and a slot that nobody waits for.
func (e *Engine) roomAtOnce(endpoint string) (room, bool) {
	p, ok := e.endpoints.enterAtOnce(endpoint)
	if !ok {
		return room{}, false
	}
	r := e.newRoom(p)
	select {
	case e.slots <- struct{}{}:
		return r, true
	default:
		r.leave()
		return room{}, false
	}
}

// insertRunningSQL makes jobs of which River is told that they run: as
// insertJobsSQL, with $6 by whom. It gives their ids, and which
// deliveries each has.
const insertRunningSQL = `
INSERT INTO river_job (args, kind, max_attempts, priority, queue, state, attempt, attempted_at, attempted_by)
SELECT args, $4, $5, priority, queue, 'running', 1, now(), ARRAY[$6] FROM unnest($1::jsonb[], $2::smallint[], $3::text[]) AS u(args, priority, queue)
RETURNING id, ARRAY(SELECT (queued ->> 'id')::uuid FROM jsonb_array_elements(args -> 'deliveries') AS queued)`

// stoppedSQL finds, of the postbacks $1, those that nothing may be sent for any
// more: what the recording process had cached of them was old. While the
// installation is on hold, of which it tells, these are all.
const stoppedSQL = `
SELECT p.id, p.deleted_at IS NOT NULL, h.on_hold FROM postbacks p CROSS JOIN (` + outbox.OnHoldSQL + `) AS h(on_hold)
WHERE p.id = ANY($1) AND (p.hold_reason IS NOT NULL OR p.deleted_at IS NOT NULL OR h.on_hold)`

// queueHanded writes the jobs of what was taken, which has begun once tx has
// committed, and given its room back where it has not.
func (e *Engine) queueHanded(tx *pg.Pipeline, taken []*handed) error {
	byID := make(map[uuid.UUID]*handed, len(taken))
	due, postbacks := make([]dispatch.Due, len(taken)), make([]int64, len(taken))
	for i, h := range taken {
		byID[h.claim.ID], postbacks[i] = h, h.claim.PostbackID
		due[i] = h.due
	}
	rows, err := newJobRows(due)
	if err != nil {
		return err
	}
	var job int64
	var ids []uuid.UUID
	tx.QueueRows(func(rows pgx.Rows) error {
		_, err := pgx.ForEachRow(rows, []any{&job, &ids}, func() error {
			r := newRun(job, len(ids))
			for _, id := range ids {
				byID[id].claim.run = r
			}
			return nil
		})
		return err
	}, insertRunningSQL, append(rows.args(), e.member.id.String())...)
	var postback int64
	var deleted, onHold bool
	tx.QueueRows(func(rows pgx.Rows) error {
		_, err := pgx.ForEachRow(rows, []any{&postback, &deleted, &onHold}, func() error {
			for _, h := range taken {
				if h.claim.PostbackID != postback {
					continue
				}
				if h.claim.onHold = onHold; !onHold {
					h.claim.Held, h.claim.Deleted = true, deleted
				}
			}
			return nil
		})
		return err
	}, stoppedSQL, postbacks)
	return nil
}

// conclude begins what was taken, where its transaction has committed.
func (e *Engine) conclude(taken []*handed, committed bool) {
	for _, h := range taken {
		if committed {
			go e.deliver(h)
		} else {
			h.room.giveBack()
			e.handover.flying.Done()
		}
	}
	if committed {
		e.metrics.handedOver(len(taken))
	}
}

// deliver makes the attempt of a delivery that was handed over. Where that fails,
// its claim is swept once it is old.
func (e *Engine) deliver(h *handed) {
	defer e.handover.flying.Done()
	defer h.room.giveBack()
	ctx, cancel := context.WithTimeout(e.handover.ctx, jobTimeout)
	defer cancel()
	err := caught(func() error {
		if h.claim.onHold {
			return e.writer.write(ctx, h.claim.wait(e.Now()))
		}
		if h.claim.stopped() {
			return e.writer.write(ctx, h.claim.stop(e.Now()))
		}
		return e.send(ctx, &h.claim, DeliverArgs{Endpoint: h.due.Endpoint}, h.room)
	})
	if err != nil {
		e.Log.ErrorContext(ctx, "delivering", "delivery", h.claim.ID, "error", err)
	}
}
