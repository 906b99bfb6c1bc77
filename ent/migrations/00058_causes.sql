-- +goose Up

-- What was wrong with a call, as one of a closed set: null where nothing was, and for calls of before.
-- What was tolerated in it, beside the reason. And whose click, player or conversion it named.
-- No check of the causes: it would read the whole log while no call can be written to it.
ALTER TABLE received_postbacks ADD cause text, ADD notes text[] NOT NULL DEFAULT '{}', ADD affiliate_id bigint;
