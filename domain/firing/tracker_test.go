package firing_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"postrider/domain/commission"
	"postrider/domain/firing"
	"postrider/internal/ids"
)

// drawTrackers draws up to three trackers of one affiliate with campaigns 1 and 2.
func drawTrackers(t *rapid.T) []firing.Tracker {
	var list []firing.Tracker
	for id := ids.Tracker(1); id <= 3; id++ {
		if !rapid.Bool().Draw(t, "there is one") {
			continue
		}
		one := firing.Tracker{
			ID: id, Name: "T" + string(rune('0'+id)), AllCampaigns: rapid.Bool().Draw(t, "all"), DefaultLinks: rapid.Bool().Draw(t, "links"),
			Shares: rapid.IntRange(0, 3).Draw(t, "shares") == 0,
		}
		for c := ids.Campaign(1); c <= 2; c++ {
			if rapid.Bool().Draw(t, "chosen") {
				one.Campaigns = append(one.Campaigns, c)
			}
		}
		list = append(list, one)
	}
	return list
}

// naivelyHas is another implementation of who has a campaign: it goes through the list for every
// question.
func naivelyHas(list []firing.Tracker, id ids.Tracker, campaign ids.Campaign) bool {
	chose := func(t firing.Tracker) bool { return slices.Contains(t.Campaigns, campaign) }
	taken := false
	for _, t := range list {
		taken = taken || chose(t) && !t.Shares
	}
	for _, t := range list {
		if t.ID != id {
			continue
		}
		if campaign == 0 {
			return t.DefaultLinks
		}
		return chose(t) || t.AllCampaigns && (t.Shares || !taken)
	}
	return id == 0
}

func TestWhoHasACampaign(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		list := drawTrackers(t)
		trackers := firing.NewTrackers(list)
		for campaign := ids.Campaign(0); campaign <= 2; campaign++ {
			of := map[ids.Tracker]bool{}
			for _, one := range trackers.Of(campaign) {
				of[one.ID] = true
			}
			for id := ids.Tracker(0); id <= 4; id++ {
				want := naivelyHas(list, id, campaign)
				if got := trackers.Has(id, campaign); got != want {
					t.Fatalf("tracker %d has campaign %d: %t, want %t: %+v", id, campaign, got, want, list)
				}
				if id != 0 && of[id] != want {
					t.Fatalf("tracker %d is of campaign %d: %t, want %t: %+v", id, campaign, of[id], want, list)
				}
			}
		}
	})
}

func TestForAnotherTracker(t *testing.T) {
	t.Parallel()
	trackers := firing.NewTrackers([]firing.Tracker{
		{ID: 1, Name: "Keitaro", AllCampaigns: true, DefaultLinks: true},
		{ID: 2, Name: "Binom", Campaigns: []ids.Campaign{7}},
	})
	post := func(tracker ids.Tracker) firing.Postback {
		return firing.Postback{ID: 5, AffiliateID: 1, TrackerID: tracker, Scope: firing.Global, Goal: "ftd", Statuses: []commission.Status{"approved"}, Enabled: true}
	}
	for name, c := range map[string]struct {
		campaign ids.Campaign
		tracker  ids.Tracker
		fires    bool
		says     string
	}{
		"chosen":                 {7, 2, true, "Fired"},
		"chosen for another":     {7, 1, false, "For another tracker: its clicks carry click ids of “Binom”, not of “Keitaro”."},
		"one of all others":      {8, 1, true, "Fired"},
		"another's of all":       {8, 2, false, "For another tracker: its clicks carry click ids of “Keitaro”, not of “Binom”."},
		"the default link":       {0, 1, true, "Fired"},
		"another's default link": {0, 2, false, "For another tracker: the clicks of the default links carry click ids of “Keitaro”, not of “Binom”."},
		"no tracker":             {7, 0, true, "Fired"},
		"an archived tracker":    {7, 3, false, "For another tracker"},
	} {
		d := firing.Decide(firing.Event{AffiliateID: 1, OfferID: 1, CampaignID: c.campaign, Goal: "ftd", Status: "approved"}, []firing.Postback{post(c.tracker)}, trackers)[0]
		if d.Fired != c.fires || !strings.HasPrefix(d.Reason, c.says) || !c.fires && d.Rule != firing.OtherTracker {
			t.Errorf("%s: %+v, want %t: %s", name, d, c.fires, c.says)
		}
	}
}

func TestWhereAPostbackGoesWithItsURL(t *testing.T) {
	t.Parallel()
	p := firing.Postback{ID: 9, TrackerID: 1, Scope: firing.Global, Goal: "ftd", Statuses: []commission.Status{"approved"}, URLTemplate: "https://kt.example/pb?s={param_1}"}
	for url, wants := range map[string][2]bool{
		"https://kt.example/pb?s={param_2}": {false, false},
		"https://kt.example/in?s={param_1}": {false, true},
		"https://vl.example/pb?s={param_1}": {false, true},
		"nonsense":                          {false, false},
	} {
		for others, want := range wants {
			if got := p.LeavesTracker(url, others); got != want {
				t.Errorf("%s, with %d others: %t", url, others, got)
			}
		}
	}
	of := func(id ids.Postback, tracker ids.Tracker, goal, url string) firing.Postback {
		q := p
		q.ID, q.TrackerID, q.Goal, q.URLTemplate = id, tracker, goal, url
		return q
	}
	trackers := []firing.TrackerURL{{ID: 1, Template: "https://kt.example/pb?s={param_1}"}, {ID: 2, Template: "https://kt.example/pb?s={param_2}"}, {ID: 3, Template: "https://vl.example/"}}
	postbacks := []firing.Postback{
		of(1, 1, "ftd", "https://kt.example/pb?s={param_1}"), of(2, 2, "deposit", "https://kt.example/pb?s={param_2}"), of(3, 3, "ftd", "https://own.example/x?c={param_1}"), of(9, 3, "ftd", "https://me.example/"),
	}
	for url, want := range map[string]ids.Tracker{
		"https://kt.example/pb?s={param_2}":  2, // its URL
		"https://kt.example/pb?s={param_3}":  2, // its place; the first has another URL for the goal
		"https://own.example/x?c={param_1}":  3, // the URL of one of its postbacks
		"https://own.example/x?c={click_id}": 0, // a place where it has another URL for the goal
		"https://me.example/":                0, // its own saved URL tells nothing
		"https://new.example/":               0,
	} {
		p.URLTemplate = url
		if got := firing.TrackerFor(p, trackers, postbacks); got != want {
			t.Errorf("%s goes to %d, want %d", url, got, want)
		}
	}
}
