-- +goose Up

-- How the process that began to serve last is reached: what `postrider demo --json`
-- prints links with, where it is not told itself.
ALTER TABLE installation ADD COLUMN public_url text;
