package main

import (
	"context"
	"fmt"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/lib/pq"

	"postrider/dispatch"
	"postrider/internal/pg"
	"postrider/jobs"
)

// fillDeliveries records n conversions with one delivery and one River job each,
// as intake would have, in bulk.
func fillDeliveries(ctx context.Context, e *env, pool *pg.Pool, n int) error {
	const batch = 5000
	for from := 0; from < n; from += batch {
		if err := fillBatch(ctx, e, pool, from, min(batch, n-from)); err != nil {
			return fmt.Errorf("filling deliveries: %w", err)
		}
	}
	_, err := pool.SQL.ExecContext(ctx, "ANALYZE")
	return err
}

func fillBatch(ctx context.Context, e *env, pool *pg.Pool, from, n int) error {
	now := time.Now().UTC()
	var conversions, events, deliveries, macros, targets []string
	var affiliates []int64
	var due []dispatch.Due
	for i := range n {
		c, ev, d := uuid.Must(uuid.NewV7()), uuid.Must(uuid.NewV7()), uuid.Must(uuid.NewV7())
		conversions, events, deliveries = append(conversions, c.String()), append(events, ev.String()), append(deliveries, d.String())
		affiliates = append(affiliates, int64(1+(from+i)%endpoints))
		target := e.sink.url(from + i)[:len(e.sink.url(from+i))-len("/pb")]
		targets = append(targets, target)
		macros = append(macros, fmt.Sprintf(`{"param_1":"w%08d","payout":"0.00","conversion_id":"%x","goal_id":"registration"}`, from+i, c[:]))
		due = append(due, dispatch.Due{DeliveryID: d, Endpoint: target, Priority: dispatch.PriorityLive})
	}
	return pg.WithPipeline(ctx, pool.SQL, func(ctx context.Context, tx *pg.Pipeline) error {
		_, err := tx.ExecContext(ctx, `
			WITH u AS (
			  SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::bigint[], $5::jsonb[], $6::text[]) AS u(c, e, d, a, macros, endpoint)
			), c AS (
			  INSERT INTO conversions (id, affiliate_id, source_id, offer_id, campaign_id, goal, currency, status, attributed_by, occurred_at, received_at)
			  SELECT c, a, 1, 1, a, 'registration', 'EUR', 'approved', 'click', $7, $7 FROM u
			), e AS (
			  INSERT INTO conversion_events (id, affiliate_id, conversion_id, status, reason, actor, macros, considered, occurred_at, received_at)
			  SELECT e, a, c, 'approved', '', 'operator', macros, '[]', $7, $7 FROM u
			)
			INSERT INTO deliveries (id, affiliate_id, postback_id, version_id, conversion_id, event_id, offer_id, campaign_id, goal, status,
			  state, priority, endpoint, queued_at, created_at, updated_at)
			SELECT d, a, a, a, c, e, 1, a, 'registration', 'approved', 'queued', 1, endpoint, $7, $7, $7 FROM u`,
			pq.Array(conversions), pq.Array(events), pq.Array(deliveries), pq.Array(affiliates), pq.Array(macros), pq.Array(targets), now)
		if err != nil {
			return err
		}
		return jobs.Enqueuer{}.Enqueue(ctx, tx, due)
	})
}
