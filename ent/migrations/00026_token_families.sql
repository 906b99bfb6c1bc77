-- +goose Up

-- Sessions of a user that were opened under another number are over, for good.
ALTER TABLE users ADD COLUMN session_generation bigint NOT NULL DEFAULT 0;

-- The token that a token was made with, and ends with.
ALTER TABLE api_tokens
  ADD COLUMN parent_id bigint,
  ADD FOREIGN KEY (parent_id) REFERENCES api_tokens (id) ON DELETE CASCADE;
CREATE INDEX api_tokens_parent_id ON api_tokens (parent_id);

-- Of tokens that there are already the audit log knows it. Nothing is ended here;
-- from now on they end with the one that they were made with.
UPDATE api_tokens t SET parent_id = e.token_id
FROM audit_entries e
WHERE e.entity = 'api_token' AND e.action = 'create' AND e.entity_id = t.id::text
  AND e.token_id IN (SELECT id FROM api_tokens) AND e.token_id < t.id;
