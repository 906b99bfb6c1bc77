package setup_test

import (
	"fmt"
	"strings"
	"testing"

	"postrider/domain/firing"
	"postrider/internal/ids"
	"postrider/setup"
)

// Who gets the remaining campaigns takes them from those whose click ids the same clicks would carry,
// and from nobody else: a bot goes on being called for all of them.
func TestRemainingCampaignsAreTakenFromRivalsAlone(t *testing.T) {
	w := newWorld(t)
	shares := func(p *setup.TrackerPatch) { p.Campaigns.Shares = new(true) }
	all := func(p *setup.TrackerPatch) {
		p.Campaigns.All, p.Campaigns.DefaultLinks, p.Campaigns.Shares = new(true), new(true), new(true)
	}
	keitaro := w.tracker("https://kt.example/pb?c={param_1}", all)
	voluum := w.tracker("https://vl.example/pb?c={param_1}", all)
	bot := w.tracker("https://bot.example/say?text={goal_name}", all)
	second := w.tracker("https://second.example/pb?c={param_2}", all)
	crm := w.tracker("https://crm.example/pb?c={param_1}", all, shares)
	for _, tr := range []ids.Tracker{ids.Tracker(keitaro.ID), ids.Tracker(voluum.ID), ids.Tracker(bot.ID), ids.Tracker(second.ID)} {
		w.must(w.client.Tracker.UpdateOneID(int64(tr)).SetShares(false).Exec(w.system)) // as they were before there were trackers
	}
	list, err := w.setup.AssignTrackers(w.oneCtx, setup.Assignment{Remaining: ids.Tracker(voluum.ID), DefaultLinks: ids.Tracker(keitaro.ID)})
	w.must(err)
	var got []string
	for _, tr := range list {
		got = append(got, fmt.Sprint(firing.Host(tr.URLTemplate), " ", tr.AllCampaigns, " ", tr.DefaultLinks))
	}
	want := "kt.example false true, vl.example true false, bot.example true true, second.example true true, crm.example true true"
	if strings.Join(got, ", ") != want || crm.ID == 0 {
		t.Errorf("%s, want %s", strings.Join(got, ", "), want)
	}
	other := w.tracker("https://other.example/say?text={goal_name}", chosenFor())
	_, err = w.setup.AssignTrackers(w.oneCtx, setup.Assignment{Remaining: ids.Tracker(other.ID)})
	w.must(err)
	if !w.row(bot).AllCampaigns || !w.row(voluum).AllCampaigns || !w.row(other).AllCampaigns {
		t.Error("a second bot takes the campaigns of others, though it is called with no click id")
	}
}

// What is wrong with the choice for a campaign is said of that campaign.
func TestACampaignWithAPostbackOfItsOwnIsNamed(t *testing.T) {
	w := newWorld(t)
	a, b := w.campaign(), w.campaign()
	keitaro := w.tracker("https://kt.example/pb?c={param_1}")
	voluum := w.tracker("https://vl.example/pb?c={param_1}", chosenFor())
	_, err := w.setup.CreatePostbacks(w.oneCtx, 0, []string{"deposit"}, wish(func(p *firing.Postback) {
		p.Scope, p.CampaignID, p.URLTemplate = firing.Campaign, ids.Campaign(b), "https://kt.example/pb?c={param_1}"
	}))
	w.must(err)
	choose := func(campaign int64, trackers ...ids.Tracker) setup.CampaignTrackers {
		return setup.CampaignTrackers{CampaignID: ids.Campaign(campaign), TrackerIDs: trackers}
	}
	_, err = w.setup.AssignTrackers(w.oneCtx, setup.Assignment{Campaigns: []setup.CampaignTrackers{choose(a, ids.Tracker(voluum.ID)), choose(b, ids.Tracker(voluum.ID))}})
	if got := messages(err); !strings.HasPrefix(got, "INVALID campaigns.1.trackerIds: “") || !strings.Contains(got, "its own campaign postback to “kt.example” for deposit") {
		t.Errorf("%s", got)
	}
	_, err = w.setup.AssignTrackers(w.oneCtx, setup.Assignment{Campaigns: []setup.CampaignTrackers{choose(a, ids.Tracker(keitaro.ID))}, Remaining: ids.Tracker(voluum.ID)})
	if got := messages(err); !strings.HasPrefix(got, "INVALID campaigns: “") {
		t.Errorf("of a campaign that is not named: %s", got)
	}
	_, err = w.setup.AssignTrackers(w.oneCtx, setup.Assignment{Campaigns: []setup.CampaignTrackers{choose(b, ids.Tracker(voluum.ID), ids.Tracker(keitaro.ID))}})
	w.must(err)
}
