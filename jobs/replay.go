package jobs

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"postrider/domain/macro"
	"postrider/idempotency"
	"postrider/internal/globalid"
	"postrider/internal/pg"
	"postrider/internal/problem"
	"postrider/outbox"
)

// Replayer creates new deliveries from ones that have ended. It needs no workers in its
// process: the promoter of any node picks them up.
type Replayer struct {
	Pool *pgxpool.Pool
	Now  func() time.Time
}

// replayable is what is read of a delivery before it is replayed.
type replayable struct {
	state     outbox.State
	versionID int64
	template  string
	deleted   bool
}

func (r replayable) check() error {
	switch {
	case r.deleted:
		return problem.Conflict("id", "its postback was deleted, so it has no URL to be sent to")
	case !r.state.Final():
		return problem.Conflict("id", "it is %s: only a delivery that has ended can be replayed", r.state)
	}
	return nil
}

// Replay sends a delivery again, by the postback's current template or, with asSent, by the
// one that it was made for. It returns the id of the new delivery, which waits in the table
// behind live traffic. The caller checks who may replay what.
func (r Replayer) Replay(ctx context.Context, deliveryID uuid.UUID, asSent bool) (uuid.UUID, error) {
	var id uuid.UUID
	err := pgx.BeginFunc(ctx, r.Pool, func(tx pgx.Tx) error {
		old, err := readReplayable(ctx, tx, deliveryID, asSent)
		if err != nil {
			return err
		}
		if err := old.check(); err != nil {
			return err
		}
		template, err := macro.ParseFor(old.template, macro.Aggregated)
		if err != nil {
			return fmt.Errorf("reading the template of version %d: %w", old.versionID, err)
		}
		group := pg.NewGroup(tx)
		var made bool
		if id, made, err = outbox.Replay(ctx, group, deliveryID, old.versionID, template.Endpoint(), r.Now()); err != nil {
			return err
		}
		if !made {
			return problem.Conflict("id", "it was replayed already, and that replay has not ended: wait until it has")
		}
		if err := idempotency.From(ctx).Done(group, idempotency.Done{IDs: []string{globalid.UUID("Delivery", id)}}); err != nil {
			return err
		}
		if err := group.Send(ctx); err != nil {
			return fmt.Errorf("recording the replay: %w", err)
		}
		return nil
	})
	return id, err
}

func readReplayable(ctx context.Context, tx pgx.Tx, deliveryID uuid.UUID, asSent bool) (replayable, error) {
	var r replayable
	err := tx.QueryRow(ctx, `
		SELECT d.state, v.id, v.url_template, p.deleted_at IS NOT NULL
		FROM deliveries d JOIN postbacks p ON p.id = d.postback_id
		JOIN postback_versions v ON v.postback_id = p.id AND CASE WHEN $2 THEN v.id = d.version_id ELSE v.number = p.version END
		WHERE d.id = $1`, deliveryID, asSent).Scan(&r.state, &r.versionID, &r.template, &r.deleted)
	if errors.Is(err, pgx.ErrNoRows) {
		return r, problem.NotFound("there is no such delivery")
	}
	if err != nil {
		return r, fmt.Errorf("reading delivery %s: %w", deliveryID, err)
	}
	return r, nil
}
