package pg

import (
	"context"
	"database/sql"
	"fmt"
)

// River's tables, tuned for the delivery engine: its jobs are small, live for milliseconds, are
// all of one kind, are never searched by their arguments, and wait in our own table, so the
// index on the kind and the two GIN indexes cost much and help nothing.
const (
	riverIsTuned = `
SELECT to_regclass('river_job_args_index') IS NULL
   AND to_regclass('river_job_metadata_index') IS NULL
   AND to_regclass('river_job_kind') IS NULL
   AND to_regclass('river_job_waiting_index') IS NOT NULL
   AND coalesce((SELECT reloptions @> ARRAY['fillfactor=70', 'autovacuum_vacuum_scale_factor=0.01',
                                            'autovacuum_vacuum_insert_scale_factor=0.01', 'autovacuum_analyze_scale_factor=0.01']
                 FROM pg_class WHERE oid = to_regclass('river_job')), false)`

	riverTuning = `
DROP INDEX IF EXISTS river_job_args_index;
DROP INDEX IF EXISTS river_job_metadata_index;
DROP INDEX IF EXISTS river_job_kind;
CREATE INDEX IF NOT EXISTS river_job_waiting_index ON river_job (state, scheduled_at)
    WHERE state IN ('retryable', 'scheduled');
ALTER TABLE river_job SET (
    fillfactor = 70,
    autovacuum_vacuum_scale_factor = 0.01,
    autovacuum_vacuum_insert_scale_factor = 0.01,
    autovacuum_analyze_scale_factor = 0.01
);`
)

// tuneRiver applies riverTuning unless it is already applied: even statements that change
// nothing take locks, which would slow down a running engine at every start.
func tuneRiver(ctx context.Context, db *sql.DB) error {
	var tuned bool
	if err := db.QueryRowContext(ctx, riverIsTuned).Scan(&tuned); err != nil {
		return fmt.Errorf("tuning River's tables: %w", err)
	}
	if tuned {
		return nil
	}
	return WithTx(ctx, db, func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, riverTuning); err != nil {
			return fmt.Errorf("tuning River's tables: %w", err)
		}
		return nil
	})
}
