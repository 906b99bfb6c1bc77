package setup

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"postrider/domain/doctor"
	"postrider/domain/firing"
	"postrider/domain/macro"
	"postrider/domain/tracking"
	"postrider/ent/db/goal"
	"postrider/internal/ids"
	"postrider/internal/problem"
)

// check returns all problems with a normalised postback, each with its field.
func (s *Setup) check(ctx context.Context, c *change, owner ids.Affiliate, p firing.Postback) error {
	bad := p.Check()
	if !slices.ContainsFunc(bad, func(f *problem.Error) bool { return slices.Equal(f.Field, []string{"urlTemplate"}) }) {
		bad = append(bad, s.checkTemplate(p)...)
	}
	unknown, err := c.unknownGoals(ctx, p.Goals())
	if err != nil {
		return err
	}
	for _, key := range unknown {
		bad = append(bad, problem.Invalid("goals", "%q is not in the event dictionary", key))
	}
	scope, err := c.checkScope(ctx, owner, p)
	if err != nil {
		return err
	}
	return problem.Join(append(bad, scope...))
}

// unknownGoals returns the keys that the event dictionary does not have.
func (c *change) unknownGoals(ctx context.Context, keys []string) ([]string, error) {
	askable := slices.DeleteFunc(slices.Clone(keys), func(key string) bool { return !tracking.IsText(key) })
	known, err := c.client.Goal.Query().Where(goal.KeyIn(askable...)).Select(goal.FieldKey).Strings(ctx)
	if err != nil {
		return nil, fmt.Errorf("finding the goals %q: %w", keys, err)
	}
	return slices.DeleteFunc(slices.Clone(keys), func(key string) bool { return slices.Contains(known, key) }), nil
}

// checkTemplate returns the problems with a template: a blocked target, an error of the
// doctor's, a secret in a parameter.
func (s *Setup) checkTemplate(p firing.Postback) []*problem.Error {
	parsed, err := macro.ParseFor(p.URLTemplate, p.Macros())
	if err != nil {
		return firing.TemplateProblems("urlTemplate", p.URLTemplate, err)
	}
	sample := parsed.Expand(&macro.Values{})
	if err := s.Guard.CheckURL(sample); err != nil {
		return []*problem.Error{problem.Invalid("urlTemplate", "%s", err)}
	}
	if bad := s.examined(p); len(bad) > 0 {
		return bad
	}
	if name := credentialParameter(sample); name != "" {
		return []*problem.Error{problem.Invalid("urlTemplate",
			"has the parameter %q, which usually holds a secret, and URLs are stored and shown: use your tracker's postback key instead", name)}
	}
	return nil
}

// examined returns the errors that the doctor finds in a template alone. Warnings and hints do
// not prevent saving.
func (s *Setup) examined(p firing.Postback) []*problem.Error {
	var bad []*problem.Error
	for _, f := range doctor.Check(doctor.Question{PublicURL: s.PublicURL, Template: p.URLTemplate, Aggregates: p.Aggregates > 0}) {
		if f.Severity != doctor.Error {
			continue
		}
		fix := ""
		if f.Fix != nil {
			fix = fmt.Sprintf(" %s: %s", f.Fix.Label, f.Fix.URLTemplate)
		}
		refused := problem.Invalid("urlTemplate", "%s%s", f.Message, fix)
		if f.Start >= 0 {
			refused = refused.Within(f.Start, f.End)
		}
		bad = append(bad, refused)
	}
	return bad
}

// credentialParameter returns a parameter that is named like a header for credentials.
func credentialParameter(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	for pair := range strings.SplitSeq(u.RawQuery, "&") {
		raw, _, _ := strings.Cut(pair, "=")
		name, err := url.QueryUnescape(raw)
		if err != nil {
			continue
		}
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "authorization", "proxy-authorization", "cookie", "set-cookie":
			return name
		}
	}
	return ""
}

func (c *change) checkScope(ctx context.Context, owner ids.Affiliate, w firing.Postback) ([]*problem.Error, error) {
	switch w.Scope {
	case firing.Offer:
		if w.OfferID == 0 {
			return []*problem.Error{problem.Invalid("offerId", "choose the offer")}, nil
		}
		if _, err := c.client.Offer.Get(ctx, int64(w.OfferID)); err != nil {
			return problemOrError(missing(err, "offerId", "offer"))
		}
	case firing.Campaign:
		if w.CampaignID == 0 {
			return []*problem.Error{problem.Invalid("campaignId", "choose the campaign")}, nil
		}
		campaign, err := c.client.Campaign.Get(ctx, int64(w.CampaignID))
		if err != nil {
			return problemOrError(missing(err, "campaignId", "campaign"))
		}
		if ids.Affiliate(campaign.AffiliateID) != owner {
			return []*problem.Error{problem.NotFoundAt("campaignId", "there is no such campaign")}, nil
		}
	}
	return nil, nil
}

// problemOrError separates what the user can fix from other errors.
func problemOrError(err error) ([]*problem.Error, error) {
	if p := problem.From(err); p != nil && p.Code != problem.CodeInternal {
		return []*problem.Error{p}, nil
	}
	return nil, err
}
