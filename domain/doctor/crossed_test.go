package doctor_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"postrider/domain/doctor"
	"postrider/domain/firing"
	"postrider/domain/macro"
	"postrider/internal/ids"
)

// calls returns an enabled postback of all campaigns to a tracker.
func calls(id ids.Postback, tracker ids.Tracker, param string, options ...func(*firing.Postback)) firing.Postback {
	p := firing.Postback{ID: id, TrackerID: tracker, Scope: firing.Global, Enabled: true, URLTemplate: "https://t.example/in?c={" + param + "}&p={payout}"}
	for _, o := range options {
		o(&p)
	}
	return p
}

func ofOffer(id ids.Offer) func(*firing.Postback) {
	return func(p *firing.Postback) { p.Scope, p.OfferID = firing.Offer, id }
}

func ofCampaign(id ids.Campaign) func(*firing.Postback) {
	return func(p *firing.Postback) { p.Scope, p.CampaignID = firing.Campaign, id }
}

func disabled(p *firing.Postback) { p.Enabled = false }
func deleted(p *firing.Postback)  { p.Deleted = true }

// brief writes crossings as "param_1 [1 2] 10/7 10/0; …".
func brief(all []doctor.Crossing) string {
	var texts []string
	for _, c := range all {
		text := fmt.Sprint(c.Param, " ", c.Trackers)
		for _, at := range c.Places {
			text += fmt.Sprintf(" %d/%d", at.OfferID, at.CampaignID)
		}
		texts = append(texts, text)
	}
	return strings.Join(texts, "; ")
}

var (
	keitaro  = firing.Tracker{ID: 1, Name: "Keitaro", AllCampaigns: true, DefaultLinks: true}
	voluum   = firing.Tracker{ID: 2, Name: "Voluum", AllCampaigns: true, DefaultLinks: true}
	everyone = []doctor.Place{{OfferID: 10, CampaignID: 7}, {OfferID: 10}, {OfferID: 11, CampaignID: 8}}
)

func TestTrackersThatMeet(t *testing.T) {
	t.Parallel()
	with := func(change firing.Tracker, f func(*firing.Tracker)) firing.Tracker { f(&change); return change }
	sevens := func(t *firing.Tracker) { t.AllCampaigns, t.DefaultLinks, t.Campaigns = false, false, []ids.Campaign{7} }
	for name, c := range map[string]struct {
		trackers  []firing.Tracker
		postbacks []firing.Postback
		want      string
	}{
		"both of all campaigns":         {[]firing.Tracker{keitaro, voluum}, []firing.Postback{calls(1, 1, "param_1"), calls(2, 2, "param_1")}, "param_1 [1 2] 10/7 10/0 11/8"},
		"by different goals":            {[]firing.Tracker{keitaro, voluum}, []firing.Postback{calls(1, 1, "param_1"), calls(2, 1, "param_1"), calls(3, 2, "param_1")}, "param_1 [1 2] 10/7 10/0 11/8"},
		"with different params":         {[]firing.Tracker{keitaro, voluum}, []firing.Postback{calls(1, 1, "param_1"), calls(2, 2, "param_2")}, ""},
		"without a click id":            {[]firing.Tracker{keitaro, voluum}, []firing.Postback{calls(1, 1, "param_1"), calls(2, 2, "conversion_id")}, ""},
		"one tracker alone":             {[]firing.Tracker{keitaro}, []firing.Postback{calls(1, 1, "param_1"), calls(2, 1, "param_1")}, ""},
		"in an offer":                   {[]firing.Tracker{keitaro, voluum}, []firing.Postback{calls(1, 1, "param_1"), calls(2, 2, "param_1", ofOffer(11))}, "param_1 [1 2] 11/8"},
		"two offers":                    {[]firing.Tracker{keitaro, voluum}, []firing.Postback{calls(1, 1, "param_1", ofOffer(10)), calls(2, 2, "param_1", ofOffer(11))}, ""},
		"a campaign postback":           {[]firing.Tracker{keitaro, voluum}, []firing.Postback{calls(1, 1, "param_1"), calls(2, 2, "param_1", ofCampaign(7))}, ""},
		"one disabled":                  {[]firing.Tracker{keitaro, voluum}, []firing.Postback{calls(1, 1, "param_1"), calls(2, 2, "param_1", disabled)}, ""},
		"one deleted":                   {[]firing.Tracker{keitaro, voluum}, []firing.Postback{calls(1, 1, "param_1"), calls(2, 2, "param_1", deleted)}, ""},
		"a tracker that shares":         {[]firing.Tracker{keitaro, with(voluum, func(t *firing.Tracker) { t.Shares = true })}, []firing.Postback{calls(1, 1, "param_1"), calls(2, 2, "param_1")}, ""},
		"one has chosen":                {[]firing.Tracker{keitaro, with(voluum, sevens)}, []firing.Postback{calls(1, 1, "param_1"), calls(2, 2, "param_1")}, ""},
		"two have chosen the same":      {[]firing.Tracker{with(keitaro, sevens), with(voluum, sevens)}, []firing.Postback{calls(1, 1, "param_1"), calls(2, 2, "param_1")}, ""},
		"one has the default links too": {[]firing.Tracker{keitaro, with(voluum, func(t *firing.Tracker) { t.AllCampaigns = false })}, []firing.Postback{calls(1, 1, "param_1"), calls(2, 2, "param_1")}, "param_1 [1 2] 10/0"},
		"two chosen and the default links": {
			[]firing.Tracker{with(keitaro, func(t *firing.Tracker) { t.Campaigns = []ids.Campaign{7} }), voluum},
			[]firing.Postback{calls(1, 1, "param_1"), calls(2, 2, "param_1")}, "param_1 [1 2] 10/0 11/8",
		},
		"an archived tracker":              {[]firing.Tracker{keitaro}, []firing.Postback{calls(1, 1, "param_1"), calls(2, 2, "param_1")}, ""},
		"a postback of no tracker":         {[]firing.Tracker{keitaro, voluum}, []firing.Postback{calls(1, 1, "param_1"), calls(2, 0, "param_1")}, ""},
		"a template that nobody can read":  {[]firing.Tracker{keitaro, voluum}, []firing.Postback{calls(1, 1, "param_1"), calls(2, 2, "param_1}{")}, ""},
		"the one of most campaigns first":  {[]firing.Tracker{keitaro, voluum}, []firing.Postback{calls(1, 1, "param_1", ofOffer(11)), calls(2, 2, "param_1"), calls(3, 1, "param_2"), calls(4, 2, "param_2")}, "param_2 [1 2] 10/7 10/0 11/8; param_1 [1 2] 11/8"},
		"three, of which two meet in more": {[]firing.Tracker{keitaro, voluum, {ID: 3, Name: "Binom", AllCampaigns: true}}, []firing.Postback{calls(1, 1, "param_1"), calls(2, 2, "param_1"), calls(3, 3, "param_1")}, "param_1 [1 2 3] 10/7 11/8; param_1 [1 2] 10/0"},
	} {
		if got := brief(doctor.Crossed(firing.NewTrackers(c.trackers), c.postbacks, everyone)); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// estate is an affiliate's trackers, postbacks and places as drawn, with what each postback sends.
type estate struct {
	trackers  []firing.Tracker
	postbacks []firing.Postback
	places    []doctor.Place
	param     map[ids.Postback]macro.Name
}

func drawEstate(t *rapid.T) estate {
	n := estate{param: map[ids.Postback]macro.Name{}}
	for id := ids.Tracker(1); id <= 3; id++ {
		one := firing.Tracker{ID: id, AllCampaigns: rapid.IntRange(0, 2).Draw(t, "all") > 0, DefaultLinks: rapid.Bool().Draw(t, "links"), Shares: rapid.IntRange(0, 5).Draw(t, "shares") == 0}
		for c := ids.Campaign(1); c <= 4; c++ {
			if rapid.IntRange(0, 3).Draw(t, "chosen") == 0 {
				one.Campaigns = append(one.Campaigns, c)
			}
		}
		n.trackers = append(n.trackers, one)
	}
	for id := ids.Postback(1); id <= 6; id++ {
		param := rapid.SampledFrom([]macro.Name{macro.Param1, macro.Param1, macro.Param1, macro.Param2, ""}).Draw(t, "param")
		p := calls(id, ids.Tracker(rapid.IntRange(0, 4).Draw(t, "tracker")), string(param))
		if param == "" {
			p.URLTemplate = "https://t.example/in?c={conversion_id}"
		}
		n.param[id] = param
		p.Enabled, p.Deleted = rapid.IntRange(0, 5).Draw(t, "enabled") > 0, rapid.IntRange(0, 9).Draw(t, "deleted") == 0
		switch rapid.IntRange(0, 3).Draw(t, "scope") {
		case 0:
			ofOffer(ids.Offer(rapid.IntRange(1, 2).Draw(t, "offer")))(&p)
		case 1:
			ofCampaign(ids.Campaign(rapid.IntRange(1, 4).Draw(t, "campaign")))(&p)
		}
		n.postbacks = append(n.postbacks, p)
	}
	for offer := ids.Offer(1); offer <= 2; offer++ {
		n.places = append(n.places, doctor.Place{OfferID: offer, CampaignID: ids.Campaign(2*offer - 1)}, doctor.Place{OfferID: offer, CampaignID: ids.Campaign(2 * offer)}, doctor.Place{OfferID: offer})
	}
	return n
}

// mixes is another implementation of what makes trackers meet: whether a postback calls its tracker
// with this param of the clicks of a place.
func (n estate) mixes(p firing.Postback, param macro.Name, at doctor.Place) bool {
	if !p.Enabled || p.Deleted || n.param[p.ID] != param || p.Scope == firing.Campaign || p.Scope == firing.Offer && p.OfferID != at.OfferID {
		return false
	}
	choosers, has := 0, false
	for _, t := range n.trackers {
		chose := at.CampaignID != 0 && slices.Contains(t.Campaigns, at.CampaignID)
		if chose && !t.Shares {
			choosers++
		}
		if t.ID == p.TrackerID {
			has = !t.Shares && (chose || at.CampaignID == 0 && t.DefaultLinks || at.CampaignID != 0 && t.AllCampaigns)
		}
	}
	for _, t := range n.trackers { // a campaign that one tracker has chosen is no longer among all campaigns
		if t.ID == p.TrackerID && choosers == 1 && !slices.Contains(t.Campaigns, at.CampaignID) {
			has = false
		}
	}
	return has && choosers < 2
}

// meeting returns the trackers that meet in a place with a param, in order.
func (n estate) meeting(param macro.Name, at doctor.Place) []ids.Tracker {
	met := map[ids.Tracker]bool{}
	for _, p := range n.postbacks {
		if n.mixes(p, param, at) {
			met[p.TrackerID] = true
		}
	}
	if len(met) < 2 {
		return nil
	}
	return slices.Sorted(maps.Keys(met))
}

func TestTrackersMeetAsANaiveSearchFindsThem(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := drawEstate(t)
		want := map[string]string{}
		for _, param := range []macro.Name{macro.Param1, macro.Param2} {
			for _, at := range n.places {
				if of := n.meeting(param, at); of != nil {
					want[fmt.Sprint(param, " ", of)] += fmt.Sprintf(" %d/%d", at.OfferID, at.CampaignID)
				}
			}
		}
		found := doctor.Crossed(firing.NewTrackers(n.trackers), n.postbacks, n.places)
		got := map[string]string{}
		for i, c := range found {
			key := fmt.Sprint(c.Param, " ", c.Trackers)
			got[key] = strings.TrimPrefix(brief([]doctor.Crossing{c}), key)
			if i > 0 && len(c.Places) > len(found[i-1].Places) {
				t.Fatalf("the one of most places does not come first: %s", brief(found))
			}
		}
		if !maps.Equal(got, want) || len(got) != len(found) {
			t.Fatalf("%v, want %v: %+v", got, want, n)
		}
	})
}

// A postback crosses with those that meet its own tracker because of it.
func TestWhomAPostbackCrosses(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := drawEstate(t)
		p := rapid.SampledFrom(n.postbacks).Draw(t, "asked")
		met := map[ids.Tracker]bool{}
		for _, at := range n.places {
			if n.param[p.ID] == "" || !n.mixes(p, n.param[p.ID], at) {
				continue
			}
			for _, other := range n.meeting(n.param[p.ID], at) {
				met[other] = met[other] || other != p.TrackerID
			}
		}
		delete(met, p.TrackerID)
		got := doctor.CrossesWith(p, firing.NewTrackers(n.trackers), n.postbacks, n.places)
		if want := slices.Sorted(maps.Keys(met)); !slices.Equal(got, want) {
			t.Fatalf("%+v crosses %v, want %v: %+v", p, got, want, n)
		}
	})
}

func TestWhatIsSaidOfTrackersThatMeet(t *testing.T) {
	t.Parallel()
	for want, got := range map[string]string{
		"“Keitaro” and “Voluum” are called with {param_1} of the same clicks in 6 campaigns: each gets click ids that another tracker made. 412 postbacks of the last 30 days went to the wrong tracker.": doctor.CrossedMessage([]string{"Keitaro", "Voluum"}, macro.Param1, 6, 412),
		"“A”, “B” and “C” are called with {param_2} of the clicks of the same campaign: each gets click ids that another tracker made. 1 postback of the last 30 days went to the wrong tracker.":         doctor.CrossedMessage([]string{"A", "B", "C"}, macro.Param2, 1, 1),
		"“A” and “B” are called with {param_1} of the clicks of your default links: each gets click ids that another tracker made.":                                                                       doctor.CrossedMessage([]string{"A", "B"}, macro.Param1, 0, 0),
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	q := doctor.Question{Template: sound + "&x=1", Crosses: []string{"Keitaro"}}
	one := doctor.Check(q)
	if len(one) != 1 || one[0].Code != doctor.CodeCrossedTrackers || one[0].Severity != doctor.Warning || one[0].Fix != nil ||
		one[0].Message != "“Keitaro” gets the same click ids, but each click carries the click id of one tracker alone: choose campaigns for each tracker." ||
		sound[one[0].Start:one[0].End] != "{param_1}" {
		t.Errorf("%+v", one)
	}
	q.Crosses = []string{"A", "B", "C"}
	if three := doctor.Check(q); !strings.HasPrefix(three[0].Message, "“A”, “B” and “C” get the same click ids") {
		t.Errorf("%+v", three)
	}
}

// What the other postbacks of its tracker do is not a postback's doing.
func TestAPostbackAnswersForItself(t *testing.T) {
	t.Parallel()
	trackers := firing.NewTrackers([]firing.Tracker{keitaro, voluum})
	sibling, other := calls(1, 1, "param_1"), calls(2, 2, "param_1")
	for name, c := range map[string]struct {
		p    firing.Postback
		want []ids.Tracker
	}{
		"with another param":   {calls(3, 1, "param_2"), nil},
		"with the same":        {calls(3, 1, "param_1"), []ids.Tracker{2}},
		"the saved one anew":   {calls(1, 1, "param_1"), []ids.Tracker{2}},
		"the saved one, param": {calls(1, 1, "param_3"), nil},
		"for a campaign":       {calls(3, 1, "param_1", ofCampaign(7)), nil},
	} {
		if got := doctor.CrossesWith(c.p, trackers, []firing.Postback{sibling, other}, everyone); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
