package setup

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"postrider/dispatch"
	"postrider/domain/doctor"
	"postrider/domain/firing"
	"postrider/domain/macro"
	"postrider/ent/db/goal"
	"postrider/ent/schema"
	"postrider/internal/problem"
)

// normalise fills a wish's defaults, drops what is of another scope, and brings its
// lists into the one form in which they are kept: sorted, nothing twice, never nil.
func (w *PostbackWish) normalise() {
	w.Name = strings.TrimSpace(w.Name)
	if w.Method == "" {
		w.Method = dispatch.GET
	}
	if w.Scope != firing.Offer {
		w.OfferID = 0
	}
	if w.Scope != firing.Campaign {
		w.CampaignID = 0
	}
	w.Statuses = slices.Compact(slices.Sorted(slices.Values(w.Statuses)))
	further := slices.Compact(slices.Sorted(slices.Values(w.Further)))
	further = slices.DeleteFunc(further, func(key string) bool { return key == w.Goal })
	w.Further = append([]string{}, further...)
}

// check says what is wrong with a normalised wish, every fault with its field.
func (s *Setup) check(ctx context.Context, c *change, owner int64, w PostbackWish, goalField string) error {
	var bad []*problem.Error
	add := func(field, format string, args ...any) { bad = append(bad, problem.Invalid(field, format, args...)) }
	switch {
	case len(w.Name) > maxName:
		add("name", "is %d bytes long; at most %d are kept", len(w.Name), maxName)
	case !isText(w.Name):
		add("name", "is not valid text")
	}
	if len(w.Statuses) == 0 {
		add("statuses", "choose at least one status: otherwise it would never fire")
	}
	if w.BodyRule != nil {
		if err := w.BodyRule.Validate(); err != nil {
			add("bodyRule", "%s", err)
		} else if !isText(w.BodyRule.Path) || !isText(w.BodyRule.Value) {
			add("bodyRule", "is not valid text")
		}
	}
	bad = append(bad, w.checkAggregation()...)
	bad = append(bad, s.checkTemplate(w.URLTemplate, macro.ScopeFor(w.Aggregates > 0))...)
	unknown, err := c.unknownGoals(ctx, append([]string{w.Goal}, w.Further...))
	if err != nil {
		return err
	}
	for _, key := range unknown {
		add(goalField, "%q is not in the event dictionary", key)
	}
	scope, err := c.checkScope(ctx, owner, w)
	if err != nil {
		return err
	}
	return joined(append(bad, scope...))
}

// unknownGoals gives those that the dictionary does not have.
func (c *change) unknownGoals(ctx context.Context, keys []string) ([]string, error) {
	askable := slices.DeleteFunc(slices.Clone(keys), func(key string) bool { return !isText(key) })
	known, err := c.client.Goal.Query().Where(goal.KeyIn(askable...)).Select(goal.FieldKey).Strings(ctx)
	if err != nil {
		return nil, fmt.Errorf("finding the goals %q: %w", keys, err)
	}
	return slices.DeleteFunc(slices.Clone(keys), func(key string) bool { return slices.Contains(known, key) }), nil
}

// checkAggregation says what is wrong with how a wish aggregates.
func (w PostbackWish) checkAggregation() []*problem.Error {
	least, most := schema.MinAggregate*time.Second, schema.MaxAggregate*time.Second
	switch {
	case w.Aggregates == 0 && len(w.Further) > 0:
		return []*problem.Error{problem.Invalid("furtherGoals", "only a postback that aggregates can be for several goals: make one for each, or let it aggregate")}
	case w.Aggregates != 0 && (w.Aggregates < least || w.Aggregates > most):
		return []*problem.Error{problem.Invalid("aggregateSeconds", "it can aggregate from %s to %s", firing.Window(least), firing.Window(most))}
	}
	return nil
}

func (s *Setup) checkTemplate(template string, scope macro.Scope) []*problem.Error {
	parsed, err := macro.ParseFor(template, scope)
	if err != nil {
		return []*problem.Error{problem.Invalid("urlTemplate", "%s", err)}
	}
	sample := parsed.Expand(&macro.Values{})
	if err := s.Guard.CheckURL(sample); err != nil {
		return []*problem.Error{problem.Invalid("urlTemplate", "%s", err)}
	}
	if bad := examined(template, scope); len(bad) > 0 {
		return bad
	}
	if name := credentialParameter(sample); name != "" {
		return []*problem.Error{problem.Invalid("urlTemplate",
			"has the parameter %q: what belongs into that header is a secret, and URLs are kept and shown; use the key that your tracker has for postbacks", name)}
	}
	return nil
}

// examined are the errors that the doctor finds in a template: with those it would
// tell the tracker nothing. Its warnings and hints keep nobody from saving.
func examined(template string, scope macro.Scope) []*problem.Error {
	var bad []*problem.Error
	for _, f := range doctor.Check(doctor.Question{Template: template, Aggregates: scope == macro.Aggregated}) {
		if f.Severity != doctor.Error {
			continue
		}
		fix := ""
		if f.Fix != nil {
			fix = fmt.Sprintf(" %s: %s", f.Fix.Label, f.Fix.URLTemplate)
		}
		bad = append(bad, problem.Invalid("urlTemplate", "%s%s", f.Message, fix))
	}
	return bad
}

// credentialParameter finds a parameter that is called like a header which carries
// credentials.
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

func (c *change) checkScope(ctx context.Context, owner int64, w PostbackWish) ([]*problem.Error, error) {
	switch w.Scope {
	case firing.Offer:
		if w.OfferID == 0 {
			return []*problem.Error{problem.Invalid("offerId", "choose the offer")}, nil
		}
		if _, err := c.client.Offer.Get(ctx, w.OfferID); err != nil {
			return problemOrError(missing(err, "offerId", "offer"))
		}
	case firing.Campaign:
		if w.CampaignID == 0 {
			return []*problem.Error{problem.Invalid("campaignId", "choose the campaign")}, nil
		}
		campaign, err := c.client.Campaign.Get(ctx, w.CampaignID)
		if err != nil {
			return problemOrError(missing(err, "campaignId", "campaign"))
		}
		if campaign.AffiliateID != owner {
			return []*problem.Error{problem.Invalid("campaignId", "there is no such campaign")}, nil
		}
	}
	return nil, nil
}

// problemOrError keeps what the user can fix apart from what went wrong.
func problemOrError(err error) ([]*problem.Error, error) {
	if p := problem.From(err); p != nil && p.Code != problem.CodeInternal {
		return []*problem.Error{p}, nil
	}
	return nil, err
}
