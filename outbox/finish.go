package outbox

import (
	"context"
	"fmt"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/jackc/pgx/v5"

	"postrider/dispatch"
	"postrider/domain/macro"
	"postrider/internal/ids"
	"postrider/internal/live"
	"postrider/internal/pg"
)

// Result is the result of a claim.
type Result struct {
	DeliveryID  uuid.UUID
	AffiliateID ids.Affiliate
	PostbackID  ids.Postback
	Number      int       // of the attempt
	AttemptID   uuid.UUID // nil where nothing was sent
	Exchange    dispatch.Exchange
	Outcome     dispatch.Outcome // of the attempt
	EmptyMacros []macro.Name     // what the URL had no value for
	Warning     Warning          // what is wrong with the request

	State   State     // that the delivery moves to
	DueAt   time.Time // when it is due next; zero where it is not
	Reason  Reason
	Detail  string
	At      time.Time
	Unspent bool // nothing was sent: no attempt is recorded, and its number is given back
	Replay  bool // it repeats another delivery
}

// holds reports whether the delivery is to be held with its postback.
func (r *Result) holds() bool { return r.Unspent && r.State == Held }

func (r *Result) dueAt() *time.Time {
	if r.DueAt.IsZero() {
		return nil
	}
	at := r.DueAt.UTC()
	return &at
}

var finishColumns = pg.Columns[Result]{
	pg.UUID("id", func(r *Result) uuid.UUID { return r.DeliveryID }),
	pg.Int("number", func(r *Result) int { return r.Number }),
	pg.Text("state", func(r *Result) string { return string(r.State) }),
	pg.TimeOrNull("due_at", (*Result).dueAt),
	pg.Text("url", func(r *Result) string { return r.Exchange.URL }),
	pg.Int("status_code", func(r *Result) int { return r.Exchange.StatusCode }),
	pg.Float("duration_ms", func(r *Result) float64 { return milliseconds(r.Exchange.Duration) }),
	pg.Text("reason", func(r *Result) string { return string(r.Reason) }),
	pg.Text("detail", func(r *Result) string { return r.Detail }),
	pg.Time("at", func(r *Result) time.Time { return r.At }),
	pg.Bool("unspent", func(r *Result) bool { return r.Unspent }),
	pg.Text("warning", func(r *Result) string { return string(r.Warning) }),
}

// finishSQL leaves a delivery that has moved on (swept and claimed again, cancelled) as it
// is; one that was only swept takes the late answer. An unspent claim gives its attempt
// back.
var finishSQL = finishColumns.Statement(`
WITH finished AS (
UPDATE deliveries d SET
  state = u.state, claimed_at = NULL, due_at = u.due_at, parked_at = NULL, blocked_by = NULL,
  priority = CASE WHEN u.due_at IS NULL THEN d.priority ELSE greatest(d.priority, $$1) END,
  attempt = CASE WHEN u.unspent THEN d.attempt - 1 ELSE d.attempt END,
  url = coalesce(nullif(u.url, ''), d.url), status_code = nullif(u.status_code, 0),
  duration_ms = CASE WHEN u.unspent THEN d.duration_ms ELSE u.duration_ms END,
  reason = nullif(u.reason, ''), detail = u.detail, updated_at = u.at,
  warning = CASE WHEN u.unspent THEN d.warning ELSE nullif(u.warning, '') END,
  delivered_at = CASE WHEN u.state = 'delivered' THEN u.at END
FROM rows
WHERE d.id = u.id AND d.attempt = u.number AND d.state IN ` + UnfinishedSQL + `
RETURNING ` + returned + `) ` + logSQL("finished"))

// holdPostbacksSQL holds the postbacks whose tracker returned 410 Gone.
const holdPostbacksSQL = `UPDATE postbacks SET hold_reason = 'GONE', updated_at = $2 WHERE id = ANY($1) AND hold_reason IS NULL`

// announceSQL announces the rows of changed on a channel: 200 ids a notice.
const announceSQL = `, numbered AS (
  SELECT id, (row_number() OVER () - 1) / 200 AS notice FROM changed
)
SELECT pg_notify(%s, string_agg(replace(id::text, '-', ''), ',')) FROM numbered GROUP BY notice`

// unblocking is SQL after a WITH: it releases what waited for deliveries that have ended, at $2,
// and announces it on the channel $3.
func unblocking(ended string) string {
	return `changed AS (
  UPDATE deliveries d SET blocked_by = NULL, reason = NULL, due_at = $2, updated_at = $2
  WHERE blocked_by ` + ended + ` AND state IN ` + SendableSQL + ` RETURNING ` + returned + `
), logged AS (` + logSQL("changed") + `)` + fmt.Sprintf(announceSQL, "$3")
}

var unblockSQL = `WITH ` + unblocking("= ANY($1)")

// Unblock queues the release of what waited for deliveries which have ended.
func Unblock(tx Tx, ended []uuid.UUID, now time.Time) {
	tx.Queue(unblockSQL, pg.UUIDs(ended), now.UTC(), string(live.Deliveries))
}

// lockBulksSQL waits for whoever cancels the bulk replays of the deliveries $1: what is in
// flight then is cancelled here, and what waits again by then, there.
const lockBulksSQL = `
SELECT FROM bulk_replays WHERE id IN (SELECT bulk_replay_id FROM deliveries WHERE id = ANY($1)) ORDER BY id FOR SHARE`

// stopRetriesSQL cancels those of the replays $1 that would be retried though their bulk
// replay was cancelled while they were in flight, for the reason $4, and releases what waited
// for them.
var stopRetriesSQL = `
WITH stopped AS (
  UPDATE deliveries d SET state = 'cancelled', due_at = NULL, reason = $4, updated_at = $2
  FROM bulk_replays b
  WHERE d.id = ANY($1) AND b.id = d.bulk_replay_id AND b.state = 'cancelled' AND d.claimed_at IS NULL AND d.state IN ` + UnfinishedSQL + `
  RETURNING ` + returned + `
), stopped_log AS (` + logSQL("stopped") + `), ` + unblocking("IN (SELECT id FROM stopped)")

// Finish queues the results of claims: attempts, deliveries, the postbacks that their
// trackers hold, and what waited for them.
func Finish(tx Tx, results []Result) error {
	var attempts []Attempt
	var ended, replays []uuid.UUID
	var gone []ids.Postback
	deliveries := make([]uuid.UUID, len(results))
	for i, r := range results {
		deliveries[i] = r.DeliveryID
		if !r.Unspent {
			attempts = append(attempts, Attempt{
				ID: r.AttemptID, AffiliateID: r.AffiliateID, DeliveryID: r.DeliveryID, Number: r.Number, Exchange: r.Exchange,
				Reason: r.Outcome.AttemptReason, Detail: r.Outcome.AttemptDetail, EmptyMacros: r.EmptyMacros,
			})
		}
		if r.State.Final() {
			ended = append(ended, r.DeliveryID)
		}
		if r.Replay {
			replays = append(replays, r.DeliveryID)
		}
		if r.Outcome.HoldPostback {
			gone = append(gone, r.PostbackID)
		}
	}
	if len(gone) > 0 { // lock order: postbacks before deliveries
		tx.Queue(holdPostbacksSQL, gone, results[0].At.UTC())
	}
	if len(replays) > 0 { // and bulk replays before deliveries
		tx.Queue(lockBulksSQL, pg.UUIDs(replays))
	}
	if err := recordAttempts(tx, attempts); err != nil {
		return err
	}
	tx.Queue(finishSQL, finishColumns.Args(results, PriorityRetry)...)
	if len(replays) > 0 {
		tx.Queue(stopRetriesSQL, pg.UUIDs(replays), results[0].At.UTC(), string(live.Deliveries), string(ReplayCancelled))
		endReplays(tx, replays)
	}
	if len(ended) > 0 {
		Unblock(tx, ended, results[0].At)
	}
	Announce(tx, deliveries)
	return nil
}

// NeedsLook reports whether results must be checked again (ConfirmHolds), in the
// transaction that finishes them.
func NeedsLook(results []Result) bool {
	for i := range results {
		if results[i].holds() {
			return true
		}
	}
	return false
}

// heldSQL locks postbacks, and returns those that are on hold: until the caller's commit
// none can be resumed.
const heldSQL = `
WITH locked AS (SELECT id, hold_reason FROM postbacks WHERE id = ANY($1) ORDER BY id FOR SHARE)
SELECT id FROM locked WHERE hold_reason IS NOT NULL`

// ConfirmHolds checks again that the postbacks of deliveries to be held with them are on
// hold. One that was resumed meanwhile has already released what was held: what is held
// after that would wait forever, so it is due at once.
func ConfirmHolds(ctx context.Context, tx Tx, results []Result) error {
	var postbacks []ids.Postback
	for i := range results {
		if results[i].holds() {
			postbacks = append(postbacks, results[i].PostbackID)
		}
	}
	if len(postbacks) == 0 {
		return nil
	}
	still, err := collect(ctx, tx, "looking at held postbacks", pgx.RowTo[ids.Postback], heldSQL, postbacks)
	if err != nil {
		return err
	}
	held := map[ids.Postback]bool{}
	for _, id := range still {
		held[id] = true
	}
	for i := range results {
		if r := &results[i]; r.holds() && !held[r.PostbackID] {
			r.State, r.DueAt, r.Reason = Waits(r.Number-1), r.At, ""
		}
	}
	return nil
}

// GiveBack returns the result of an unused claim while the installation is on hold: it is
// due again at once.
func (c *Claimed) GiveBack(now time.Time) Result {
	r := c.unspent(Waits(c.Number-1), "", now)
	r.DueAt = now
	return r
}

// Stop returns the result of a claim whose postback was held or deleted.
func (c *Claimed) Stop(now time.Time) Result {
	if c.Deleted {
		return c.unspent(Cancelled, PostbackDeleted, now)
	}
	return c.unspent(Held, PostbackHeld, now)
}

func (c *Claimed) unspent(to State, reason Reason, now time.Time) Result {
	r := c.result(now)
	r.State, r.Reason, r.Unspent = to, reason, true
	return r
}

// End returns the result of a claim whose attempt was made.
func (c *Claimed) End(attempt uuid.UUID, e dispatch.Exchange, o dispatch.Outcome, now time.Time) Result {
	r := c.result(now)
	r.AttemptID, r.Exchange, r.Outcome = attempt, e, o
	r.State, r.DueAt, r.Reason, r.Detail = after(o.Verdict), o.RetryAt, Reason(o.Reason), o.Detail
	return r
}

func (c *Claimed) result(now time.Time) Result {
	return Result{DeliveryID: c.ID, AffiliateID: c.AffiliateID, PostbackID: c.PostbackID, Number: c.Number, At: now, Replay: c.Replay}
}
