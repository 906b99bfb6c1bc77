package graph

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"postrider/domain/commission"
	"postrider/domain/doctor"
	"postrider/domain/firing"
	"postrider/ent"
	"postrider/ent/db"
	"postrider/ent/db/postback"
	"postrider/graph/gen"
	"postrider/internal/viewer"
)

// lintWish is what the doctor is asked about.
type lintWish struct {
	template, link                  string
	goals                           []string
	statuses                        []commission.Status
	postbackID, offerID, campaignID *string
	scope                           *firing.Scope
	network                         bool
	aggregates                      bool
}

// lint asks the doctor.
func (r *Resolver) lint(ctx context.Context, w lintWish) ([]*gen.Finding, error) {
	others, err := r.others(ctx, w)
	if err != nil {
		return nil, err
	}
	repeating, err := r.repeating(ctx, w.goals)
	if err != nil {
		return nil, err
	}
	findings := doctor.Check(doctor.Question{
		Template: w.template, TrackingLink: w.link, Goals: w.goals, Repeating: repeating, Statuses: w.statuses, Others: others, Aggregates: w.aggregates,
	})
	findings = append(findings, doctor.CheckTarget(ctx, w.template, r.Target, w.network && r.Tester.AllowLook(ctx))...)
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
		shown.Fix = &gen.Fix{Label: f.Fix.Label, URLTemplate: f.Fix.URLTemplate}
	}
	return shown
}

// repeating are the goals that a player can reach more than once.
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

// others are the viewer's further postbacks that fire where this one does.
func (r *Resolver) others(ctx context.Context, w lintWish) ([]doctor.Postback, error) {
	id, err1 := optionalInt("Postback", "postbackId", w.postbackID)
	offerID, err2 := optionalInt("Offer", "offerId", w.offerID)
	campaignID, err3 := optionalInt("Campaign", "campaignId", w.campaignID)
	if err := errors.Join(err1, err2, err3); err != nil || len(w.goals) == 0 {
		return nil, err
	}
	affiliateID, err := r.affiliateOf(ctx, id, campaignID)
	if err != nil || affiliateID == 0 {
		return nil, err
	}
	if campaignID != 0 && offerID == 0 {
		c, err := r.Client.Campaign.Get(ctx, campaignID)
		switch {
		case err == nil:
			offerID = c.OfferID
		case !db.IsNotFound(err):
			return nil, fmt.Errorf("reading campaign %d: %w", campaignID, err)
		}
	}
	rows, err := r.Client.Postback.Query().Where(postback.AffiliateID(affiliateID), postback.DeletedAtIsNil(), postback.Enabled(true),
		postback.IDNEQ(id)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the other postbacks: %w", err)
	}
	scope := firing.Global
	assign(&scope, w.scope)
	var list []doctor.Postback
	for _, p := range rows {
		if rule := ent.FiringPostback(p); rule.Meets(scope, offerID, campaignID) {
			list = append(list, doctor.Postback{Name: nameOf(p), Template: p.URLTemplate, Goals: rule.Goals(), Statuses: p.Statuses})
		}
	}
	return list, nil
}

// affiliateOf is whose postback is asked about: the viewer's own, or for staff, the
// one of the postback or campaign named.
func (r *Resolver) affiliateOf(ctx context.Context, postbackID, campaignID int64) (int64, error) {
	scope, err := viewer.RowScopeFrom(ctx)
	if err != nil || !scope.All() {
		return scope.AffiliateID(), err
	}
	if postbackID != 0 {
		p, err := r.Client.Postback.Get(ctx, postbackID)
		if err == nil {
			return p.AffiliateID, nil
		}
		return 0, ignoreNotFound(err)
	}
	if campaignID != 0 {
		c, err := r.Client.Campaign.Get(ctx, campaignID)
		if err == nil {
			return c.AffiliateID, nil
		}
		return 0, ignoreNotFound(err)
	}
	return 0, nil
}

func ignoreNotFound(err error) error {
	if db.IsNotFound(err) {
		return nil
	}
	return err
}

// ownName is how a postback is named to its owner within a sentence.
func ownName(p *db.Postback) string {
	if p.Name != "" {
		return "“" + p.Name + "”"
	}
	return "your " + string(p.Scope) + " postback for " + p.Goal
}

// nameOf is how its owner knows a postback.
func nameOf(p *db.Postback) string {
	if p.Name != "" {
		return "Your postback “" + p.Name + "”"
	}
	return "Another " + string(p.Scope) + " postback of yours for " + p.Goal
}
