package jobs

import (
	"context"
	"time"

	"github.com/gofrs/uuid/v5"

	"postrider/internal/pg"
	"postrider/outbox"
)

// Enqueuer inserts River jobs in the caller's own transaction. It implements
// intake.Enqueuer.
type Enqueuer struct {
	Engine *Engine // of this process, which sends what it can at once; nil where none runs
}

// Enqueue inserts the jobs of deliveries; they run once the transaction commits. It claims
// what the engine takes.
func (q Enqueuer) Enqueue(_ context.Context, tx *pg.Pipeline, deliveries []outbox.Fresh) (map[uuid.UUID]*time.Time, error) {
	claimedAt := map[uuid.UUID]*time.Time{}
	var taken []*handed
	var others []outbox.Ready
	for _, f := range deliveries {
		var h *handed
		if q.Engine != nil {
			h = q.Engine.handover.take(f)
		}
		if h != nil {
			taken, claimedAt[f.DeliveryID] = append(taken, h), &h.claimedAt
		} else {
			others = append(others, f.Ready)
		}
	}
	if len(taken) > 0 {
		tx.AtEnd(func(committed bool) { q.Engine.handover.conclude(taken, committed) })
		if err := q.Engine.handover.queue(tx, taken); err != nil {
			return nil, err
		}
	}
	return claimedAt, queueJobs(tx, others)
}
