-- +goose Up

-- An affiliate's manager is whom its pages name where they say "ask your manager".
ALTER TABLE users ADD name text NOT NULL DEFAULT '';
ALTER TABLE affiliates ADD manager_id bigint REFERENCES users (id);
