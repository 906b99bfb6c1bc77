package graph

import (
	"context"
	"fmt"

	"postrider/domain/commission"
	"postrider/domain/macro"
	"postrider/domain/tracking"
	"postrider/ent/db"
	"postrider/ent/db/trackinglink"
	"postrider/graph/gen"
	"postrider/internal/problem"
	"postrider/setup"
	"postrider/testfire"
)

// pastedLink parses a pasted tracking link and returns the viewer's link that it is. What is wrong
// with it is returned as *problem.Error.
func (r *Resolver) pastedLink(ctx context.Context, field, text string) (*db.TrackingLink, tracking.Pasted, error) {
	pasted, err := tracking.ParseLink(r.Installation.PublicURL, text)
	if err != nil {
		return nil, pasted, problem.Invalid(field, "%s", err)
	}
	link, err := r.Client.TrackingLink.Query().Where(trackinglink.Code(pasted.Code)).Only(ctx)
	if db.IsNotFound(err) {
		return nil, pasted, problem.NotFoundAt(field, "you have no tracking link %s", pasted.Code)
	}
	return link, pasted, err
}

func (r *Resolver) recognizeLink(ctx context.Context, text string) (*gen.PastedLink, error) {
	link, p, err := r.pastedLink(ctx, "url", text)
	shown := &gen.PastedLink{
		Link: link, Param1: textOrNull(p.Params[0]), Param2: textOrNull(p.Params[1]), Param3: textOrNull(p.Params[2]), LandingPage: textOrNull(p.LandingPage), DeepLink: textOrNull(p.DeepLink),
	}
	if err == nil {
		var built setup.BuiltLink
		built, err = r.Setup.BuildLink(ctx, r.Client, link, setup.LinkWish{Params: p.Params, LandingPage: p.LandingPage, DeepLink: p.DeepLink})
		shown.Destination = textOrNull(built.Destination)
	}
	shown.UserErrors, err = userErrors(err)
	return shown, err
}

// simulationWish is what is to be simulated.
type simulationWish struct {
	link   string // as it was pasted
	goal   string
	status *commission.Status
	draft  *gen.PostbackInput
	values []*gen.MacroValueInput
}

func (r *Resolver) simulate(ctx context.Context, w simulationWish) (*gen.Simulation, error) {
	row, pasted, err := r.pastedLink(ctx, "trackingLink", w.link)
	if err != nil {
		return nil, err
	}
	c := testfire.Case{Link: row, Pasted: pasted, Goal: w.goal, Values: given(w.values)}
	assign(&c.Status, w.status)
	if w.draft != nil {
		draft, err := r.specified(ctx, w.draft, nil)
		if err != nil {
			return nil, err
		}
		c.Draft = &draft
	}
	simulation, err := r.Tester.Simulate(ctx, c)
	if err != nil {
		return nil, err
	}
	return shownSimulation(simulation, c), nil
}

func shownSimulation(p *testfire.Simulation, c testfire.Case) *gen.Simulation {
	shown := &gen.Simulation{Postbacks: []*gen.SimulatedPostback{}}
	for _, s := range p.Click {
		shown.Click = append(shown.Click, &gen.SimulatedSlot{Macro: string(s.Macro), Value: s.Value, Filled: s.Filled, Why: s.Why})
	}
	for _, one := range p.Postbacks {
		template := ""
		if one.Postback != nil {
			template = one.Postback.URLTemplate
		} else if c.Draft != nil {
			template = c.Draft.URLTemplate
		}
		simulated := &gen.SimulatedPostback{
			Postback: one.Postback, Fires: one.Decision.Fired, Rule: string(one.Decision.Rule), Reason: one.Decision.Reason,
			URL: textOrNull(one.URL), Slots: []*gen.SimulatedSlot{},
		}
		for _, s := range one.Slots {
			simulated.Slots = append(simulated.Slots, &gen.SimulatedSlot{
				Macro: string(s.Macro), Value: s.Value, Filled: s.Filled, Why: s.Why,
				TemplateStart: units(template, s.Span.TemplateStart), TemplateEnd: units(template, s.Span.TemplateEnd),
				URLStart: units(one.URL, s.Span.URLStart), URLEnd: units(one.URL, s.Span.URLEnd),
			})
		}
		shown.Postbacks = append(shown.Postbacks, simulated)
	}
	return shown
}

func units(text string, offset int) *int {
	n := macro.UTF16Offset(text, offset)
	return &n
}

func (r *Resolver) restoreVersion(ctx context.Context, id string) (*db.Postback, error) {
	version, err := intID("PostbackVersion", "versionId", id)
	if err != nil {
		return nil, err
	}
	return r.Setup.RestorePostbackVersion(ctx, r.Client, version)
}

// gaps returns the viewer's goals without a postback.
func (r *Resolver) gaps(ctx context.Context) ([]*gen.PostbackGap, error) {
	found, err := r.Gaps.OfViewer(ctx)
	if err != nil {
		return nil, err
	}
	shown := make([]*gen.PostbackGap, len(found))
	for i, g := range found {
		campaign, err := load(ctx).campaigns.Load(ctx, g.CampaignID)
		if err != nil {
			return nil, fmt.Errorf("reading campaign %d: %w", g.CampaignID, err)
		}
		goal, err := load(ctx).goals.Load(ctx, g.Goal)
		if err != nil {
			return nil, fmt.Errorf("reading goal %s: %w", g.Goal, err)
		}
		shown[i] = &gen.PostbackGap{Campaign: campaign, Goal: goal, Conversions: g.Conversions}
	}
	return shown, nil
}
