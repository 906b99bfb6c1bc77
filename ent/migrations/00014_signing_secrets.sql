-- +goose Up

-- While a signing secret is being changed, POSTs are signed with both.
ALTER TABLE postbacks
  ADD COLUMN retired_signing_secret bytea,
  ADD COLUMN retired_signing_secret_until timestamptz,
  ADD CHECK ((retired_signing_secret IS NULL) = (retired_signing_secret_until IS NULL));
