-- +goose Up

-- What the database knows of the installation that it belongs to: one row.
CREATE TABLE installation (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  -- The key of digests that are searched for, sealed. The first process that
  -- starts makes it, and each one after that has to open it: so a wrong key is
  -- seen before anything is sealed with it.
  lookup_key bytea,
  key_id text, -- of the key that it is sealed with
  CHECK ((lookup_key IS NULL) = (key_id IS NULL))
);
INSERT INTO installation DEFAULT VALUES;
