package intake

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/shopspring/decimal"

	"postrider/domain/commission"
	"postrider/domain/inbound"
	"postrider/domain/macro"
	"postrider/internal/pg"
	"postrider/internal/problem"
)

// maxReason is how many bytes of somebody's words for a change are kept.
const maxReason = 1000

// Move is a change of a conversion's status.
type Move struct {
	To     commission.Status
	Reason string
	Amount decimal.NullDecimal // invalid to leave the amount as it is
	Actor  commission.Actor
	UserID int64
}

// Move moves a conversion along its lifecycle and queues what fires for it.
func (in *Intake) Move(ctx context.Context, conversionID uuid.UUID, m Move) (Outcome, error) {
	var out Outcome
	err := pg.WithPipeline(ctx, in.DB, func(ctx context.Context, tx *pg.Pipeline) error {
		c, err := findConversion(ctx, tx, `id = $1`, conversionID)
		if errors.Is(err, sql.ErrNoRows) {
			return problem.NotFound("there is no such conversion")
		}
		if err != nil {
			return err
		}
		now := in.now()
		l := in.newLedger(tx)
		if out, err = in.move(ctx, l, c, m, now, now); err != nil {
			return err
		}
		return l.close(ctx)
	})
	return out, err
}

// reportAgain handles a report of a conversion that is known: with another
// status it is a lifecycle change, otherwise a duplicate.
func (in *Intake) reportAgain(ctx context.Context, l *ledger, again *conversion, r inbound.Report, now time.Time) (Outcome, error) {
	known, err := findConversion(ctx, l.tx, `source_id = $1 AND goal = $2 AND (transaction_id = nullif($3, '') OR once_key = nullif($4, ''))
		ORDER BY transaction_id IS NOT DISTINCT FROM nullif($3, '') DESC`,
		again.SourceID, again.Goal, again.TransactionID, again.OnceKey)
	if err != nil {
		return Outcome{}, fmt.Errorf("finding the conversion that this one repeats: %w", err)
	}
	same := Outcome{Result: Duplicate, ConversionID: known.ID, Reason: "the same " + known.sameness(again) + " again"}
	switch {
	case !r.StatusGiven:
		return same, nil
	case r.UnknownStatus != "":
		return l.keepWord(ctx, known, r.UnknownStatus)
	case r.Status == known.Status && !known.corrects(again, r):
		return same, nil
	}
	if later, err := overtaken(ctx, l, known, r, now); err != nil || later != "" {
		return Outcome{Result: Duplicate, ConversionID: known.ID, Reason: later}, err
	}
	return in.move(ctx, l, known, Move{To: r.Status, Reason: r.Reason, Amount: r.Amount, Actor: r.Actor, UserID: r.UserID}, r.OccurredAt, now)
}

// corrects tells whether a report of the same transaction says another amount.
func (c *conversion) corrects(again *conversion, r inbound.Report) bool {
	return r.Amount.Valid && c.TransactionID != "" && c.TransactionID == again.TransactionID && !commission.SameAmount(c.Amount, r.Amount)
}

// overtaken says, of a report that is older than the conversion's last step, which
// step that was: what happened later stays true, in whatever order it is told.
// Only times that the operator gave are compared.
func overtaken(ctx context.Context, l *ledger, known *conversion, r inbound.Report, now time.Time) (string, error) {
	if r.OccurredAt.Equal(now) {
		return "", nil
	}
	if err := l.write(ctx); err != nil {
		return "", err
	}
	var at, received time.Time
	err := l.tx.QueryRowContext(ctx, `SELECT occurred_at, received_at FROM conversion_events WHERE conversion_id = $1 ORDER BY id DESC LIMIT 1`,
		known.ID).Scan(&at, &received)
	if err != nil {
		return "", fmt.Errorf("reading the last step of conversion %s: %w", known.ID, err)
	}
	if at.Equal(received) || !r.OccurredAt.Before(at) {
		return "", nil
	}
	return fmt.Sprintf("overtaken: it says what was at %s, and the conversion is %s since %s",
		r.OccurredAt.UTC().Format(time.RFC3339), known.Status, at.UTC().Format(time.RFC3339)), nil
}

// keepWord keeps a word for a status that nobody has mapped yet; nothing else
// changes until somebody says what it means.
func (l *ledger) keepWord(ctx context.Context, known *conversion, word string) (Outcome, error) {
	if _, err := l.tx.ExecContext(ctx, `UPDATE conversions SET reported_status = $2 WHERE id = $1`, known.ID, word); err != nil {
		return Outcome{}, fmt.Errorf("keeping the status of conversion %s: %w", known.ID, err)
	}
	return Outcome{Result: Duplicate, ConversionID: known.ID, Reason: unmapped(word)}, nil
}

func unmapped(word string) string {
	return fmt.Sprintf("the status %q is not mapped: it is kept, and counts for nobody until it is", word)
}

func (c *conversion) sameness(again *conversion) string {
	if c.TransactionID != "" && c.TransactionID == again.TransactionID {
		return "transaction"
	}
	return c.Goal + ", which a player reaches once,"
}

// move takes one step of a locked conversion's lifecycle.
func (in *Intake) move(ctx context.Context, l *ledger, c *conversion, m Move, at, now time.Time) (Outcome, error) {
	correction := m.To == c.Status && m.Amount.Valid && !commission.SameAmount(c.Amount, m.Amount)
	if m.To == c.Status && !correction {
		return Outcome{Result: Duplicate, ConversionID: c.ID, Reason: "it is " + string(c.Status) + " already"}, nil
	}
	g, err := in.catalog.goal(ctx, l.tx, c.Goal)
	if err != nil {
		return Outcome{}, err
	}
	if _, why := g.CanMove(c.Status, m.To); why != "" && !correction {
		return Outcome{}, problem.Invalid(commission.ParamStatus, "%s", why)
	}
	// The step before may be on this page of the ledger.
	if err := l.write(ctx); err != nil {
		return Outcome{}, err
	}
	last, macros, err := lastEvent(ctx, l.tx, c.ID)
	if err != nil {
		return Outcome{}, err
	}
	m.Reason = inbound.Clean(m.Reason, maxReason)
	from := c.Status
	c.Status = m.To
	if m.Amount.Valid {
		c.Amount = m.Amount
	}
	if c.AffiliateID != 0 {
		if err := in.reckon(ctx, l.tx, c); err != nil {
			return Outcome{}, err
		}
	}
	if _, err := l.tx.ExecContext(ctx, `
		UPDATE conversions SET status = $2, amount = $3, payout = $4, payout_currency = $5, deal_id = nullif($6::bigint, 0), terms = $7, rate = $8,
		  reported_status = '' WHERE id = $1`,
		c.ID, c.Status, c.Amount, c.Payout, c.PayoutCurrency, c.DealID, termsText(c.Terms), c.Rate); err != nil {
		return Outcome{}, fmt.Errorf("moving conversion %s: %w", c.ID, err)
	}
	macros[macro.PreviousStatus], macros[macro.Reason] = string(from), m.Reason
	setState(macros, c)
	s := step{Previous: from, Status: m.To, Reason: m.Reason, Actor: m.Actor, UserID: m.UserID, At: at, Macros: macros, After: last}
	if err := in.take(ctx, l, c, s, now); err != nil {
		return Outcome{}, err
	}
	if correction {
		return Outcome{Result: Updated, ConversionID: c.ID, Reason: "the amount is corrected to " + commission.AmountText(c.Amount)}, nil
	}
	return Outcome{Result: Updated, ConversionID: c.ID, Reason: fmt.Sprintf("from %s to %s", from, m.To)}, nil
}

// lastEvent gives the step before, and what the macros said there.
func lastEvent(ctx context.Context, tx *pg.Pipeline, conversionID uuid.UUID) (uuid.UUID, map[macro.Name]string, error) {
	var id uuid.UUID
	var text []byte
	err := tx.QueryRowContext(ctx, `SELECT id, macros FROM conversion_events WHERE conversion_id = $1 ORDER BY id DESC LIMIT 1`, conversionID).Scan(&id, &text)
	if err != nil {
		return id, nil, fmt.Errorf("reading the last step of conversion %s: %w", conversionID, err)
	}
	macros := make(map[macro.Name]string)
	if err := json.Unmarshal(text, &macros); err != nil {
		return id, nil, fmt.Errorf("reading the macros of conversion %s: %w", conversionID, err)
	}
	return id, macros, nil
}
