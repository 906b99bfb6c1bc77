package graph

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"postrider/domain/commission"
	"postrider/domain/firing"
	"postrider/domain/macro"
	"postrider/ent"
	"postrider/ent/db"
	"postrider/ent/db/postback"
	"postrider/graph/gen"
	"postrider/internal/ids"
	"postrider/internal/problem"
	"postrider/internal/secret"
	"postrider/internal/viewer"
	"postrider/testfire"
)

// specified applies an input's fields of a postback, and the arguments beside it, to the saved
// postback that it names, or to the defaults.
func (r *Resolver) specified(ctx context.Context, in, beside *gen.PostbackInput) (firing.Postback, error) {
	p := firing.Postback{
		Scope: firing.Global, Method: firing.GET, Statuses: []commission.Status{commission.Approved}, Enabled: true,
	}
	if in != nil && in.ID != nil {
		id, err := intID("Postback", "postback.id", *in.ID)
		if err != nil {
			return p, err
		}
		row, err := r.Client.Postback.Query().Where(postback.ID(id), postback.DeletedAtIsNil()).Only(ctx)
		switch {
		case db.IsNotFound(err):
			return p, problem.NotFoundAt("postback.id", "there is no such postback")
		case err != nil:
			return p, fmt.Errorf("reading postback %d: %w", id, err)
		}
		p = ent.FiringPostback(row)
	}
	patch, err := patchOf(in, beside)
	if err == nil {
		patch(&p)
	}
	return p, err
}

// patchOf returns the changes that inputs make to a postback, applied in order.
func patchOf(inputs ...*gen.PostbackInput) (func(*firing.Postback), error) {
	var patches []func(*firing.Postback)
	for _, in := range inputs {
		if in == nil {
			continue
		}
		patch, err := onePatch(in)
		if err != nil {
			return nil, err
		}
		patches = append(patches, patch)
	}
	return func(p *firing.Postback) {
		for _, patch := range patches {
			patch(p)
		}
	}, nil
}

func onePatch(in *gen.PostbackInput) (func(*firing.Postback), error) {
	offerID, err1 := optionalID[ids.Offer]("offerId", in.OfferID)
	campaignID, err2 := optionalID[ids.Campaign]("campaignId", in.CampaignID)
	return func(p *firing.Postback) {
		assign(&p.Name, in.Name)
		assign(&p.Scope, in.Scope)
		if in.OfferID != nil {
			p.OfferID = offerID
		}
		if in.CampaignID != nil {
			p.CampaignID = campaignID
		}
		if in.Statuses != nil {
			p.Statuses = in.Statuses
		}
		assign(&p.SendCorrections, in.SendCorrections)
		assign(&p.Enabled, in.Enabled)
		assign(&p.URLTemplate, in.URLTemplate)
		assign(&p.Method, in.Method)
		if rule, given := in.BodyRule.ValueOK(); given {
			p.BodyRule = bodyRule(rule)
		}
		if n, given := in.AggregateSeconds.ValueOK(); given {
			if p.Aggregates = seconds(n); p.Aggregates == 0 {
				p.Further = nil
			}
		}
		if len(in.Goals) > 0 {
			p.Goal, p.Further = in.Goals[0], in.Goals[1:]
		}
	}, errors.Join(err1, err2)
}

func (r *Resolver) createPostbacks(ctx context.Context, in gen.CreatePostbackInput) ([]*db.Postback, error) {
	affiliateID, err1 := optionalID[ids.Affiliate]("affiliateId", in.AffiliateID)
	beside := &gen.PostbackInput{
		Scope: in.Scope, OfferID: in.OfferID, CampaignID: in.CampaignID, Goals: in.Goals, URLTemplate: in.URLTemplate, Method: in.Method,
		Statuses: in.Statuses, Name: in.Name, Enabled: in.Enabled,
	}
	if in.BodyRule != nil {
		beside.BodyRule = graphql.OmittableOf(in.BodyRule)
	}
	var err2, err3 error
	if in.Postback != nil && in.Postback.ID != nil {
		err2 = problem.Invalid("postback.id", "a new postback has no id yet: leave it out, or use updatePostback")
	}
	if in.Scope == nil && (in.Postback == nil || in.Postback.Scope == nil) {
		err3 = problem.Invalid("scope", "choose the scope: GLOBAL, OFFER or CAMPAIGN")
	}
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, err
	}
	wish, err := r.specified(ctx, in.Postback, beside)
	if err != nil {
		return nil, err
	}
	var goals []string
	if wish.Goal != "" {
		goals = wish.Goals()
	}
	return r.Setup.CreatePostbacks(ctx, affiliateID, goals, wish)
}

func (r *Resolver) updatePostback(ctx context.Context, in gen.UpdatePostbackInput) (*db.Postback, error) {
	id, err1 := intID("Postback", "id", in.ID)
	if in.Postback != nil && in.Postback.ID != nil && *in.Postback.ID != in.ID {
		return nil, problem.Invalid("postback.id", "is another postback than id: leave it out")
	}
	patch, err2 := patchOf(in.Postback, &gen.PostbackInput{
		Scope: in.Scope, OfferID: in.OfferID, CampaignID: in.CampaignID, Goals: in.Goals, URLTemplate: in.URLTemplate, Method: in.Method,
		Statuses: in.Statuses, Name: in.Name, Enabled: in.Enabled, BodyRule: in.BodyRule,
	})
	if err := errors.Join(err1, err2); err != nil {
		return nil, err
	}
	version := 0
	assign(&version, in.Version)
	return r.Setup.UpdatePostbackFrom(ctx, id, version, patch)
}

// seconds returns a duration given in seconds; zero if nil.
func seconds(given *int) time.Duration {
	if given == nil {
		return 0
	}
	return time.Duration(*given) * time.Second
}

// assign sets a value if one is given.
func assign[T any](to *T, given *T) {
	if given != nil {
		*to = *given
	}
}

func bodyRule(in *gen.BodyRuleInput) *firing.BodyRule {
	if in == nil {
		return nil
	}
	return &firing.BodyRule{Kind: in.Kind, Path: text(in.Path), Value: in.Value}
}

// signingSecret shows the secret of a postback that signs to people who may change it, and to
// tokens with a scope for it. For staff who view as its owner it is nil: the page needs no secret.
func (r *Resolver) signingSecret(ctx context.Context, p *db.Postback) (*string, error) {
	switch v := viewer.From(ctx); {
	case p.Method != firing.POST || v.Looking:
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

// sampleWish is the sample conversion that is asked for.
type sampleWish struct {
	goal   *string
	link   *string // as it was pasted
	values []*gen.MacroValueInput
}

// preview expands a postback's template with the values of a sample conversion.
func (r *Resolver) preview(ctx context.Context, postback firing.Postback, w sampleWish) (*gen.PostbackPreview, error) {
	template := postback.URLTemplate
	p := &gen.PostbackPreview{Spans: []*gen.MacroSpan{}, Samples: []*gen.MacroValue{}, Errors: []*gen.TemplateError{}}
	parsed, err := macro.ParseFor(template, postback.Macros())
	if faults, ok := errors.AsType[macro.Errors](err); ok {
		for _, f := range faults {
			p.Errors = append(p.Errors, &gen.TemplateError{
				Code: f.Code, Message: f.Message,
				Start: macro.UTF16Offset(template, f.Start), End: macro.UTF16Offset(template, f.End),
			})
		}
		return p, nil
	}
	sample, err := r.sample(ctx, postback, w)
	if err != nil {
		return nil, err
	}
	for _, name := range parsed.Macros() {
		p.Samples = append(p.Samples, &gen.MacroValue{Macro: string(name), Value: sample.Get(name)})
	}
	url, spans := parsed.ExpandSpans(sample)
	p.URL = &url
	for _, s := range spans {
		p.Spans = append(p.Spans, &gen.MacroSpan{
			Macro: string(s.Macro), Value: s.Value,
			TemplateStart: macro.UTF16Offset(template, s.TemplateStart), TemplateEnd: macro.UTF16Offset(template, s.TemplateEnd),
			URLStart: macro.UTF16Offset(url, s.URLStart), URLEnd: macro.UTF16Offset(url, s.URLEnd),
		})
	}
	return p, nil
}

// sample returns the values of a postback's sample conversion.
func (r *Resolver) sample(ctx context.Context, p firing.Postback, w sampleWish) (*macro.Values, error) {
	of := testfire.SampleOf{Postback: p, Goal: text(w.goal), Values: given(w.values)}
	var err error
	if of.AffiliateID, err = r.affiliateOf(ctx, p); err != nil {
		return nil, err
	}
	if w.link != nil {
		of.Link, of.Pasted, err = r.pastedLink(ctx, "trackingLink", *w.link)
		if problem.CodeOf(err) == problem.CodeInternal {
			return nil, err
		}
	}
	sample, err := r.Tester.Sample(ctx, of)
	if err != nil {
		return nil, err
	}
	return sample.Values, nil
}

// given returns the values of an input by macro, in the spelling that they were given in.
func given(values []*gen.MacroValueInput) map[string]string {
	byMacro := map[string]string{}
	for _, v := range values {
		byMacro[v.Macro] = v.Value
	}
	return byMacro
}
