package doctor

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"postrider/domain/firing"
	"postrider/domain/macro"
	"postrider/internal/ids"
	"postrider/internal/problem"
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
		params[p.ID] = ClickParam(p)
	}
	return params
}

// ClickParam returns the param in which a postback sends the tracker's click id; empty if it sends
// none.
func ClickParam(p firing.Postback) macro.Name {
	parsed, err := macro.ParseFor(p.URLTemplate, macro.Aggregated)
	if err != nil {
		return ""
	}
	param, _ := firing.ClickMacro(parsed)
	return param
}

// CrossedMessage says what is wrong with trackers, by their names, that meet in so many campaigns,
// and how often a tracker was called with another's click id in 30 days.
func CrossedMessage(names []string, param macro.Name, campaigns, wrong int) string {
	where := "the clicks of your default links"
	switch {
	case campaigns == 1:
		where = "the clicks of the same campaign"
	case campaigns > 1:
		where = fmt.Sprintf("the same clicks in %d campaigns", campaigns)
	}
	message := fmt.Sprintf("%s are called with {%s} of %s: each gets click ids that another tracker made.", trackerNames(names), param, where)
	switch {
	case wrong == 1:
		message += " 1 postback of the last 30 days went to the wrong tracker."
	case wrong > 1:
		message += fmt.Sprintf(" %d postbacks of the last 30 days went to the wrong tracker.", wrong)
	}
	return message
}

// trackerNames returns trackers' names within a sentence: “A”, “B” and “C”.
func trackerNames(names []string) string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = "“" + name + "”"
	}
	return problem.List(quoted)
}

// CrossesWith finds the trackers, in the order of their ids, that a postback makes its own tracker
// meet in some of these places. Others are the other postbacks of its owner.
func CrossesWith(p firing.Postback, trackers firing.Trackers, others []firing.Postback, places []Place) []ids.Tracker {
	asked := []firing.Postback{p}
	for _, other := range others {
		if other.ID != p.ID && other.TrackerID != p.TrackerID { // what its tracker's other postbacks do is not its doing
			asked = append(asked, other)
		}
	}
	var with []ids.Tracker
	for _, crossing := range Crossed(trackers, asked, places) {
		if slices.Contains(crossing.Trackers, p.TrackerID) {
			with = append(with, crossing.Trackers...)
		}
	}
	slices.Sort(with)
	return slices.DeleteFunc(slices.Compact(with), func(id ids.Tracker) bool { return id == p.TrackerID })
}

// crossed finds a postback that calls its tracker with click ids that another tracker gets too.
func (e *exam) crossed() {
	if len(e.Crosses) == 0 {
		return
	}
	param, _ := firing.ClickMacro(e.template)
	at := nowhere
	for _, slot := range e.template.Slots() {
		if slot.Macro == param {
			at = place{slot.Start, slot.End}
			break
		}
	}
	gets := map[bool]string{true: "gets", false: "get"}[len(e.Crosses) == 1]
	e.find(CodeCrossedTrackers, Warning, at, fmt.Sprintf("%s %s the same click ids, but each click carries the click id of one tracker alone: choose campaigns for each tracker.", trackerNames(e.Crosses), gets), nil)
}
