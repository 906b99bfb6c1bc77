package intake

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/gofrs/uuid/v5"

	"postrider/domain/commission"
	"postrider/domain/inbound"
	"postrider/idempotency"
	"postrider/internal/globalid"
	"postrider/internal/ids"
	"postrider/internal/problem"
)

// clashes reports whether a report of a conversion's transaction names another click or another
// player than the conversion has. An unknown one is not another one: the report may be the better
// of the two, or come from an operator that repeats only the transaction.
func (c *conversion) clashes(again *conversion) bool {
	if c.TransactionID == "" || c.TransactionID != again.TransactionID {
		return false
	}
	return c.ClickID.Valid && again.ClickID.Valid && c.ClickID != again.ClickID ||
		c.PlayerID.Valid && again.PlayerID.Valid && c.PlayerID != again.PlayerID
}

// undisputed returns the conversion that a report repeats after what staff decided about a clash
// of the two, and whether the report names a click or player that the conversion does not have.
func undisputed(ctx context.Context, ch *changes, known, again *conversion) (of *conversion, disputed bool, err error) {
	if !known.clashes(again) {
		return known, false, nil
	}
	var resolution sql.NullString
	var recorded uuid.NullUUID
	err = ch.tx.QueryRowContext(ctx, `SELECT resolution, recorded_id FROM clashes WHERE conversion_id = $1 AND key = $2`, known.ID, clashKey(again)).
		Scan(&resolution, &recorded)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return known, true, nil
	case err != nil:
		return nil, true, fmt.Errorf("reading what was decided about a clash: %w", err)
	case inbound.Resolution(resolution.String) == inbound.Same: // the recorded click and player hold
		again.ClickID, again.PlayerID = known.ClickID, known.PlayerID
	case recorded.Valid:
		of, err = findConversion(ctx, ch.tx, `id = $1`, recorded)
		return of, false, err
	}
	return known, true, nil
}

// keepClash keeps a report for staff that names another click or player than its transaction has.
// Neither changes the other. Reported again, it is the same clash.
func keepClash(ctx context.Context, ch *changes, known *conversion, e *entry, differs []inbound.Difference) (Outcome, error) {
	if err := namePlayers(ctx, ch, known, e, differs); err != nil {
		return Outcome{}, err
	}
	report, err := json.Marshal(e.report)
	if err != nil {
		return Outcome{}, fmt.Errorf("writing a report down: %w", err)
	}
	text, err := json.Marshal(differs)
	if err != nil {
		return Outcome{}, fmt.Errorf("writing differences down: %w", err)
	}
	id, err := uuid.NewV7AtTime(e.now)
	if err != nil {
		return Outcome{}, fmt.Errorf("making an id: %w", err)
	}
	_, err = ch.tx.ExecContext(ctx, `
		INSERT INTO clashes (id, received_at, integration_id, conversion_id, report, differs, key, last_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $2)
		ON CONFLICT (conversion_id, key) DO UPDATE SET reports = clashes.reports + 1, last_at = excluded.last_at`,
		id, e.now, e.integration.ID, known.ID, string(report), string(text), clashKey(e.conversion))
	if err != nil {
		return Outcome{}, fmt.Errorf("keeping a clash: %w", err)
	}
	return Outcome{
		Result: Clash, ConversionID: known.ID, Differs: differs, Cause: inbound.Differs,
		Reason: fmt.Sprintf("transaction %s is recorded for another %s%s", known.TransactionID, differs[0].Field, inWords(differs)),
	}, nil
}

// namePlayers replaces our ids of players by the operator's.
func namePlayers(ctx context.Context, ch *changes, known *conversion, e *entry, differs []inbound.Difference) error {
	for i, d := range differs {
		if d.Field != commission.ParamPlayerID {
			continue
		}
		differs[i].Reported = e.report.PlayerID
		err := ch.tx.QueryRowContext(ctx, `SELECT external_id FROM players WHERE id = $1`, known.PlayerID).Scan(&differs[i].Recorded)
		if err != nil {
			return fmt.Errorf("reading the operator's id of a player: %w", err)
		}
	}
	return nil
}

// Ruling is what staff decide about a clash.
type Ruling struct {
	Resolution inbound.Resolution
	UserID     ids.User
}

// clash is a row of clashes.
type clash struct {
	integrationKey string
	conversion     uuid.UUID
	report         inbound.Report
	receivedAt     time.Time
	open           bool
}

// rule decides a clash. As another event, the report is recorded by itself, and what repeats it
// finds that conversion from then on: rule returns its id, which is nil if none was recorded.
func (in *receiver) rule(ctx context.Context, id uuid.UUID, ruling Ruling) (recorded uuid.UUID, err error) {
	err = in.change(ctx, func(ctx context.Context, ch *changes) error {
		recorded = uuid.Nil
		c, err := findClash(ctx, ch, id)
		if err != nil {
			return err
		}
		if ruling.Resolution == inbound.Separate {
			if recorded, err = in.recordApart(ctx, ch, c); err != nil {
				return err
			}
		}
		_, err = ch.tx.ExecContext(ctx, `
			UPDATE clashes SET resolution = $2, resolved_at = $3, resolved_by = nullif($4::bigint, 0), recorded_id = $5 WHERE id = $1`,
			id, ruling.Resolution, ch.now, ruling.UserID, uuid.NullUUID{UUID: recorded, Valid: recorded != uuid.Nil})
		if err != nil {
			return fmt.Errorf("writing what was decided about clash %s: %w", id, err)
		}
		done := idempotency.Done{IDs: []string{globalid.UUID("Clash", id)}}
		if recorded != uuid.Nil {
			done.IDs = append(done.IDs, globalid.UUID("Conversion", recorded))
		}
		return idempotency.From(ctx).Done(ch.tx, done)
	})
	return recorded, err
}

// findClash selects an open clash and locks it.
func findClash(ctx context.Context, ch *changes, id uuid.UUID) (clash, error) {
	var c clash
	var report []byte
	err := ch.tx.QueryRowContext(ctx, `
		SELECT i.key, c.conversion_id, c.report, c.received_at, c.resolution IS NULL
		FROM clashes c JOIN integrations i ON i.id = c.integration_id WHERE c.id = $1 FOR UPDATE OF c`, id).
		Scan(&c.integrationKey, &c.conversion, &report, &c.receivedAt, &c.open)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return c, problem.NotFound("there is no such clash")
	case err != nil:
		return c, fmt.Errorf("reading clash %s: %w", id, err)
	case !c.open:
		return c, problem.Conflict("id", "it is already decided")
	}
	if err := json.Unmarshal(report, &c.report); err != nil {
		return c, fmt.Errorf("reading the report of clash %s: %w", id, err)
	}
	return c, nil
}

// recordApart records the report of a clash as a conversion of its own, and returns its id.
func (in *receiver) recordApart(ctx context.Context, ch *changes, c clash) (uuid.UUID, error) {
	src, found, err := in.catalog.integrations.get(ctx, ch.tx, c.integrationKey)
	if err != nil {
		return uuid.Nil, err
	}
	if !found {
		return uuid.Nil, problem.Conflict("id", "its integration was deleted")
	}
	e := &entry{
		integration: src, report: c.report, now: ch.now, receivedAt: c.receivedAt.UTC(), apartFrom: uuid.NullUUID{UUID: c.conversion, Valid: true},
	}
	if err := recordNew(ctx, ch, []*entry{e}); err != nil {
		return uuid.Nil, err
	}
	if !e.isNew {
		return uuid.Nil, problem.Conflict("id", "its player already has a conversion of the goal %s, which counts once per player", c.report.Goal)
	}
	return e.conversion.ID, nil
}
