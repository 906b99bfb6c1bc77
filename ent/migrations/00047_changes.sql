-- +goose Up

-- The feeds of changes (package feed): insert-only rows with the transaction that wrote them. A
-- column that is added without a default, and gets it afterwards, rewrites no table: rows from
-- before have none, and are read as older than all others.
ALTER TABLE conversion_events ADD COLUMN tx bigint;
ALTER TABLE conversion_events ALTER COLUMN tx SET DEFAULT txid_current();
CREATE INDEX conversion_events_tx ON conversion_events USING brin (tx) WITH (pages_per_range = 32, autosummarize = on);

-- The id of a change: a UUIDv7 of the database's clock to the microsecond, with a number of the
-- sequence, so that changes of one row sort as they were made.
CREATE SEQUENCE changes_number CACHE 1;
-- +goose StatementBegin
CREATE FUNCTION change_id() RETURNS uuid LANGUAGE sql VOLATILE AS $$
  SELECT (lpad(to_hex(us / 1000), 12, '0') || '7' || lpad(to_hex(us % 1000), 3, '0') || '8' || lpad(to_hex(nextval('changes_number')), 15, '0'))::uuid
  FROM (SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS us) AS now
$$;
-- +goose StatementEnd

-- A conversion whose player became known: no step of its lifecycle, but a change that is shown.
CREATE TABLE conversion_bindings (
  id uuid NOT NULL DEFAULT change_id(),
  affiliate_id bigint,
  conversion_id uuid NOT NULL,
  at timestamptz NOT NULL DEFAULT now(),
  tx bigint NOT NULL DEFAULT txid_current(),
  PRIMARY KEY (id)
);
CREATE INDEX conversion_bindings_tx ON conversion_bindings USING brin (tx) WITH (pages_per_range = 32, autosummarize = on);

-- Every state of a delivery that is shown. Kept as long as attempts.
CREATE TABLE delivery_changes (
  id uuid NOT NULL DEFAULT change_id(),
  affiliate_id bigint NOT NULL,
  delivery_id uuid NOT NULL,
  state text NOT NULL CHECK (state IN ('queued', 'retrying', 'delivered', 'failed', 'cancelled', 'held')),
  attempt bigint NOT NULL,
  at timestamptz NOT NULL DEFAULT now(),
  tx bigint NOT NULL DEFAULT txid_current(),
  PRIMARY KEY (id)
) PARTITION BY RANGE (id);
CREATE INDEX delivery_changes_tx ON delivery_changes USING brin (tx) WITH (pages_per_range = 32, autosummarize = on);
CREATE TABLE delivery_changes_default PARTITION OF delivery_changes DEFAULT;
-- The first months are made here: attaching one later fails the rows on their way to the default
-- partition at that moment.
-- +goose StatementBegin
DO $$
DECLARE
  month timestamp := date_trunc('month', now() AT TIME ZONE 'UTC');
BEGIN
  FOR i IN 0..3 LOOP
    EXECUTE format('CREATE TABLE %I PARTITION OF delivery_changes FOR VALUES FROM (%L) TO (%L)', 'delivery_changes_' || to_char(month, 'YYYY_MM'),
      uuid_floor(month AT TIME ZONE 'UTC'), uuid_floor((month + interval '1 month') AT TIME ZONE 'UTC'));
    month := month + interval '1 month';
  END LOOP;
END
$$;
-- +goose StatementEnd

-- The cluster that the stamps are of. A restored dump brings the ids of another one.
CREATE TABLE feed_home (
  one boolean NOT NULL DEFAULT true PRIMARY KEY CHECK (one),
  home text NOT NULL DEFAULT ''
);
INSERT INTO feed_home DEFAULT VALUES;

-- When a conversion was changed last. Those from before this migration have its time.
ALTER TABLE conversions ADD COLUMN updated_at timestamptz NOT NULL DEFAULT now();
