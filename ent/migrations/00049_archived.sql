-- +goose Up

-- What is archived is hidden from lists and choices, and its history stays. An archived campaign or
-- offer is paused, an archived integration disabled: clicks and calls are answered as they were then.
ALTER TABLE affiliates ADD archived_at timestamptz;
ALTER TABLE campaigns ADD archived_at timestamptz, ADD CHECK (archived_at IS NULL OR state = 'paused');
ALTER TABLE offers ADD archived_at timestamptz, ADD CHECK (archived_at IS NULL OR state = 'paused');
ALTER TABLE landing_pages ADD archived_at timestamptz;
ALTER TABLE goals ADD archived_at timestamptz;
ALTER TABLE integrations ADD archived_at timestamptz, ADD CHECK (archived_at IS NULL OR NOT enabled);
