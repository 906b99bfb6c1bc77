package setup

import (
	"context"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"postrider/domain/commission"
	"postrider/ent"
	"postrider/ent/db"
	"postrider/ent/db/deal"
	"postrider/ent/db/exchangerate"
	"postrider/internal/ids"
	"postrider/internal/problem"
)

// DealWish is a deal to create: the offer's default deal, or one affiliate's.
type DealWish struct {
	commission.Deal

	OfferID ids.Offer
}

// CreateDeal creates a deal. An active one without an end, or with a later end, ends where the
// new one begins; conversions keep the terms that they were calculated with.
func (s *Setup) CreateDeal(ctx context.Context, w DealWish) (*db.Deal, error) {
	var made *db.Deal
	err := s.staffChange(ctx, func(ctx context.Context, c *change) error {
		if err := c.checkDeal(ctx, &w); err != nil {
			return err
		}
		if err := c.makeRoom(ctx, w); err != nil {
			return err
		}
		create := c.client.Deal.Create().SetOfferID(int64(w.OfferID)).SetModel(w.Model).SetCurrency(w.Currency).SetNegativeCarryover(w.NegativeCarryover).SetCreatedAt(c.now)
		if w.AffiliateID != 0 {
			create.SetAffiliateID(int64(w.AffiliateID))
		}
		if w.LeadGoal != "" {
			create.SetLeadGoal(w.LeadGoal)
		}
		if w.Model != commission.RevShare {
			create.SetAmount(w.Amount)
		}
		if w.Model == commission.RevShare || w.Model == commission.Hybrid {
			create.SetPercent(w.Percent)
		}
		if len(w.Tiers) > 0 {
			create.SetTierBy(w.TierBy).SetTiers(w.Tiers)
		}
		if !w.From.IsZero() {
			create.SetValidFrom(w.From)
		}
		if !w.To.IsZero() {
			create.SetValidTo(w.To)
		}
		var err error
		if made, err = create.Save(ctx); err != nil {
			return saved("deal", err)
		}
		return c.audit(ctx, Act{Action: "create", Entity: "deal", ID: fmt.Sprint(made.ID), affiliateID: w.AffiliateID, After: made})
	})
	return made, err
}

func (c *change) checkDeal(ctx context.Context, w *DealWish) error {
	if err := at("model", w.Validate()); err != nil {
		return err
	}
	w.Currency, _ = commission.ParseCurrency(w.Currency)
	if _, err := c.client.Offer.Get(ctx, int64(w.OfferID)); err != nil {
		return missing(err, "offerId", "offer")
	}
	if w.AffiliateID != 0 {
		if _, err := c.client.Affiliate.Get(ctx, int64(w.AffiliateID)); err != nil {
			return missing(err, "affiliateId", "affiliate")
		}
	}
	if w.LeadGoal != "" {
		return c.goalsExist(ctx, "leadGoal", []string{w.LeadGoal})
	}
	return nil
}

// makeRoom ends the deal that the new one follows, and refuses one that would be active at the
// same time as another.
func (c *change) makeRoom(ctx context.Context, w DealWish) error {
	// The lock keeps two staff users from creating overlapping deals.
	if _, err := c.tx.ExecContext(ctx, `SELECT FROM offers WHERE id = $1 FOR NO KEY UPDATE`, w.OfferID); err != nil {
		return fmt.Errorf("locking the offer: %w", err)
	}
	q := c.client.Deal.Query().Where(deal.OfferID(int64(w.OfferID)))
	if w.AffiliateID == 0 {
		q.Where(deal.AffiliateIDIsNil())
	} else {
		q.Where(deal.AffiliateID(int64(w.AffiliateID)))
	}
	others, err := q.All(ctx)
	if err != nil {
		return fmt.Errorf("reading the offer's deals: %w", err)
	}
	for _, other := range others {
		theirs := ent.CommissionDeal(other)
		if !theirs.Overlaps(w.Deal) {
			continue
		}
		if w.From.IsZero() || !theirs.From.Before(w.From) {
			return problem.Conflict("validFrom", "a deal is already active%s; end it, or start later", since(theirs.From))
		}
		if err := c.endDeal(ctx, other, w.From); err != nil {
			return err
		}
	}
	return nil
}

func since(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return " from " + at.Format(time.DateOnly)
}

func (c *change) endDeal(ctx context.Context, before *db.Deal, end time.Time) error {
	after, err := c.client.Deal.UpdateOne(before).SetValidTo(end).Save(ctx)
	if err != nil {
		return saved("deal", err)
	}
	var owner ids.Affiliate
	if before.AffiliateID != nil {
		owner = ids.Affiliate(*before.AffiliateID)
	}
	return c.audit(ctx, Act{Action: "update", Entity: "deal", ID: fmt.Sprint(before.ID), affiliateID: owner, Before: before, After: after})
}

// EndDeal ends a deal; nil means now.
func (s *Setup) EndDeal(ctx context.Context, id int64, end *time.Time) (*db.Deal, error) {
	var ended *db.Deal
	err := s.staffChange(ctx, func(ctx context.Context, c *change) error {
		before, err := c.client.Deal.Get(ctx, id)
		if err != nil {
			return missing(err, "id", "deal")
		}
		moment := c.now
		if end != nil {
			moment = end.UTC()
		}
		if before.ValidFrom != nil && !before.ValidFrom.Before(moment) {
			return problem.Invalid("at", "it must end after it starts")
		}
		if before.ValidTo != nil && before.ValidTo.Before(moment) {
			return problem.Invalid("at", "it has already ended")
		}
		if err := c.endDeal(ctx, before, moment); err != nil {
			return err
		}
		ended, err = c.client.Deal.Get(ctx, id)
		return err
	})
	return ended, err
}

// SetRate sets the exchange rate from EUR to a currency from a time on. A rate of the same
// time is replaced; conversions keep the rate that they were calculated with.
func (s *Setup) SetRate(ctx context.Context, quote string, rate decimal.Decimal, from *time.Time) (*db.ExchangeRate, error) {
	var made *db.ExchangeRate
	err := s.staffChange(ctx, func(ctx context.Context, c *change) error {
		code, ok := commission.ParseCurrency(quote)
		if !ok || code == commission.ReferenceCurrency {
			return problem.Invalid("quote", "enter an ISO 4217 code other than %s", commission.ReferenceCurrency)
		}
		if !rate.IsPositive() {
			return problem.Invalid("rate", "must be above zero")
		}
		moment := c.now
		if from != nil {
			moment = from.UTC()
		}
		var before any // the rate that is replaced, if any
		switch old, err := c.client.ExchangeRate.Query().Where(exchangerate.Quote(code), exchangerate.ValidFrom(moment)).Only(ctx); {
		case err == nil:
			before = old
		case !db.IsNotFound(err):
			return fmt.Errorf("reading the rate: %w", err)
		}
		var id int64
		err := c.tx.QueryRowContext(ctx, `
			INSERT INTO exchange_rates (quote, rate, valid_from, created_at) VALUES ($1, $2, $3, $4)
			ON CONFLICT (quote, valid_from) DO UPDATE SET rate = excluded.rate RETURNING id`, code, rate, moment, c.now).Scan(&id)
		if err != nil {
			return saved("rate", err)
		}
		if made, err = c.client.ExchangeRate.Get(ctx, id); err != nil {
			return err
		}
		return c.audit(ctx, Act{Action: "update", Entity: "exchange_rate", ID: fmt.Sprint(id), Before: before, After: made})
	})
	return made, err
}
