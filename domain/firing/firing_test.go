package firing_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"postrider/domain/commission"
	"postrider/domain/firing"
	"postrider/internal/ids"
)

// event is an approved first deposit of affiliate 1 in campaign 100 of offer 10.
var event = firing.Event{AffiliateID: 1, OfferID: 10, CampaignID: 100, Goal: "ftd", Status: commission.Approved}

// postback fires for that event, modified as the case needs.
func postback(change func(*firing.Postback)) firing.Postback {
	p := firing.Postback{
		ID: 5, AffiliateID: 1, Scope: firing.Global, Goal: "ftd",
		Statuses: []commission.Status{commission.Approved}, Enabled: true,
	}
	if change != nil {
		change(&p)
	}
	return p
}

func scoped(scope firing.Scope, offer ids.Offer, campaign ids.Campaign) func(*firing.Postback) {
	return func(p *firing.Postback) { p.Scope, p.OfferID, p.CampaignID = scope, offer, campaign }
}

func corrected(e firing.Event) firing.Event {
	e.Correction = true
	return e
}

func TestDecide(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		event  firing.Event
		change func(*firing.Postback)
		rule   firing.Rule
		says   string
	}{
		"global":                  {event, nil, firing.Matched, "Fired: it applies to all campaigns, the goal ftd and the status approved."},
		"its offer":               {event, scoped(firing.Offer, 10, 0), firing.Matched, "Fired: it applies to offer 10, the goal ftd and the status approved."},
		"its campaign":            {event, scoped(firing.Campaign, 10, 100), firing.Matched, "Fired: it applies to campaign 100, the goal ftd and the status approved."},
		"another affiliate":       {event, func(p *firing.Postback) { p.AffiliateID = 2 }, firing.OtherAffiliate, "It belongs to another affiliate."},
		"another offer":           {event, scoped(firing.Offer, 11, 0), firing.OtherOffer, "It applies to offer 11; the conversion is for offer 10."},
		"another campaign":        {event, scoped(firing.Campaign, 10, 101), firing.OtherCampaign, "It applies to campaign 101; the conversion is from campaign 100."},
		"another goal":            {event, func(p *firing.Postback) { p.Goal = "registration" }, firing.OtherGoal, "It fires for the goal registration; the conversion's goal is ftd."},
		"another status":          {event, func(p *firing.Postback) { p.Statuses = []commission.Status{"pending", "rejected"} }, firing.OtherStatus, "It fires for the status pending or rejected; the conversion is approved."},
		"no status":               {event, func(p *firing.Postback) { p.Statuses = nil }, firing.OtherStatus, "It fires for no status; the conversion is approved."},
		"one of several statuses": {event, func(p *firing.Postback) { p.Statuses = commission.Statuses() }, firing.Matched, ""},
		"switched off":            {event, func(p *firing.Postback) { p.Enabled = false }, firing.Disabled, "It is disabled."},
		"deleted":                 {event, func(p *firing.Postback) { p.Deleted = true; p.Enabled = false }, firing.Deleted, "It was deleted."},
		"over the day's cap": {
			firing.Event{AffiliateID: 1, OfferID: 10, CampaignID: 100, Goal: "ftd", Status: commission.Approved, CappedBy: "campaign"}, nil, firing.OverCap,
			"Over the daily cap of the campaign: the conversion is recorded and pays nothing, and no postback is sent.",
		},
		"a correction": {
			corrected(event), nil, firing.Unchanged,
			"The status is still approved: the conversion was corrected, and this postback does not send corrections, because most trackers count every call.",
		},
		"a correction that it wants": {
			corrected(event), func(p *firing.Postback) { p.SendCorrections = true }, firing.Matched,
			"Fired: it applies to all campaigns and the goal ftd, and sends corrections.",
		},
		"a correction of another status": {
			corrected(event), func(p *firing.Postback) { p.SendCorrections, p.Statuses = true, []commission.Status{"rejected"} }, firing.OtherStatus, "",
		},
		"on hold":               {event, func(p *firing.Postback) { p.Held = true }, firing.Held, ""},
		"on hold, another goal": {event, func(p *firing.Postback) { p.Held = true; p.Goal = "cpa" }, firing.OtherGoal, ""},
		"a scope of the future": {event, func(p *firing.Postback) { p.Scope = "planet" }, firing.UnknownScope, ""},
		"nobody's conversion":   {firing.Event{Goal: "ftd", Status: "approved"}, nil, firing.Unattributed, ""},
		"a campaign's, on the default link": {
			firing.Event{AffiliateID: 1, OfferID: 10, Goal: "ftd", Status: "approved"}, scoped(firing.Campaign, 10, 100),
			firing.OtherCampaign, "It applies to campaign 100; the conversion came through the default link, without a campaign.",
		},
		"a campaign's without a campaign": {
			firing.Event{AffiliateID: 1, OfferID: 10, Goal: "ftd", Status: "approved"}, scoped(firing.Campaign, 10, 0),
			firing.OtherCampaign, "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := firing.Decide(c.event, []firing.Postback{postback(c.change)}, firing.Trackers{})[0]
			if d.PostbackID != 5 || d.Rule != c.rule || d.Fired != (c.rule == firing.Matched || c.rule == firing.Held) {
				t.Errorf("the decision is %+v, want %s", d, c.rule)
			}
			if c.says != "" && d.Reason != c.says {
				t.Errorf("it says %q, want %q", d.Reason, c.says)
			}
			if !strings.HasSuffix(d.Reason, ".") {
				t.Errorf("it says %q, want a sentence", d.Reason)
			}
		})
	}
}

func TestACampaignsPostbackDoesNotDisturbTheGlobalOne(t *testing.T) {
	t.Parallel()
	for _, d := range firing.Decide(event, []firing.Postback{
		postback(nil), postback(scoped(firing.Offer, 10, 0)), postback(scoped(firing.Campaign, 10, 100)),
	}, firing.Trackers{}) {
		if !d.Fired {
			t.Errorf("one did not fire: %+v", d)
		}
	}
}

// naive is another implementation of what fires: every condition separately, in no order.
func naive(e firing.Event, p firing.Postback, trackers []firing.Tracker) bool {
	wanted := map[string]bool{}
	for _, s := range p.Statuses {
		wanted[string(s)] = true
	}
	reach := map[firing.Scope]string{
		firing.Global:   "everything",
		firing.Offer:    fmt.Sprint("offer", p.OfferID),
		firing.Campaign: fmt.Sprint("campaign", p.CampaignID),
	}[p.Scope]
	of := map[string]bool{"everything": true, fmt.Sprint("offer", e.OfferID): true}
	if e.CampaignID != 0 {
		of[fmt.Sprint("campaign", e.CampaignID)] = true
	}
	mine := e.AffiliateID != 0 && e.AffiliateID == p.AffiliateID
	told := !e.Correction || p.SendCorrections
	return mine && naivelyHas(trackers, p.TrackerID, e.CampaignID) && of[reach] && wanted[string(e.Status)] && p.Goal == e.Goal && p.Enabled && !p.Deleted && told
}

func TestDecideAgreesWithTheNaiveRule(t *testing.T) {
	t.Parallel()
	id := rapid.Int64Range(0, 2)
	goal := rapid.SampledFrom([]string{"ftd", "deposit"})
	status := rapid.SampledFrom(commission.Statuses())
	rapid.Check(t, func(t *rapid.T) {
		e := firing.Event{
			AffiliateID: ids.Affiliate(id.Draw(t, "affiliate")), OfferID: ids.Offer(id.Draw(t, "offer")), CampaignID: ids.Campaign(id.Draw(t, "campaign")),
			Goal: goal.Draw(t, "goal"), Status: status.Draw(t, "status"),
			Correction: rapid.Bool().Draw(t, "correction"),
		}
		postbacks := rapid.SliceOf(rapid.Custom(func(t *rapid.T) firing.Postback {
			return firing.Postback{
				ID: ids.Postback(rapid.Int64().Draw(t, "id")), TrackerID: ids.Tracker(rapid.Int64Range(0, 3).Draw(t, "tracker")), AffiliateID: ids.Affiliate(id.Draw(t, "affiliate")),
				Scope:   rapid.SampledFrom(firing.Scopes()).Draw(t, "scope"),
				OfferID: ids.Offer(id.Draw(t, "offer")), CampaignID: ids.Campaign(id.Draw(t, "campaign")), Goal: goal.Draw(t, "goal"),
				Statuses: rapid.SliceOf(status).Draw(t, "statuses"), Enabled: rapid.Bool().Draw(t, "enabled"),
				Deleted: rapid.Bool().Draw(t, "deleted"), Held: rapid.Bool().Draw(t, "held"), SendCorrections: rapid.Bool().Draw(t, "corrections"),
			}
		})).Draw(t, "postbacks")
		trackers := drawTrackers(t)
		decisions := firing.Decide(e, postbacks, firing.NewTrackers(trackers))
		if len(decisions) != len(postbacks) {
			t.Fatalf("%d decisions on %d postbacks", len(decisions), len(postbacks))
		}
		for i, d := range decisions {
			if d.PostbackID != postbacks[i].ID || d.Fired != naive(e, postbacks[i], trackers) || d.Reason == "" {
				t.Fatalf("of %+v for %+v it was decided %+v", postbacks[i], e, d)
			}
		}
	})
}

func TestEveryRuleIsListed(t *testing.T) {
	t.Parallel()
	seen := map[firing.Rule]bool{}
	for _, r := range firing.Rules() {
		seen[r] = true
		if r.Fires() != (r == firing.Matched || r == firing.Held) {
			t.Errorf("%s fires: %t", r, r.Fires())
		}
	}
	if len(seen) != 14 {
		t.Errorf("%d rules are listed, want 14", len(seen))
	}
}

func ExampleDecide() {
	decisions := firing.Decide(
		firing.Event{AffiliateID: 1, OfferID: 10, CampaignID: 100, Goal: "ftd", Status: commission.Approved},
		[]firing.Postback{
			{ID: 1, AffiliateID: 1, Scope: firing.Global, Goal: "ftd", Statuses: []commission.Status{commission.Approved}, Enabled: true},
			{ID: 2, AffiliateID: 1, Scope: firing.Global, Goal: "registration", Statuses: []commission.Status{commission.Approved}, Enabled: true},
		},
		firing.Trackers{},
	)
	for _, d := range decisions {
		fmt.Println(d.PostbackID, d.Rule, d.Reason)
	}
	// Output:
	// 1 matched Fired: it applies to all campaigns, the goal ftd and the status approved.
	// 2 goal It fires for the goal registration; the conversion's goal is ftd.
}
