-- +goose Up

-- Drops the partitions of a table whose every row is older, and gives their
-- names. What landed in the default partition is deleted row by row.
-- +goose StatementBegin
CREATE FUNCTION drop_partitions(parent text, before timestamptz) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
  child text;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('postrider.make_partitions'));
  FOR child IN
    SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = parent::regclass AND c.relname ~ '_[0-9]{4}_[0-9]{2}$'
      AND to_date(right(c.relname, 7), 'YYYY_MM') + interval '1 month' <= before AT TIME ZONE 'UTC'
  LOOP
    EXECUTE format('DROP TABLE %I', child);
    RETURN NEXT child;
  END LOOP;
  EXECUTE format('DELETE FROM %I WHERE id < uuid_floor(%L)', parent || '_default', before);
END
$$;
-- +goose StatementEnd
