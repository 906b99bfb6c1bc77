-- +goose Up

-- A job has several deliveries: those that there are have one each. River's tables
-- are made after ours, so in a new database there is nothing to change yet.
-- +goose StatementBegin
DO $$ BEGIN
  IF to_regclass('river_job') IS NOT NULL THEN
    UPDATE river_job SET args = args - 'delivery_id' - 'attempt' || jsonb_build_object('deliveries',
      jsonb_build_array(jsonb_build_object('id', args -> 'delivery_id', 'attempt', args -> 'attempt')))
    WHERE kind = 'deliver' AND args ? 'delivery_id';
  END IF;
END $$;
-- +goose StatementEnd
