package firing_test

import (
	"slices"
	"testing"

	"postrider/domain/commission"
	"postrider/domain/firing"
	"postrider/internal/ids"
)

func TestAPostbackReachesWhatItsScopeNames(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		p        firing.Postback
		offer    ids.Offer
		campaign ids.Campaign
		reaches  bool
	}{
		{firing.Postback{Scope: firing.Global}, 10, 100, true},
		{firing.Postback{Scope: firing.Global}, 10, 0, true},
		{firing.Postback{Scope: firing.Offer, OfferID: 10}, 10, 100, true},
		{firing.Postback{Scope: firing.Offer, OfferID: 10}, 10, 0, true},
		{firing.Postback{Scope: firing.Offer, OfferID: 10, CampaignID: 100}, 11, 100, false},
		{firing.Postback{Scope: firing.Campaign, CampaignID: 100}, 10, 100, true},
		{firing.Postback{Scope: firing.Campaign, CampaignID: 100, OfferID: 10}, 10, 101, false},
		{firing.Postback{Scope: firing.Campaign}, 10, 0, false},
		{firing.Postback{Scope: "galaxy"}, 10, 100, false},
	} {
		if got := c.p.Reaches(c.offer, c.campaign); got != c.reaches {
			t.Errorf("%+v reaches campaign %d of offer %d: %t", c.p, c.campaign, c.offer, got)
		}
	}
}

func TestAPostbackHearsOfItsGoals(t *testing.T) {
	t.Parallel()
	p := firing.Postback{Goal: "ftd", Further: []string{"deposit", "kyc"}}
	for _, goal := range []string{"ftd", "deposit", "kyc", "cpa", ""} {
		if got := p.FiresFor(goal); got != slices.Contains(p.Goals(), goal) {
			t.Errorf("%q: %t", goal, got)
		}
	}
	if got := p.Goals(); !slices.Equal(got, []string{"ftd", "deposit", "kyc"}) {
		t.Errorf("%v", got)
	}
}

// Two scopes meet if some conversion fires both.
func TestScopesMeetWhereAConversionFiresBoth(t *testing.T) {
	t.Parallel()
	offerOf := map[ids.Campaign]ids.Offer{100: 10, 101: 10, 110: 11} // by campaign
	scoped := func(scope firing.Scope, id int64) firing.Postback {
		p := firing.Postback{ID: ids.Postback(id), AffiliateID: 1, Scope: scope, Goal: "ftd", Statuses: []commission.Status{commission.Approved}, Enabled: true}
		if scope == firing.Campaign {
			p.CampaignID = ids.Campaign(id)
		} else {
			p.OfferID = ids.Offer(id)
		}
		return p
	}
	list := []firing.Postback{scoped(firing.Global, 0), scoped(firing.Offer, 10), scoped(firing.Offer, 11)}
	for id := range offerOf {
		list = append(list, scoped(firing.Campaign, int64(id)))
	}
	both := func(a, b firing.Postback) bool {
		for campaign, offer := range offerOf {
			e := firing.Event{AffiliateID: 1, OfferID: offer, CampaignID: campaign, Goal: "ftd", Status: commission.Approved}
			if d := firing.Decide(e, []firing.Postback{a, b}, firing.Trackers{}); d[0].Fired && d[1].Fired {
				return true
			}
		}
		return false
	}
	for _, a := range list {
		for _, b := range list {
			offer := b.OfferID
			if b.Scope == firing.Campaign {
				offer = offerOf[b.CampaignID]
			}
			// The postback does not hold its campaign's offer: it may be this one.
			maybe := a.Scope == firing.Campaign && b.Scope == firing.Offer
			if got := a.Meets(b.Scope, offer, b.CampaignID); got != (both(a, b) || maybe) {
				t.Errorf("%s %d and %s %d: %t", a.Scope, a.ID, b.Scope, b.ID, got)
			}
		}
	}
}
