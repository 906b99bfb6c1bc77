package testfire

import (
	"cmp"
	"context"
	"errors"
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
	"postrider/ent/db/campaign"
	"postrider/ent/db/goal"
	"postrider/ent/db/landingpage"
	"postrider/ent/db/offer"
	"postrider/ent/db/trackinglink"
	"postrider/internal/ids"
	"postrider/internal/problem"
)

// SampleOf is what a sample conversion is of.
type SampleOf struct {
	Postback    firing.Postback
	AffiliateID ids.Affiliate     // whose campaigns and deals they are; zero for the default deals
	Goal        string            // the postback's first if empty
	Status      commission.Status // the first that the postback fires for if empty
	Link        *db.TrackingLink  // nil for the newest campaign in the postback's scope
	Pasted      tracking.Pasted   // the params of Link
	Values      map[string]string // by macro, in any spelling; they replace the samples
}

// Sample is a sample conversion: the value of each macro, and where it comes from. Preview,
// simulation and test fire all use it, so that what is shown is what is sent.
type Sample struct {
	Goal   *db.Goal
	Values *macro.Values

	event firing.Event
	why   map[macro.Name]string
}

// Sample returns the sample conversion of a postback. The same question has the same answer for
// the whole of a day (UTC).
func (t *Tester) Sample(ctx context.Context, of SampleOf) (*Sample, error) {
	said, bad := spelled(of.Values)
	if err := errors.Join(bad...); err != nil {
		return nil, err
	}
	of.Postback = of.Postback.Normalised()
	if of.Goal == "" {
		of.Goal = cmp.Or(of.Postback.Goal, said[macro.GoalID], commission.GoalFTD)
	}
	if of.Status == "" {
		of.Status = firstStatus(of.Postback.Statuses)
	}
	g, err := t.Rows.Goal.Query().Where(goal.Key(of.Goal)).Only(ctx)
	if err != nil {
		return nil, missing(err, "goal", "goal")
	}
	s := &Sample{Goal: g, Values: macro.SampleValues(), why: map[macro.Name]string{}}
	at, err := t.placeOf(ctx, of)
	if err != nil {
		return nil, err
	}
	s.event = firing.Event{AffiliateID: of.AffiliateID, Goal: g.Key, Status: of.Status}
	s.setOffer(of.AffiliateID, at.offer)
	s.setCampaign(at.campaign)
	if err := t.setClick(ctx, s, of); err != nil {
		return nil, err
	}
	s.setConversion(of.Status, t.Now())
	if err := t.setPayout(ctx, s, of, at.offer); err != nil {
		return nil, err
	}
	for name, value := range said {
		s.set(name, value, map[bool]string{true: "Empty: you set no value.", false: "You set this value."}[value == ""])
	}
	s.aggregate(said)
	return s, nil
}

// spelled returns values by macro, given in any spelling, and what is wrong with them.
func spelled(values map[string]string) (said map[macro.Name]string, bad []error) {
	said = map[macro.Name]string{}
	for name, value := range values {
		known, ok := macro.Lookup(name)
		switch {
		case !ok:
			bad = append(bad, problem.NotFoundAt("values", "there is no macro %q", name))
		case len(value) > macro.MaxValue:
			bad = append(bad, problem.Invalid("values", "the value of {%s} is %d bytes long; the limit is %d", known, len(value), macro.MaxValue))
		default:
			said[known] = value
		}
	}
	return said, bad
}

// firstStatus returns the status of a postback's sample: approved if it fires for that, since
// most conversions are, else the first in a conversion's life.
func firstStatus(fires []commission.Status) commission.Status {
	if len(fires) == 0 || slices.Contains(fires, commission.Approved) {
		return commission.Approved
	}
	for _, s := range commission.Statuses() {
		if slices.Contains(fires, s) {
			return s
		}
	}
	return commission.Approved
}

// where is the place of a sample conversion: nil for an offer or a campaign that there is not.
type where struct {
	offer    *db.Offer
	campaign *db.Campaign
}

// placeOf returns the offer and the campaign of the link, else those that most likely bring the
// postback's conversions.
func (t *Tester) placeOf(ctx context.Context, of SampleOf) (at where, err error) {
	var offerID, campaignID int64
	switch {
	case of.Link != nil:
		offerID, campaignID = of.Link.OfferID, orZero(of.Link.CampaignID)
	default:
		if campaignID, err = t.likeliestCampaign(ctx, of); err != nil {
			return at, err
		}
		offerID = int64(of.Postback.OfferID)
	}
	if campaignID != 0 {
		at.campaign, err = t.Rows.Campaign.Get(ctx, campaignID)
		if err != nil {
			return at, fmt.Errorf("reading the campaign: %w", err)
		}
		offerID = at.campaign.OfferID
	}
	if offerID == 0 {
		if offerID, err = t.likeliestOffer(ctx, of.AffiliateID); err != nil || offerID == 0 {
			return at, err
		}
	}
	at.offer, err = t.Rows.Offer.Get(ctx, offerID)
	return at, missing(err, "offerId", "offer")
}

// likeliestCampaign returns the postback's campaign, or the affiliate's newest active one in its
// scope that its tracker has; zero for none.
func (t *Tester) likeliestCampaign(ctx context.Context, of SampleOf) (int64, error) {
	q := t.Rows.Campaign.Query().Order(db.Desc(campaign.FieldID))
	switch p := of.Postback; {
	case p.CampaignID != 0:
		q.Where(campaign.ID(int64(p.CampaignID)))
	case of.AffiliateID == 0:
		return 0, nil
	default:
		q.Where(campaign.AffiliateID(int64(of.AffiliateID)), campaign.StateEQ(tracking.Active))
		if p.OfferID != 0 {
			q.Where(campaign.OfferID(int64(p.OfferID)))
		}
	}
	if of.Postback.TrackerID == 0 {
		return firstOrZero(q.FirstID(ctx))
	}
	list, err := q.IDs(ctx)
	if err != nil {
		return 0, fmt.Errorf("reading the campaigns: %w", err)
	}
	trackers, err := ent.TrackersOf(ctx, t.Rows, []int64{int64(of.AffiliateID)})
	if err != nil {
		return 0, err
	}
	for _, id := range list {
		if trackers[int64(of.AffiliateID)].Has(of.Postback.TrackerID, ids.Campaign(id)) {
			return id, nil
		}
	}
	return 0, nil
}

// likeliestOffer returns the offer of the affiliate's newest default link, else the newest active
// offer; zero for none.
func (t *Tester) likeliestOffer(ctx context.Context, affiliateID ids.Affiliate) (int64, error) {
	if affiliateID != 0 {
		link, err := t.Rows.TrackingLink.Query().Where(trackinglink.AffiliateID(int64(affiliateID)), trackinglink.CampaignIDIsNil()).Order(db.Desc(trackinglink.FieldID)).First(ctx)
		switch {
		case err == nil:
			return link.OfferID, nil
		case !db.IsNotFound(err):
			return 0, fmt.Errorf("reading the default links: %w", err)
		}
	}
	return firstOrZero(t.Rows.Offer.Query().Where(offer.StateEQ(tracking.Active)).Order(db.Desc(offer.FieldID)).FirstID(ctx))
}

func firstOrZero(id int64, err error) (int64, error) {
	if db.IsNotFound(err) {
		return 0, nil
	}
	return id, err
}

func orZero(id *int64) int64 {
	if id == nil {
		return 0
	}
	return *id
}

func (s *Sample) set(name macro.Name, value, why string) {
	s.Values.Set(name, value)
	s.why[name] = why
}

func (s *Sample) setOffer(affiliateID ids.Affiliate, o *db.Offer) {
	s.why[macro.AffID] = "A sample."
	if affiliateID != 0 {
		s.set(macro.AffID, strconv.FormatInt(int64(affiliateID), 10), "Your affiliate id.")
	}
	if o == nil {
		s.why[macro.OfferID], s.why[macro.OfferName], s.why[macro.Currency] = "A sample.", "A sample.", "A sample."
		return
	}
	s.event.OfferID = ids.Offer(o.ID)
	s.set(macro.OfferID, strconv.FormatInt(o.ID, 10), "The offer of the click.")
	s.set(macro.OfferName, o.Name, "The offer of the click.")
	s.set(macro.Currency, o.Currency, "The offer's currency, unless the operator reports another.")
}

func (s *Sample) setCampaign(c *db.Campaign) {
	if c == nil {
		s.set(macro.CampID, "", "Empty: clicks of an offer's default link have no campaign.")
		s.set(macro.CampName, "", s.why[macro.CampID])
		return
	}
	s.event.CampaignID = ids.Campaign(c.ID)
	s.set(macro.CampID, strconv.FormatInt(c.ID, 10), "The campaign of the click.")
	s.set(macro.CampName, c.Name, "The campaign of the click.")
}

// setClick sets what the click brings. Without a link its params and its landing page are samples.
func (t *Tester) setClick(ctx context.Context, s *Sample, of SampleOf) error {
	for _, name := range []macro.Name{macro.ClickID, macro.Country, macro.UserAgent, macro.Referrer, macro.Param1, macro.Param2, macro.Param3, macro.LandingPage} {
		s.why[name] = "From the click; this is a sample."
	}
	if of.Link == nil {
		return nil
	}
	s.setParams(of.Pasted.Params)
	s.set(macro.LandingPage, "", "Empty: the link leads to the offer's destination, not to a landing page.")
	key := of.Pasted.LandingPage
	if key == "" {
		return nil
	}
	known, err := t.Rows.LandingPage.Query().Where(landingpage.OfferID(of.Link.OfferID), landingpage.Key(key), landingpage.ArchivedAtIsNil()).Exist(ctx)
	if err != nil {
		return fmt.Errorf("reading the landing pages: %w", err)
	}
	s.set(macro.LandingPage, key, "The landing page of the link.")
	if !known {
		s.set(macro.LandingPage, "", fmt.Sprintf("Empty: the offer has no landing page %q.", key))
	}
	return nil
}

// setParams sets the link's params: a token becomes a sample value, as the tracker would replace
// it.
func (s *Sample) setParams(carried [3]string) {
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

// setConversion sets what the operator reports, by the goal. The conversion is of the start of
// the day, so that a URL that was tested can be recognised.
func (s *Sample) setConversion(status commission.Status, now time.Time) {
	g := s.Goal
	s.set(macro.GoalID, g.Key, "The goal.")
	s.set(macro.GoalName, g.Name, "The goal.")
	s.set(macro.Status, string(status), "The conversion's status.")
	at := now.UTC().Truncate(24 * time.Hour)
	s.set(macro.Date, at.Format(time.RFC3339), "The time of the conversion; the sample is of the start of today (UTC).")
	s.set(macro.Timestamp, strconv.FormatInt(at.Unix(), 10), s.why[macro.Date])
	for _, name := range []macro.Name{macro.PlayerID, macro.ConversionID, macro.DeliveryID} {
		s.why[name] = "Unique; this is a sample."
	}
	s.set(macro.PreviousStatus, "", "Empty: only a status change has one.")
	s.set(macro.Reason, "", "Empty: only a status change has one.")
	s.why[macro.Amount] = "The operator reports it; this is a sample."
	if !slices.Contains(g.Parameters, commission.ParamAmount) {
		s.set(macro.Amount, "", fmt.Sprintf("Empty: %s has no amount.", g.Name))
	}
	s.why[macro.TransactionID] = "From the operator, if it reports one; this is a sample."
	if !slices.Contains(g.Parameters, commission.ParamTransaction) {
		s.set(macro.TransactionID, "", fmt.Sprintf("Empty: operators report none for %s; {conversion_id} always has a value.", g.Name))
	}
}

// aggregate sets the aggregated macros to the values of this one conversion, except those that
// are given.
func (s *Sample) aggregate(said map[macro.Name]string) {
	const why = "Of this conversion only; further conversions of the click within the window are added."
	for name, of := range map[macro.Name]macro.Name{macro.GoalNames: macro.GoalName, macro.SumPayout: macro.Payout, macro.SumAmount: macro.Amount} {
		if _, given := said[name]; given {
			continue
		}
		s.set(name, s.Values.Get(of), why)
		if s.Values.Get(of) == "" {
			s.why[name] = s.why[of]
		}
	}
	if _, given := said[macro.Count]; !given {
		s.set(macro.Count, "1", why)
	}
}

// setPayout sets what the affiliate's deal in force pays for the conversion.
func (t *Tester) setPayout(ctx context.Context, s *Sample, of SampleOf, o *db.Offer) error {
	if o == nil {
		s.set(macro.Payout, "0.00", "There is no offer yet, so nothing is paid.")
		return nil
	}
	inForce, err := ent.DealsInForce(ctx, t.Rows, of.AffiliateID, []int64{o.ID}, t.Now())
	if err != nil {
		return err
	}
	row := inForce[o.ID]
	if row == nil {
		s.set(macro.Payout, "0.00", "There is no deal for this offer yet, so it pays nothing.")
		return nil
	}
	amount := decimal.Decimal{}
	if text := s.Values.Get(macro.Amount); text != "" {
		amount, _ = commission.ParseAmount(text, s.Values.Get(macro.Currency))
	}
	pays := commission.Payout(ent.CommissionDeal(row), s.Goal.Key, amount, of.Status)
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
