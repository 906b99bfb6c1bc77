-- +goose Up

-- How many conversions that pay a day (of UTC) takes; null for any number.
ALTER TABLE offers ADD COLUMN daily_cap bigint CHECK (daily_cap > 0);
ALTER TABLE campaigns ADD COLUMN daily_cap bigint CHECK (daily_cap > 0);

-- What came over a cap is kept, and pays nothing.
ALTER TABLE conversions ADD COLUMN capped_by text NOT NULL DEFAULT '' CHECK (capped_by IN ('', 'offer', 'campaign'));

-- How full each capped day is. Whoever takes a place locks its row until it
-- commits: two that arrive together cannot both have the last one.
CREATE TABLE cap_days (
  kind text NOT NULL CHECK (kind IN ('offer', 'campaign')),
  ref bigint NOT NULL,
  day date NOT NULL,
  taken bigint NOT NULL CHECK (taken >= 0),
  PRIMARY KEY (kind, ref, day)
);
