-- +goose Up

-- What the operator says that it pays for a conversion. Only staff see it.
ALTER TABLE conversions ADD reported_payout numeric, ADD reported_payout_currency text NOT NULL DEFAULT '';
