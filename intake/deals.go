package intake

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"postrider/domain/commission"
	"postrider/internal/pg"
)

// dealKey says whose deal for which offer.
type dealKey struct{ OfferID, AffiliateID int64 }

// deal is a deal and its row.
type deal struct {
	commission.Deal

	ID int64
}

// datedRate is what one unit of EUR bought of a currency from a time on.
type datedRate struct {
	from time.Time
	rate decimal.Decimal
}

// offerRules is what an offer asks of conversions.
type offerRules struct {
	Currency      string
	ClickWindow   time.Duration // zero for none
	Qualification commission.Qualification
}

// deals reads all deals between an affiliate and an offer, the newest last.
func (l loader) deals(ctx context.Context, on querier, key dealKey) ([]deal, bool, error) {
	found := []deal{}
	err := pg.Each(ctx, on, fmt.Sprintf("reading the deals of affiliate %d for offer %d", key.AffiliateID, key.OfferID), func(rows *sql.Rows) error {
		var d deal
		var amount, percent decimal.NullDecimal
		var tiers []byte
		var from, to sql.NullTime
		if err := rows.Scan(&d.ID, &d.AffiliateID, &d.Model, &amount, &percent, &d.LeadGoal, &d.Currency, &d.TierBy, &tiers, &from, &to, &d.NoCarryOver); err != nil {
			return err
		}
		if err := json.Unmarshal(tiers, &d.Tiers); err != nil {
			return fmt.Errorf("reading the tiers of deal %d: %w", d.ID, err)
		}
		d.Amount, d.Percent, d.From, d.To = amount.Decimal, percent.Decimal, from.Time, to.Time
		found = append(found, d)
		return nil
	}, `
		SELECT id, coalesce(affiliate_id, 0), model, amount, percent, lead_goal, currency, coalesce(tier_by, ''), tiers, valid_from, valid_to, NOT carry_over
		FROM deals WHERE offer_id = $1 AND (affiliate_id = $2 OR affiliate_id IS NULL) ORDER BY id`, key.OfferID, key.AffiliateID)
	if err != nil {
		return nil, false, err
	}
	return found, true, nil
}

// rates reads a currency's rates, the newest first.
func (l loader) rates(ctx context.Context, on querier, currency string) ([]datedRate, bool, error) {
	var found []datedRate
	err := pg.Each(ctx, on, fmt.Sprintf("reading the rates of %s", currency), func(rows *sql.Rows) error {
		var r datedRate
		if err := rows.Scan(&r.from, &r.rate); err != nil {
			return err
		}
		found = append(found, r)
		return nil
	}, `SELECT valid_from, per_euro FROM currency_rates WHERE currency = $1 ORDER BY valid_from DESC`, currency)
	if err != nil {
		return nil, false, err
	}
	return found, len(found) > 0, nil
}

func (l loader) offerRules(ctx context.Context, on querier, offerID int64) (*offerRules, bool, error) {
	var r offerRules
	var window sql.NullInt64
	var rule []byte
	err := on.QueryRowContext(ctx, `SELECT currency, click_window_days, qualification FROM offers WHERE id = $1`, offerID).Scan(&r.Currency, &window, &rule)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("reading the rules of offer %d: %w", offerID, err)
	}
	r.ClickWindow = time.Duration(window.Int64) * 24 * time.Hour
	if len(rule) > 0 {
		if err := json.Unmarshal(rule, &r.Qualification); err != nil {
			return nil, false, fmt.Errorf("reading the qualification of offer %d: %w", offerID, err)
		}
	}
	return &r, true, nil
}

// rate is what one unit of from was worth in to at a time; false where a rate is
// missing.
func (in *Intake) rate(ctx context.Context, on querier, from, to string, at time.Time) (decimal.Decimal, bool, error) {
	known := commission.Rates{}
	if from == to {
		rate, ok := known.Between(from, to)
		return rate, ok, nil
	}
	for _, currency := range []string{from, to} {
		dated, _, err := in.catalog.rates.get(ctx, on, currency)
		if err != nil {
			return decimal.Decimal{}, false, err
		}
		for _, r := range dated {
			if !at.Before(r.from) {
				known[currency] = r.rate
				break
			}
		}
	}
	rate, ok := known.Between(from, to)
	return rate, ok, nil
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
