-- +goose Up

-- An attribution by staff can be undone. The conversion stays its affiliate's, rejected or
-- cancelled, and another one, unattributed, stands for the operator's call.
ALTER TABLE conversions ADD undone_at timestamptz, ADD replaced_by uuid REFERENCES conversions (id);
CREATE UNIQUE INDEX conversions_replaced_by ON conversions (replaced_by) WHERE replaced_by IS NOT NULL;

-- What was undone makes no other conversion a duplicate.
CREATE UNIQUE INDEX conversions_transaction_counted ON conversions (integration_id, goal, transaction_id)
  WHERE transaction_id IS NOT NULL AND undone_at IS NULL;
DROP INDEX conversions_transaction;
ALTER INDEX conversions_transaction_counted RENAME TO conversions_transaction;

-- The conversion whose attribution by staff bound the player to its click; null if an operator's
-- call did.
ALTER TABLE players ADD bound_by uuid;

-- Which places of daily caps a conversion took.
CREATE TABLE cap_places (
  conversion_id uuid NOT NULL REFERENCES conversions (id) ON DELETE CASCADE,
  kind text NOT NULL CHECK (kind IN ('offer', 'campaign')),
  ref bigint NOT NULL,
  day date NOT NULL,
  PRIMARY KEY (conversion_id, kind)
);
