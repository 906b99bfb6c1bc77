-- +goose Up

-- What an operator does not say: which status a report without one has, and whether reports of
-- repeatable goals without a transaction id are told apart by click, amount and minute.
ALTER TABLE integrations ADD default_statuses jsonb NOT NULL DEFAULT '{}', ADD tell_apart boolean NOT NULL DEFAULT false;
