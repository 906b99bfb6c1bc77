package intake

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"postrider/domain/commission"
	"postrider/internal/ids"
	"postrider/internal/pg"
)

// conversion is a row of conversions.
type conversion struct {
	ID              uuid.UUID
	AffiliateID     ids.Affiliate // zero while unattributed
	IntegrationID   int64
	OfferID         ids.Offer
	CampaignID      ids.Campaign // zero for a default link
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
	Terms           *commission.Terms   // what it is paid by; nil without a deal
	Rate            decimal.NullDecimal // what one unit of Currency is worth in PayoutCurrency
	ReportedStatus  string              // the operator's word if it is not mapped yet; else empty
	ReportedAt      *time.Time          // when that happened, if the operator said so
	Origin          commission.Actor

	ReportedPayout   decimal.NullDecimal // what the operator says that it pays
	ReportedPayoutIn string              // the currency of that

	stored       bool // it is in the table
	tiered       bool // its deal has tiers, and it is priced once it is in the table
	Status       commission.Status
	AttributedBy string
	CappedBy     string        // offer or campaign, if its daily cap was reached
	UndoneAt     sql.NullTime  // when its attribution was undone
	ReplacedBy   uuid.NullUUID // the conversion that stands for the operator's call since
	ApartFrom    uuid.NullUUID // the conversion that has its transaction, if staff said that this is another event
	OccurredAt   time.Time
	ReceivedAt   time.Time
}

var conversionColumns = pg.Columns[conversion]{
	pg.UUID("id", func(c *conversion) uuid.UUID { return c.ID }),
	pg.Bigint("affiliate_id", func(c *conversion) ids.Affiliate { return c.AffiliateID }).OrNull(),
	pg.Bigint("integration_id", func(c *conversion) int64 { return c.IntegrationID }),
	pg.Bigint("offer_id", func(c *conversion) ids.Offer { return c.OfferID }),
	pg.Bigint("campaign_id", func(c *conversion) ids.Campaign { return c.CampaignID }).OrNull(),
	pg.UUID("click_id", func(c *conversion) uuid.UUID { return c.ClickID.UUID }).OrNull(),
	pg.Text("reported_click_id", func(c *conversion) string { return c.ReportedClickID }),
	pg.UUID("player_id", func(c *conversion) uuid.UUID { return c.PlayerID.UUID }).OrNull(),
	pg.Text("goal", func(c *conversion) string { return c.Goal }),
	pg.Text("transaction_id", func(c *conversion) string { return c.TransactionID }).OrNull(),
	pg.Text("once_key", func(c *conversion) string { return c.OnceKey }).OrNull(),
	pg.Numeric("amount", func(c *conversion) string { return decimalText(c.Amount) }),
	pg.Numeric("payout", func(c *conversion) string { return decimalText(c.Payout) }),
	pg.Text("currency", func(c *conversion) string { return c.Currency }),
	pg.Text("payout_currency", func(c *conversion) string { return c.PayoutCurrency }),
	pg.Bigint("deal_id", func(c *conversion) int64 { return c.DealID }).OrNull(),
	pg.Text("status", func(c *conversion) string { return string(c.Status) }),
	pg.Text("attributed_by", func(c *conversion) string { return c.AttributedBy }),
	pg.Time("occurred_at", func(c *conversion) time.Time { return c.OccurredAt }),
	pg.Time("received_at", func(c *conversion) time.Time { return c.ReceivedAt }),
	pg.JSON("terms", func(c *conversion) string { return termsText(c.Terms).String }),
	pg.Numeric("rate", func(c *conversion) string { return decimalText(c.Rate) }),
	pg.Text("reported_status", func(c *conversion) string { return c.ReportedStatus }),
	pg.TimeOrNull("reported_status_at", func(c *conversion) *time.Time { return c.ReportedAt }),
	pg.UUID("apart_from", func(c *conversion) uuid.UUID { return c.ApartFrom.UUID }).OrNull(),
	pg.Text("origin", func(c *conversion) string { return string(c.Origin) }),
	pg.Numeric("reported_payout", func(c *conversion) string { return decimalText(c.ReportedPayout) }),
	pg.Text("reported_payout_currency", func(c *conversion) string { return c.ReportedPayoutIn }),
}

var insertConversionsSQL = conversionColumns.Insert("conversions") + `ON CONFLICT DO NOTHING RETURNING id`

// insertConversions inserts the conversions that violate none of the unique indexes, and
// returns their ids.
func insertConversions(ctx context.Context, tx *pg.Pipeline, conversions []conversion) (map[uuid.UUID]bool, error) {
	inserted := make(map[uuid.UUID]bool, len(conversions))
	tx.QueueRows(func(rows pgx.Rows) error {
		var id uuid.UUID
		_, err := pgx.ForEachRow(rows, []any{&id}, func() error {
			inserted[id] = true
			return nil
		})
		return err
	}, insertConversionsSQL, conversionColumns.Args(conversions)...)
	if err := tx.Send(ctx); err != nil {
		return nil, fmt.Errorf("writing %d conversions: %w", len(conversions), err)
	}
	return inserted, nil
}

// findConversion selects a conversion and locks its row.
func findConversion(ctx context.Context, tx *pg.Pipeline, where string, args ...any) (*conversion, error) {
	var c conversion
	var terms []byte
	err := tx.QueryRowContext(ctx, `
		SELECT id, coalesce(affiliate_id, 0), integration_id, offer_id, coalesce(campaign_id, 0), click_id, reported_click_id, player_id, goal,
		  coalesce(transaction_id, ''), coalesce(once_key, ''), amount, payout, currency, payout_currency, coalesce(deal_id, 0), status,
		  attributed_by, occurred_at, received_at, terms, rate, reported_status, reported_status_at, origin, capped_by, undone_at, replaced_by,
		  apart_from, reported_payout, reported_payout_currency
		FROM conversions WHERE `+where+` LIMIT 1 FOR UPDATE`, args...).
		Scan(&c.ID, &c.AffiliateID, &c.IntegrationID, &c.OfferID, &c.CampaignID, &c.ClickID, &c.ReportedClickID, &c.PlayerID, &c.Goal,
			&c.TransactionID, &c.OnceKey, &c.Amount, &c.Payout, &c.Currency, &c.PayoutCurrency, &c.DealID, &c.Status,
			&c.AttributedBy, &c.OccurredAt, &c.ReceivedAt, &terms, &c.Rate, &c.ReportedStatus, &c.ReportedAt, &c.Origin, &c.CappedBy,
			&c.UndoneAt, &c.ReplacedBy, &c.ApartFrom, &c.ReportedPayout, &c.ReportedPayoutIn)
	if err != nil {
		return nil, fmt.Errorf("reading the conversion: %w", err)
	}
	c.stored = true
	c.Terms, err = readTerms(terms)
	return &c, err
}

// save writes the columns of a conversion that can change after it was recorded.
func (c *conversion) save(ctx context.Context, tx *pg.Pipeline) error {
	_, err := tx.ExecContext(ctx, `
		UPDATE conversions SET affiliate_id = nullif($2::bigint, 0), offer_id = $3, campaign_id = nullif($4::bigint, 0), click_id = $5,
		  player_id = $6, once_key = nullif($7, ''), attributed_by = $8, status = $9, reported_status = $10, amount = $11, payout = $12,
		  payout_currency = $13, deal_id = nullif($14::bigint, 0), terms = $15, rate = $16, capped_by = $17,
		  currency = $18, occurred_at = $19, undone_at = $20, replaced_by = $21, reported_status_at = $22,
		  reported_payout = $23, reported_payout_currency = $24, updated_at = now()
		WHERE id = $1`,
		c.ID, c.AffiliateID, c.OfferID, c.CampaignID, c.ClickID, c.PlayerID, c.OnceKey, c.AttributedBy, c.Status, c.ReportedStatus,
		c.Amount, c.Payout, c.PayoutCurrency, c.DealID, termsText(c.Terms), c.Rate, c.CappedBy, c.Currency, c.OccurredAt, c.UndoneAt, c.ReplacedBy, c.ReportedAt,
		c.ReportedPayout, c.ReportedPayoutIn)
	if err != nil {
		return fmt.Errorf("writing conversion %s: %w", c.ID, err)
	}
	return nil
}

// lock returns the name of the lock of a conversion's player, or of its click while no player
// is known.
func (c *conversion) lock() string {
	if c.PlayerID.Valid {
		return pg.LockPlayer.Of(c.PlayerID.UUID)
	}
	return pg.LockClick.Of(c.ClickID.UUID)
}

// decimalText returns a number as column text; empty for none.
func decimalText(d decimal.NullDecimal) string {
	if !d.Valid {
		return ""
	}
	return d.Decimal.String()
}

func termsText(t *commission.Terms) sql.NullString {
	if t == nil {
		return sql.NullString{}
	}
	text, err := json.Marshal(t)
	return sql.NullString{String: string(text), Valid: err == nil}
}

func readTerms(text []byte) (*commission.Terms, error) {
	if len(text) == 0 {
		return nil, nil
	}
	var t commission.Terms
	if err := json.Unmarshal(text, &t); err != nil {
		return nil, fmt.Errorf("reading the terms of a conversion: %w", err)
	}
	return &t, nil
}
