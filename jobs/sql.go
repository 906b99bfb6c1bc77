package jobs

// claimSQL takes deliveries for one attempt each: $1 ids, $2 how many attempts
// each had, $3 now. It changes no indexed column, so the updates stay in their
// rows' pages.
const claimSQL = `
WITH claimed AS (
  UPDATE deliveries d SET attempt = d.attempt + 1, claimed_at = $3, first_attempt_at = coalesce(d.first_attempt_at, $3)
  FROM unnest($1::uuid[], $2::int[]) AS u(id, attempt)
  WHERE d.id = u.id AND d.attempt = u.attempt AND d.claimed_at IS NULL AND d.due_at IS NULL AND d.state IN ('queued', 'retrying')
  RETURNING d.id, d.affiliate_id, d.postback_id, d.version_id, d.event_id, d.attempt, d.endpoint, d.goal, d.created_at
)
SELECT c.id, c.affiliate_id, c.postback_id, c.version_id, c.attempt, c.endpoint, c.goal, c.created_at,
       p.hold_reason IS NOT NULL, p.deleted_at IS NOT NULL, e.macros
FROM claimed c JOIN postbacks p ON p.id = c.postback_id JOIN conversion_events e ON e.id = c.event_id`

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
       request_headers, request_body, response_headers, response_body, response_truncated, timings)`

// finishSQL writes what a batch of attempts came to. A delivery that has moved
// on (swept and claimed anew, cancelled) is left as it is; one that was only
// swept takes the late answer. An unspent claim gives its attempt back.
const finishSQL = `
UPDATE deliveries d SET
  state = u.state, claimed_at = NULL, due_at = u.due_at, priority = CASE WHEN u.due_at IS NULL THEN d.priority ELSE greatest(d.priority, 2) END,
  attempt = CASE WHEN u.unspent THEN d.attempt - 1 ELSE d.attempt END,
  url = coalesce(nullif(u.url, ''), d.url), status_code = nullif(u.status_code, 0),
  duration_ms = CASE WHEN u.unspent THEN d.duration_ms ELSE u.duration_ms END,
  reason = nullif(u.reason, ''), detail = u.detail, updated_at = u.at,
  delivered_at = CASE WHEN u.state = 'delivered' THEN u.at END
FROM unnest($1::uuid[], $2::int[], $3::text[], $4::timestamptz[], $5::text[], $6::int[], $7::float8[], $8::text[], $9::text[],
            $10::timestamptz[], $11::bool[])
  AS u(id, number, state, due_at, url, status_code, duration_ms, reason, detail, at, unspent)
WHERE d.id = u.id AND d.attempt = u.number AND d.state IN ('queued', 'retrying')`

// holdSQL holds the postbacks whose tracker said that the address is gone.
const holdSQL = `UPDATE postbacks SET hold_reason = 'GONE', updated_at = $2 WHERE id = ANY($1) AND hold_reason IS NULL`

// promoteSQL takes what is due out of the table: $1 now, $2 how many at most.
// Rows that another node is promoting are skipped.
const promoteSQL = `
WITH due AS (
  SELECT id FROM deliveries WHERE due_at <= $1 ORDER BY priority, due_at LIMIT $2 FOR UPDATE SKIP LOCKED
)
UPDATE deliveries d SET due_at = NULL, queued_at = $1 FROM due WHERE d.id = due.id
RETURNING d.id, d.attempt, d.endpoint, d.priority`

// sweepSQL finds deliveries whose River job has been running since before $1:
// its process is dead. They become due at once ($2 now). A claim that was spent
// comes back with its attempt.
const sweepSQL = `
WITH stuck AS (
  SELECT DISTINCT (args ->> 'delivery_id')::uuid AS id FROM river_job
  WHERE state = 'running' AND kind = 'deliver' AND attempted_at < $1
), swept AS (
  SELECT d.id, d.claimed_at FROM deliveries d JOIN stuck s ON s.id = d.id
  WHERE d.state IN ('queued', 'retrying') AND d.due_at IS NULL AND coalesce(d.claimed_at, d.queued_at) < $1
  FOR UPDATE OF d SKIP LOCKED
)` + takeBackSQL

// retakeSQL is sweepSQL for the one delivery $3, whose claim $4 was left behind
// before $1.
const retakeSQL = `
WITH swept AS (
  SELECT id, claimed_at FROM deliveries
  WHERE id = $3 AND attempt = $4 AND state IN ('queued', 'retrying') AND claimed_at < $1
  FOR UPDATE
)` + takeBackSQL

// claimedSQL tells whether the claim $2 of the delivery $1 still stands.
const claimedSQL = `
SELECT EXISTS (SELECT FROM deliveries WHERE id = $1 AND attempt = $2 AND claimed_at IS NOT NULL AND state IN ('queued', 'retrying'))`

// takeBackSQL makes what was swept due.
const takeBackSQL = `
UPDATE deliveries d SET due_at = $2, claimed_at = NULL, updated_at = $2,
  state = CASE WHEN swept.claimed_at IS NULL THEN d.state ELSE 'retrying' END,
  reason = CASE WHEN swept.claimed_at IS NULL THEN d.reason ELSE 'INTERRUPTED' END,
  priority = CASE WHEN swept.claimed_at IS NULL THEN d.priority ELSE greatest(d.priority, 2) END
FROM swept, conversion_events e
WHERE d.id = swept.id AND e.id = d.event_id
RETURNING d.id, d.affiliate_id, d.version_id, d.attempt, swept.claimed_at, e.macros`

// heldSQL locks postbacks, and tells which of them are on hold: until the
// caller's commit nobody resumes one.
const heldSQL = `
WITH locked AS (SELECT id, hold_reason FROM postbacks WHERE id = ANY($1) ORDER BY id FOR SHARE)
SELECT id FROM locked WHERE hold_reason IS NOT NULL`

// replaySQL makes the delivery $1 out of $2: version $3, endpoint $4, now $5,
// priority $6.
const replaySQL = `
INSERT INTO deliveries (id, affiliate_id, postback_id, version_id, conversion_id, event_id, offer_id, campaign_id, click_id,
  transaction_id, goal, status, state, priority, endpoint, due_at, replay_of, test, created_at, updated_at)
SELECT $1, affiliate_id, postback_id, $3, conversion_id, event_id, offer_id, campaign_id, click_id,
  transaction_id, goal, status, 'queued', $6, $4, $5, id, test, $5, $5
FROM deliveries WHERE id = $2`
