package intake

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/gofrs/uuid/v5"
	"github.com/shopspring/decimal"

	"postrider/domain/commission"
	"postrider/domain/firing"
)

// UndoPreview is what undoing an attribution would do.
type UndoPreview struct {
	Ends       []EndedConversion
	Considered []AssignmentDecision
}

// EndedConversion is a conversion that is taken back, or a CPA that is cancelled because the
// player no longer qualifies.
type EndedConversion struct {
	ID             uuid.UUID
	Status         commission.Status   // in which it ends
	Payout         decimal.NullDecimal // what is taken back
	PayoutCurrency string
}

// previewUndo undoes an attribution, looks at it, and rolls it back.
func (r *recorder) previewUndo(ctx context.Context, conversionID uuid.UUID) (UndoPreview, error) {
	var p UndoPreview
	err := r.changeOne(ctx, conversionID, func(ctx context.Context, ch *changes, c *conversion) error {
		ch.previewing, ch.taken = true, nil
		if _, err := undo(ctx, ch, c, Undoing{Actor: commission.ByStaff}); err != nil {
			return err
		}
		if err := settle(ctx, ch); err != nil {
			return err
		}
		var err error
		if p, err = undoPreview(ctx, ch); err != nil {
			return err
		}
		return errPreviewed
	})
	if errors.Is(err, errPreviewed) {
		err = nil
	}
	return p, err
}

// undoPreview reads the steps that were taken for affiliates. What each takes back is the payout
// after the step before it.
func undoPreview(ctx context.Context, ch *changes) (UndoPreview, error) {
	var p UndoPreview
	if err := ch.write(ctx); err != nil {
		return p, err
	}
	for _, e := range ch.taken {
		if e.affiliate == 0 {
			continue
		}
		ended := EndedConversion{ID: e.conversion, Status: e.step.Status}
		err := ch.tx.QueryRowContext(ctx, `
			SELECT (SELECT payout FROM conversion_events WHERE conversion_id = c.id AND id < $2 ORDER BY id DESC LIMIT 1), c.payout_currency
			FROM conversions c WHERE c.id = $1`, e.conversion, e.id).Scan(&ended.Payout, &ended.PayoutCurrency)
		if err != nil {
			return p, fmt.Errorf("reading what conversion %s paid: %w", e.conversion, err)
		}
		p.Ends = append(p.Ends, ended)
		var decisions []firing.Decision
		if err := json.Unmarshal([]byte(e.considered), &decisions); err != nil {
			return p, fmt.Errorf("reading decisions: %w", err)
		}
		for _, d := range decisions {
			p.Considered = append(p.Considered, AssignmentDecision{Decision: d, Status: e.step.Status})
		}
	}
	return p, nil
}
