package firing

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"postrider/domain/commission"
	"postrider/internal/ids"
)

// Tracker is which campaigns' clicks carry a tracker's click ids.
type Tracker struct {
	ID           ids.Tracker
	Name         string
	AllCampaigns bool           // every campaign that no other tracker has chosen
	DefaultLinks bool           // the default links, which have no campaign
	Campaigns    []ids.Campaign // those chosen for it
	Shares       bool           // it is called with other trackers' click ids on purpose: it takes no campaign from them
}

// TrackerSpec is a tracker's complete specification, as its versions keep it.
type TrackerSpec struct {
	Name         string         `json:"name"`
	Preset       string         `json:"preset"` // a preset's key; empty to tell by the URL
	URLTemplate  string         `json:"urlTemplate"`
	Method       Method         `json:"method"`
	BodyRule     *BodyRule      `json:"bodyRule"`
	Tokens       []string       `json:"tokens,omitempty"` // of param_1 to param_3 on its links; nil for its preset's
	AllCampaigns bool           `json:"allCampaigns"`
	DefaultLinks bool           `json:"defaultLinks"`
	Shares       bool           `json:"shares"`
	Campaigns    []ids.Campaign `json:"campaigns"`
	Goals        []TrackerGoal  `json:"goals"`
}

// TrackerGoal is what one of a tracker's postbacks sends, as the tracker's versions keep it.
type TrackerGoal struct {
	Goal        string              `json:"goal"`
	Scope       Scope               `json:"scope"`
	OfferID     ids.Offer           `json:"offerId"`
	CampaignID  ids.Campaign        `json:"campaignId"`
	Enabled     bool                `json:"enabled"`
	Statuses    []commission.Status `json:"statuses"`
	URLTemplate string              `json:"urlTemplate"`
}

// Trackers are the trackers of one affiliate. The zero value is for an affiliate without any.
type Trackers struct {
	byID   map[ids.Tracker]Tracker
	chosen map[ids.Campaign][]ids.Tracker
}

// NewTrackers returns an affiliate's trackers, without those that are archived.
func NewTrackers(list []Tracker) Trackers {
	t := Trackers{byID: make(map[ids.Tracker]Tracker, len(list)), chosen: map[ids.Campaign][]ids.Tracker{}}
	for _, one := range list {
		t.byID[one.ID] = one
		for _, c := range one.Campaigns {
			if !one.Shares {
				t.chosen[c] = append(t.chosen[c], one.ID)
			}
		}
	}
	return t
}

// Has reports whether a tracker has a campaign, or, for campaign 0, the default links: whether
// their clicks carry its click ids. No tracker, 0, has all of them.
func (t Trackers) Has(id ids.Tracker, campaign ids.Campaign) bool {
	if id == 0 {
		return true
	}
	one, known := t.byID[id]
	switch {
	case !known:
		return false
	case campaign == 0:
		return one.DefaultLinks
	}
	return slices.Contains(one.Campaigns, campaign) || one.AllCampaigns && (one.Shares || len(t.chosen[campaign]) == 0)
}

// Of returns the trackers that have a campaign, or the default links, in the order of their ids.
func (t Trackers) Of(campaign ids.Campaign) []Tracker {
	var list []Tracker
	for id, one := range t.byID {
		if t.Has(id, campaign) {
			list = append(list, one)
		}
	}
	slices.SortFunc(list, func(a, b Tracker) int { return cmp.Compare(a.ID, b.ID) })
	return list
}

// List returns all of them, in the order of their ids.
func (t Trackers) List() []Tracker {
	return slices.SortedFunc(maps.Values(t.byID), func(a, b Tracker) int { return cmp.Compare(a.ID, b.ID) })
}

// Chosen returns the trackers that a campaign was chosen for, without those that share campaigns.
func (t Trackers) Chosen(campaign ids.Campaign) []ids.Tracker { return t.chosen[campaign] }

// HasSQL is [Trackers.Has] for a row p of postbacks and c of campaigns.
const HasSQL = `(p.tracker_id IS NULL OR EXISTS (SELECT FROM tracker_campaigns h WHERE h.tracker_id = p.tracker_id AND h.campaign_id = c.id)
	OR EXISTS (SELECT FROM trackers t WHERE t.id = p.tracker_id AND t.archived_at IS NULL AND t.all_campaigns AND (t.shares OR NOT EXISTS (
	  SELECT FROM tracker_campaigns h JOIN trackers o ON o.id = h.tracker_id WHERE h.campaign_id = c.id AND NOT o.shares))))`

// name returns a tracker's name, for a sentence.
func (t Trackers) name(id ids.Tracker) string { return "“" + t.byID[id].Name + "”" }

// otherTracker explains why a postback of a tracker does not fire for a campaign.
func (t Trackers) otherTracker(p Postback, campaign ids.Campaign) string {
	clicks := "its clicks"
	if campaign == 0 {
		clicks = "the clicks of the default links"
	}
	var names []string
	for _, other := range t.Of(campaign) {
		names = append(names, t.name(other.ID))
	}
	if len(names) == 0 {
		return "For another tracker: " + clicks + " do not carry click ids of " + t.name(p.TrackerID) + ", which has other campaigns."
	}
	return "For another tracker: " + clicks + " carry click ids of " + strings.Join(names, " and ") + ", not of " + t.name(p.TrackerID) + "."
}

// GoalRules are the rules of one goal's postback that are changed together; nil fields are left
// unchanged.
type GoalRules struct {
	Statuses        []commission.Status
	SendCorrections *bool
}

// Apply changes the rules of a postback.
func (r GoalRules) Apply(p *Postback) {
	if r.Statuses != nil {
		p.Statuses = r.Statuses
	}
	if r.SendCorrections != nil {
		p.SendCorrections = *r.SendCorrections
	}
}

// Shares reports whether a tracker is called with other trackers' click ids on purpose.
func (t Trackers) Shares(id ids.Tracker) bool { return t.byID[id].Shares }

// Chose reports whether a campaign was chosen for a tracker.
func (t Trackers) Chose(id ids.Tracker, campaign ids.Campaign) bool {
	return slices.Contains(t.byID[id].Campaigns, campaign)
}

// TrackerURL is a tracker's own URL.
type TrackerURL struct {
	ID       ids.Tracker
	Template string
}

// TrackerFor finds the tracker that a new postback goes to: one that has its URL, else one of the
// same host and path that it does not crowd; 0 if there is none. The trackers and the postbacks are
// its owner's, without what is archived or deleted.
func TrackerFor(p Postback, trackers []TrackerURL, postbacks []Postback) ids.Tracker {
	of := map[ids.Tracker][]Postback{}
	for _, other := range postbacks {
		if other.ID != p.ID {
			of[other.TrackerID] = append(of[other.TrackerID], other)
		}
	}
	sameURL := func(other Postback) bool { return other.URLTemplate == p.URLTemplate }
	for _, t := range trackers {
		if t.Template == p.URLTemplate || slices.ContainsFunc(of[t.ID], sameURL) {
			return t.ID
		}
	}
	place := Place(p.URLTemplate)
	samePlace := func(other Postback) bool { return Place(other.URLTemplate) == place }
	for _, t := range trackers {
		there := Place(t.Template) == place || slices.ContainsFunc(of[t.ID], samePlace)
		if there && !slices.ContainsFunc(of[t.ID], p.Crowds) {
			return t.ID
		}
	}
	return 0
}

// LeavesTracker reports whether the postback goes to another tracker once it has this URL: one of
// another host or path, while others of its tracker's postbacks stay.
func (p Postback) LeavesTracker(url string, others int) bool {
	place := Place(url)
	return p.TrackerID != 0 && others > 0 && place != "" && place != Place(p.URLTemplate)
}
