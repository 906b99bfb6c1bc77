package intake

import (
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/shopspring/decimal"

	"postrider/internal/pg"
)

var conversionColumns = pg.Columns[conversion]{
	pg.UUID("id", func(c *conversion) uuid.UUID { return c.ID }),
	pg.Bigint("affiliate_id", func(c *conversion) int64 { return c.AffiliateID }).OrNull(),
	pg.Bigint("source_id", func(c *conversion) int64 { return c.SourceID }),
	pg.Bigint("offer_id", func(c *conversion) int64 { return c.OfferID }),
	pg.Bigint("campaign_id", func(c *conversion) int64 { return c.CampaignID }).OrNull(),
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
	pg.Text("origin", func(c *conversion) string { return string(c.Origin) }),
}

var insertConversionsSQL = conversionColumns.Insert("conversions") + `ON CONFLICT DO NOTHING RETURNING id`

// decimalText is a number in a column; empty for none.
func decimalText(d decimal.NullDecimal) string {
	if !d.Valid {
		return ""
	}
	return d.Decimal.String()
}
