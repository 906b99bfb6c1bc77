package graph

import (
	"context"
	"errors"
	"fmt"
	"time"

	"postrider/dispatch"
	"postrider/domain/commission"
	"postrider/domain/macro"
	"postrider/ent/db"
	"postrider/graph/gen"
	"postrider/internal/problem"
	"postrider/internal/secret"
	"postrider/internal/viewer"
	"postrider/setup"
)

func (r *Resolver) createPostbacks(ctx context.Context, in gen.CreatePostbackInput) ([]*db.Postback, error) {
	offerID, err1 := optionalInt("Offer", "offerId", in.OfferID)
	campaignID, err2 := optionalInt("Campaign", "campaignId", in.CampaignID)
	affiliateID, err3 := optionalInt("Affiliate", "affiliateId", in.AffiliateID)
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, err
	}
	wish := setup.PostbackWish{
		Name: text(in.Name), Scope: in.Scope, OfferID: offerID, CampaignID: campaignID, URLTemplate: in.URLTemplate,
		Method: dispatch.GET, Statuses: in.Statuses, Enabled: in.Enabled == nil || *in.Enabled, BodyRule: bodyRule(in.BodyRule), Aggregates: seconds(in.AggregateSeconds),
	}
	if in.Method != nil {
		wish.Method = *in.Method
	}
	if wish.Statuses == nil {
		wish.Statuses = []commission.Status{commission.Approved}
	}
	return r.Setup.CreatePostbacks(ctx, affiliateID, in.Goals, wish)
}

func (r *Resolver) updatePostback(ctx context.Context, in gen.UpdatePostbackInput) (*db.Postback, error) {
	id, err1 := intID("Postback", "id", in.ID)
	offerID, err2 := optionalInt("Offer", "offerId", in.OfferID)
	campaignID, err3 := optionalInt("Campaign", "campaignId", in.CampaignID)
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, err
	}
	return r.Setup.UpdatePostback(ctx, id, func(w *setup.PostbackWish) {
		assign(&w.Scope, in.Scope)
		assign(&w.Goal, in.Goal)
		assign(&w.URLTemplate, in.URLTemplate)
		assign(&w.Method, in.Method)
		assign(&w.Name, in.Name)
		assign(&w.Enabled, in.Enabled)
		if in.OfferID != nil {
			w.OfferID = offerID
		}
		if in.CampaignID != nil {
			w.CampaignID = campaignID
		}
		if in.Statuses != nil {
			w.Statuses = in.Statuses
		}
		if n, given := in.AggregateSeconds.ValueOK(); given {
			if w.Aggregates = seconds(n); w.Aggregates == 0 {
				w.Further = nil
			}
		}
		if in.FurtherGoals != nil {
			w.Further = in.FurtherGoals
		}
		if rule, given := in.BodyRule.ValueOK(); given {
			w.BodyRule = bodyRule(rule)
		}
	})
}

// seconds is a span that was given in seconds; zero where none was.
func seconds(given *int) time.Duration {
	if given == nil {
		return 0
	}
	return time.Duration(*given) * time.Second
}

// assign takes a value over where one was given.
func assign[T any](to *T, given *T) {
	if given != nil {
		*to = *given
	}
}

func bodyRule(in *gen.BodyRuleInput) *dispatch.BodyRule {
	if in == nil {
		return nil
	}
	return &dispatch.BodyRule{Kind: in.Kind, Path: text(in.Path), Value: in.Value}
}

// signingSecret shows the secret of a postback that signs to people who may
// change it, and to tokens with a scope for it. To staff who view as its owner it
// is nothing: the page is whole without.
func (r *Resolver) signingSecret(ctx context.Context, p *db.Postback) (*string, error) {
	switch v := viewer.From(ctx); {
	case p.Method != dispatch.POST || v.Looking:
		return nil, nil
	case !v.May(viewer.Secrets):
		return nil, problem.Forbidden("the token lacks the scope %q", viewer.Secrets)
	}
	opened, err := r.Secrets.Open(p.SigningSecret, secret.ForPostback)
	if err != nil {
		return nil, fmt.Errorf("opening the signing secret: %w", err)
	}
	return &opened, nil
}

func macros() []*gen.Macro {
	all := macro.All()
	list := make([]*gen.Macro, len(all))
	for i, m := range all {
		aliases := m.Aliases
		if aliases == nil {
			aliases = []string{}
		}
		list[i] = &gen.Macro{Name: string(m.Name), Aliases: aliases, Group: m.Group, Meaning: m.Meaning, Example: m.Example, Aggregates: m.Aggregates}
	}
	return list
}

func macroFilters() []*gen.MacroFilter {
	all := macro.Filters()
	list := make([]*gen.MacroFilter, len(all))
	for i, f := range all {
		list[i] = &gen.MacroFilter{Name: f.Name, Usage: f.Usage, Meaning: f.Meaning, Example: f.Example}
	}
	return list
}

// preview expands a template with believable values, and those that are given.
func preview(template string, scope macro.Scope, values []*gen.MacroValueInput) *gen.PostbackPreview {
	p := &gen.PostbackPreview{Spans: []*gen.MacroSpan{}, Errors: []*gen.TemplateError{}}
	parsed, err := macro.ParseFor(template, scope)
	if faults, ok := errors.AsType[macro.Errors](err); ok {
		for _, f := range faults {
			p.Errors = append(p.Errors, &gen.TemplateError{
				Code: f.Code, Message: f.Message,
				Start: macro.UTF16Offset(template, f.Start), End: macro.UTF16Offset(template, f.End),
			})
		}
		return p
	}
	said := macro.SampleValues()
	for _, v := range values {
		if name, ok := macro.Lookup(v.Macro); ok {
			said.Set(name, v.Value)
		}
	}
	url, spans := parsed.ExpandSpans(said)
	p.URL = &url
	for _, s := range spans {
		p.Spans = append(p.Spans, &gen.MacroSpan{
			Macro: string(s.Macro), Value: s.Value,
			TemplateStart: macro.UTF16Offset(template, s.TemplateStart), TemplateEnd: macro.UTF16Offset(template, s.TemplateEnd),
			URLStart: macro.UTF16Offset(url, s.URLStart), URLEnd: macro.UTF16Offset(url, s.URLEnd),
		})
	}
	return p
}
