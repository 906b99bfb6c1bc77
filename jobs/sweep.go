package jobs

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/jackc/pgx/v5"

	"postrider/dispatch"
)

// sweep takes back what a dead process had claimed: the delivery is due again,
// and the attempt that may have left has its row.
func (e *Engine) sweep(ctx context.Context) error {
	now := e.Now().UTC()
	n, err := e.takeBack(ctx, sweepSQL, e.SweepAfter, now)
	if n > 0 {
		e.Log.WarnContext(ctx, "took back what a dead process had claimed", "deliveries", n)
	}
	return err
}

// errClaimed makes River run a job again later.
var errClaimed = errors.New("an earlier run of this job has claimed the delivery, and may still be at it")

// retake takes back the claim that an earlier run of a job left behind when it
// could not write down what came of it.
func (e *Engine) retake(ctx context.Context, q Queued) error {
	now := e.Now().UTC()
	n, err := e.takeBack(ctx, retakeSQL, e.SweepAfter, now, q.DeliveryID, q.Attempt+1)
	if err != nil || n > 0 {
		return err
	}
	var claimed bool
	if err := e.Pool.Pgx.QueryRow(ctx, claimedSQL, q.DeliveryID, q.Attempt+1).Scan(&claimed); err != nil {
		return fmt.Errorf("looking after delivery %s: %w", q.DeliveryID, err)
	}
	if claimed {
		return errClaimed
	}
	return nil
}

// swept is a delivery that was taken back.
type swept struct {
	claim

	claimedAt *time.Time // nil where its job was fetched, but no attempt begun
	macros    []byte
}

// takeBack is takeBackIn in a transaction of its own.
func (e *Engine) takeBack(ctx context.Context, sql string, args ...any) (n int, err error) {
	err = pgx.BeginFunc(ctx, e.Pool.Pgx, func(tx pgx.Tx) (err error) {
		n, err = e.takeBackIn(ctx, tx, sql, args...)
		return err
	})
	return n, err
}

// takeBackIn runs a statement that makes deliveries due again, and writes down the
// attempts that may have left. It tells how many deliveries there were.
func (e *Engine) takeBackIn(ctx context.Context, tx pgx.Tx, sql string, args ...any) (int, error) {
	rows, err := tx.Query(ctx, sql, args...)
	if err != nil {
		return 0, fmt.Errorf("finding dead claims: %w", err)
	}
	found, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (swept, error) {
		var s swept
		return s, row.Scan(&s.id, &s.affiliateID, &s.versionID, &s.number, &s.claimedAt, &s.macros)
	})
	if err != nil {
		return 0, fmt.Errorf("reading dead claims: %w", err)
	}
	if len(found) == 0 {
		return 0, nil
	}
	return len(found), e.writeInterrupted(ctx, tx, found)
}

// writeInterrupted writes down the attempts of deliveries that were taken back.
func (e *Engine) writeInterrupted(ctx context.Context, tx pgx.Tx, found []swept) error {
	var attempts []result
	ids := make([]uuid.UUID, len(found))
	for i := range found {
		ids[i] = found[i].id
		if found[i].claimedAt == nil {
			continue
		}
		r, err := e.interrupted(ctx, tx, &found[i])
		if err != nil {
			return err
		}
		attempts = append(attempts, r)
	}
	batch, err := attemptRows(attempts)
	if err != nil {
		return err
	}
	if err := batch.insert(ctx, tx); err != nil {
		return err
	}
	return notify(ctx, tx, ids)
}

// interrupted is the attempt of a delivery that was taken back, as far as it is
// known: what would have been sent, not what came of it.
func (e *Engine) interrupted(ctx context.Context, tx pgx.Tx, s *swept) (result, error) {
	id, err := uuid.NewV7AtTime(*s.claimedAt)
	if err != nil {
		return result{}, fmt.Errorf("making an id: %w", err)
	}
	exchange := dispatch.Exchange{StartedAt: *s.claimedAt, Method: dispatch.GET, Duration: e.Now().Sub(*s.claimedAt)}
	v, err := e.versions.getIn(ctx, tx, s.versionID)
	if err != nil {
		// Perhaps just why the attempt was never finished: it is taken back all the same.
		e.Log.ErrorContext(ctx, "taking back a delivery", "error", err)
	} else if values, err := readValues(s.id, s.macros); err == nil {
		exchange.Method, exchange.URL = v.method, v.template.Expand(values)
	}
	return result{
		claim: &s.claim, attemptID: id, exchange: exchange,
		outcome: dispatch.Outcome{AttemptReason: dispatch.Interrupted},
	}, nil
}
