-- +goose Up

-- The template of what the operator runs: the key of an entry of package platforms.
ALTER TABLE integrations ADD platform text NOT NULL DEFAULT 'generic' CHECK (length(platform) <= 100);
