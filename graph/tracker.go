package graph

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"postrider/domain/commission"
	"postrider/domain/firing"
	"postrider/domain/macro"
	"postrider/domain/presets"
	"postrider/domain/tracking"
	"postrider/ent"
	"postrider/ent/db"
	"postrider/ent/db/tracker"
	"postrider/graph/gen"
	"postrider/internal/ids"
	"postrider/report"
	"postrider/setup"
)

// affiliateTrackers are an affiliate's trackers without those that are archived.
type affiliateTrackers struct {
	rows   []*db.Tracker // newest first
	firing firing.Trackers
}

func trackersOfAffiliates(ctx context.Context, c *db.Client, affiliates []int64) (map[int64]*affiliateTrackers, error) {
	rows, err := c.Tracker.Query().Where(tracker.AffiliateIDIn(affiliates...), tracker.ArchivedAtIsNil()).Order(db.Desc(tracker.FieldID)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading trackers: %w", err)
	}
	all, err := ent.FiringTrackers(ctx, c, affiliates, rows)
	if err != nil {
		return nil, err
	}
	found := make(map[int64]*affiliateTrackers, len(affiliates))
	for id, of := range all {
		found[id] = &affiliateTrackers{firing: of}
	}
	for _, row := range rows {
		found[row.AffiliateID].rows = append(found[row.AffiliateID].rows, row)
	}
	return found, nil
}

// presetOf returns a tracker's preset: the one that was chosen, else the one that it is named after,
// else the one whose URL it certainly has. Nil if there is none.
func presetOf(t *db.Tracker) *presets.Preset {
	if preset := presets.Find(t.Preset); preset != nil {
		return preset
	}
	for _, preset := range presets.Presets() {
		if len(t.Name) >= len(preset.Name) && strings.EqualFold(t.Name[:len(preset.Name)], preset.Name) {
			return preset
		}
	}
	if preset, confidence := presets.Identify(t.URLTemplate); confidence == presets.Sure {
		return preset
	}
	return nil
}

// newestPreset returns the preset of an affiliate's newest tracker that has one with a token; nil if
// none has.
func newestPreset(ctx context.Context, affiliateID int64) (*presets.Preset, error) {
	of, err := load(ctx).trackersOfAffiliate.Load(ctx, affiliateID)
	if err != nil {
		return nil, err
	}
	for _, t := range of.rows {
		if preset := presetOf(t); preset != nil && preset.Token != "" {
			return preset, nil
		}
	}
	return nil, nil
}

// tokensOf returns what a tracker's links carry in param_1 to param_3.
func tokensOf(t *db.Tracker) [3]string {
	var tokens [3]string
	if t.Tokens != nil {
		copy(tokens[:], t.Tokens)
	} else if preset := presetOf(t); preset != nil {
		tokens[0] = preset.Token
	}
	return tokens
}

// trackersOf returns the trackers of an offer's campaign, or, for campaign 0, of its default link,
// newest first: those chosen for it, and those that have it and are not called elsewhere alone.
func trackersOf(ctx context.Context, affiliateID ids.Affiliate, offerID ids.Offer, campaign ids.Campaign) ([]*db.Tracker, error) {
	of, err := load(ctx).trackersOfAffiliate.Load(ctx, int64(affiliateID))
	if err != nil {
		return nil, err
	}
	postbacks, err := load(ctx).postbacksOfAffiliate.Load(ctx, int64(affiliateID))
	if err != nil {
		return nil, err
	}
	list := []*db.Tracker{}
	for _, t := range of.rows {
		id, elsewhere, here := ids.Tracker(t.ID), false, false
		for _, p := range postbacks {
			if rule := ent.FiringPostback(p); rule.TrackerID == id {
				reaches := rule.Reaches(offerID, campaign)
				here, elsewhere = here || reaches, elsewhere || !reaches
			}
		}
		if of.firing.Has(id, campaign) && (of.firing.Chose(id, campaign) || here || !elsewhere) {
			list = append(list, t)
		}
	}
	return list, nil
}

// linkWithTokens returns a tracking link with the tokens of the trackers that have its campaign: of
// several with a token for one param, the newest one's.
func (r *Resolver) linkWithTokens(ctx context.Context, link *db.TrackingLink) (string, error) {
	var campaign ids.Campaign
	if link.CampaignID != nil {
		campaign = ids.Campaign(*link.CampaignID)
	}
	list, err := trackersOf(ctx, ids.Affiliate(link.AffiliateID), ids.Offer(link.OfferID), campaign)
	if err != nil {
		return "", err
	}
	var options tracking.LinkOptions
	for _, t := range list {
		for i, token := range tokensOf(t) {
			options.Params[i] = cmp.Or(options.Params[i], token)
		}
	}
	return tracking.LinkURL(r.Installation.PublicURL, link.Code, options), nil
}

// trackerGoals returns what a tracker is sent, in the order of the event dictionary.
func trackerGoals(ctx context.Context, t *db.Tracker) ([]*gen.TrackerGoal, error) {
	postbacks, err := load(ctx).postbacksOfTracker.Load(ctx, t.ID)
	if err != nil {
		return nil, err
	}
	dictionary, err := load(ctx).dictionary.Load(ctx, struct{}{})
	if err != nil {
		return nil, err
	}
	list := []*gen.TrackerGoal{}
	for _, g := range dictionary {
		shown := &gen.TrackerGoal{Goal: g, Postbacks: []*db.Postback{}}
		for _, p := range postbacks {
			if p.Goal == g.Key {
				shown.Postbacks = append(shown.Postbacks, p)
			}
		}
		if len(shown.Postbacks) == 0 {
			continue
		}
		slices.SortStableFunc(shown.Postbacks, func(a, b *db.Postback) int { return cmp.Compare(rankOf(a), rankOf(b)) })
		first := shown.Postbacks[0]
		shown.URLTemplate, shown.OwnURL = first.URLTemplate, first.URLTemplate != t.URLTemplate
		for _, s := range commission.Statuses() {
			if slices.ContainsFunc(shown.Postbacks, func(p *db.Postback) bool { return slices.Contains(p.Statuses, s) }) {
				shown.Statuses = append(shown.Statuses, s)
			}
		}
		shown.Enabled = slices.ContainsFunc(shown.Postbacks, func(p *db.Postback) bool { return p.Enabled })
		if event, ok := firing.EventOf(first.URLTemplate, firing.Named{Key: g.Key, Name: g.Name}); ok {
			shown.Event = &event
		}
		list = append(list, shown)
	}
	return list, nil
}

// rankOf puts the postback that tells most of a goal first: one that is enabled, of all campaigns.
func rankOf(p *db.Postback) int {
	rank := slices.Index(firing.Scopes(), p.Scope)
	if !p.Enabled {
		rank += len(firing.Scopes())
	}
	return rank
}

// trackerCampaigns returns the campaigns that a tracker has, newest first; those chosen for it alone
// if chosen is set.
func trackerCampaigns(ctx context.Context, t *db.Tracker, chosen bool) ([]*db.Campaign, error) {
	all, err := load(ctx).campaignsOfAffiliate.Load(ctx, t.AffiliateID)
	if err != nil {
		return nil, err
	}
	of, err := load(ctx).trackersOfAffiliate.Load(ctx, t.AffiliateID)
	if err != nil {
		return nil, err
	}
	list := []*db.Campaign{}
	for _, c := range all {
		has := of.firing.Has(ids.Tracker(t.ID), ids.Campaign(c.ID))
		if chosen {
			has = of.firing.Chose(ids.Tracker(t.ID), ids.Campaign(c.ID))
		}
		if has {
			list = append(list, c)
		}
	}
	return list, nil
}

// trackerEndpoints returns the servers of a tracker's URLs, its own first.
func trackerEndpoints(ctx context.Context, t *db.Tracker) ([]*report.Endpoint, error) {
	postbacks, err := load(ctx).postbacksOfTracker.Load(ctx, t.ID)
	if err != nil {
		return nil, err
	}
	templates := []string{t.URLTemplate}
	for _, p := range postbacks {
		templates = append(templates, p.URLTemplate)
	}
	var names []string
	for _, template := range templates {
		parsed, err := macro.ParseFor(template, macro.Aggregated)
		if err != nil {
			return nil, fmt.Errorf("reading a URL of tracker %d: %w", t.ID, err)
		}
		if !slices.Contains(names, parsed.Endpoint()) {
			names = append(names, parsed.Endpoint())
		}
	}
	return load(ctx).endpoint.LoadAll(ctx, names)
}

// optionalIDs parses global ids of one kind; nil if there is no list.
func optionalIDs[ID ids.Campaign | ids.Tracker](field string, given []string) ([]ID, error) {
	if given == nil {
		return nil, nil
	}
	list := make([]ID, len(given))
	var errs []error
	for i, id := range given {
		key, err := optionalID[ID](fmt.Sprintf("%s.%d", field, i), &id)
		list[i], errs = key, append(errs, err)
	}
	return list, errors.Join(errs...)
}

func goalPatches(given []*gen.TrackerGoalInput) []setup.GoalPatch {
	list := make([]setup.GoalPatch, len(given))
	for i, g := range given {
		list[i] = setup.GoalPatch{
			Goal: g.Goal, Enabled: g.Enabled, Event: g.Event, URLTemplate: g.URLTemplate,
			GoalRules: firing.GoalRules{Statuses: g.Statuses, SendCorrections: g.SendCorrections},
		}
	}
	return list
}

func tokensGiven(in *gen.TrackerTokensInput) *[]string {
	var tokens []string
	if in != nil {
		tokens = []string{text(in.Param1), text(in.Param2), text(in.Param3)}
	}
	return &tokens
}

func (r *Resolver) createTracker(ctx context.Context, in gen.CreateTrackerInput) (*db.Tracker, error) {
	affiliateID, err1 := optionalID[ids.Affiliate]("affiliateId", in.AffiliateID)
	chosen, err2 := optionalIDs[ids.Campaign]("campaignIds", in.CampaignIds)
	if err := errors.Join(err1, err2); err != nil {
		return nil, err
	}
	p := setup.TrackerPatch{
		Name: in.Name, Preset: in.Preset, URLTemplate: &in.URLTemplate, Method: in.Method, Goals: goalPatches(in.Goals),
		Campaigns: setup.CampaignsPatch{All: in.AllCampaigns, DefaultLinks: in.DefaultLinks, Shares: in.Shares, Move: in.MoveCampaigns != nil && *in.MoveCampaigns},
	}
	if in.CampaignIds != nil {
		p.Campaigns.Chosen = &chosen
	}
	if in.BodyRule != nil {
		p.BodyRule = new(bodyRule(in.BodyRule))
	}
	if in.Tokens != nil {
		p.Tokens = tokensGiven(in.Tokens)
	}
	return r.Setup.CreateTracker(ctx, affiliateID, p)
}

func (r *Resolver) updateTracker(ctx context.Context, in gen.UpdateTrackerInput) (*db.Tracker, error) {
	id, p, err := trackerPatch(in)
	if err != nil {
		return nil, err
	}
	version := 0
	assign(&version, in.Version)
	return r.Setup.UpdateTracker(ctx, id, version, p)
}

// previewTracker returns what a change would make of a tracker's postbacks, in the order of the event
// dictionary.
func (r *Resolver) previewTracker(ctx context.Context, in gen.UpdateTrackerInput) ([]*gen.TrackerPreviewPostback, error) {
	list := []*gen.TrackerPreviewPostback{}
	id, p, err := trackerPatch(in)
	if err != nil {
		return list, err
	}
	changes, err := r.Setup.PreviewTracker(ctx, id, p)
	if err != nil {
		return list, err
	}
	dictionary, err := load(ctx).dictionary.Load(ctx, struct{}{})
	if err != nil {
		return nil, err
	}
	for _, g := range dictionary {
		for _, change := range changes {
			if change.After.Goal != g.Key {
				continue
			}
			preview, err := r.preview(ctx, change.After, sampleWish{goal: &g.Key})
			if err != nil {
				return nil, err
			}
			shown := &gen.TrackerPreviewPostback{
				Postback: change.Before, Goal: g, Enabled: change.After.Enabled, URLTemplate: change.After.URLTemplate, Preview: preview,
			}
			if event, ok := firing.EventOf(change.After.URLTemplate, firing.Named{Key: g.Key, Name: g.Name}); ok {
				shown.Event = &event
			}
			list = append(list, shown)
		}
	}
	return list, nil
}

// trackerPatch returns which tracker is to be changed, and how.
func trackerPatch(in gen.UpdateTrackerInput) (int64, setup.TrackerPatch, error) {
	id, err1 := intID("Tracker", "id", in.ID)
	chosen, err2 := optionalIDs[ids.Campaign]("campaignIds", in.CampaignIds)
	if err := errors.Join(err1, err2); err != nil {
		return 0, setup.TrackerPatch{}, err
	}
	p := setup.TrackerPatch{
		Name: in.Name, Preset: in.Preset, URLTemplate: in.URLTemplate, Domain: in.Domain, Method: in.Method, Goals: goalPatches(in.Goals),
		Campaigns: setup.CampaignsPatch{All: in.AllCampaigns, DefaultLinks: in.DefaultLinks, Shares: in.Shares, Move: in.MoveCampaigns != nil && *in.MoveCampaigns},
	}
	if in.CampaignIds != nil {
		p.Campaigns.Chosen = &chosen
	}
	if rule, given := in.BodyRule.ValueOK(); given {
		p.BodyRule = new(bodyRule(rule))
	}
	if tokens, given := in.Tokens.ValueOK(); given {
		p.Tokens = tokensGiven(tokens)
	}
	return id, p, nil
}

func (r *Resolver) assignTrackers(ctx context.Context, in gen.AssignTrackersInput) ([]*db.Tracker, error) {
	var a setup.Assignment
	var errs [3]error
	a.AffiliateID, errs[0] = optionalID[ids.Affiliate]("affiliateId", in.AffiliateID)
	a.Remaining, errs[1] = optionalID[ids.Tracker]("remaining", in.Remaining)
	a.DefaultLinks, errs[2] = optionalID[ids.Tracker]("defaultLinks", in.DefaultLinks)
	bad := errs[:]
	for i, c := range in.Campaigns {
		campaign, err1 := optionalID[ids.Campaign](fmt.Sprintf("campaigns.%d.campaignId", i), &c.CampaignID)
		trackers, err2 := optionalIDs[ids.Tracker](fmt.Sprintf("campaigns.%d.trackerIds", i), c.TrackerIds)
		bad = append(bad, err1, err2)
		a.Campaigns = append(a.Campaigns, setup.CampaignTrackers{CampaignID: campaign, TrackerIDs: trackers})
	}
	if err := errors.Join(bad...); err != nil {
		return nil, err
	}
	return r.Setup.AssignTrackers(ctx, a)
}

// trackerHealth returns a tracker's health; one that never had a postback has sent nothing.
func trackerHealth(ctx context.Context, h *report.Health, t *db.Tracker) (*report.PostbackHealth, error) {
	found, err := find(ctx, load(ctx).healthOfTracker, &t.ID)
	if found == nil && err == nil {
		found = h.Nothing(t.ID)
	}
	return found, err
}
