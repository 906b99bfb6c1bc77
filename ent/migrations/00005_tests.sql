-- +goose Up

-- A test is a delivery like any other in the log, but of no conversion, and of no
-- postback where it was fired before one was saved.
ALTER TABLE deliveries
  ALTER COLUMN postback_id DROP NOT NULL,
  ALTER COLUMN version_id DROP NOT NULL,
  ALTER COLUMN conversion_id DROP NOT NULL,
  ALTER COLUMN event_id DROP NOT NULL,
  ALTER COLUMN offer_id DROP NOT NULL,
  ADD CHECK (test OR (postback_id IS NOT NULL AND version_id IS NOT NULL AND conversion_id IS NOT NULL AND event_id IS NOT NULL AND offer_id IS NOT NULL));

-- What was asked for in a test; what became of it is the delivery and attempt of the same id.
CREATE TABLE postback_tests (
  id uuid NOT NULL,
  affiliate_id bigint NOT NULL,
  postback_id bigint,
  user_id bigint,
  url_template text NOT NULL,
  method text NOT NULL,
  macros jsonb NOT NULL,
  scenario text,
  run_id uuid,
  PRIMARY KEY (id),
  CHECK (method IN ('GET', 'POST')),
  FOREIGN KEY (affiliate_id) REFERENCES affiliates (id),
  FOREIGN KEY (postback_id) REFERENCES postbacks (id)
);
CREATE INDEX postback_tests_affiliate_id_id ON postback_tests (affiliate_id, id);
CREATE INDEX postback_tests_postback_id_id ON postback_tests (postback_id, id);
CREATE INDEX postback_tests_run_id ON postback_tests (run_id) WHERE run_id IS NOT NULL;
