package graph

import (
	"context"
	"fmt"

	"postrider/domain/doctor"
	"postrider/domain/firing"
	"postrider/domain/macro"
	"postrider/domain/presets"
	"postrider/domain/tracking"
	"postrider/ent/db"
	"postrider/ent/db/trackinglink"
	"postrider/graph/gen"
)

// recognition returns what was recognised in a pasted text.
func recognition(r presets.Recognition) *gen.Recognition {
	shown := &gen.Recognition{
		Tracker: r.Tracker, Confidence: r.Confidence, Reason: textOrNull(r.Reason), Network: textOrNull(r.Network), Dialect: string(r.Dialect),
		Source: r.Source, URLTemplate: r.URLTemplate, Parameters: []*gen.RecognizedParameter{}, Others: r.Others,
	}
	for _, p := range r.Parameters {
		names := make([]string, len(p.Macros))
		for i, name := range p.Macros {
			names[i] = string(name)
		}
		shown.Parameters = append(shown.Parameters, &gen.RecognizedParameter{
			Name: p.Name, Value: p.Value, Macro: textOrNull(p.Macro()), Macros: names, Proposal: p.Proposal,
			Confidence: p.Confidence, Reason: p.Reason,
			Start: macro.UTF16Offset(r.URLTemplate, p.Start), End: macro.UTF16Offset(r.URLTemplate, p.End),
		})
	}
	return shown
}

// presetRule returns the preset's rule on an answer's body, as a postback has it.
func presetRule(p *presets.Preset) *firing.BodyRule {
	if p.Body.Kind == "" {
		return nil
	}
	return &firing.BodyRule{Kind: firing.BodyRuleKind(p.Body.Kind), Path: p.Body.Path, Value: p.Body.Value}
}

func blankValues(given []*gen.BlankValueInput) map[string]string {
	values := make(map[string]string, len(given))
	for _, b := range given {
		values[b.Name] = b.Value
	}
	return values
}

// ownLink returns the viewer's tracking link that a text is; nil if it is none.
func (r *Resolver) ownLink(ctx context.Context, text string) (*db.TrackingLink, error) {
	kind, code := tracking.ParseOwnURL(r.Installation.PublicURL, text)
	if kind != tracking.OwnLink {
		return nil, nil
	}
	link, err := r.Client.TrackingLink.Query().Where(trackinglink.Code(code)).Only(ctx)
	if err != nil && !db.IsNotFound(err) {
		return nil, fmt.Errorf("reading the tracking link %s: %w", code, err)
	}
	return link, nil
}

// linkOf returns what a link belongs to, for a sentence; empty for no link.
func linkOf(ctx context.Context, link *db.TrackingLink) (string, error) {
	if link == nil {
		return "", nil
	}
	campaign, err := find(ctx, load(ctx).campaigns, link.CampaignID)
	if err != nil {
		return "", err
	}
	if campaign != nil {
		return "the campaign " + campaign.Name, nil
	}
	offer, err := load(ctx).offers.Load(ctx, link.OfferID)
	if err != nil {
		return "", err
	}
	return "the offer " + offer.Name, nil
}

// ownURL returns what is to be said of a pasted URL that is one of this installation's own; nil for
// any other.
func (r *Resolver) ownURL(ctx context.Context, text string) (*gen.OwnURL, error) {
	link, err := r.ownLink(ctx, text)
	if err != nil {
		return nil, err
	}
	of, err := linkOf(ctx, link)
	if err != nil {
		return nil, err
	}
	message := doctor.OwnURL(r.Installation.PublicURL, text, of)
	if message == "" {
		return nil, nil
	}
	return &gen.OwnURL{Message: message, Link: link}, nil
}
