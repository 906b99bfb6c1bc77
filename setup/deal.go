package setup

import (
	"context"
	"fmt"
	"slices"
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
		create := c.client.Deal.Create().SetOfferID(int64(w.OfferID)).SetCreatedAt(c.now)
		if w.AffiliateID != 0 {
			create.SetAffiliateID(int64(w.AffiliateID))
		}
		writeDeal(create.Mutation(), w.Deal)
		var err error
		if made, err = create.Save(ctx); err != nil {
			return saved("deal", err)
		}
		return c.audit(ctx, Act{Action: "create", Entity: "deal", ID: fmt.Sprint(made.ID), affiliateID: w.AffiliateID, After: made})
	})
	return made, err
}

// writeDeal sets a deal's terms, and clears those that its model has not.
func writeDeal(m *db.DealMutation, d commission.Deal) {
	m.SetModel(d.Model)
	m.SetCurrency(d.Currency)
	m.SetNegativeCarryover(d.NegativeCarryover)
	if d.LeadGoal != "" {
		m.SetLeadGoal(d.LeadGoal)
	}
	write(d.Model != commission.RevShare, d.Amount, m.SetAmount, m.ClearAmount)
	write(d.Model == commission.RevShare || d.Model == commission.Hybrid, d.Percent, m.SetPercent, m.ClearPercent)
	write(len(d.Tiers) > 0, d.TierBy, m.SetTierBy, m.ClearTierBy)
	m.SetTiers(append([]commission.Tier{}, d.Tiers...))
	write(!d.From.IsZero(), d.From, m.SetValidFrom, m.ClearValidFrom)
	write(!d.To.IsZero(), d.To, m.SetValidTo, m.ClearValidTo)
}

// write sets an optional field, or clears it.
func write[T any](has bool, v T, set func(T), clear func()) {
	if has {
		set(v)
	} else {
		clear()
	}
}

// UpdateDeal changes the terms of a deal that no conversion was calculated with; patch is given
// them as they are. Offer and affiliate stay. One that was used is ended instead, and another follows it.
func (s *Setup) UpdateDeal(ctx context.Context, id int64, patch func(*commission.Deal)) (*db.Deal, error) {
	var changed *db.Deal
	err := s.staffChange(ctx, func(ctx context.Context, c *change) error {
		found, err := c.client.Deal.Get(ctx, id)
		if err != nil {
			return missing(err, "id", "deal")
		}
		others, err := c.dealsBeside(ctx, DealWish{OfferID: ids.Offer(found.OfferID), Deal: ent.CommissionDeal(found)})
		if err != nil {
			return err
		}
		i := slices.IndexFunc(others, func(d *db.Deal) bool { return d.ID == id })
		if i < 0 {
			return problem.NotFoundAt("id", "there is no such deal")
		}
		before := others[i]
		w := DealWish{OfferID: ids.Offer(before.OfferID), Deal: ent.CommissionDeal(before)}
		owner := w.AffiliateID
		patch(&w.Deal)
		w.AffiliateID = owner
		if err := c.checkDeal(ctx, &w); err != nil {
			return err
		}
		if err := c.unusedDeal(ctx, before); err != nil {
			return err
		}
		for _, other := range others {
			if theirs := ent.CommissionDeal(other); other.ID != id && theirs.Overlaps(w.Deal) {
				return problem.Conflict("validFrom", "another deal is active then%s; end it, or start later", since(theirs.From))
			}
		}
		update := c.client.Deal.UpdateOne(before)
		writeDeal(update.Mutation(), w.Deal)
		if changed, err = update.Save(ctx); err != nil {
			return saved("deal", err)
		}
		return c.audit(ctx, Act{Action: "update", Entity: "deal", ID: fmt.Sprint(id), affiliateID: owner, Before: before, After: changed})
	})
	return changed, err
}

// unusedDeal locks a deal, so that no conversion is calculated with it meanwhile, and refuses one
// that was used.
func (c *change) unusedDeal(ctx context.Context, d *db.Deal) error {
	if _, err := c.tx.ExecContext(ctx, `SELECT FROM deals WHERE id = $1 FOR UPDATE`, d.ID); err != nil {
		return fmt.Errorf("locking the deal: %w", err)
	}
	used, err := c.uses(ctx, d.ID, dealDeleting.uses)
	if err == nil && used != "" {
		err = problem.Conflict("id", "%s: its terms stay as they are; create a deal that follows it", "it has "+used)
	}
	return err
}

func (c *change) checkDeal(ctx context.Context, w *DealWish) error {
	if err := at("model", w.Validate()); err != nil {
		return err
	}
	if err := at("currency", checkCurrency(&w.Currency)); err != nil {
		return err
	}
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
	others, err := c.dealsBeside(ctx, w)
	if err != nil {
		return err
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

// dealsBeside locks an offer and reads its default deals, or those of the same affiliate.
func (c *change) dealsBeside(ctx context.Context, w DealWish) ([]*db.Deal, error) {
	// The lock keeps two staff users from creating overlapping deals.
	if _, err := c.tx.ExecContext(ctx, `SELECT FROM offers WHERE id = $1 FOR NO KEY UPDATE`, w.OfferID); err != nil {
		return nil, fmt.Errorf("locking the offer: %w", err)
	}
	q := c.client.Deal.Query().Where(deal.OfferID(int64(w.OfferID)))
	if w.AffiliateID == 0 {
		q.Where(deal.AffiliateIDIsNil())
	} else {
		q.Where(deal.AffiliateID(int64(w.AffiliateID)))
	}
	others, err := q.All(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the offer's deals: %w", err)
	}
	return others, nil
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
		code, err := c.checkQuote(ctx, quote)
		if err != nil {
			return err
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
		err = c.tx.QueryRowContext(ctx, `
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

// checkQuote returns the code of a currency that may have a rate: a known one, or one that a
// conversion is in.
func (c *change) checkQuote(ctx context.Context, quote string) (string, error) {
	code, err := commission.KnownCurrency(quote)
	if err == nil && code == commission.ReferenceCurrency {
		return "", problem.Invalid("quote", "rates are per %s: give another currency", code)
	}
	if err == nil {
		return code, nil
	}
	code, ok := commission.ParseCurrency(quote)
	if !ok {
		return "", at("quote", err)
	}
	used := false
	query := `SELECT EXISTS (SELECT FROM conversions WHERE currency = $1)`
	if failed := c.tx.QueryRowContext(ctx, query, code).Scan(&used); failed != nil {
		return "", fmt.Errorf("looking for conversions in %s: %w", code, failed)
	}
	if !used {
		return "", problem.Invalid("quote", "%s; no conversion is in %s either", err, code)
	}
	return code, nil
}
