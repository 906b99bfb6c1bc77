package jobs

import "postrider/dispatch"

// claimSQL takes deliveries for one attempt each: $1 ids, $2 how many attempts
// each had, $3 now. It changes no indexed column, so the updates stay in their
// rows' pages. While the installation is on hold it takes none, and gives one row
// with the id 0: one statement sees either that or the claims.
var claimSQL = `
WITH claimed AS (
  UPDATE deliveries d SET attempt = d.attempt + 1, claimed_at = now(), first_attempt_at = coalesce(d.first_attempt_at, $3)
  FROM unnest($1::uuid[], $2::int[]) AS u(id, attempt)
  WHERE d.id = u.id AND d.attempt = u.attempt AND d.claimed_at IS NULL AND d.due_at IS NULL AND d.parked_at IS NULL
    AND d.blocked_by IS NULL AND d.state IN ` + dispatch.SendableSQL + ` AND NOT (` + onHoldSQL + `)
    AND NOT (d.follows AND EXISTS (
      SELECT FROM deliveries o WHERE o.conversion_id = d.conversion_id AND o.postback_id = d.postback_id AND o.event_id < d.event_id
        AND o.replay_of IS NULL AND o.state IN ` + dispatch.UnfinishedSQL + `))
    AND NOT (d.gathering_id = d.id AND EXISTS (
      SELECT FROM deliveries o WHERE o.click_id = d.click_id AND o.postback_id = d.postback_id AND o.id < d.id
        AND o.gathering_id = o.id AND o.state IN ` + dispatch.UnfinishedSQL + `))
  RETURNING d.id, d.affiliate_id, d.postback_id, d.version_id, d.event_id, d.attempt, d.endpoint, d.goal, d.created_at, d.macros
)
SELECT c.id, c.affiliate_id, c.postback_id, c.version_id, c.attempt, c.endpoint, c.goal, c.created_at,
       p.hold_reason IS NOT NULL, p.deleted_at IS NOT NULL, coalesce(c.macros, e.macros)
FROM claimed c JOIN postbacks p ON p.id = c.postback_id JOIN conversion_events e ON e.id = c.event_id
UNION ALL
SELECT '00000000-0000-0000-0000-000000000000', 0, 0, 0, 0, '', '', $3, false, false, '{}' WHERE (` + onHoldSQL + `)`

// onHoldSQL tells whether nothing may leave to trackers.
const onHoldSQL = `SELECT hold_reason IS NOT NULL FROM installation WHERE one`

// followersSQL finds, of deliveries that could not be claimed, those that wait
// for nothing but perhaps an earlier one: of the same conversion, or what was
// gathered of the same click before. $1 ids, $2 attempts.
var followersSQL = `
SELECT d.id FROM deliveries d JOIN unnest($1::uuid[], $2::int[]) AS u(id, attempt) ON d.id = u.id
WHERE (d.follows OR d.gathering_id = d.id) AND d.attempt = u.attempt AND d.claimed_at IS NULL AND d.due_at IS NULL AND d.parked_at IS NULL
  AND d.blocked_by IS NULL AND d.state IN ` + dispatch.SendableSQL

// blockSQL lets $1 wait for the one before each. It locks that one: an end that
// is being written now is waited for, and then there is nothing to wait for.
var blockSQL = `
WITH earlier AS (
  SELECT d.id, o.id AS before FROM deliveries d
  CROSS JOIN LATERAL (
    SELECT o.id FROM deliveries o WHERE o.postback_id = d.postback_id
      AND (d.follows AND o.conversion_id = d.conversion_id AND o.event_id < d.event_id AND o.replay_of IS NULL
        OR d.gathering_id = d.id AND o.click_id = d.click_id AND o.id < d.id AND o.gathering_id = o.id)
      AND o.state IN ` + dispatch.UnfinishedSQL + ` ORDER BY o.event_id DESC LIMIT 1 FOR UPDATE
  ) o WHERE d.id = ANY($1)
)
UPDATE deliveries d SET blocked_by = e.before, reason = $3, updated_at = $2 FROM earlier e WHERE d.id = e.id RETURNING d.id`

// unblockSQL lets go what waited for $1, which have ended, and announces it on
// the channel $3: 200 ids a notice.
var unblockSQL = `
WITH unblocked AS (
  UPDATE deliveries SET blocked_by = NULL, reason = NULL, due_at = $2, updated_at = $2
  WHERE blocked_by = ANY($1) AND state IN ` + dispatch.SendableSQL + ` RETURNING id
), numbered AS (
  SELECT id, (row_number() OVER () - 1) / 200 AS notice FROM unblocked
)
SELECT pg_notify($3, string_agg(replace(id::text, '-', ''), ',')) FROM numbered GROUP BY notice`

// insertAttemptsSQL writes a batch of attempts, an array a column.
const insertAttemptsSQL = `
INSERT INTO attempts (id, affiliate_id, delivery_id, number, started_at, method, url, status_code, duration_ms, error, detail,
                      request_headers, request_body, response_headers, response_body, response_truncated, timings)
SELECT u.id, u.affiliate_id, u.delivery_id, u.number, u.started_at, u.method, u.url, nullif(u.status_code, 0), u.duration_ms,
       nullif(u.error, ''), u.detail, u.request_headers, nullif(u.request_body, ''), u.response_headers,
       nullif(u.response_body, ''), u.response_truncated, u.timings
FROM unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::int[], $5::timestamptz[], $6::text[], $7::text[], $8::int[], $9::float8[],
            $10::text[], $11::text[], $12::jsonb[], $13::text[], $14::jsonb[], $15::text[], $16::bool[], $17::jsonb[])
  AS u(id, affiliate_id, delivery_id, number, started_at, method, url, status_code, duration_ms, error, detail,
       request_headers, request_body, response_headers, response_body, response_truncated, timings)
ON CONFLICT DO NOTHING`

// finishSQL writes what a batch of attempts came to. A delivery that has moved
// on (swept and claimed anew, cancelled) is left as it is; one that was only
// swept takes the late answer. An unspent claim gives its attempt back.
var finishSQL = `
UPDATE deliveries d SET
  state = u.state, claimed_at = NULL, due_at = u.due_at, parked_at = NULL, blocked_by = NULL, priority = CASE WHEN u.due_at IS NULL THEN d.priority ELSE greatest(d.priority, 2) END,
  attempt = CASE WHEN u.unspent THEN d.attempt - 1 ELSE d.attempt END,
  url = coalesce(nullif(u.url, ''), d.url), status_code = nullif(u.status_code, 0),
  duration_ms = CASE WHEN u.unspent THEN d.duration_ms ELSE u.duration_ms END,
  reason = nullif(u.reason, ''), detail = u.detail, updated_at = u.at,
  delivered_at = CASE WHEN u.state = 'delivered' THEN u.at END
FROM unnest($1::uuid[], $2::int[], $3::text[], $4::timestamptz[], $5::text[], $6::int[], $7::float8[], $8::text[], $9::text[],
            $10::timestamptz[], $11::bool[])
  AS u(id, number, state, due_at, url, status_code, duration_ms, reason, detail, at, unspent)
WHERE d.id = u.id AND d.attempt = u.number AND d.state IN ` + dispatch.UnfinishedSQL

// holdSQL holds the postbacks whose tracker said that the address is gone.
const holdSQL = `UPDATE postbacks SET hold_reason = 'GONE', updated_at = $2 WHERE id = ANY($1) AND hold_reason IS NULL`

// parkSQL puts deliveries back into the table that found no place at their
// endpoint: $1 ids, $2 attempts, $3 whether the circuit is open, $4 now, $5 the
// reason while it is. It gives those that are held from now on.
var parkSQL = `
WITH parked AS (
  UPDATE deliveries d SET parked_at = $4, updated_at = CASE WHEN u.held THEN $4 ELSE d.updated_at END,
    state = CASE WHEN u.held THEN 'held' ELSE d.state END, reason = CASE WHEN u.held THEN $5 ELSE d.reason END
  FROM unnest($1::uuid[], $2::int[], $3::bool[]) AS u(id, attempt, held)
  WHERE d.id = u.id AND d.attempt = u.attempt AND d.claimed_at IS NULL AND d.due_at IS NULL AND d.parked_at IS NULL
    AND d.blocked_by IS NULL AND d.state IN ` + dispatch.SendableSQL + `
  RETURNING d.id, u.held
)
SELECT id FROM parked WHERE held`

// dropJobsSQL takes jobs out of River whose outcome is written in the same
// transaction. A row less is cheaper than one that is kept as completed.
const dropJobsSQL = `DELETE FROM river_job WHERE id = ANY($1)`

// dueSQL moves what is due to those who wait for their endpoint: $1 now, $2 how
// many at most, $3 the reason of those whose circuit is open. It gives the ids of
// those whose state or reason changed, and null for the others. The window of what
// was gathered closes with it: from now on nothing joins.
var dueSQL = `
WITH due AS (
  SELECT id, EXISTS (SELECT FROM endpoints c WHERE c.endpoint = d.endpoint AND c.state IN ` + dispatch.HoldingSQL + `) AS held,
    gathers IS NOT NULL OR reason = 'GATHERING' AS gathered
  FROM deliveries d WHERE due_at <= $1 ORDER BY due_at LIMIT $2 FOR UPDATE OF d SKIP LOCKED
)
UPDATE deliveries d SET due_at = NULL, gathers = NULL, parked_at = $1, updated_at = CASE WHEN due.held OR due.gathered THEN $1 ELSE d.updated_at END,
  state = CASE WHEN due.held THEN 'held' ELSE d.state END,
  reason = CASE WHEN due.held THEN $3 WHEN due.gathered THEN NULL ELSE d.reason END
FROM due WHERE d.id = due.id
RETURNING CASE WHEN due.held OR due.gathered THEN d.id END`

// streamsSQL walks over the index of what is parked, from stream to stream (an
// endpoint and an affiliate), however much waits in each: $1 and $2 the stream
// after which to begin, $3 how many.
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

// promoteSQL takes the first of each stream out of the table: $1 endpoints, $2
// affiliates, $3 how many of each, $4 now. Rows that another process has locked
// are skipped.
const promoteSQL = `
WITH first AS (
  SELECT p.id, p.held FROM unnest($1::text[], $2::bigint[], $3::int[]) AS s(endpoint, affiliate_id, n)
  CROSS JOIN LATERAL (
    SELECT id, state = 'held' AS held FROM deliveries WHERE endpoint = s.endpoint AND affiliate_id = s.affiliate_id AND parked_at IS NOT NULL
    ORDER BY priority, id LIMIT s.n FOR UPDATE SKIP LOCKED
  ) p
)
UPDATE deliveries d SET parked_at = NULL, queued_at = now(), updated_at = CASE WHEN first.held THEN $4 ELSE d.updated_at END,
  state = CASE WHEN d.state <> 'held' THEN d.state ELSE ` + dispatch.WaitsSQL + ` END,
  reason = CASE WHEN first.held THEN NULL ELSE d.reason END
FROM first WHERE d.id = first.id
RETURNING d.id, d.attempt, d.endpoint, d.priority, d.affiliate_id, first.held`

// underWaySQL tells what became of deliveries that were promoted: those that are
// not among its rows have ended or wait for something else, and parked ones
// found no place.
var underWaySQL = `
SELECT id, parked_at IS NOT NULL FROM deliveries
WHERE id = ANY($1) AND due_at IS NULL AND blocked_by IS NULL AND state IN ` + dispatch.UnfinishedSQL

// holdParkedSQL says of what waits for the endpoint $1 that it is held, from the
// position $2 (affiliate), $3 (priority), $4 (id) on, $5 at most; $6 now, $7 the
// reason. It gives how far it came, and whether the row was changed.
const holdParkedSQL = `
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

// probeSQL takes the turn to probe $1, if it is anybody's: $2 now, $3 until when.
var probeSQL = `
UPDATE endpoints SET state = 'half_open', probe_at = $3, updated_at = $2
WHERE endpoint = $1 AND state IN ` + dispatch.HoldingSQL + ` AND probe_at <= $2`

// sweepSQL finds deliveries whose River job has been running for longer than $1, by
// the database's clock: its process hangs, if it lives. They become due at once ($2
// now). A claim that was spent comes back with its attempt.
var sweepSQL = `
WITH stuck AS (
  SELECT (queued ->> 'id')::uuid AS id, (queued ->> 'attempt')::int AS attempt
  FROM river_job, jsonb_array_elements(args -> 'deliveries') AS queued
  WHERE state = 'running' AND kind = 'deliver' AND attempted_at < now() - $1::interval
), swept AS (` + sweptSQL + `
    AND coalesce(d.claimed_at, d.queued_at) < now() - $1::interval
  FOR UPDATE OF d SKIP LOCKED)` + takeBackSQL

// sweptSQL finds the deliveries of stuck that are still where their job left them.
var sweptSQL = `
  SELECT d.id, d.claimed_at FROM deliveries d JOIN stuck s ON s.id = d.id
    AND (d.claimed_at IS NULL AND d.attempt = s.attempt OR d.claimed_at IS NOT NULL AND d.attempt = s.attempt + 1)
  WHERE d.state IN ` + dispatch.SendableSQL + ` AND d.due_at IS NULL AND d.parked_at IS NULL AND d.blocked_by IS NULL`

// retakeSQL is sweepSQL for the one delivery $3, whose claim $4 was left behind
// longer than $1 ago.
var retakeSQL = `
WITH swept AS (
  SELECT id, claimed_at FROM deliveries
  WHERE id = $3 AND attempt = $4 AND state IN ` + dispatch.SendableSQL + ` AND claimed_at < now() - $1::interval
  FOR UPDATE
)` + takeBackSQL

// claimedSQL tells whether the claim $2 of the delivery $1 still stands.
var claimedSQL = `
SELECT EXISTS (SELECT FROM deliveries WHERE id = $1 AND attempt = $2 AND claimed_at IS NOT NULL AND state IN ` + dispatch.SendableSQL + `)`

// takeBackSQL makes what was swept due.
const takeBackSQL = `
UPDATE deliveries d SET due_at = $2, claimed_at = NULL, updated_at = $2,
  state = CASE WHEN swept.claimed_at IS NULL THEN d.state ELSE 'retrying' END,
  reason = CASE WHEN swept.claimed_at IS NULL THEN d.reason ELSE 'INTERRUPTED' END,
  priority = CASE WHEN swept.claimed_at IS NULL THEN d.priority ELSE greatest(d.priority, 2) END
FROM swept, conversion_events e
WHERE d.id = swept.id AND e.id = d.event_id
RETURNING d.id, d.affiliate_id, d.version_id, d.attempt, swept.claimed_at, coalesce(d.macros, e.macros)`

// heldSQL locks postbacks, and tells which of them are on hold: until the
// caller's commit nobody resumes one.
const heldSQL = `
WITH locked AS (SELECT id, hold_reason FROM postbacks WHERE id = ANY($1) ORDER BY id FOR SHARE)
SELECT id FROM locked WHERE hold_reason IS NOT NULL`

// replaySQL makes the delivery $1 out of $2: version $3, endpoint $4, now $5 (by
// another clock than the database's, perhaps), priority $6.
const replaySQL = `
INSERT INTO deliveries (id, affiliate_id, postback_id, version_id, conversion_id, event_id, offer_id, campaign_id, click_id,
  transaction_id, goal, status, state, priority, endpoint, due_at, replay_of, test, created_at, updated_at, gathering_id, macros)
SELECT $1, affiliate_id, postback_id, $3, conversion_id, event_id, offer_id, campaign_id, click_id,
  transaction_id, goal, status, 'queued', $6, $4, least($5, now()), id, test, $5, $5, gathering_id, macros
FROM deliveries WHERE id = $2`
