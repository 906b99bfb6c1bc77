package intake

import (
	"context"
	"fmt"
	"strings"
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

// Move is a change of a conversion's status, a correction of what was reported of it, or both.
type Move struct {
	To         commission.Status
	Reason     string
	Amount     decimal.NullDecimal // invalid to leave the amount unchanged
	Currency   string              // empty to leave the amount's currency unchanged
	OccurredAt time.Time           // zero to leave the conversion's time unchanged

	ReportedPayout   decimal.NullDecimal // what the operator says that it pays; invalid to leave that unchanged
	ReportedPayoutIn string              // the currency of that

	Actor  commission.Actor
	UserID ids.User

	keepsWord bool // an unmapped status of a later time still waits to be mapped
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
func overtaken(ctx context.Context, ch *changes, known *conversion, r inbound.Report) (idle, error) {
	if !r.TimeGiven {
		return idle{}, nil
	}
	last, err := ch.lastStep(ctx, known.ID)
	if err != nil || last.OccurredAt.Equal(last.ReceivedAt) || !r.OccurredAt.Before(last.OccurredAt) {
		return idle{}, err
	}
	why := fmt.Sprintf("out of order: this report is from %s, and the conversion has been %s since %s",
		r.OccurredAt.UTC().Format(time.RFC3339), known.Status, last.OccurredAt.UTC().Format(time.RFC3339))
	return idle{why, inbound.Overtaken}, nil
}

// move takes one step of a locked conversion's lifecycle.
func move(ctx context.Context, ch *changes, c *conversion, m Move, at, now time.Time) (Outcome, error) {
	if c.UndoneAt.Valid {
		return Outcome{}, c.undone("id")
	}
	corrected := c.differences(m)
	correction := m.To == c.Status && len(corrected) > 0
	payout := c.payoutDiffers(m)
	if m.To == c.Status && !correction && payout != "" {
		c.apply(m) // the affiliate is not told: no step
		return Outcome{Result: Updated, ConversionID: c.ID, Reason: "corrected: " + payout}, c.save(ctx, ch.tx)
	}
	if m.To == c.Status && !correction {
		return Outcome{Result: Duplicate, ConversionID: c.ID, Reason: "it is already " + string(c.Status), Cause: inbound.Repeat}, nil
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
	from := c.Status
	c.apply(m)
	if c.AffiliateID != 0 {
		if err := price(ctx, ch, c); err != nil {
			return Outcome{}, err
		}
	}
	if err := c.save(ctx, ch.tx); err != nil {
		return Outcome{}, err
	}
	reason, outcome := tracking.Clean(m.Reason, maxReason), fmt.Sprintf("from %s to %s", from, m.To)
	last.Macros[macro.PreviousStatus], last.Macros[macro.Reason] = string(from), reason
	setState(last.Macros, c)
	if correction {
		what := strings.Join(corrected, ", ")
		outcome = "corrected: " + what
		if reason = what; m.Reason != "" {
			reason = tracking.Clean(what+": "+m.Reason, maxReason)
		}
	}
	err = decide(ctx, ch, c, step{
		Previous: from, Status: m.To, Correction: correction, Reason: reason, Actor: m.Actor, UserID: m.UserID, At: at,
		Macros: last.Macros, After: last.ID,
	}, now)
	if payout != "" {
		outcome += ", " + payout
	}
	return Outcome{Result: Updated, ConversionID: c.ID, Reason: outcome}, err
}
