-- +goose Up

-- Reports of goals that nobody has mapped yet. Each is recorded once somebody does, as of its time,
-- and waits again when the mapping is undone.
CREATE TABLE unmapped_reports (
  id uuid NOT NULL,
  received_at timestamptz NOT NULL,
  integration_id bigint NOT NULL REFERENCES integrations (id),
  word text NOT NULL,
  key text NOT NULL,
  report jsonb NOT NULL,
  refused text NOT NULL DEFAULT '',
  recorded_at timestamptz,
  conversion_id uuid,
  PRIMARY KEY (id)
);
CREATE UNIQUE INDEX unmapped_reports_integration_id_key ON unmapped_reports (integration_id, key);
CREATE INDEX unmapped_reports_waiting ON unmapped_reports (integration_id, word, id) WHERE recorded_at IS NULL;
CREATE INDEX unmapped_reports_recorded ON unmapped_reports (integration_id, word, id) WHERE recorded_at IS NOT NULL;
