-- +goose Up

-- The names that affiliate marketing uses. A name that staff have changed stays theirs; the keys stay.
UPDATE goals SET name = 'FTD' WHERE key = 'ftd' AND name = 'First Time Deposit';
UPDATE goals SET name = 'NGR' WHERE key = 'net_revenue' AND name = 'Net revenue';
