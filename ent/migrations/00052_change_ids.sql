-- +goose Up

-- The id of a change, as one expression, which PostgreSQL inlines where rows are inserted: a third
-- of the time. It is a UUIDv7 of the database's clock, whose next 12 bits are the fraction of its
-- millisecond, with a number of the sequence, so that changes of one row sort as they were made.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION change_id() RETURNS uuid LANGUAGE sql VOLATILE AS $$
  SELECT (overlay(lpad(to_hex((date_part('epoch', clock_timestamp()) * 1000 * 4096)::bigint), 15, '0') PLACING '7' FROM 13 FOR 0)
    || '8' || lpad(to_hex(nextval('changes_number')), 15, '0'))::uuid
$$;
-- +goose StatementEnd
