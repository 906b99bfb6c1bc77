package main

import (
	"context"
	"fmt"
	"time"

	"github.com/gofrs/uuid/v5"

	"postrider/internal/pg"
	"postrider/jobs"
	"postrider/outbox"
)

// fillDeliveries records n conversions with one delivery and one River job each,
// as intake would have, in bulk, over so many endpoints.
func fillDeliveries(ctx context.Context, e *env, pool *pg.Pool, n, over int) error {
	if _, err := fillAtOnce(ctx, e, pool, n, over); err != nil {
		return err
	}
	_, err := pool.SQL.ExecContext(ctx, "ANALYZE")
	return err
}

// fillAtOnce does so in one transaction, and returns the time of its commit.
func fillAtOnce(ctx context.Context, e *env, pool *pg.Pool, n, over int) (committed time.Time, err error) {
	const batch = 5000
	err = pg.WithPipeline(ctx, pool.SQL, func(ctx context.Context, tx *pg.Pipeline) error {
		for from := 0; from < n; from += batch {
			if err := fillBatch(ctx, e, tx, from, min(batch, n-from), over); err != nil {
				return err
			}
		}
		committed = time.Now()
		return nil
	})
	if err != nil {
		return committed, fmt.Errorf("filling deliveries: %w", err)
	}
	return committed, nil
}

func fillBatch(ctx context.Context, e *env, tx *pg.Pipeline, from, n, over int) error {
	now := time.Now().UTC()
	var conversions, events, deliveries pg.UUIDs
	var macros, targets []string
	var postbacks []int64
	var fresh []outbox.Fresh
	for i := range n {
		c, ev, d := uuid.Must(uuid.NewV7()), uuid.Must(uuid.NewV7()), uuid.Must(uuid.NewV7())
		conversions, events, deliveries = append(conversions, c), append(events, ev), append(deliveries, d)
		postbacks = append(postbacks, int64(1+(from+i)%over))
		target := e.sink.host((from + i) % over)
		targets = append(targets, target)
		macros = append(macros, fmt.Sprintf(`{"param_1":"w%08d","payout":"0.00","conversion_id":"%x","goal_id":"registration"}`, from+i, c[:]))
		fresh = append(fresh, outbox.Fresh{Ready: outbox.Ready{DeliveryID: d, Endpoint: target, Priority: outbox.PriorityLive}})
	}
	for _, statement := range fillSQL {
		tx.Queue(statement, conversions, events, deliveries, postbacks, macros, targets, now)
	}
	if _, err := (jobs.Enqueuer{}).Enqueue(ctx, tx, fresh); err != nil {
		return err
	}
	return tx.Send(ctx)
}

// fillSQL fills one table each.
var fillSQL = []string{
	`INSERT INTO conversions (id, affiliate_id, integration_id, offer_id, campaign_id, goal, currency, status, attributed_by, occurred_at, received_at)
	 SELECT c, a, 1, 1, a, 'registration', 'EUR', 'approved', 'click', $7, $7 FROM ` + fillFrom,
	`INSERT INTO conversion_events (id, affiliate_id, conversion_id, status, reason, actor, macros, considered, occurred_at, received_at)
	 SELECT e, a, c, 'approved', '', 'operator', macros, '[]', $7, $7 FROM ` + fillFrom,
	`INSERT INTO deliveries (id, affiliate_id, postback_id, version_id, conversion_id, event_id, offer_id, campaign_id, goal, status,
	   state, priority, endpoint, queued_at, created_at, updated_at)
	 SELECT d, a, p, p, c, e, 1, a, 'registration', 'approved', 'queued', 1, endpoint, $7, $7, $7 FROM ` + fillFrom,
}

// An affiliate has every sixteenth postback, as newWorld and morePostbacks make them.
const fillFrom = `(SELECT *, 1 + (p - 1) % 16 AS a
	FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::bigint[], $5::jsonb[], $6::text[]) AS u(c, e, d, p, macros, endpoint)) u`
