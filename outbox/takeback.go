package outbox

import (
	"context"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/jackc/pgx/v5"

	"postrider/dispatch"
	"postrider/internal/ids"
)

// TakenBack is a delivery that was taken back from a process that ended or hangs. The
// caller records the attempt that may have been sent (Interrupted).
type TakenBack struct {
	ID          uuid.UUID
	AffiliateID ids.Affiliate
	VersionID   int64
	Attempt     int        // that was in flight, where one was
	ClaimedAt   *time.Time // nil where its job was fetched, but no attempt begun
	Macros      []byte
}

// takeBackSQL makes swept deliveries due.
const takeBackSQL = `
UPDATE deliveries d SET due_at = $2, claimed_at = NULL, updated_at = $2,
  state = CASE WHEN swept.claimed_at IS NULL THEN d.state ELSE 'retrying' END,
  reason = CASE WHEN swept.claimed_at IS NULL THEN d.reason ELSE 'INTERRUPTED' END,
  priority = CASE WHEN swept.claimed_at IS NULL THEN d.priority ELSE greatest(d.priority, 2) END
FROM swept, conversion_events e
WHERE d.id = swept.id AND e.id = d.event_id
RETURNING d.id, d.affiliate_id, d.version_id, d.attempt, swept.claimed_at, coalesce(d.macros, e.macros)`

// sweptSQL finds the deliveries of stuck that are still where their job left them.
var sweptSQL = `
  SELECT d.id, d.claimed_at FROM deliveries d JOIN stuck s ON s.id = d.id
    AND (d.claimed_at IS NULL AND d.attempt = s.attempt OR d.claimed_at IS NOT NULL AND d.attempt = s.attempt + 1)
  WHERE d.state IN ` + SendableSQL + ` AND d.due_at IS NULL AND d.parked_at IS NULL AND d.blocked_by IS NULL`

// oldSQL finds deliveries whose River job has been running for longer than $1, by the
// database's clock: its process hangs, if it is alive. A spent claim comes back with its
// attempt. $2 now.
var oldSQL = `
WITH stuck AS (
  SELECT (queued ->> 'id')::uuid AS id, (queued ->> 'attempt')::int AS attempt
  FROM river_job, jsonb_array_elements(args -> 'deliveries') AS queued
  WHERE state = 'running' AND kind = 'deliver' AND attempted_at < now() - $1::interval
), swept AS (` + sweptSQL + `
    AND coalesce(d.claimed_at, d.queued_at) < now() - $1::interval
  FOR UPDATE OF d SKIP LOCKED)` + takeBackSQL

// ownerlessSQL finds deliveries that the owners $1 had claimed, or had fetched and not
// begun. $2 now.
var ownerlessSQL = `
WITH stuck AS (
  SELECT (queued ->> 'id')::uuid AS id, (queued ->> 'attempt')::int AS attempt
  FROM river_job, jsonb_array_elements(args -> 'deliveries') AS queued
  WHERE state = 'running' AND kind = 'deliver' AND attempted_by[array_upper(attempted_by, 1)] = ANY($1)
), swept AS (` + sweptSQL + `
  FOR UPDATE OF d SKIP LOCKED)` + takeBackSQL

// oneSQL finds the delivery $3 if its claim $4 is older than $1. $2 now.
var oneSQL = `
WITH swept AS (
  SELECT id, claimed_at FROM deliveries
  WHERE id = $3 AND attempt = $4 AND state IN ` + SendableSQL + ` AND claimed_at < now() - $1::interval
  FOR UPDATE
)` + takeBackSQL

// TakeBackOld makes deliveries due again that are in a running job for longer than age: its
// process hangs.
func TakeBackOld(ctx context.Context, tx Tx, age time.Duration, now time.Time) ([]TakenBack, error) {
	return takeBack(ctx, tx, oldSQL, age, now.UTC())
}

// TakeBackFrom makes deliveries of ended processes due again at once.
func TakeBackFrom(ctx context.Context, tx Tx, owners []string, now time.Time) ([]TakenBack, error) {
	return takeBack(ctx, tx, ownerlessSQL, owners, now.UTC())
}

// TakeBackOne makes one delivery due again that an earlier run of its job claimed longer
// than age ago.
func TakeBackOne(ctx context.Context, tx Tx, r Ref, age time.Duration, now time.Time) ([]TakenBack, error) {
	return takeBack(ctx, tx, oneSQL, age, now.UTC(), r.ID, r.Attempt+1)
}

func takeBack(ctx context.Context, tx Tx, query string, args ...any) ([]TakenBack, error) {
	taken, err := collect(ctx, tx, "taking deliveries back", func(row pgx.CollectableRow) (t TakenBack, err error) {
		return t, row.Scan(&t.ID, &t.AffiliateID, &t.VersionID, &t.Attempt, &t.ClaimedAt, &t.Macros)
	}, query, args...)
	if err != nil {
		return nil, err
	}
	ids := make([]uuid.UUID, len(taken))
	for i, t := range taken {
		ids[i] = t.ID
	}
	publish(tx, ids)
	return taken, nil
}

// Interrupted queues the attempts of deliveries that were taken back: what would have been
// sent, not the result. exchange returns what is known of each.
func Interrupted(tx Tx, taken []TakenBack, exchange func(t *TakenBack) dispatch.Exchange) error {
	var attempts []Attempt
	for i := range taken {
		t := &taken[i]
		if t.ClaimedAt == nil {
			continue
		}
		id, err := newID(*t.ClaimedAt)
		if err != nil {
			return err
		}
		attempts = append(attempts, Attempt{
			ID: id, AffiliateID: t.AffiliateID, DeliveryID: t.ID, Number: t.Attempt, Exchange: exchange(t), Reason: dispatch.Interrupted,
		})
	}
	return recordAttempts(tx, attempts)
}

// IsClaimed reports whether a claim still stands.
func IsClaimed(ctx context.Context, tx Tx, r Ref) (bool, error) {
	found, err := collect(ctx, tx, "looking after a delivery", pgx.RowTo[bool],
		`SELECT EXISTS (SELECT FROM deliveries WHERE id = $1 AND attempt = $2 AND claimed_at IS NOT NULL AND state IN `+SendableSQL+`)`, r.ID, r.Attempt+1)
	return len(found) == 1 && found[0], err
}
