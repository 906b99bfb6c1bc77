-- +goose Up

-- On hold, everything works and nothing leaves to trackers. A copy of a database
-- is told by what its cluster is called and by its own number there: what is
-- remembered here is where the installation ran last, null before its first start.
ALTER TABLE installation
  ADD COLUMN hold_reason text CHECK (hold_reason IN ('asked', 'setting', 'copy')),
  ADD COLUMN hold_since timestamptz,
  ADD COLUMN hold_note text NOT NULL DEFAULT '', -- for whoever runs it
  ADD COLUMN setting_until timestamptz, -- until then a process with POSTRIDER_HOLD is taken to run
  ADD COLUMN system_identifier text,
  ADD COLUMN timeline bigint,
  ADD COLUMN database_oid bigint,
  ADD CHECK ((hold_reason IS NULL) = (hold_since IS NULL));

CREATE TRIGGER notify_config AFTER UPDATE OF hold_reason ON installation FOR EACH STATEMENT EXECUTE FUNCTION notify_config();
