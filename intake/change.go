package intake

import (
	"context"
	"database/sql"
	"errors"

	"github.com/gofrs/uuid/v5"
	"github.com/lib/pq"

	"postrider/idempotency"
	"postrider/internal/globalid"
	"postrider/internal/pg"
	"postrider/internal/problem"
)

// changeOne runs do on one conversion, whose row is locked.
func (r *recorder) changeOne(ctx context.Context, id uuid.UUID, do func(ctx context.Context, ch *changes, c *conversion) error) error {
	return r.change(ctx, func(ctx context.Context, ch *changes) error {
		c, err := findConversion(ctx, ch.tx, `id = $1`, id)
		if errors.Is(err, sql.ErrNoRows) {
			return problem.NotFound("there is no such conversion")
		}
		if err != nil {
			return err
		}
		if err := do(ctx, ch, c); err != nil {
			return err
		}
		done := idempotency.Done{IDs: []string{globalid.UUID("Conversion", c.ID)}}
		if c.ReplacedBy.Valid {
			done.IDs = append(done.IDs, globalid.UUID("Conversion", c.ReplacedBy.UUID))
		}
		return idempotency.From(ctx).Done(ch.tx, done)
	})
}

// move moves a conversion along its lifecycle.
func (r *recorder) move(ctx context.Context, id uuid.UUID, m Move) (out Outcome, err error) {
	err = r.changeOne(ctx, id, func(ctx context.Context, ch *changes, c *conversion) (err error) {
		out, err = move(ctx, ch, c, m, ch.now, ch.now)
		return err
	})
	return out, err
}

// used returns how many conversions count against today's caps.
func (r *recorder) used(ctx context.Context, kind string, ids []int64) (map[int64]int, error) {
	found := make(map[int64]int, len(ids))
	for _, id := range ids {
		found[id] = 0
	}
	err := pg.Each(ctx, r.db, "reading how full the day is", func(rows *sql.Rows) error {
		var id int64
		var used int
		if err := rows.Scan(&id, &used); err != nil {
			return err
		}
		found[id] = used
		return nil
	}, `SELECT ref, used FROM cap_days WHERE kind = $1 AND ref = ANY($2) AND day = $3`,
		kind, pq.Array(ids), capDay(r.now()))
	if err != nil {
		return nil, err
	}
	return found, nil
}
