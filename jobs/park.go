package jobs

import (
	"context"
	"fmt"

	"github.com/gofrs/uuid/v5"
	"github.com/jackc/pgx/v5"

	"postrider/dispatch"
	"postrider/internal/pg"
)

// parking is a job that found no place at its endpoint: its delivery goes back
// to the table, and waits there for the promoter.
type parking struct {
	job  int64
	key  claimKey
	held bool // because the circuit is open
}

// parkAll puts deliveries back that share a commit.
func (e *Engine) parkAll(ctx context.Context, batch []parking) error {
	ids, attempts := make(pg.UUIDs, len(batch)), make([]int32, len(batch))
	held, jobs := make([]bool, len(batch)), make([]int64, len(batch))
	for i, p := range batch {
		ids[i], attempts[i] = p.key.delivery, int32(p.key.attempt) //nolint:gosec // an attempt's number is small
		held[i], jobs[i] = p.held, p.job
	}
	return pgx.BeginFunc(ctx, e.Pool.Pgx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, parkSQL, ids, attempts, held, e.Now().UTC(), dispatch.CircuitOpen)
		if err != nil {
			return fmt.Errorf("parking %d deliveries: %w", len(ids), err)
		}
		changed, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
		if err != nil {
			return fmt.Errorf("parking %d deliveries: %w", len(ids), err)
		}
		if _, err := tx.Exec(ctx, dropJobsSQL, jobs); err != nil {
			return fmt.Errorf("dropping %d jobs: %w", len(jobs), err)
		}
		return notify(ctx, tx, changed)
	})
}
