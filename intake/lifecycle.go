package intake

import (
	"context"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"postrider/domain/commission"
	"postrider/domain/inbound"
	"postrider/domain/macro"
	"postrider/domain/tracking"
	"postrider/internal/ids"
	"postrider/internal/problem"
)

// maxReason is how many bytes of the reason for a change are kept.
const maxReason = 1000

// Move is a change of a conversion's status.
type Move struct {
	To     commission.Status
	Reason string
	Amount decimal.NullDecimal // invalid to leave the amount unchanged
	Actor  commission.Actor
	UserID ids.User
}

// reportAgain handles a report of a recorded conversion: with another status it is a
// lifecycle change, otherwise a duplicate.
func reportAgain(ctx context.Context, ch *changes, again *conversion, r inbound.Report, now time.Time) (Outcome, error) {
	known, err := findConversion(ctx, ch.tx, `integration_id = $1 AND goal = $2 AND (transaction_id = nullif($3, '') OR once_key = nullif($4, ''))
		ORDER BY transaction_id IS NOT DISTINCT FROM nullif($3, '') DESC`,
		again.IntegrationID, again.Goal, again.TransactionID, again.OnceKey)
	if err != nil {
		return Outcome{}, fmt.Errorf("finding the conversion that this one repeats: %w", err)
	}
	same := Outcome{Result: Duplicate, ConversionID: known.ID, Reason: "the same " + known.sameness(again) + " again"}
	switch {
	case !r.StatusGiven:
		return same, nil
	case r.UnknownStatus != "": // nothing else changes until it is mapped
		known.ReportedStatus = r.UnknownStatus
		return Outcome{Result: Duplicate, ConversionID: known.ID, Reason: unmapped(r.UnknownStatus)}, known.save(ctx, ch.tx)
	case r.Status == known.Status && !known.corrects(again, r):
		return same, nil
	}
	if later, err := overtaken(ctx, ch, known, r, now); err != nil || later != "" {
		return Outcome{Result: Duplicate, ConversionID: known.ID, Reason: later}, err
	}
	return move(ctx, ch, known, Move{To: r.Status, Reason: r.Reason, Amount: r.Amount, Actor: r.Actor, UserID: r.UserID}, r.OccurredAt, now)
}

// corrects reports whether a report of the same transaction has another amount.
func (c *conversion) corrects(again *conversion, r inbound.Report) bool {
	return r.Amount.Valid && c.TransactionID != "" && c.TransactionID == again.TransactionID && !commission.SameAmount(c.Amount, r.Amount)
}

func (c *conversion) sameness(again *conversion) string {
	if c.TransactionID != "" && c.TransactionID == again.TransactionID {
		return "transaction"
	}
	return c.Goal + " (once per player)"
}

func unmapped(word string) string {
	return fmt.Sprintf("the status %q is not mapped: the conversion is recorded, and is not counted until it is mapped", word)
}

// overtaken explains why a report that occurred before the conversion's last step changes
// nothing: the latest status wins, in whatever order reports arrive. Only times that the
// operator reported are compared. It is empty for a report that is not older.
func overtaken(ctx context.Context, ch *changes, known *conversion, r inbound.Report, now time.Time) (string, error) {
	if r.OccurredAt.Equal(now) {
		return "", nil
	}
	last, err := ch.lastStep(ctx, known.ID)
	if err != nil || last.OccurredAt.Equal(last.ReceivedAt) || !r.OccurredAt.Before(last.OccurredAt) {
		return "", err
	}
	return fmt.Sprintf("out of order: this report is from %s, and the conversion has been %s since %s",
		r.OccurredAt.UTC().Format(time.RFC3339), known.Status, last.OccurredAt.UTC().Format(time.RFC3339)), nil
}

// move takes one step of a locked conversion's lifecycle.
func move(ctx context.Context, ch *changes, c *conversion, m Move, at, now time.Time) (Outcome, error) {
	correction := m.To == c.Status && m.Amount.Valid && !commission.SameAmount(c.Amount, m.Amount)
	if m.To == c.Status && !correction {
		return Outcome{Result: Duplicate, ConversionID: c.ID, Reason: "it is already " + string(c.Status)}, nil
	}
	g, err := ch.catalog.goal(ctx, ch.tx, c.Goal)
	if err != nil {
		return Outcome{}, err
	}
	if _, why := g.CanMove(c.Status, m.To); why != "" && !correction {
		return Outcome{}, problem.Invalid(commission.ParamStatus, "%s", why)
	}
	last, err := ch.lastStep(ctx, c.ID)
	if err != nil {
		return Outcome{}, err
	}
	from, reason := c.Status, tracking.Clean(m.Reason, maxReason)
	c.Status, c.ReportedStatus = m.To, ""
	if m.Amount.Valid {
		c.Amount = m.Amount
	}
	if c.AffiliateID != 0 {
		if err := price(ctx, ch, c); err != nil {
			return Outcome{}, err
		}
	}
	if err := c.save(ctx, ch.tx); err != nil {
		return Outcome{}, err
	}
	last.Macros[macro.PreviousStatus], last.Macros[macro.Reason] = string(from), reason
	setState(last.Macros, c)
	err = decide(ctx, ch, c, step{
		Previous: from, Status: m.To, Correction: correction, Reason: reason, Actor: m.Actor, UserID: m.UserID, At: at,
		Macros: last.Macros, After: last.ID,
	}, now)
	if err != nil {
		return Outcome{}, err
	}
	if correction {
		return Outcome{Result: Updated, ConversionID: c.ID, Reason: "amount corrected to " + commission.AmountText(c.Amount)}, nil
	}
	return Outcome{Result: Updated, ConversionID: c.ID, Reason: fmt.Sprintf("from %s to %s", from, m.To)}, nil
}
