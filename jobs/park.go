package jobs

import (
	"context"
	"fmt"
	"slices"

	"github.com/gofrs/uuid/v5"
	"github.com/jackc/pgx/v5"

	"postrider/dispatch"
)

// parking is deliveries of a job that found no place at their endpoint: they go
// back to the table, and wait there for the promoter.
type parking struct {
	run        *run
	deliveries []Queued
	held       bool // because the circuit is open
}

// parkAll puts deliveries back that share a commit.
func (e *Engine) parkAll(ctx context.Context, batch []parking) error {
	var queued []Queued
	var held []bool
	var runs []*run
	for _, p := range batch {
		queued = append(queued, p.deliveries...)
		held = append(held, slices.Repeat([]bool{p.held}, len(p.deliveries))...)
		runs = append(runs, slices.Repeat([]*run{p.run}, len(p.deliveries))...)
	}
	ids, attempts := columns(slices.Values(queued))
	err := pgx.BeginFunc(ctx, e.Pool.Pgx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, parkSQL, ids, attempts, held, e.Now().UTC(), dispatch.CircuitOpen)
		if err != nil {
			return fmt.Errorf("parking %d deliveries: %w", len(ids), err)
		}
		changed, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
		if err != nil {
			return fmt.Errorf("parking %d deliveries: %w", len(ids), err)
		}
		if jobs := ending(runs); len(jobs) > 0 {
			if _, err := tx.Exec(ctx, dropJobsSQL, jobs); err != nil {
				return fmt.Errorf("dropping %d jobs: %w", len(jobs), err)
			}
		}
		return notify(ctx, tx, changed)
	})
	if err == nil {
		ended(runs)
	}
	return err
}
