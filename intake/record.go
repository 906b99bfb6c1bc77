package intake

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/shopspring/decimal"

	"postrider/commission"
)

// Outcome is what became of a report.
type Outcome struct {
	Result       Result
	ConversionID uuid.UUID
	Reason       string // one sentence
}

// conversion is a row of conversions.
type conversion struct {
	ID              uuid.UUID
	AffiliateID     int64 // zero while unattributed
	SourceID        int64
	OfferID         int64
	CampaignID      int64 // zero for a default link
	ClickID         uuid.NullUUID
	ReportedClickID string
	PlayerID        uuid.NullUUID
	Goal            string
	TransactionID   string
	OnceKey         string
	Amount          decimal.NullDecimal
	Payout          decimal.NullDecimal
	Currency        string
	PayoutCurrency  string
	DealID          int64
	Status          commission.Status
	AttributedBy    string
	OccurredAt      time.Time
	ReceivedAt      time.Time
}

// record writes a reported conversion down with everything that follows from
// it, or finds that it is known.
func (in *Intake) record(ctx context.Context, l *ledger, src *source, r Report, now time.Time) (Outcome, error) {
	g, found, err := in.catalog.goals.get(ctx, l.tx, r.Goal)
	if err != nil || !found {
		return Outcome{}, fmt.Errorf("goal %q: %w", r.Goal, errors.Join(err, sql.ErrNoRows))
	}
	who, err := attribute(ctx, l.tx, src, r, now)
	if err != nil {
		return Outcome{}, err
	}
	c, err := in.newConversion(ctx, l.tx, src, r, g, who, now)
	if err != nil {
		return Outcome{}, err
	}
	isNew, err := insertConversion(ctx, l.tx, c)
	if err != nil {
		return Outcome{}, err
	}
	if !isNew {
		return in.reportAgain(ctx, l, c, r, now)
	}
	s := step{Status: c.Status, Reason: clean(r.Reason, maxReason), Actor: r.Actor, UserID: r.UserID, At: c.OccurredAt, Macros: snapshot(c, g, who.click)}
	if err := in.take(ctx, l, c, s, now); err != nil {
		return Outcome{}, err
	}
	if c.AffiliateID == 0 {
		return Outcome{Result: Unattributed, ConversionID: c.ID, Reason: who.why}, nil
	}
	return Outcome{Result: Recorded, ConversionID: c.ID, Reason: "new, attributed by " + who.by}, nil
}

func (in *Intake) newConversion(ctx context.Context, tx *sql.Tx, src *source, r Report, g *goal, who attribution, now time.Time) (*conversion, error) {
	id, err := uuid.NewV7AtTime(now)
	if err != nil {
		return nil, fmt.Errorf("making an id: %w", err)
	}
	c := &conversion{
		ID: id, SourceID: src.ID, OfferID: src.OfferID, ReportedClickID: r.ClickID, PlayerID: who.player,
		Goal: g.Key, TransactionID: r.TransactionID, Amount: r.Amount, Currency: r.Currency, Status: r.Status,
		OccurredAt: r.OccurredAt, ReceivedAt: now,
	}
	if g.OncePerPlayer {
		c.OnceKey = who.onceKey(r)
	}
	if who.click == nil {
		return c, nil
	}
	c.AffiliateID, c.OfferID, c.CampaignID = who.click.AffiliateID, who.click.OfferID, who.click.CampaignID
	c.ClickID, c.AttributedBy = uuid.NullUUID{UUID: who.click.ID, Valid: true}, who.by
	return c, in.reckon(ctx, tx, c)
}

// reckon works out a conversion's payout by the affiliate's deal.
func (in *Intake) reckon(ctx context.Context, tx *sql.Tx, c *conversion) error {
	d, found, err := in.catalog.deals.get(ctx, tx, dealKey{OfferID: c.OfferID, AffiliateID: c.AffiliateID})
	if err != nil || !found {
		return err
	}
	payout := commission.Payout(d.Terms, c.Goal, c.Amount.Decimal, c.Status)
	c.Payout, c.PayoutCurrency, c.DealID = decimal.NewNullDecimal(payout), d.Terms.Currency, d.ID
	return nil
}

// insertConversion writes the row unless one of the unique indexes knows it.
func insertConversion(ctx context.Context, tx *sql.Tx, c *conversion) (bool, error) {
	res, err := tx.ExecContext(ctx, `
		INSERT INTO conversions (id, affiliate_id, source_id, offer_id, campaign_id, click_id, reported_click_id, player_id, goal,
		  transaction_id, once_key, amount, payout, currency, payout_currency, deal_id, status, attributed_by, occurred_at, received_at)
		VALUES ($1, nullif($2::bigint, 0), $3, $4, nullif($5::bigint, 0), $6, $7, $8, $9,
		  nullif($10, ''), nullif($11, ''), $12, $13, $14, $15, nullif($16::bigint, 0), $17, $18, $19, $20)
		ON CONFLICT DO NOTHING`,
		c.ID, c.AffiliateID, c.SourceID, c.OfferID, c.CampaignID, c.ClickID, c.ReportedClickID, c.PlayerID, c.Goal,
		c.TransactionID, c.OnceKey, c.Amount, c.Payout, c.Currency, c.PayoutCurrency, c.DealID, c.Status, c.AttributedBy, c.OccurredAt, c.ReceivedAt)
	if err != nil {
		return false, fmt.Errorf("writing the conversion: %w", err)
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// findConversion locks a row for a change.
func findConversion(ctx context.Context, tx *sql.Tx, where string, args ...any) (*conversion, error) {
	var c conversion
	err := tx.QueryRowContext(ctx, `
		SELECT id, coalesce(affiliate_id, 0), source_id, offer_id, coalesce(campaign_id, 0), click_id, reported_click_id, player_id, goal,
		  coalesce(transaction_id, ''), coalesce(once_key, ''), amount, payout, currency, payout_currency, coalesce(deal_id, 0), status,
		  attributed_by, occurred_at, received_at
		FROM conversions WHERE `+where+` LIMIT 1 FOR UPDATE`, args...).
		Scan(&c.ID, &c.AffiliateID, &c.SourceID, &c.OfferID, &c.CampaignID, &c.ClickID, &c.ReportedClickID, &c.PlayerID, &c.Goal,
			&c.TransactionID, &c.OnceKey, &c.Amount, &c.Payout, &c.Currency, &c.PayoutCurrency, &c.DealID, &c.Status,
			&c.AttributedBy, &c.OccurredAt, &c.ReceivedAt)
	if err != nil {
		return nil, fmt.Errorf("reading the conversion: %w", err)
	}
	return &c, nil
}
