package intake

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"postrider/domain/commission"
	"postrider/domain/inbound"
)

// correction prepares a move that leaves a conversion's status as it is, and returns why the
// report changes nothing; empty if it is a correction.
//
// Only a report of the same transaction corrects. One without a status that repeats an earlier
// version is a call that arrives late: going back takes a status or a time of its own. A time
// corrects the conversion's time until its status changes; from then on it is the time of the
// status.
func correction(ctx context.Context, ch *changes, known, again *conversion, m *Move, r inbound.Report) (stale idle, err error) {
	same := idle{why: "the same " + known.sameness(again) + " again"}
	if known.TransactionID == "" || known.TransactionID != again.TransactionID {
		return same, nil
	}
	if r.TimeGiven {
		m.OccurredAt = r.OccurredAt
	}
	payout := known.payoutDiffers(*m) != ""
	if len(known.differences(*m)) == 0 {
		return unless(payout, same), nil
	}
	moved, repeated, err := ch.versions(ctx, known, *m)
	switch {
	case err != nil:
		return idle{}, err
	case repeated && !r.StatusGiven:
		return idle{"an earlier version of the same transaction again", inbound.Overtaken}, nil
	case moved:
		m.OccurredAt = time.Time{}
	}
	return unless(payout || len(known.differences(*m)) > 0, same), nil
}

// versions reports whether a conversion's status has ever changed, and whether one of its steps
// already had what a move would make of it.
func (ch *changes) versions(ctx context.Context, known *conversion, m Move) (moved, repeated bool, err error) {
	if err := ch.write(ctx); err != nil {
		return false, false, err
	}
	then := *known
	then.apply(m)
	err = ch.tx.QueryRowContext(ctx, `
		SELECT coalesce(bool_or(previous_status <> status), false),
		       coalesce(bool_or(amount IS NOT DISTINCT FROM $2 AND macros ->> 'currency' = $3 AND ($4 OR occurred_at = $5)), false)
		FROM conversion_events WHERE conversion_id = $1`,
		known.ID, then.Amount, then.Currency, m.OccurredAt.IsZero(), m.OccurredAt).Scan(&moved, &repeated)
	if err != nil {
		return false, false, fmt.Errorf("reading the versions of conversion %s: %w", known.ID, err)
	}
	return moved, repeated, nil
}

// differences returns what a move would change of a conversion besides its status, in words.
func (c *conversion) differences(m Move) []string {
	var found []string
	differ := func(name, from, to string) { found = append(found, fmt.Sprintf("%s from %s to %s", name, from, to)) }
	if m.Amount.Valid && !commission.SameAmount(c.Amount, m.Amount) {
		differ("amount", cmp.Or(commission.AmountText(c.Amount), "none"), commission.AmountText(m.Amount))
	}
	if m.Currency != "" && m.Currency != c.Currency {
		differ("currency", c.Currency, m.Currency)
	}
	if !m.OccurredAt.IsZero() && !m.OccurredAt.Equal(c.OccurredAt) {
		differ("time", timeText(c.OccurredAt), timeText(m.OccurredAt))
	}
	return found
}

// payoutDiffers returns what a move would change of the payout that the operator reported, in
// words; empty for nothing. Only staff see that: it is not one of the differences.
func (c *conversion) payoutDiffers(m Move) string {
	from, to := payoutText(c.ReportedPayout, c.ReportedPayoutIn), payoutText(m.ReportedPayout, m.ReportedPayoutIn)
	if !m.ReportedPayout.Valid || from == to {
		return ""
	}
	return fmt.Sprintf("reported payout from %s to %s", cmp.Or(from, "none"), to)
}

// payoutText writes down what an operator says that it pays; empty for nothing.
func payoutText(payout decimal.NullDecimal, currency string) string {
	if !payout.Valid {
		return ""
	}
	return commission.FormatAmount(payout.Decimal) + " " + currency
}

// unless returns a reason that holds unless there is something to do.
func unless(something bool, reason idle) idle {
	if something {
		return idle{}
	}
	return reason
}

// changesMoreThanItsTime reports whether a move changes a conversion's status, amount, currency or
// reported payout.
func (c *conversion) changesMoreThanItsTime(m Move) bool {
	m.OccurredAt = time.Time{}
	return m.To != c.Status || len(c.differences(m)) > 0 || c.payoutDiffers(m) != ""
}

// apply changes a conversion by a move. A sum in another currency has another rate.
func (c *conversion) apply(m Move) {
	if m.To != c.Status && !m.keepsWord {
		c.ReportedStatus, c.ReportedAt = "", nil
	}
	c.Status = m.To
	if m.Amount.Valid {
		c.Amount = m.Amount
	}
	if m.Currency != "" && m.Currency != c.Currency {
		c.Currency, c.Rate = m.Currency, decimal.NullDecimal{}
	}
	if !m.OccurredAt.IsZero() {
		c.OccurredAt = m.OccurredAt
	}
	if m.ReportedPayout.Valid {
		c.ReportedPayout, c.ReportedPayoutIn = m.ReportedPayout, m.ReportedPayoutIn
	}
}
