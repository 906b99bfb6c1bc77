package jobs

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"postrider/dispatch"
	"postrider/domain/firing"
	"postrider/internal/pg"
	"postrider/outbox"
)

// sweeper takes back claims that were never finished.
type sweeper struct {
	*Config

	versions *versions
}

// sweep takes back the claims of a process that hangs: the delivery is due again, and the
// attempt that may have been sent has its row.
func (s *sweeper) sweep(ctx context.Context) error {
	n, err := s.takeBack(ctx, func(tx outbox.Tx) ([]outbox.TakenBack, error) {
		return outbox.TakeBackOld(ctx, tx, s.SweepAfter, s.Now())
	})
	if n > 0 {
		s.Log.WarnContext(ctx, "took back what a dead process had claimed", "deliveries", n)
	}
	return err
}

// errClaimed makes River retry a job later.
var errClaimed = errors.New("an earlier run of this job has claimed the delivery, and may still be at it")

// retake takes back the claim that an earlier run of a job left behind when it could not
// record the result.
func (s *sweeper) retake(ctx context.Context, q outbox.Ref) error {
	n, err := s.takeBack(ctx, func(tx outbox.Tx) ([]outbox.TakenBack, error) {
		return outbox.TakeBackOne(ctx, tx, q, s.SweepAfter, s.Now())
	})
	if err != nil || n > 0 {
		return err
	}
	claimed, err := outbox.IsClaimed(ctx, pg.NewGroup(s.Pool.Pgx), q)
	if err == nil && claimed {
		return errClaimed
	}
	return err
}

// takeBack takes deliveries back in its own transaction, and returns how many.
func (s *sweeper) takeBack(ctx context.Context, take func(tx outbox.Tx) ([]outbox.TakenBack, error)) (n int, err error) {
	err = pgx.BeginFunc(ctx, s.Pool.Pgx, func(tx pgx.Tx) (err error) {
		n, err = s.takeBackIn(ctx, tx, take)
		return err
	})
	return n, err
}

// takeBackIn takes deliveries back, and records the attempts that may have been sent.
func (s *sweeper) takeBackIn(ctx context.Context, tx pgx.Tx, take func(tx outbox.Tx) ([]outbox.TakenBack, error)) (int, error) {
	group := pg.NewGroup(tx)
	taken, err := take(group)
	if err != nil {
		return 0, err
	}
	err = outbox.Interrupted(group, taken, func(t *outbox.TakenBack) dispatch.Exchange { return s.interrupted(ctx, tx, t) })
	if err != nil {
		return 0, err
	}
	if err := group.Send(ctx); err != nil {
		return 0, fmt.Errorf("recording interrupted attempts: %w", err)
	}
	return len(taken), nil
}

// interrupted returns the exchange of an attempt that was taken back, as far as it is
// known: what would have been sent, not the result.
func (s *sweeper) interrupted(ctx context.Context, tx pgx.Tx, t *outbox.TakenBack) dispatch.Exchange {
	exchange := dispatch.Exchange{StartedAt: *t.ClaimedAt, Method: firing.GET, Duration: s.Now().Sub(*t.ClaimedAt)}
	v, err := s.versions.getIn(ctx, tx, t.VersionID)
	if err != nil {
		// This may be why the attempt was never finished: it is taken back all the same.
		s.Log.ErrorContext(ctx, "taking back a delivery", "error", err)
	} else if values, err := readValues(t.ID, t.Macros); err == nil {
		exchange.Method, exchange.URL = v.method, v.template.Expand(values)
	}
	return exchange
}
