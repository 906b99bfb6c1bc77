package doctor

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"postrider/domain/firing"
	"postrider/domain/macro"
	"postrider/internal/ids"
)

// Place is where an affiliate's conversions come from: a campaign, or the default link of an offer.
type Place struct {
	OfferID    ids.Offer
	CampaignID ids.Campaign // 0 for the default link
}

// Crossing is several trackers that are called with the same param of the same clicks: each but one
// gets click ids that it did not make.
type Crossing struct {
	Trackers []ids.Tracker
	Param    macro.Name // the param that they are all called with
	Places   []Place
}

// Crossed finds the trackers of one affiliate that meet in these places. Only postbacks of an offer
// or of all campaigns make trackers meet, as a campaign postback names its campaign on purpose; so
// does who chooses two trackers for one campaign, and a tracker that shares campaigns.
func Crossed(trackers firing.Trackers, postbacks []firing.Postback, places []Place) []Crossing {
	params := clickParams(trackers, postbacks)
	found := map[string]*Crossing{}
	for _, at := range places {
		if len(trackers.Chosen(at.CampaignID)) > 1 {
			continue
		}
		meet := map[macro.Name][]ids.Tracker{}
		for _, p := range postbacks {
			param := params[p.ID]
			if param == "" || !p.Reaches(at.OfferID, at.CampaignID) || !trackers.Has(p.TrackerID, at.CampaignID) || slices.Contains(meet[param], p.TrackerID) {
				continue
			}
			meet[param] = append(meet[param], p.TrackerID)
		}
		for param, of := range meet {
			if len(of) < 2 {
				continue
			}
			slices.Sort(of)
			key := fmt.Sprint(param, of)
			if found[key] == nil {
				found[key] = &Crossing{Trackers: of, Param: param}
			}
			found[key].Places = append(found[key].Places, at)
		}
	}
	all := make([]Crossing, 0, len(found))
	for _, key := range slices.Sorted(maps.Keys(found)) {
		all = append(all, *found[key])
	}
	slices.SortStableFunc(all, func(a, b Crossing) int { return cmp.Compare(len(b.Places), len(a.Places)) })
	return all
}

// clickParams returns the param that carries the click id, for each postback that can make trackers
// meet.
func clickParams(trackers firing.Trackers, postbacks []firing.Postback) map[ids.Postback]macro.Name {
	params := map[ids.Postback]macro.Name{}
	for _, p := range postbacks {
		if p.TrackerID == 0 || !p.Enabled || p.Deleted || p.Scope == firing.Campaign || trackers.Shares(p.TrackerID) {
			continue
		}
		if parsed, err := macro.ParseFor(p.URLTemplate, macro.Aggregated); err == nil {
			params[p.ID], _ = firing.ClickMacro(parsed)
		}
	}
	return params
}

// CrossedMessage says what is wrong with trackers, by their names, that meet in so many campaigns,
// and how often a tracker was called with another's click id in 30 days.
func CrossedMessage(names []string, param macro.Name, campaigns, wrong int) string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = "“" + name + "”"
	}
	last := len(quoted) - 1
	where := "the clicks of your default links"
	switch {
	case campaigns == 1:
		where = "the clicks of the same campaign"
	case campaigns > 1:
		where = fmt.Sprintf("the same clicks in %d campaigns", campaigns)
	}
	message := fmt.Sprintf("%s and %s are called with {%s} of %s: each gets click ids that another tracker made.", strings.Join(quoted[:last], ", "), quoted[last], param, where)
	switch {
	case wrong == 1:
		message += " 1 postback of the last 30 days went to the wrong tracker."
	case wrong > 1:
		message += fmt.Sprintf(" %d postbacks of the last 30 days went to the wrong tracker.", wrong)
	}
	return message
}
