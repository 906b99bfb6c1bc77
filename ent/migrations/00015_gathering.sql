-- +goose Up

-- A postback may gather the conversions of one click for a while and tell of them
-- in one request.
ALTER TABLE postbacks
  ADD COLUMN further_goals jsonb NOT NULL DEFAULT '[]',
  ADD COLUMN gather_seconds bigint CHECK (gather_seconds BETWEEN 5 AND 86400),
  ADD CHECK (gather_seconds IS NOT NULL OR further_goals = '[]');
ALTER TABLE postback_versions
  ADD COLUMN further_goals jsonb NOT NULL DEFAULT '[]',
  ADD COLUMN gather_seconds bigint;

-- The window of a gathering is open while "gathers" says what may join; it closes
-- with due_at, which the promoter watches as for all that waits for a time.
ALTER TABLE deliveries
  ADD COLUMN gathering_id uuid,
  ADD COLUMN gathers text,
  ADD COLUMN macros jsonb,
  ADD CHECK (gathers IS NULL OR (due_at IS NOT NULL AND state = 'queued' AND gathering_id = id)),
  ADD CHECK (gathering_id IS NULL OR macros IS NOT NULL);
CREATE UNIQUE INDEX deliveries_gathers ON deliveries (gathers) WHERE gathers IS NOT NULL;

CREATE TABLE gathered_events (
  id uuid PRIMARY KEY,
  affiliate_id bigint NOT NULL REFERENCES affiliates (id),
  gathering_id uuid NOT NULL REFERENCES deliveries (id),
  conversion_id uuid NOT NULL REFERENCES conversions (id),
  event_id uuid NOT NULL REFERENCES conversion_events (id),
  left_at timestamptz,
  UNIQUE (gathering_id, conversion_id)
);
CREATE INDEX gathered_events_conversion_id ON gathered_events (conversion_id);
