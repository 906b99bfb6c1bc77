-- +goose Up

-- What waits for its endpoint waits here, by endpoint and affiliate: River holds
-- only what may run now.
ALTER TABLE deliveries
  ADD COLUMN parked_at timestamptz,
  ADD COLUMN follows boolean NOT NULL DEFAULT false,
  ADD COLUMN blocked_by uuid;
CREATE INDEX deliveries_parked ON deliveries (endpoint, affiliate_id, priority, id) WHERE parked_at IS NOT NULL;
CREATE INDEX deliveries_blocked_by ON deliveries (blocked_by) WHERE blocked_by IS NOT NULL;

-- By time alone: what is due is found past any number that is due later.
DROP INDEX deliveries_due;
CREATE INDEX deliveries_due ON deliveries (due_at) WHERE due_at IS NOT NULL;

-- The circuit of an endpoint, once it has opened. Without a row it is closed.
CREATE TABLE endpoints (
  endpoint text PRIMARY KEY,
  state text NOT NULL CHECK (state IN ('closed', 'open', 'half_open', 'recovering')),
  because text NOT NULL,
  opened_at timestamptz NOT NULL,
  probe_at timestamptz NOT NULL,
  probes int NOT NULL,
  successes int NOT NULL,
  updated_at timestamptz NOT NULL
);
CREATE INDEX endpoints_not_closed ON endpoints (state) WHERE state <> 'closed';

-- The processes that deliver, and which of them promotes.
CREATE TABLE workers (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  slots int NOT NULL,
  started_at timestamptz NOT NULL,
  seen_at timestamptz NOT NULL
);
CREATE TABLE promoter (
  single boolean PRIMARY KEY DEFAULT true CHECK (single),
  worker_id uuid NOT NULL,
  until timestamptz NOT NULL
);
INSERT INTO promoter (worker_id, until) VALUES ('00000000-0000-0000-0000-000000000000', '-infinity');
