-- +goose Up

-- Negative carryover, attribution window, clawback window, minimum cumulative deposit.
ALTER TABLE deals RENAME carry_over TO negative_carryover;
ALTER TABLE offers RENAME click_window_days TO attribution_window_days;
UPDATE offers SET qualification = (qualification - 'minSum' - 'holdDays')
  || jsonb_build_object('minCumulativeDeposit', qualification -> 'minSum', 'clawbackDays', qualification -> 'holdDays')
WHERE jsonb_typeof(qualification) = 'object';

-- A daily cap is used, not taken.
ALTER TABLE cap_days RENAME taken TO used;

-- An exchange rate: what one unit of the base (EUR) buys of the quote, from a time on.
ALTER TABLE currency_rates RENAME TO exchange_rates;
ALTER TABLE exchange_rates RENAME currency TO quote;
ALTER TABLE exchange_rates RENAME per_euro TO rate;
ALTER INDEX currency_rates_pkey RENAME TO exchange_rates_pkey;
ALTER INDEX currency_rates_currency_valid_from RENAME TO exchange_rates_quote_valid_from;
ALTER SEQUENCE currency_rates_id_seq RENAME TO exchange_rates_id_seq;
