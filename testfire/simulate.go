package testfire

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"postrider/domain/commission"
	"postrider/domain/firing"
	"postrider/domain/macro"
	"postrider/domain/tracking"
	"postrider/ent"
	"postrider/ent/db"
	"postrider/ent/db/deal"
	"postrider/ent/db/goal"
	"postrider/ent/db/landingpage"
	"postrider/internal/ids"
)

// simulate creates the click and the conversion of the case, without recording them.
func (t *Tester) simulate(ctx context.Context, c Case) (*scene, error) {
	g, err := t.Rows.Goal.Query().Where(goal.Key(c.Goal)).Only(ctx)
	if err != nil {
		return nil, missing(err, "goal", "goal")
	}
	offer, err := t.Rows.Offer.Get(ctx, c.Link.OfferID)
	if err != nil {
		return nil, fmt.Errorf("reading the link's offer: %w", err)
	}
	s := &scene{values: macro.SampleValues(), why: map[macro.Name]string{}}
	s.event = firing.Event{AffiliateID: ids.Affiliate(c.Link.AffiliateID), OfferID: ids.Offer(c.Link.OfferID), Goal: c.Goal, Status: c.Status}
	s.params(c.Pasted.Params)
	s.set(macro.OfferID, strconv.FormatInt(offer.ID, 10), "The offer of the link.")
	s.set(macro.OfferName, offer.Name, "The offer of the link.")
	s.set(macro.AffID, strconv.FormatInt(c.Link.AffiliateID, 10), "Your affiliate id.")
	s.set(macro.Currency, offer.Currency, "The offer's currency, unless the operator reports another.")
	if err := t.simulateClick(ctx, s, c); err != nil {
		return nil, err
	}
	if err := t.simulateConversion(ctx, s, c, g, offer); err != nil {
		return nil, err
	}
	s.aggregate()
	return s, nil
}

func (s *scene) set(name macro.Name, value, why string) {
	s.values.Set(name, value)
	s.why[name] = why
}

// params sets the link's params: a token becomes a sample value, as the tracker would replace
// it.
func (s *scene) params(carried [3]string) {
	for i, name := range []macro.Name{macro.Param1, macro.Param2, macro.Param3} {
		switch value := carried[i]; {
		case value == "":
			s.set(name, "", fmt.Sprintf("Empty: the tracking link has no %s.", name))
		case tracking.IsToken(value):
			s.why[name] = fmt.Sprintf("The tracking link has %s; your tracker replaces it with a value like this one.", value)
		default:
			s.set(name, value, "Fixed in the tracking link, the same for every click.")
		}
	}
}

func (t *Tester) simulateClick(ctx context.Context, s *scene, c Case) error {
	for _, name := range []macro.Name{macro.ClickID, macro.Country, macro.UserAgent, macro.Referrer} {
		s.why[name] = "From the click; this is a sample."
	}
	s.set(macro.LandingPage, "", "Empty: the link leads to the offer's destination, not to a landing page.")
	if key := c.Pasted.LandingPage; key != "" {
		known, err := t.Rows.LandingPage.Query().Where(landingpage.OfferID(c.Link.OfferID), landingpage.Key(key)).Exist(ctx)
		if err != nil {
			return fmt.Errorf("reading the landing pages: %w", err)
		}
		s.set(macro.LandingPage, key, "The landing page of the link.")
		if !known {
			s.set(macro.LandingPage, "", fmt.Sprintf("Empty: the offer has no landing page %q.", key))
		}
	}
	s.set(macro.CampID, "", "Empty: this is the offer's default link, without a campaign.")
	s.set(macro.CampName, "", s.why[macro.CampID])
	if c.Link.CampaignID == nil {
		return nil
	}
	campaign, err := t.Rows.Campaign.Get(ctx, *c.Link.CampaignID)
	if err != nil {
		return fmt.Errorf("reading the link's campaign: %w", err)
	}
	s.event.CampaignID = ids.Campaign(campaign.ID)
	s.set(macro.CampID, strconv.FormatInt(campaign.ID, 10), "The campaign of the link.")
	s.set(macro.CampName, campaign.Name, "The campaign of the link.")
	return nil
}

func (t *Tester) simulateConversion(ctx context.Context, s *scene, c Case, g *db.Goal, offer *db.Offer) error {
	s.set(macro.GoalID, g.Key, "The goal.")
	s.set(macro.GoalName, g.Name, "The goal.")
	s.set(macro.Status, string(c.Status), "The conversion's status.")
	now := t.Now().UTC()
	s.set(macro.Date, now.Format(time.RFC3339), "The time of the conversion.")
	s.set(macro.Timestamp, strconv.FormatInt(now.Unix(), 10), "The time of the conversion.")
	for _, name := range []macro.Name{macro.PlayerID, macro.ConversionID, macro.DeliveryID} {
		s.why[name] = "Unique; this is a sample."
	}
	s.set(macro.PreviousStatus, "", "Empty: only a status change has one.")
	s.set(macro.Reason, "", "Empty: only a status change has one.")
	amount := decimal.Decimal{}
	if slices.Contains(g.Parameters, commission.ParamAmount) {
		amount, _ = commission.ParseAmount(s.values.Get(macro.Amount))
		s.why[macro.Amount] = "The operator reports it; this is a sample."
	} else {
		s.set(macro.Amount, "", fmt.Sprintf("Empty: %s has no amount.", g.Name))
	}
	s.why[macro.TransactionID] = "From the operator, if it reports one; this is a sample."
	if !slices.Contains(g.Parameters, commission.ParamTransaction) {
		s.set(macro.TransactionID, "", fmt.Sprintf("Empty: operators report none for %s; {conversion_id} always has a value.", g.Name))
	}
	return t.simulatePayout(ctx, s, c, amount, offer, now)
}

// aggregate sets the aggregated macros to the values of this one conversion.
func (s *scene) aggregate() {
	const why = "Of this conversion only; further conversions of the click within the window are added."
	s.set(macro.Count, "1", why)
	s.set(macro.GoalNames, s.values.Get(macro.GoalName), why)
	s.set(macro.SumPayout, s.values.Get(macro.Payout), why)
	s.set(macro.SumAmount, s.values.Get(macro.Amount), why)
	if s.values.Get(macro.Amount) == "" {
		s.why[macro.SumAmount] = s.why[macro.Amount]
	}
}

func (t *Tester) simulatePayout(ctx context.Context, s *scene, c Case, amount decimal.Decimal, offer *db.Offer, now time.Time) error {
	rows, err := t.Rows.Deal.Query().Where(deal.OfferID(offer.ID), deal.Or(deal.AffiliateIDIsNil(), deal.AffiliateID(c.Link.AffiliateID))).All(ctx)
	if err != nil {
		return fmt.Errorf("reading the deals: %w", err)
	}
	row, ok := commission.InForce(rows, ent.CommissionDeal, ids.Affiliate(c.Link.AffiliateID), now)
	if !ok {
		s.set(macro.Payout, "0.00", "There is no deal for this offer yet, so it pays nothing.")
		return nil
	}
	pays := commission.Payout(ent.CommissionDeal(row), c.Goal, amount, c.Status)
	model := modelName(row.Model)
	why := fmt.Sprintf("From your %s deal.", model)
	if pays.IsZero() {
		why = fmt.Sprintf("Your %s deal pays nothing for this goal in this status.", model)
	}
	s.set(macro.Payout, commission.FormatAmount(pays), why)
	return nil
}

// modelName returns a deal's model as pages write it.
func modelName(m commission.Model) string {
	switch m {
	case commission.RevShare:
		return "RevShare"
	case commission.Hybrid:
		return "Hybrid"
	default:
		return strings.ToUpper(string(m))
	}
}
