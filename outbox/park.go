package outbox

import (
	"context"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/jackc/pgx/v5"

	"postrider/dispatch"
	"postrider/internal/pg"
)

// Parking is a delivery of a job that got no permit at its endpoint.
type Parking struct {
	Ref

	CircuitOpen bool
}

var parkColumns = pg.Columns[Parking]{
	pg.UUID("id", func(p *Parking) uuid.UUID { return p.ID }),
	pg.Int("attempt", func(p *Parking) int { return p.Attempt }),
	pg.Bool("held", func(p *Parking) bool { return p.CircuitOpen }),
}

// parkSQL: $$1 now, $$2 the reason while the circuit is open. It returns those that are
// held from now on.
var parkSQL = parkColumns.Statement(`
WITH parked AS (
  UPDATE deliveries d SET parked_at = $$1, updated_at = CASE WHEN u.held THEN $$1 ELSE d.updated_at END,
    state = CASE WHEN u.held THEN 'held' ELSE d.state END, reason = CASE WHEN u.held THEN $$2 ELSE d.reason END
  FROM rows
  WHERE d.id = u.id AND d.attempt = u.attempt AND d.claimed_at IS NULL AND d.due_at IS NULL AND d.parked_at IS NULL
    AND d.blocked_by IS NULL AND d.state IN ` + SendableSQL + `
  RETURNING d.id, u.held
)
SELECT id FROM parked WHERE held`)

// Park parks deliveries that are in a job: they wait for the promoter.
func Park(ctx context.Context, tx Tx, parking []Parking, now time.Time) error {
	_, err := move(ctx, tx, "parking deliveries", parkSQL, parkColumns.Args(parking, now.UTC(), string(CircuitOpen))...)
	return err
}

// dueSQL parks what is due: $1 now, $2 how many at most, $3 the reason of those whose
// circuit is open. It returns the ids of those whose state or reason changed, and null for
// the others. It closes the windows of what was aggregated: from now on nothing joins.
var dueSQL = `
WITH due AS (
  SELECT id, EXISTS (SELECT FROM endpoints c WHERE c.endpoint = d.endpoint AND c.state IN ` + dispatch.HoldingSQL + `) AS held,
    aggregates IS NOT NULL OR reason = 'AGGREGATION' AS aggregated
  FROM deliveries d WHERE due_at <= $1 ORDER BY due_at LIMIT $2 FOR UPDATE OF d SKIP LOCKED
)
UPDATE deliveries d SET due_at = NULL, aggregates = NULL, parked_at = $1, updated_at = CASE WHEN due.held OR due.aggregated THEN $1 ELSE d.updated_at END,
  state = CASE WHEN due.held THEN 'held' ELSE d.state END,
  reason = CASE WHEN due.held THEN $3 WHEN due.aggregated THEN NULL ELSE d.reason END
FROM due WHERE d.id = due.id
RETURNING CASE WHEN due.held OR due.aggregated THEN d.id END`

// ParkDue parks what is due, up to most, and returns how many there were.
func ParkDue(ctx context.Context, tx Tx, most int, now time.Time) (int, error) {
	moved, err := collect(ctx, tx, "parking what is due", pgx.RowTo[uuid.NullUUID], dueSQL, now.UTC(), most, string(CircuitOpen))
	if err != nil {
		return 0, err
	}
	var changed []uuid.UUID
	for _, id := range moved {
		if id.Valid {
			changed = append(changed, id.UUID)
		}
	}
	publish(tx, changed)
	return len(moved), nil
}

// Position is a keyset cursor over what is parked at an endpoint, in promotion order. The
// zero value is before all.
type Position struct {
	Affiliate int64
	Priority  int16
	ID        uuid.UUID
}

// holdSQL marks what waits for the endpoint $1 as held, from the position $2 (affiliate),
// $3 (priority), $4 (id) on, $5 at most; $6 now, $7 the reason. It returns how far it came,
// and whether the row was changed.
const holdSQL = `
WITH next AS (
  SELECT id, affiliate_id, priority, state FROM deliveries
  WHERE endpoint = $1 AND parked_at IS NOT NULL AND (affiliate_id, priority, id) > ($2::bigint, $3::smallint, $4::uuid)
  ORDER BY affiliate_id, priority, id LIMIT $5 FOR UPDATE SKIP LOCKED
), changed AS (
  UPDATE deliveries d SET state = 'held', reason = $7, updated_at = $6 FROM next WHERE d.id = next.id AND next.state <> 'held'
  RETURNING d.id
)
SELECT next.affiliate_id, next.priority, next.id, changed.id IS NOT NULL FROM next LEFT JOIN changed USING (id)
ORDER BY next.affiliate_id, next.priority, next.id`

// Hold marks what is parked at an endpoint as held by its circuit, up to most after a
// position. It returns the position that it came to, and whether that is the last.
func Hold(ctx context.Context, tx Tx, endpoint string, after Position, most int, now time.Time) (to Position, last bool, err error) {
	type looked struct {
		Position

		changed bool
	}
	rows, err := collect(ctx, tx, "holding what waits for "+endpoint, func(row pgx.CollectableRow) (l looked, err error) {
		return l, row.Scan(&l.Affiliate, &l.Priority, &l.ID, &l.changed)
	}, holdSQL, endpoint, after.Affiliate, after.Priority, after.ID, most, now.UTC(), string(CircuitOpen))
	if err != nil {
		return after, false, err
	}
	to = after
	var changed []uuid.UUID
	for _, l := range rows {
		if to = l.Position; l.changed {
			changed = append(changed, l.ID)
		}
	}
	publish(tx, changed)
	return to, len(rows) < most, nil
}
