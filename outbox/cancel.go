package outbox

import (
	"context"
	"time"

	"github.com/gofrs/uuid/v5"
)

// cancelSQL cancels what matches a condition on $1 and is not in flight; $2 the reason, $3
// now.
var cancelSQL = `
UPDATE deliveries SET state = 'cancelled', due_at = NULL, aggregates = NULL, parked_at = NULL, blocked_by = NULL, reason = $2, updated_at = $3
WHERE claimed_at IS NULL AND state IN ` + UnfinishedSQL + ` AND `

// CancelPostback cancels the waiting deliveries of a deleted postback. An attempt that is
// in flight ends, and then finds it deleted.
func CancelPostback(ctx context.Context, tx Tx, postbackID int64, now time.Time) error {
	_, err := cancel(ctx, tx, "cancelling the deliveries of a postback", `postback_id = $1 RETURNING id`, postbackID, PostbackDeleted, now)
	return err
}

// CancelOne cancels a delivery that has neither ended nor is in flight, and reports whether it did.
func CancelOne(ctx context.Context, tx Tx, id uuid.UUID, now time.Time) (bool, error) {
	n, err := cancel(ctx, tx, "cancelling a delivery", `id = $1 RETURNING id`, id, CancelledByUser, now)
	return n > 0, err
}

// CancelReplay cancels what a bulk replay has not sent yet.
func CancelReplay(ctx context.Context, tx Tx, bulkReplay int64, now time.Time) error {
	_, err := cancel(ctx, tx, "cancelling replays", `bulk_replay_id = $1 RETURNING id`, bulkReplay, ReplayCancelled, now)
	return err
}

// cancelWindow cancels a window without members.
func cancelWindow(ctx context.Context, tx Tx, id uuid.UUID, now time.Time) error {
	_, err := cancel(ctx, tx, "cancelling a window", `id = $1 AND aggregates IS NOT NULL RETURNING id`, id, NothingLeft, now)
	return err
}

// cancel cancels what matches a condition, and returns how many that were.
func cancel(ctx context.Context, tx Tx, what, condition string, of any, why Reason, now time.Time) (int, error) {
	ids, err := move(ctx, tx, what, cancelSQL+condition, of, string(why), now.UTC())
	if err == nil && len(ids) > 0 {
		Unblock(tx, ids, now)
		endReplays(tx, ids)
	}
	return len(ids), err
}

// releaseSQL releases what the hold $3 of the postback $1 kept back, by its version $4 and
// to the endpoint $5; $2 now.
var releaseSQL = `
UPDATE deliveries d SET state = ` + WaitsSQL + `, due_at = $2, updated_at = $2, reason = NULL,
  version_id = (SELECT id FROM postback_versions WHERE postback_id = $1 AND number = $4), endpoint = $5
WHERE postback_id = $1 AND state = 'held' AND reason = $3
RETURNING id`

// Release releases deliveries held with a postback, by the number of its current version:
// the one that they were made for leads to an address that is gone.
func Release(ctx context.Context, tx Tx, postbackID int64, version int, endpoint string, now time.Time) error {
	_, err := move(ctx, tx, "releasing the deliveries of a postback", releaseSQL, postbackID, now.UTC(), string(PostbackHeld), version, endpoint)
	return err
}
