-- +goose Up

-- Partitions are made and dropped by the program (internal/pg/partition.go): one
-- at a time, attached, and with a limit to how long it waits for a lock.
-- CREATE TABLE … PARTITION OF waits for every reader of the whole table, and every
-- click waits behind it.
DROP FUNCTION make_partitions(timestamptz, timestamptz);
DROP FUNCTION drop_partitions(text, timestamptz);
