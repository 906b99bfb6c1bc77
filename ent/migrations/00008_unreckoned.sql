-- +goose Up

-- What waits for a currency's rate is few among many.
CREATE INDEX conversions_unreckoned ON conversions (currency) WHERE payout IS NULL AND terms IS NOT NULL;
