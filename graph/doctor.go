package graph

import (
	"context"
	"fmt"
	"slices"

	"postrider/domain/doctor"
	"postrider/domain/firing"
	"postrider/ent"
	"postrider/ent/db"
	"postrider/ent/db/postback"
	"postrider/graph/gen"
	"postrider/internal/ids"
	"postrider/internal/viewer"
)

// lint runs the doctor.
func (r *Resolver) lint(ctx context.Context, p firing.Postback, trackingLink string, network bool) ([]*gen.Finding, error) {
	q, err := r.question(ctx, p)
	if err != nil {
		return nil, err
	}
	q.TrackingLink = trackingLink
	if q.Others, err = r.others(ctx, p); err != nil {
		return nil, err
	}
	if err := r.askPay(ctx, &q, p); err != nil {
		return nil, err
	}
	if q.Crosses, err = r.crosses(ctx, p); err != nil {
		return nil, err
	}
	findings := doctor.Check(q)
	findings = append(findings, doctor.CheckTarget(ctx, p.URLTemplate, r.Target, network)...)
	shown := make([]*gen.Finding, len(findings))
	for i, f := range findings {
		shown[i] = shownFinding(f)
	}
	return shown, nil
}

func shownFinding(f doctor.Finding) *gen.Finding {
	shown := &gen.Finding{Code: f.Code, Severity: f.Severity, Message: f.Message}
	if f.Start >= 0 {
		shown.Start, shown.End = &f.Start, &f.End
	}
	if f.Fix != nil {
		shown.Fix = &gen.Fix{Label: f.Fix.Label, URLTemplate: f.Fix.URLTemplate, Goals: f.Fix.Goals}
	}
	return shown
}

// question returns the doctor's input for a postback.
func (r *Resolver) question(ctx context.Context, p firing.Postback) (doctor.Question, error) {
	q := doctor.About(p)
	q.PublicURL = r.Installation.PublicURL
	link, err := r.ownLink(ctx, p.URLTemplate)
	if err != nil {
		return q, err
	}
	if q.LinkOf, err = linkOf(ctx, link); err != nil {
		return q, err
	}
	q.Repeating, err = r.repeating(ctx, q.Goals)
	return q, err
}

// repeating returns the goals that a player can reach more than once.
func (r *Resolver) repeating(ctx context.Context, goals []string) ([]string, error) {
	var again []string
	dictionary, err := load(ctx).dictionary.Load(ctx, struct{}{})
	if err != nil {
		return nil, err
	}
	for _, g := range dictionary {
		if !g.OncePerPlayer && slices.Contains(goals, g.Key) {
			again = append(again, g.Key)
		}
	}
	return again, nil
}

// others returns the owner's other postbacks that fire where this one does.
func (r *Resolver) others(ctx context.Context, p firing.Postback) ([]doctor.Postback, error) {
	if p.Goal == "" {
		return nil, nil
	}
	affiliateID, err := r.affiliateOf(ctx, p)
	if err != nil || affiliateID == 0 {
		return nil, err
	}
	offerID := p.OfferID
	if p.CampaignID != 0 && offerID == 0 {
		c, err := r.Client.Campaign.Get(ctx, int64(p.CampaignID))
		switch {
		case err == nil:
			offerID = ids.Offer(c.OfferID)
		case !db.IsNotFound(err):
			return nil, fmt.Errorf("reading campaign %d: %w", p.CampaignID, err)
		}
	}
	rows, err := r.Client.Postback.Query().Where(postback.AffiliateID(int64(affiliateID)), postback.DeletedAtIsNil(), postback.Enabled(true),
		postback.IDNEQ(int64(p.ID))).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the other postbacks: %w", err)
	}
	var list []doctor.Postback
	for _, row := range rows {
		if other := ent.FiringPostback(row); other.Meets(p.Scope, offerID, p.CampaignID) {
			list = append(list, doctor.Other(nameOf(row), other))
		}
	}
	return list, nil
}

// affiliateOf returns the affiliate whose postback is checked: the viewer's own or, for staff, its
// owner or the owner of its campaign.
func (r *Resolver) affiliateOf(ctx context.Context, p firing.Postback) (ids.Affiliate, error) {
	scope, err := viewer.RowScopeFrom(ctx)
	switch {
	case err != nil || !scope.All():
		return scope.AffiliateID(), err
	case p.AffiliateID != 0 || p.CampaignID == 0:
		return p.AffiliateID, nil
	}
	c, err := r.Client.Campaign.Get(ctx, int64(p.CampaignID))
	if db.IsNotFound(err) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("reading campaign %d: %w", p.CampaignID, err)
	}
	return ids.Affiliate(c.AffiliateID), nil
}

// ownName returns the name of a postback within a sentence for its owner.
func ownName(p *db.Postback) string {
	if p.Name != "" {
		return "“" + p.Name + "”"
	}
	return "your " + string(p.Scope) + " postback for " + p.Goal
}

// nameOf returns the name of a postback for its owner.
func nameOf(p *db.Postback) string {
	if p.Name != "" {
		return "Your postback “" + p.Name + "”"
	}
	return "Another " + string(p.Scope) + " postback of yours for " + p.Goal
}
