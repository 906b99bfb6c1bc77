package outbox

import (
	"context"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/jackc/pgx/v5"

	"postrider/internal/ids"
	"postrider/internal/pg"
)

// Ref is a delivery in a job, with the number of attempts it had when the job was made. If
// it has had more since, the job is stale.
type Ref struct {
	ID      uuid.UUID `json:"id"`
	Attempt int       `json:"attempt"`
}

var refColumns = pg.Columns[Ref]{
	pg.UUID("id", func(r *Ref) uuid.UUID { return r.ID }),
	pg.Int("attempt", func(r *Ref) int { return r.Attempt }),
}

// Claimed is a delivery that was claimed for one attempt.
type Claimed struct {
	ID          uuid.UUID
	AffiliateID ids.Affiliate
	PostbackID  ids.Postback
	VersionID   int64
	Number      int // of this attempt, from 1
	Endpoint    string
	Goal        string
	CreatedAt   time.Time
	Held        bool // its postback is on hold
	Deleted     bool // its postback was deleted
	Replay      bool // it repeats another delivery
	Macros      []byte
}

// Ref returns what it was claimed by.
func (c *Claimed) Ref() Ref { return Ref{c.ID, c.Number - 1} }

// claimSQL claims deliveries for one attempt each; $$1 is now. It changes no indexed
// column, so the updates stay in their rows' pages. While the installation is on hold it
// claims none, and returns one row with the nil id: one statement sees either that or the
// claims.
var claimSQL = refColumns.Statement(`
WITH claimed AS (
  UPDATE deliveries d SET attempt = d.attempt + 1, claimed_at = now(), first_attempt_at = coalesce(d.first_attempt_at, $$1)
  FROM rows
  WHERE d.id = u.id AND d.attempt = u.attempt AND d.claimed_at IS NULL AND d.due_at IS NULL AND d.parked_at IS NULL
    AND d.blocked_by IS NULL AND d.state IN ` + SendableSQL + ` AND NOT (` + OnHoldSQL + `)
    AND NOT (d.follows AND EXISTS (
      SELECT FROM deliveries o WHERE o.conversion_id = d.conversion_id AND o.postback_id = d.postback_id AND o.event_id < d.event_id
        AND o.replay_of IS NULL AND o.state IN ` + UnfinishedSQL + `))
    AND NOT (d.aggregation_id = d.id AND EXISTS (
      SELECT FROM deliveries o WHERE o.click_id = d.click_id AND o.postback_id = d.postback_id AND o.id < d.id
        AND o.aggregation_id = o.id AND o.state IN ` + UnfinishedSQL + `))
  RETURNING d.id, d.affiliate_id, d.postback_id, d.version_id, d.event_id, d.attempt, d.endpoint, d.goal, d.created_at, d.macros, d.replay_of
)
SELECT c.id, c.affiliate_id, c.postback_id, c.version_id, c.attempt, c.endpoint, c.goal, c.created_at,
       p.hold_reason IS NOT NULL, p.deleted_at IS NOT NULL, c.replay_of IS NOT NULL, coalesce(c.macros, e.macros)
FROM claimed c JOIN postbacks p ON p.id = c.postback_id JOIN conversion_events e ON e.id = c.event_id
UNION ALL
SELECT '00000000-0000-0000-0000-000000000000', 0, 0, 0, 0, '', '', $$1, false, false, false, '{}' WHERE (` + OnHoldSQL + `)`)

// OnHoldSQL selects whether the installation is on hold: nothing may be sent to trackers.
const OnHoldSQL = `SELECT hold_reason IS NOT NULL FROM installation WHERE one`

// Claim claims deliveries by compare-and-set on their attempts. It returns those that it
// got, in no order; onHold if the installation is on hold, so that it got none. It needs no
// transaction: it is one statement.
func Claim(ctx context.Context, tx Tx, asked []Ref, now time.Time) (claimed []Claimed, onHold bool, err error) {
	claimed, err = collect(ctx, tx, "claiming deliveries", func(row pgx.CollectableRow) (c Claimed, err error) {
		err = row.Scan(&c.ID, &c.AffiliateID, &c.PostbackID, &c.VersionID, &c.Number, &c.Endpoint, &c.Goal, &c.CreatedAt, &c.Held, &c.Deleted, &c.Replay, &c.Macros)
		return c, err
	}, claimSQL, refColumns.Args(asked, now.UTC())...)
	if len(claimed) == 1 && claimed[0].ID == uuid.Nil {
		return nil, true, err
	}
	return claimed, false, err
}

// followersSQL finds, of deliveries that could not be claimed, those that wait for at most
// an earlier one: of the same conversion, or aggregated earlier of the same click.
var followersSQL = refColumns.Statement(`
SELECT d.id FROM deliveries d JOIN (SELECT * FROM rows) u ON d.id = u.id
WHERE (d.follows OR d.aggregation_id = d.id) AND d.attempt = u.attempt AND d.claimed_at IS NULL AND d.due_at IS NULL AND d.parked_at IS NULL
  AND d.blocked_by IS NULL AND d.state IN ` + SendableSQL)

// waitSQL makes each of $1 wait for the one before it. It locks that one: an end that is
// being written now is waited for, and then there is nothing to wait for.
var waitSQL = `
WITH earlier AS (
  SELECT d.id, o.id AS before FROM deliveries d
  CROSS JOIN LATERAL (
    SELECT o.id FROM deliveries o WHERE o.postback_id = d.postback_id
      AND (d.follows AND o.conversion_id = d.conversion_id AND o.event_id < d.event_id AND o.replay_of IS NULL
        OR d.aggregation_id = d.id AND o.click_id = d.click_id AND o.id < d.id AND o.aggregation_id = o.id)
      AND o.state IN ` + UnfinishedSQL + ` ORDER BY o.event_id DESC LIMIT 1 FOR UPDATE
  ) o WHERE d.id = ANY($1)
)
UPDATE deliveries d SET blocked_by = e.before, reason = $3, updated_at = $2 FROM earlier e WHERE d.id = e.id RETURNING d.id`

// Wait makes deliveries that could not be claimed wait for an earlier one that is on its
// way, and returns those that do. again reports whether an earlier one has just ended, so
// that it is worth claiming the others again.
func Wait(ctx context.Context, tx Tx, asked []Ref, now time.Time) (waiting []uuid.UUID, again bool, err error) {
	followers, err := collect(ctx, tx, "looking for earlier deliveries", pgx.RowTo[uuid.UUID], followersSQL, refColumns.Args(asked)...)
	if err != nil || len(followers) == 0 {
		return nil, false, err
	}
	waiting, err = move(ctx, tx, "letting deliveries wait for earlier ones", waitSQL, pg.UUIDs(followers), now.UTC(), string(WaitsForEarlier))
	return waiting, len(waiting) < len(followers), err
}
