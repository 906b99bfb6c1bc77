-- +goose Up

-- A postback may ask to be told of corrections: of an amount, a currency, a time or a
-- payout that changes while the status stays.
ALTER TABLE postbacks ADD COLUMN send_corrections boolean NOT NULL DEFAULT false;
ALTER TABLE postback_versions ADD COLUMN send_corrections boolean NOT NULL DEFAULT false;
