-- +goose Up

-- Conversions by the clocks that are not their keys', by integration and by amount: for staff, who see
-- all of them, and for an affiliate among its own.
CREATE INDEX conversions_integration_id_id ON conversions (integration_id, id);
CREATE INDEX conversions_occurred_at_id ON conversions (occurred_at, id);
CREATE INDEX conversions_affiliate_id_occurred_at_id ON conversions (affiliate_id, occurred_at, id);
CREATE INDEX conversions_updated_at_id ON conversions (updated_at, id);
CREATE INDEX conversions_affiliate_id_updated_at_id ON conversions (affiliate_id, updated_at, id);
CREATE INDEX conversions_currency_amount ON conversions (currency, amount) WHERE amount IS NOT NULL;
CREATE INDEX conversions_affiliate_id_currency_amount ON conversions (affiliate_id, currency, amount) WHERE amount IS NOT NULL;
