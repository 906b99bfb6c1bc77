-- +goose Up

-- What went out empty is kept with the attempt, and what makes a delivery worthless to the
-- tracker with the delivery: without its click id it cannot attribute the conversion.
ALTER TABLE attempts ADD COLUMN empty_macros jsonb;
ALTER TABLE deliveries ADD COLUMN warning text;
CREATE INDEX deliveries_with_warning ON deliveries (affiliate_id, id) WHERE warning IS NOT NULL;
