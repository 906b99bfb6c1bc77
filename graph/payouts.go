package graph

import (
	"context"
	"fmt"
	"slices"

	"postrider/domain/commission"
	"postrider/domain/doctor"
	"postrider/domain/firing"
	"postrider/domain/tracking"
	"postrider/ent"
	"postrider/ent/db"
	"postrider/ent/db/offer"
	"postrider/ent/db/trackinglink"
	"postrider/graph/gen"
	"postrider/internal/ids"
	"postrider/report"
)

// offerDeal is an offer and the deal in force for it.
type offerDeal struct {
	offer *db.Offer
	deal  commission.Deal
}

// reach is where a postback fires: for whom, and through which deals.
type reach struct {
	affiliateID ids.Affiliate
	offerID     ids.Offer
	campaignID  ids.Campaign
	deals       []offerDeal // the affiliate's own first
}

// reachOf returns where a postback fires, and the deals in force there.
func (r *Resolver) reachOf(ctx context.Context, p firing.Postback) (at reach, err error) {
	p = p.Normalised()
	if at.affiliateID, err = r.affiliateOf(ctx, p); err != nil {
		return at, err
	}
	at.offerID, at.campaignID = p.OfferID, p.CampaignID
	if at.campaignID != 0 {
		c, err := r.Client.Campaign.Get(ctx, int64(at.campaignID))
		if db.IsNotFound(err) {
			return at, nil
		}
		if err != nil {
			return at, fmt.Errorf("reading campaign %d: %w", at.campaignID, err)
		}
		at.offerID = ids.Offer(c.OfferID)
	}
	offers, err := r.offersIn(ctx, at)
	if err != nil {
		return at, err
	}
	at.deals, err = r.dealsFor(ctx, at.affiliateID, offers)
	return at, err
}

// offersIn returns the offers that a postback's conversions can be of: the active ones that its
// affiliate has tracking links for, all active ones if it has none.
func (r *Resolver) offersIn(ctx context.Context, at reach) ([]*db.Offer, error) {
	q := r.Client.Offer.Query().Order(db.Asc(offer.FieldID))
	if at.offerID != 0 {
		return q.Where(offer.ID(int64(at.offerID))).All(ctx)
	}
	q.Where(offer.StateEQ(tracking.Active))
	linked, err := r.Client.TrackingLink.Query().Where(trackinglink.AffiliateID(int64(at.affiliateID))).Unique(true).Select(trackinglink.FieldOfferID).Ints(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the tracking links: %w", err)
	}
	all, err := q.All(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the offers: %w", err)
	}
	own := slices.DeleteFunc(slices.Clone(all), func(o *db.Offer) bool { return !slices.Contains(linked, int(o.ID)) })
	if len(own) == 0 {
		return all, nil
	}
	return own, nil
}

// dealsFor returns the deal in force for each of the offers that has one.
func (r *Resolver) dealsFor(ctx context.Context, affiliateID ids.Affiliate, offers []*db.Offer) ([]offerDeal, error) {
	offerIDs := make([]int64, len(offers))
	for i, o := range offers {
		offerIDs[i] = o.ID
	}
	inForce, err := ent.DealsInForce(ctx, r.Client, affiliateID, offerIDs, r.Now())
	if err != nil {
		return nil, err
	}
	var own, byDefault []offerDeal
	for _, o := range offers {
		row := inForce[o.ID]
		switch {
		case row == nil:
		case row.AffiliateID != nil:
			own = append(own, offerDeal{o, ent.CommissionDeal(row)})
		default:
			byDefault = append(byDefault, offerDeal{o, ent.CommissionDeal(row)})
		}
	}
	return append(own, byDefault...), nil
}

// goalPayouts returns what each goal pays where a postback fires.
func (r *Resolver) goalPayouts(ctx context.Context, p firing.Postback) ([]*gen.GoalPayouts, error) {
	at, err := r.reachOf(ctx, p)
	if err != nil {
		return nil, err
	}
	dictionary, err := load(ctx).dictionary.Load(ctx, struct{}{})
	if err != nil {
		return nil, err
	}
	shown := make([]*gen.GoalPayouts, len(dictionary))
	for i, g := range dictionary {
		shown[i] = &gen.GoalPayouts{Goal: g, Payouts: []*gen.GoalPayout{}}
		for _, d := range at.deals {
			terms := d.deal.Terms(commission.Volume{})
			if !terms.Pays(g.Key) {
				continue
			}
			pays := &gen.GoalPayout{Offer: d.offer, Own: d.deal.AffiliateID != 0}
			if terms.PaysShare(g.Key) {
				percent := terms.Percent.String()
				pays.Percent = &percent
			} else {
				pays.Amount = money(&terms.Amount, terms.Currency)
			}
			shown[i].Payouts = append(shown[i].Payouts, pays)
		}
	}
	return shown, nil
}

// askPay adds to the doctor's question what the deals pay, and if the postback's goals pay
// nothing, what they brought last month.
func (r *Resolver) askPay(ctx context.Context, q *doctor.Question, p firing.Postback) error {
	if len(q.Goals) == 0 {
		return nil
	}
	at, err := r.reachOf(ctx, p)
	if err != nil {
		return err
	}
	dictionary, err := load(ctx).dictionary.Load(ctx, struct{}{})
	if err != nil {
		return err
	}
	for _, g := range dictionary {
		if slices.ContainsFunc(at.deals, func(d offerDeal) bool { return d.deal.Terms(commission.Volume{}).Pays(g.Key) }) {
			q.Paid = append(q.Paid, doctor.Goal{Key: g.Key, Name: g.Name})
			if !g.OncePerPlayer && !slices.Contains(q.Repeating, g.Key) {
				q.Repeating = append(q.Repeating, g.Key)
			}
		}
	}
	if !q.NothingPaid() {
		return nil
	}
	months, err := r.Home.LastMonth(ctx, report.MonthOf{AffiliateID: at.affiliateID, OfferID: at.offerID, CampaignID: at.campaignID})
	if err != nil {
		return err
	}
	for _, m := range months {
		i := slices.IndexFunc(dictionary, func(g *db.Goal) bool { return g.Key == m.Goal })
		if i >= 0 {
			q.LastMonth = append(q.LastMonth, doctor.Month{Goal: doctor.Goal{Key: m.Goal, Name: dictionary[i].Name}, Conversions: m.Conversions, Payout: m.Payout, Currency: m.Currency})
		}
	}
	return nil
}
