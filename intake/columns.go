package intake

import (
	"time"

	"github.com/shopspring/decimal"

	"postrider/internal/pg"
)

// insertConversionsSQL writes conversions, an array a column. What is not there
// is the zero of its type: $25 is the nil id.
const insertConversionsSQL = `
INSERT INTO conversions (id, affiliate_id, source_id, offer_id, campaign_id, click_id, reported_click_id, player_id, goal,
  transaction_id, once_key, amount, payout, currency, payout_currency, deal_id, status, attributed_by, occurred_at, received_at,
  terms, rate, reported_status, origin)
SELECT id, nullif(affiliate, 0), source, offer, nullif(campaign, 0), nullif(click, $25), reported, nullif(player, $25), goal,
  nullif(transaction, ''), nullif(once, ''), nullif(amount, '')::numeric, nullif(payout, '')::numeric, currency, payout_currency,
  nullif(deal, 0), status, by, occurred, received, nullif(terms, '')::jsonb, nullif(rate, '')::numeric, word, origin
FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::uuid[], $7::text[], $8::uuid[], $9::text[],
            $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::bigint[], $17::text[], $18::text[],
            $19::timestamptz[], $20::timestamptz[], $21::text[], $22::text[], $23::text[], $24::text[])
  AS u(id, affiliate, source, offer, campaign, click, reported, player, goal, transaction, once, amount, payout, currency,
       payout_currency, deal, status, by, occurred, received, terms, rate, word, origin)
ON CONFLICT DO NOTHING RETURNING id`

// conversionColumns is conversions, a slice a column.
type conversionColumns struct {
	ids, clicks, players                                  pg.UUIDs
	affiliates, sources, offers, campaigns, deals         []int64
	reported, goals, transactions, onces                  []string
	amounts, payouts, currencies, payoutCurrencies, rates []string
	statuses, by, terms, words, origins                   []string
	occurred, received                                    []time.Time
}

func newConversionColumns(n int) *conversionColumns {
	return &conversionColumns{ids: make(pg.UUIDs, 0, n)}
}

func (t *conversionColumns) add(c *conversion) {
	t.ids, t.clicks, t.players = append(t.ids, c.ID), append(t.clicks, c.ClickID.UUID), append(t.players, c.PlayerID.UUID)
	t.affiliates, t.sources, t.offers = append(t.affiliates, c.AffiliateID), append(t.sources, c.SourceID), append(t.offers, c.OfferID)
	t.campaigns, t.deals = append(t.campaigns, c.CampaignID), append(t.deals, c.DealID)
	t.reported, t.goals = append(t.reported, c.ReportedClickID), append(t.goals, c.Goal)
	t.transactions, t.onces = append(t.transactions, c.TransactionID), append(t.onces, c.OnceKey)
	t.amounts, t.payouts, t.rates = append(t.amounts, decimalText(c.Amount)), append(t.payouts, decimalText(c.Payout)), append(t.rates, decimalText(c.Rate))
	t.currencies, t.payoutCurrencies = append(t.currencies, c.Currency), append(t.payoutCurrencies, c.PayoutCurrency)
	t.statuses, t.by, t.terms = append(t.statuses, string(c.Status)), append(t.by, c.AttributedBy), append(t.terms, termsText(c.Terms).String)
	t.words, t.origins = append(t.words, c.ReportedStatus), append(t.origins, string(c.Origin))
	t.occurred, t.received = append(t.occurred, c.OccurredAt.UTC()), append(t.received, c.ReceivedAt.UTC())
}

// decimalText is a number in a column of text; empty for none.
func decimalText(d decimal.NullDecimal) string {
	if !d.Valid {
		return ""
	}
	return d.Decimal.String()
}
