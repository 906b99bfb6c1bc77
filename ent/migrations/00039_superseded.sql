-- +goose Up

-- A replay takes the place of the delivery that it sends again.
ALTER TABLE deliveries ADD COLUMN superseded_by uuid;

-- A delivery and its replays, in their order, are one history, in which replays that were cancelled
-- have no part. Each is superseded by the first delivered one after it, or else by the last one.
CREATE TEMPORARY TABLE replay_histories ON COMMIT DROP AS
WITH RECURSIVE histories AS (
  SELECT d.id, d.id AS first, d.state FROM deliveries d
  WHERE d.replay_of IS NULL AND EXISTS (SELECT FROM deliveries r WHERE r.replay_of = d.id)
  UNION ALL
  SELECT r.id, h.first, r.state FROM histories h JOIN deliveries r ON r.replay_of = h.id
)
SELECT id, first, state FROM histories WHERE id = first OR state <> 'cancelled';

UPDATE deliveries d SET superseded_by = h.later FROM (
  SELECT id, coalesce(
    min(id::text) FILTER (WHERE state = 'delivered') OVER (PARTITION BY first ORDER BY id ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING),
    max(id::text) OVER (PARTITION BY first ORDER BY id ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING))::uuid AS later
  FROM replay_histories
) h WHERE d.id = h.id AND h.later IS NOT NULL;

CREATE INDEX deliveries_superseded_by ON deliveries (superseded_by) WHERE superseded_by IS NOT NULL;

-- What failed or was cancelled, and no replay stands for it: what is counted as failed, and what a
-- bulk replay sends. It is null in every other row, so that the attempts of a delivery that ends
-- well still touch no index. For a replay that was cancelled its original stands, and an empty
-- window has nothing to send. Adding it rewrites the table.
ALTER TABLE deliveries ADD COLUMN unresolved boolean GENERATED ALWAYS AS (
  CASE WHEN superseded_by IS NULL AND NOT test
    AND (state = 'failed' OR state = 'cancelled' AND replay_of IS NULL AND reason IS DISTINCT FROM 'NOTHING_LEFT') THEN true END) STORED;
CREATE INDEX deliveries_unresolved ON deliveries (affiliate_id, id) WHERE unresolved;
