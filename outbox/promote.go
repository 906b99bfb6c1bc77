package outbox

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/jackc/pgx/v5"

	"postrider/internal/pg"
)

// Stream is what an affiliate has parked at an endpoint: it is sent in order.
type Stream struct {
	Endpoint  string
	Affiliate int64
}

// streamsSQL scans the index of what is parked, from stream to stream, however much waits
// in each: $1 and $2 the stream after which to begin, $3 how many.
const streamsSQL = `
WITH RECURSIVE walk AS (
  (SELECT endpoint, affiliate_id, 1 AS n FROM deliveries WHERE parked_at IS NOT NULL AND (endpoint, affiliate_id) > ($1, $2::bigint)
   ORDER BY endpoint, affiliate_id LIMIT 1)
  UNION ALL
  SELECT next.endpoint, next.affiliate_id, walk.n + 1 FROM walk CROSS JOIN LATERAL (
    SELECT endpoint, affiliate_id FROM deliveries WHERE parked_at IS NOT NULL AND (endpoint, affiliate_id) > (walk.endpoint, walk.affiliate_id)
    ORDER BY endpoint, affiliate_id LIMIT 1
  ) next WHERE walk.n < $3
)
SELECT endpoint, affiliate_id FROM walk`

// Streams lists up to most streams with something parked, after one.
func Streams(ctx context.Context, tx Tx, after Stream, most int) ([]Stream, error) {
	return collect(ctx, tx, "looking for what is parked", func(row pgx.CollectableRow) (s Stream, err error) {
		return s, row.Scan(&s.Endpoint, &s.Affiliate)
	}, streamsSQL, after.Endpoint, after.Affiliate, most)
}

// pick is how many of a stream are promoted.
type pick struct {
	Stream

	n int
}

var pickColumns = pg.Columns[pick]{
	pg.Text("endpoint", func(p *pick) string { return p.Endpoint }),
	pg.Bigint("affiliate_id", func(p *pick) int64 { return p.Affiliate }),
	pg.Int("n", func(p *pick) int { return p.n }),
}

// promoteSQL takes the first of each stream: $$1 now. Rows locked by another process are
// skipped.
var promoteSQL = pickColumns.Statement(`
WITH first AS (
  SELECT p.id, p.held FROM rows
  CROSS JOIN LATERAL (
    SELECT id, state = 'held' AS held FROM deliveries WHERE endpoint = u.endpoint AND affiliate_id = u.affiliate_id AND parked_at IS NOT NULL
    ORDER BY priority, id LIMIT u.n FOR UPDATE SKIP LOCKED
  ) p
)
UPDATE deliveries d SET parked_at = NULL, queued_at = now(), updated_at = CASE WHEN first.held THEN $$1 ELSE d.updated_at END,
  state = CASE WHEN d.state <> 'held' THEN d.state ELSE ` + WaitsSQL + ` END,
  reason = CASE WHEN first.held THEN NULL ELSE d.reason END
FROM first WHERE d.id = first.id
RETURNING d.id, d.attempt, d.endpoint, d.priority, d.affiliate_id, first.held`)

// Promoted is a delivery that goes into a job.
type Promoted struct {
	Ready

	Stream Stream
}

// Promote takes the first deliveries of each stream, as many as picks says: the caller puts
// them into jobs, in the same transaction.
func Promote(ctx context.Context, tx Tx, picks map[Stream]int, now time.Time) ([]Promoted, error) {
	asked := make([]pick, 0, len(picks))
	for s, n := range picks {
		asked = append(asked, pick{s, n})
	}
	var released []uuid.UUID
	taken, err := collect(ctx, tx, "promoting what is parked", func(row pgx.CollectableRow) (p Promoted, err error) {
		var id uuid.UUID
		var affiliate int64
		var held bool
		err = row.Scan(&id, &p.Attempt, &p.Endpoint, &p.Priority, &affiliate, &held)
		p.DeliveryID, p.Ready.Promoted, p.Stream = id, true, Stream{p.Endpoint, affiliate}
		if held {
			released = append(released, id)
		}
		return p, err
	}, promoteSQL, pickColumns.Args(asked, now.UTC())...)
	if err != nil {
		return nil, err
	}
	publish(tx, released)
	return taken, nil
}

// promoteOneSQL takes the delivery $1 if its circuit holds it: $2 now.
var promoteOneSQL = `
UPDATE deliveries d SET parked_at = NULL, queued_at = now(), updated_at = $2, state = ` + WaitsSQL + `, reason = NULL
WHERE id = $1 AND state = 'held' AND parked_at IS NOT NULL
RETURNING d.id, d.attempt, d.endpoint, d.priority`

// PromoteOne takes a delivery that its circuit holds out of the order of its stream: the caller puts
// it into a job, in the same transaction. It returns none where the delivery is elsewhere.
func PromoteOne(ctx context.Context, tx Tx, id uuid.UUID, now time.Time) ([]Ready, error) {
	taken, err := collect(ctx, tx, "releasing a delivery", func(row pgx.CollectableRow) (r Ready, err error) {
		var id uuid.UUID
		err = row.Scan(&id, &r.Attempt, &r.Endpoint, &r.Priority)
		r.DeliveryID = id
		return r, err
	}, promoteOneSQL, id, now.UTC())
	if err == nil && len(taken) > 0 {
		publish(tx, []uuid.UUID{id})
	}
	return taken, err
}

// whereSQL selects the state, the endpoint and the place of the delivery $1.
var whereSQL = func() string {
	var b strings.Builder
	for _, p := range Places() {
		fmt.Fprintf(&b, " WHEN %s THEN '%s'", p.SQL(), p)
	}
	return `SELECT state, endpoint, CASE` + b.String() + ` ELSE '' END FROM deliveries WHERE id = $1`
}()

// Where is where one delivery is.
type Where struct {
	State    State
	Endpoint string
	Place    Place
}

// Locate returns where a delivery is; found is false where there is none.
func Locate(ctx context.Context, tx Tx, id uuid.UUID) (w Where, found bool, err error) {
	rows, err := collect(ctx, tx, "looking for a delivery", func(row pgx.CollectableRow) (w Where, err error) {
		return w, row.Scan(&w.State, &w.Endpoint, &w.Place)
	}, whereSQL, id)
	if err != nil || len(rows) == 0 {
		return w, false, err
	}
	return rows[0], true, nil
}

// underWaySQL selects promoted deliveries still under way.
var underWaySQL = `
SELECT id, parked_at IS NOT NULL FROM deliveries
WHERE id = ANY($1) AND due_at IS NULL AND blocked_by IS NULL AND state IN ` + UnfinishedSQL

// UnderWay returns, of deliveries that were promoted, which are still on their way, and
// whether they are parked again; the others have ended, or wait for something else.
func UnderWay(ctx context.Context, tx Tx, promoted []uuid.UUID) (parked map[uuid.UUID]bool, err error) {
	parked = map[uuid.UUID]bool{}
	_, err = collect(ctx, tx, "looking after what was promoted", func(row pgx.CollectableRow) (id uuid.UUID, err error) {
		var is bool
		err = row.Scan(&id, &is)
		parked[id] = is
		return id, err
	}, underWaySQL, pg.UUIDs(promoted))
	return parked, err
}
