package jobs

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"

	"postrider/dispatch"
)

// Enqueuer makes River jobs in the caller's own transaction. It implements
// intake.Enqueuer and needs no workers in its process.
type Enqueuer struct{ client *river.Client[*sql.Tx] }

// NewEnqueuer makes an Enqueuer over the pool that its transactions come from.
func NewEnqueuer(db *sql.DB) (*Enqueuer, error) {
	client, err := river.NewClient(riverdatabasesql.New(db), &river.Config{
		// River keeps back the notice of an insert that comes this soon after the
		// last one in its queue, and the job then waits for the next poll.
		FetchCooldown: river.FetchCooldownMin,
	})
	if err != nil {
		return nil, fmt.Errorf("making River's client: %w", err)
	}
	return &Enqueuer{client: client}, nil
}

// Enqueue makes a job for each delivery; they run once the transaction commits.
func (e *Enqueuer) Enqueue(ctx context.Context, tx *sql.Tx, deliveries []dispatch.Due) error {
	if len(deliveries) == 0 {
		return nil
	}
	params := jobParams(deliveries)
	if _, err := e.client.InsertManyFastTx(ctx, tx, params); err != nil {
		return fmt.Errorf("making %d jobs: %w", len(params), err)
	}
	return nil
}

func jobParams(deliveries []dispatch.Due) []river.InsertManyParams {
	params := make([]river.InsertManyParams, len(deliveries))
	for i, d := range deliveries {
		params[i] = river.InsertManyParams{
			Args:       DeliverArgs{DeliveryID: d.DeliveryID, Attempt: d.Attempt, Endpoint: d.Endpoint, Promoted: d.Promoted, Probe: d.Probe},
			InsertOpts: &river.InsertOpts{Queue: lane(d.Endpoint), Priority: d.Priority},
		}
	}
	return params
}
