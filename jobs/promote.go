package jobs

import (
	"context"
	"fmt"

	"github.com/gofrs/uuid/v5"
	"github.com/jackc/pgx/v5"

	"postrider/dispatch"
)

// promoteBatch is how many deliveries one transaction moves into River.
const promoteBatch = 500

// promote moves what is due from the table into River, until nothing is.
func (e *Engine) promote(ctx context.Context) error {
	for {
		n, err := e.promoteSome(ctx)
		if err != nil {
			return err
		}
		if n < promoteBatch {
			return nil
		}
	}
}

func (e *Engine) promoteSome(ctx context.Context) (int, error) {
	var due []dispatch.Due
	err := pgx.BeginFunc(ctx, e.Pool.Pgx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, promoteSQL, e.Now().UTC(), promoteBatch)
		if err != nil {
			return fmt.Errorf("finding what is due: %w", err)
		}
		due, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (dispatch.Due, error) {
			var d dispatch.Due
			var id uuid.UUID
			err := row.Scan(&id, &d.Attempt, &d.Endpoint, &d.Priority)
			d.DeliveryID = id
			return d, err
		})
		if err != nil || len(due) == 0 {
			return err
		}
		_, err = e.river.InsertManyFastTx(ctx, tx, jobParams(due))
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("promoting what is due: %w", err)
	}
	return len(due), nil
}
