-- +goose Up

-- What was done under a key of a mutation (package idempotency), for 24 hours. The row is written
-- by the transaction that does the work, and gets its payload afterwards: without one, the payload
-- is made again from what the row names.
CREATE TABLE idempotency_keys (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id bigint NOT NULL,
  token_id bigint NOT NULL,     -- 0 for the user's sessions
  affiliate_id bigint NOT NULL, -- the user's at that time; 0 for staff
  key text NOT NULL,
  owner uuid NOT NULL,          -- the call that has the key: another one's write is refused
  mutation text NOT NULL,
  input_hash bytea NOT NULL,
  made jsonb NOT NULL DEFAULT '[]',
  secret bytea,                 -- sealed: what the payload shows once
  payload jsonb,
  created_at timestamptz NOT NULL,
  UNIQUE (user_id, token_id, affiliate_id, key)
);
CREATE INDEX idempotency_keys_created ON idempotency_keys (created_at);
