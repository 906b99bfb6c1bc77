-- +goose Up

-- The code of a currency may be a coin's: USDT, MATIC. What a conversion is in may also be a code that
-- nobody knows, and has a rate nonetheless once staff enter it.
ALTER TABLE offers
  DROP CONSTRAINT offers_currency_check,
  ADD CONSTRAINT offers_currency_check CHECK (currency ~ '^[A-Z0-9]{2,12}$');
ALTER TABLE integrations
  DROP CONSTRAINT sources_currency_check,
  ADD CONSTRAINT integrations_currency_check CHECK (currency ~ '^([A-Z0-9]{2,12})?$');
ALTER TABLE exchange_rates
  DROP CONSTRAINT currency_rates_currency_check,
  ADD CONSTRAINT exchange_rates_quote_check CHECK (quote ~ '^[A-Z0-9]{2,12}$' AND quote <> 'EUR');
