-- +goose Up

-- The built-in event dictionary. commission.BuiltInGoals says the same: a test compares the two.
INSERT INTO goals (key, name, trigger, once_per_player, billable, reversible, statuses, parameters, timestamp_standard, built_in, position) VALUES
  ('registration', 'Registration', 'The player opens an account at the operator.', true, true, true,
   '["pending","approved","rejected","cancelled"]', '["occurred_at","status"]',
   'when it happened at the operator, UTC; RFC 3339 or Unix seconds', true, 1),
  ('kyc', 'KYC approved', 'The operator has verified who the player is.', true, false, true,
   '["pending","approved","rejected","cancelled"]', '["occurred_at","status"]',
   'when it happened at the operator, UTC; RFC 3339 or Unix seconds', true, 2),
  ('ftd', 'First Time Deposit', 'The player''s first deposit has arrived.', true, true, true,
   '["pending","approved","rejected","cancelled"]', '["transaction_id","amount","currency","occurred_at","status"]',
   'when it happened at the operator, UTC; RFC 3339 or Unix seconds', true, 3),
  ('deposit', 'Deposit', 'A deposit of the player has arrived; each has a transaction id.', false, false, true,
   '["pending","approved","rejected","cancelled"]', '["transaction_id","amount","currency","occurred_at","status"]',
   'when it happened at the operator, UTC; RFC 3339 or Unix seconds', true, 4),
  ('cpa', 'CPA', 'The player meets everything that the offer asks of a qualified player.', true, true, true,
   '["pending","approved","rejected","cancelled"]', '["transaction_id","amount","currency","occurred_at","status"]',
   'when the last condition was met, UTC; RFC 3339 or Unix seconds', true, 5),
  ('net_revenue', 'Net revenue', 'The operator reports what it earned from the player in a period; it can be negative.', false, true, true,
   '["pending","approved","rejected","cancelled"]', '["transaction_id","amount","currency","occurred_at","status"]',
   'the end of the period, UTC; RFC 3339 or Unix seconds', true, 6);
