package setup_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"postrider/domain/commission"
	"postrider/domain/firing"
	"postrider/domain/inbound"
	"postrider/ent/db"
	"postrider/ent/db/delivery"
	"postrider/ent/db/postback"
	"postrider/ent/db/tracker"
	"postrider/ent/db/trackercampaign"
	"postrider/ent/db/trackerversion"
	"postrider/intake"
	"postrider/internal/globalid"
	"postrider/internal/ids"
	"postrider/internal/problem"
	"postrider/jobs"
	"postrider/pgtest"
	"postrider/setup"
)

// switchedOn returns goals that are switched on.
func switchedOn(keys ...string) []setup.GoalPatch {
	list := make([]setup.GoalPatch, len(keys))
	for i, key := range keys {
		list[i] = setup.GoalPatch{Goal: key, Enabled: new(true)}
	}
	return list
}

// tracker creates a tracker of the first affiliate with two goals.
func (w *world) tracker(url string, change ...func(*setup.TrackerPatch)) *db.Tracker {
	w.t.Helper()
	p := setup.TrackerPatch{URLTemplate: &url, Goals: switchedOn("registration", "ftd")}
	for _, c := range change {
		c(&p)
	}
	made, err := w.setup.CreateTracker(w.oneCtx, 0, p)
	w.must(err)
	return made
}

// chosenFor chooses the campaigns of a tracker.
func chosenFor(campaigns ...int64) func(*setup.TrackerPatch) {
	return func(p *setup.TrackerPatch) {
		list := []ids.Campaign{}
		for _, id := range campaigns {
			list = append(list, ids.Campaign(id))
		}
		p.Campaigns.Chosen = &list
	}
}

// of reads the live postbacks of a tracker.
func (w *world) of(t *db.Tracker) []*db.Postback {
	w.t.Helper()
	rows, err := w.client.Postback.Query().Where(postback.TrackerID(t.ID), postback.DeletedAtIsNil()).Order(db.Asc(postback.FieldID)).All(w.system)
	w.must(err)
	return rows
}

func (w *world) row(t *db.Tracker) *db.Tracker {
	w.t.Helper()
	row, err := w.client.Tracker.Get(w.system, t.ID)
	w.must(err)
	return row
}

// spec reads the newest version of a tracker.
func (w *world) spec(t *db.Tracker) firing.TrackerSpec {
	w.t.Helper()
	v, err := w.client.TrackerVersion.Query().Where(trackerversion.TrackerID(t.ID), trackerversion.Number(w.row(t).Version)).Only(w.system)
	w.must(err)
	return v.Spec
}

func (w *world) campaign() int64 {
	w.t.Helper()
	return pgtest.Campaign(w.t, w.d, pgtest.For{Affiliate: w.one.Affiliate, Offer: w.one.Offer}).CampaignID
}

// messages returns what is wrong, as code field: message.
func messages(err error) string {
	var said []string
	for _, p := range problem.All(err) {
		said = append(said, fmt.Sprintf("%s %s: %s", p.Code, strings.Join(p.Field, "."), p.Message))
	}
	return strings.Join(said, "\n")
}

func TestOneEditChangesEveryGoal(t *testing.T) {
	w := newWorld(t)
	tr := w.tracker("https://old.example/pb?c={param_1}&e={goal_id}")
	if got := w.of(tr); len(got) != 2 || got[0].URLTemplate != tr.URLTemplate || tr.Version != 1 || tr.Name != "old.example" || !tr.AllCampaigns || !tr.DefaultLinks {
		t.Fatalf("%v of %v", got, tr)
	}
	own := "https://old.example/ftd?c={param_1}"
	tr, err := w.setup.UpdateTracker(w.oneCtx, tr.ID, 1, setup.TrackerPatch{Goals: []setup.GoalPatch{
		{Goal: "ftd", URLTemplate: &own, GoalRules: firing.GoalRules{Statuses: []commission.Status{commission.Approved, commission.Pending}}},
		{Goal: "registration", Event: new("lead")},
		{Goal: "deposit", Enabled: new(true), Event: new("sale")},
	}})
	w.must(err)
	if tr.Version != 2 || tr.URLTemplate != "https://old.example/pb?c={param_1}&e={goal_id|map:registration=lead,deposit=sale}" {
		t.Errorf("version %d: %s", tr.Version, tr.URLTemplate)
	}
	tr, err = w.setup.UpdateTracker(w.oneCtx, tr.ID, 2, setup.TrackerPatch{Domain: new("new.example:8443")})
	w.must(err)
	want := map[string]string{
		"registration": "https://new.example:8443/pb?c={param_1}&e={goal_id|map:registration=lead,deposit=sale}",
		"deposit":      "https://new.example:8443/pb?c={param_1}&e={goal_id|map:registration=lead,deposit=sale}",
		"ftd":          "https://new.example:8443/ftd?c={param_1}",
	}
	for _, p := range w.of(tr) {
		if p.URLTemplate != want[p.Goal] {
			t.Errorf("%s is sent to %s", p.Goal, p.URLTemplate)
		}
		if p.Goal == "ftd" && !slices.Equal(p.Statuses, []commission.Status{commission.Approved, commission.Pending}) {
			t.Errorf("FTD fires for %v", p.Statuses)
		}
		if last := w.versions(p.ID); last[len(last)-1].URLTemplate != p.URLTemplate {
			t.Errorf("the version of %s is %s", p.Goal, last[len(last)-1].URLTemplate)
		}
	}
	if spec := w.spec(tr); tr.Version != 3 || spec.URLTemplate != tr.URLTemplate || len(spec.Goals) != 3 {
		t.Errorf("version %d is %+v", tr.Version, spec)
	}
	tr, err = w.setup.UpdateTracker(w.oneCtx, tr.ID, 3, setup.TrackerPatch{Goals: []setup.GoalPatch{{Goal: "ftd", URLTemplate: new("")}, {Goal: "registration", Enabled: new(false)}}})
	w.must(err)
	for _, p := range w.of(tr) {
		if p.URLTemplate != tr.URLTemplate || p.Enabled != (p.Goal != "registration") {
			t.Errorf("%v", p)
		}
	}
	if again, err := w.setup.UpdateTracker(w.oneCtx, tr.ID, 4, setup.TrackerPatch{Name: &tr.Name}); err != nil || again.Version != 4 {
		t.Errorf("nothing changed: %v, %v", again, err)
	}
}

func TestWhatATrackerRefuses(t *testing.T) {
	w := newWorld(t)
	tr := w.tracker("https://a.example/pb?c={param_1}", func(p *setup.TrackerPatch) { p.Name = new("First") })
	two := pgtest.Campaign(t, w.d, pgtest.For{Affiliate: w.other.Affiliate, Offer: w.other.Offer}).CampaignID
	plain, chosen := "https://b.example/pb?c={param_1}", w.campaign()
	second := w.tracker(plain, chosenFor(chosen), func(p *setup.TrackerPatch) { p.Name = new("Second") })
	for name, c := range map[string]struct {
		ctx    context.Context
		change setup.TrackerPatch
		says   string // of a change of the first; a part
	}{
		"an unknown goal":        {nil, setup.TrackerPatch{Goals: switchedOn("nonsense")}, `INVALID goals: "nonsense" is not in the event dictionary`},
		"a goal twice":           {nil, setup.TrackerPatch{Goals: switchedOn("kyc", "kyc")}, `INVALID goals: "kyc" is there twice`},
		"no URL":                 {nil, setup.TrackerPatch{URLTemplate: new("")}, "INVALID urlTemplate: "},
		"an unknown macro":       {nil, setup.TrackerPatch{URLTemplate: new("https://a.example/?c={nonsense}")}, "INVALID urlTemplate: "},
		"a private address":      {nil, setup.TrackerPatch{Domain: new("127.0.0.1")}, "INVALID urlTemplate: "},
		"a domain with a path":   {nil, setup.TrackerPatch{Domain: new("a.example/pb")}, "INVALID domain: enter the domain alone"},
		"a goal's own bad URL":   {nil, setup.TrackerPatch{Goals: []setup.GoalPatch{{Goal: "kyc", Enabled: new(true)}, {Goal: "ftd", URLTemplate: new("nonsense")}}}, "INVALID goals.1.urlTemplate: "},
		"a goal without status":  {nil, setup.TrackerPatch{Goals: []setup.GoalPatch{{Goal: "ftd", GoalRules: firing.GoalRules{Statuses: []commission.Status{}}}}}, "INVALID goals.0.statuses: "},
		"an event without macro": {nil, setup.TrackerPatch{Goals: []setup.GoalPatch{{Goal: "ftd", Event: new("sale")}}}, "INVALID urlTemplate: has no macro for the goal"},
		"no name":                {nil, setup.TrackerPatch{Name: new(" ")}, "INVALID name: "},
		"an unknown preset":      {nil, setup.TrackerPatch{Preset: new("nonsense")}, `NOT_FOUND preset: there is no preset "nonsense"`},
		"a long token":           {nil, setup.TrackerPatch{Tokens: &[]string{"", strings.Repeat("x", 3000)}}, "INVALID tokens.param2: is 3000 bytes long"},
		"another's campaign":     {nil, setup.TrackerPatch{Campaigns: setup.CampaignsPatch{Chosen: &[]ids.Campaign{ids.Campaign(two)}}}, "NOT_FOUND campaignIds: there is no such campaign"},
		"a campaign of another":  {nil, setup.TrackerPatch{Campaigns: setup.CampaignsPatch{Chosen: &[]ids.Campaign{ids.Campaign(chosen)}}}, "CONFLICT campaignIds: “"},
		"not one's own":          {w.otherCtx, setup.TrackerPatch{Name: new("Mine")}, "NOT_FOUND id: there is no such tracker"},
	} {
		ctx := c.ctx
		if ctx == nil {
			ctx = w.oneCtx
		}
		if _, err := w.setup.UpdateTracker(ctx, tr.ID, 0, c.change); !strings.Contains(messages(err), c.says) || err == nil {
			t.Errorf("%s: %v, want %s", name, messages(err), c.says)
		}
	}
	for name, c := range map[string]struct {
		change setup.TrackerPatch
		says   string
	}{
		"a second with all":   {setup.TrackerPatch{URLTemplate: &plain}, "CONFLICT allCampaigns: “First” has all campaigns already"},
		"the default links":   {setup.TrackerPatch{URLTemplate: &plain, Campaigns: setup.CampaignsPatch{All: new(false), DefaultLinks: new(true)}}, "CONFLICT defaultLinks: “First” has the default links already"},
		"a chosen campaign":   {setup.TrackerPatch{URLTemplate: &plain, Campaigns: setup.CampaignsPatch{Chosen: &[]ids.Campaign{ids.Campaign(chosen)}}}, "is a campaign of “Second” already"},
		"a bad URL once only": {setup.TrackerPatch{URLTemplate: new("https://b.example/?c={nonsense}"), Goals: switchedOn("ftd", "kyc", "registration"), Campaigns: setup.CampaignsPatch{Shares: new(true)}}, "INVALID urlTemplate: "},
	} {
		_, err := w.setup.CreateTracker(w.oneCtx, 0, c.change)
		if got := messages(err); !strings.Contains(got, c.says) || strings.Contains(got, "\n") {
			t.Errorf("%s: %s, want %s", name, got, c.says)
		}
	}
	if n := w.client.Tracker.Query().CountX(w.system); n != 2 || w.row(tr).Version != 1 || w.row(second).Version != 1 {
		t.Errorf("%d trackers: what was refused was saved", n)
	}
	if _, err := w.setup.UpdateTracker(w.oneCtx, tr.ID, 7, setup.TrackerPatch{Name: new("x")}); !strings.HasPrefix(messages(err), "CONFLICT version: was changed since version 7: version 1 was saved by ") {
		t.Errorf("another version: %v", messages(err))
	}
}

func TestCampaignsMoveWithTheirVersions(t *testing.T) {
	w := newWorld(t)
	a, b := w.campaign(), w.campaign()
	first := w.tracker("https://a.example/pb?c={param_1}")
	second := w.tracker("https://b.example/pb?c={param_1}", chosenFor(a, b))
	third := w.tracker("https://c.example/pb?c={param_1}", chosenFor(b), func(p *setup.TrackerPatch) {
		p.Campaigns.Move, p.Campaigns.All, p.Campaigns.DefaultLinks = true, new(true), new(true)
	})
	if got := w.spec(second); !slices.Equal(got.Campaigns, []ids.Campaign{ids.Campaign(a)}) || w.row(second).Version != 2 {
		t.Errorf("the second keeps %v at version %d", got.Campaigns, w.row(second).Version)
	}
	if got := w.spec(first); got.AllCampaigns || got.DefaultLinks || w.row(first).Version != 2 {
		t.Errorf("the first keeps %+v", got)
	}
	if got := w.spec(third); !got.AllCampaigns || !got.DefaultLinks || !slices.Equal(got.Campaigns, []ids.Campaign{ids.Campaign(b)}) {
		t.Errorf("the third has %+v", got)
	}
	crm := w.tracker("https://crm.example/?id={param_1}", func(p *setup.TrackerPatch) { p.Campaigns.Shares = new(true) })
	list, err := w.setup.AssignTrackers(w.oneCtx, setup.Assignment{
		Campaigns: []setup.CampaignTrackers{{CampaignID: ids.Campaign(a), TrackerIDs: []ids.Tracker{ids.Tracker(first.ID)}}, {CampaignID: ids.Campaign(b)}},
		Remaining: ids.Tracker(first.ID), DefaultLinks: ids.Tracker(second.ID),
	})
	w.must(err)
	if kept := w.row(crm); !kept.AllCampaigns || !kept.DefaultLinks || kept.Version != 1 {
		t.Errorf("a tracker that shares campaigns has become %v", kept)
	}
	if len(list) != 4 || !list[0].AllCampaigns || list[2].AllCampaigns || !list[1].DefaultLinks || list[2].DefaultLinks {
		t.Errorf("%v", list)
	}
	chosen := w.client.TrackerCampaign.Query().AllX(w.system)
	if len(chosen) != 1 || chosen[0].TrackerID != first.ID || chosen[0].CampaignID != a {
		t.Errorf("chosen is %v", chosen)
	}
	for _, bad := range []setup.Assignment{
		{Campaigns: []setup.CampaignTrackers{{CampaignID: ids.Campaign(a), TrackerIDs: []ids.Tracker{999}}}},
		{Campaigns: []setup.CampaignTrackers{{CampaignID: ids.Campaign(w.other.Link.CampaignID)}}},
		{Remaining: 999}, {DefaultLinks: 999},
	} {
		if _, err := w.setup.AssignTrackers(w.oneCtx, bad); len(fields(t, err)) != 1 {
			t.Errorf("%+v: %v", bad, err)
		}
	}
	if _, err := w.setup.SetTrackerArchived(w.oneCtx, first.ID, true); err != nil {
		t.Fatal(err)
	}
	if left := w.client.TrackerCampaign.Query().Where(trackercampaign.TrackerID(first.ID)).CountX(w.system); left != 0 || len(w.of(first)) != 0 || w.row(first).ArchivedAt == nil {
		t.Errorf("archived, it keeps %d campaigns and %d postbacks", left, len(w.of(first)))
	}
	if _, err := w.setup.UpdateTracker(w.oneCtx, first.ID, 0, setup.TrackerPatch{Name: new("x")}); messages(err) != "INVALID id: this tracker was archived" {
		t.Errorf("archived: %v", err)
	}
}

// A single postback finds its tracker by its URL, else by host and path, else makes one.
func TestAPostbackFindsItsTracker(t *testing.T) {
	w := newWorld(t)
	make := func(url string, goal string, change ...func(*firing.Postback)) *db.Postback {
		t.Helper()
		made, err := w.setup.CreatePostbacks(w.oneCtx, 0, []string{goal}, wish(append(change, func(p *firing.Postback) { p.URLTemplate = url })...))
		w.must(err)
		return made[0]
	}
	const url = "https://kt.example/6f1c2ab/postback?subid={param_1}&status=lead"
	first := make(url, "registration")
	tr, err := w.client.Tracker.Get(w.system, *first.TrackerID)
	w.must(err)
	if tr.Name != "Keitaro" || tr.URLTemplate != url || tr.Version != 1 || !tr.AllCampaigns {
		t.Errorf("it made %v", tr)
	}
	sale := strings.Replace(url, "lead", "sale", 1)
	if p := make(sale, "ftd"); *p.TrackerID != tr.ID {
		t.Errorf("a goal of the same place is of tracker %d", *p.TrackerID)
	}
	rejected := make(strings.Replace(url, "lead", "rejected", 1), "registration", func(p *firing.Postback) { p.Statuses = []commission.Status{commission.Rejected} })
	if *rejected.TrackerID != tr.ID {
		t.Errorf("other statuses of the same place are of tracker %d", *rejected.TrackerID)
	}
	crowd := make(strings.Replace(url, "lead", "other", 1), "registration")
	if *crowd.TrackerID == tr.ID {
		t.Error("a second URL for the same conversion is of the same tracker")
	}
	if p := make("https://other.example/6f1c2ab/postback?subid={param_1}", "kyc"); *p.TrackerID == tr.ID {
		t.Error("another host is of the same tracker")
	}
	if got := w.spec(tr); len(got.Goals) != 3 || w.row(tr).Version != 3 {
		t.Errorf("version %d has %+v", w.row(tr).Version, got)
	}
	moved, err := w.setup.UpdatePostback(w.oneCtx, rejected.ID, func(p *firing.Postback) { p.URLTemplate = "https://third.example/?c={param_1}" })
	w.must(err)
	if *moved.TrackerID == tr.ID || len(w.spec(tr).Goals) != 2 {
		t.Errorf("moved to another host it is of tracker %d; the old one has %v", *moved.TrackerID, w.spec(tr).Goals)
	}
	alone, err := w.setup.UpdatePostback(w.oneCtx, moved.ID, func(p *firing.Postback) { p.URLTemplate = "https://fourth.example/?c={param_1}" })
	w.must(err)
	if taken, _ := w.client.Tracker.Get(w.system, *alone.TrackerID); *alone.TrackerID != *moved.TrackerID || taken.URLTemplate != alone.URLTemplate || taken.Name != "Keitaro" {
		t.Errorf("the only postback of its tracker leaves it: %v", taken)
	}
	w.must(w.setup.DeletePostback(w.oneCtx, crowd.ID))
	if left := len(w.client.Tracker.Query().Where(tracker.ID(*crowd.TrackerID)).OnlyX(w.system).Name); left == 0 || w.spec(&db.Tracker{ID: *crowd.TrackerID}).Goals == nil {
		t.Error("the tracker of a deleted postback is gone")
	}
}

// A campaign postback makes a campaign its tracker's, unless it is another's.
func TestACampaignPostbackAndItsTracker(t *testing.T) {
	w := newWorld(t)
	a, b := w.campaign(), w.campaign()
	tr := w.tracker("https://a.example/pb?c={param_1}", chosenFor(a))
	w.tracker("https://b.example/pb?c={param_1}", chosenFor(b), func(p *setup.TrackerPatch) { p.Name = new("Binom") })
	at := func(campaign int64) error {
		_, err := w.setup.CreatePostbacks(w.oneCtx, 0, []string{"kyc"}, wish(func(p *firing.Postback) {
			p.Scope, p.CampaignID, p.URLTemplate = firing.Campaign, ids.Campaign(campaign), "https://a.example/pb?c={param_1}"
		}))
		return err
	}
	w.must(at(w.one.Link.CampaignID))
	if got := w.spec(tr).Campaigns; !slices.Contains(got, ids.Campaign(w.one.Link.CampaignID)) {
		t.Errorf("it has %v", got)
	}
	if err := at(b); !strings.HasPrefix(messages(err), "CONFLICT campaignId: is a campaign of “Binom”") {
		t.Errorf("another's campaign: %v", messages(err))
	}
	patch := setup.TrackerPatch{}
	chosenFor(a)(&patch)
	if _, err := w.setup.UpdateTracker(w.oneCtx, tr.ID, 0, patch); !strings.Contains(messages(err), "has its own campaign postback") {
		t.Errorf("leaving it out: %v", messages(err))
	}
	taking := setup.TrackerPatch{URLTemplate: new("https://c.example/pb?c={param_1}"), Campaigns: setup.CampaignsPatch{Move: true}}
	chosenFor(w.one.Link.CampaignID)(&taking)
	if _, err := w.setup.CreateTracker(w.oneCtx, 0, taking); !strings.Contains(messages(err), "has its own campaign postback") {
		t.Errorf("taking it away: %v", messages(err))
	}
	taken := []setup.CampaignTrackers{{CampaignID: ids.Campaign(w.one.Link.CampaignID), TrackerIDs: []ids.Tracker{ids.Tracker(w.tracker("https://d.example/?c={param_1}", chosenFor()).ID)}}}
	if _, err := w.setup.AssignTrackers(w.oneCtx, setup.Assignment{Campaigns: taken}); !strings.Contains(messages(err), "has its own campaign postback") {
		t.Errorf("assigning it to another: %v", messages(err))
	}
}

// Whatever is set up, no tracker is called for a campaign that is not its own, and each of those whose
// postbacks fire there is.
func TestNoTrackerGetsClickIDsOfAnotherCampaign(t *testing.T) {
	w := newWorld(t)
	in := intake.New(intake.Config{DB: w.d.SQL, Enqueuer: jobs.Enqueuer{}, Secrets: pgtest.Key(t), Log: slog.New(slog.DiscardHandler)})
	integration := pgtest.Integration(t, w.d, w.one.Offer)
	links := []pgtest.Link{w.one.Link, pgtest.DefaultLink(t, w.d, pgtest.For{Affiliate: w.one.Affiliate, Offer: w.one.Offer})}
	for range 2 {
		links = append(links, pgtest.Campaign(t, w.d, pgtest.For{Affiliate: w.one.Affiliate, Offer: w.one.Offer}))
	}
	campaigns := []ids.Campaign{ids.Campaign(links[0].CampaignID), ids.Campaign(links[2].CampaignID), ids.Campaign(links[3].CampaignID)}
	players := 0
	rapid.Check(t, func(rt *rapid.T) {
		for range rapid.IntRange(1, 5).Draw(rt, "changes") {
			w.setUpSomething(rt, campaigns)
		}
		in.Forget()
		link := rapid.SampledFrom(links).Draw(rt, "link")
		click := pgtest.Click(t, w.d, link)
		players++
		outcome, err := in.Report(t.Context(), integration.Key, inbound.Report{Goal: "registration", ClickID: globalid.Hex(click), PlayerID: fmt.Sprint("p", players), Actor: commission.ByOperator, OccurredAt: pgtest.Now, Status: commission.Approved})
		if err != nil || outcome.Result != intake.Recorded {
			rt.Fatalf("%+v, %v", outcome, err)
		}
		called := map[int64]bool{}
		for _, d := range w.client.Delivery.Query().Where(delivery.ConversionID(outcome.ConversionID)).AllX(w.system) {
			called[*w.client.Postback.GetX(w.system, *d.PostbackID).TrackerID] = true
		}
		for _, tr := range w.client.Tracker.Query().Where(tracker.AffiliateID(w.one.Affiliate)).AllX(w.system) {
			if want := w.has(tr, link.CampaignID) && w.firesHere(tr, link.CampaignID); called[tr.ID] != want {
				rt.Fatalf("for campaign %d %v was called: %t, want %t", link.CampaignID, tr, called[tr.ID], want)
			}
		}
	})
}

// has is a reference for whose campaign it is, over the rows.
func (w *world) has(tr *db.Tracker, campaign int64) bool {
	if tr.ArchivedAt != nil {
		return false
	}
	if campaign == 0 {
		return tr.DefaultLinks
	}
	others := 0
	for _, row := range w.client.TrackerCampaign.Query().Where(trackercampaign.CampaignID(campaign)).AllX(w.system) {
		if row.TrackerID == tr.ID {
			return true
		}
		if !w.client.Tracker.GetX(w.system, row.TrackerID).Shares {
			others++
		}
	}
	return tr.AllCampaigns && (others == 0 || tr.Shares)
}

// firesHere reports whether the tracker has an enabled postback for registrations in the campaign.
func (w *world) firesHere(tr *db.Tracker, campaign int64) bool {
	return slices.ContainsFunc(w.of(tr), func(p *db.Postback) bool {
		here := p.Scope == firing.Global || p.Scope == firing.Offer && *p.OfferID == w.one.Offer || p.Scope == firing.Campaign && *p.CampaignID == campaign
		return here && p.Enabled && p.Goal == "registration" && slices.Contains(p.Statuses, commission.Approved)
	})
}

// setUpSomething makes one random change to the first affiliate's trackers. What is refused changes
// nothing.
func (w *world) setUpSomething(rt *rapid.T, campaigns []ids.Campaign) {
	trackers := w.client.Tracker.Query().Where(tracker.AffiliateID(w.one.Affiliate), tracker.ArchivedAtIsNil()).AllX(w.system)
	url := fmt.Sprintf("https://%s.example/pb?c={param_1}", rapid.SampledFrom([]string{"a", "b", "c"}).Draw(rt, "host"))
	patch := setup.TrackerPatch{URLTemplate: &url, Goals: []setup.GoalPatch{{Goal: rapid.SampledFrom([]string{"registration", "ftd"}).Draw(rt, "goal"), Enabled: new(rapid.Bool().Draw(rt, "on"))}}}
	some := rapid.SliceOfDistinct(rapid.SampledFrom(campaigns), func(c ids.Campaign) ids.Campaign { return c }).Draw(rt, "campaigns")
	flag := func(label string) *bool {
		return rapid.SampledFrom([]*bool{nil, new(true), new(false)}).Draw(rt, label)
	}
	patch.Campaigns = setup.CampaignsPatch{All: flag("all"), DefaultLinks: flag("links"), Shares: flag("shares"), Move: rapid.Bool().Draw(rt, "move")}
	if rapid.Bool().Draw(rt, "chooses") {
		patch.Campaigns.Chosen = &some
	}
	var err error
	what := rapid.SampledFrom([]string{"create", "update", "assign", "archive", "restore", "delete", "postback", "switch"}).Draw(rt, "what")
	switch {
	case what == "create" || len(trackers) == 0:
		_, err = w.setup.CreateTracker(w.oneCtx, 0, patch)
	case what == "update":
		patch.URLTemplate = nil
		_, err = w.setup.UpdateTracker(w.oneCtx, rapid.SampledFrom(trackers).Draw(rt, "tracker").ID, 0, patch)
	case what == "assign":
		a := setup.Assignment{Remaining: ids.Tracker(rapid.SampledFrom(trackers).Draw(rt, "remaining").ID)}
		for _, c := range some {
			a.Campaigns = append(a.Campaigns, setup.CampaignTrackers{CampaignID: c, TrackerIDs: []ids.Tracker{ids.Tracker(rapid.SampledFrom(trackers).Draw(rt, "tracker").ID)}})
		}
		_, err = w.setup.AssignTrackers(w.oneCtx, a)
	case what == "archive":
		_, err = w.setup.SetTrackerArchived(w.oneCtx, rapid.SampledFrom(trackers).Draw(rt, "tracker").ID, true)
	case what == "restore" || what == "delete":
		archived := w.client.Tracker.Query().Where(tracker.AffiliateID(w.one.Affiliate), tracker.ArchivedAtNotNil()).IDsX(w.system)
		if len(archived) == 0 {
			return
		}
		id := rapid.SampledFrom(archived).Draw(rt, "archived")
		if what == "delete" {
			err = w.setup.DeleteTracker(w.oneCtx, id)
		} else {
			_, err = w.setup.SetTrackerArchived(w.oneCtx, id, false)
		}
	case what == "postback":
		scope := rapid.SampledFrom(firing.Scopes()).Draw(rt, "scope")
		_, err = w.setup.CreatePostbacks(w.oneCtx, 0, []string{"registration"}, wish(func(p *firing.Postback) {
			p.Scope, p.URLTemplate, p.OfferID, p.CampaignID = scope, url, ids.Offer(w.one.Offer), rapid.SampledFrom(campaigns).Draw(rt, "campaign")
		}))
	default:
		id := w.client.Postback.Query().Where(postback.AffiliateID(w.one.Affiliate), postback.DeletedAtIsNil()).FirstIDX(w.system)
		_, err = w.setup.UpdatePostback(w.oneCtx, id, func(p *firing.Postback) { p.Enabled, p.URLTemplate = true, url })
	}
	if problem.CodeOf(err) == problem.CodeInternal {
		rt.Fatalf("%s: %v", what, err)
	}
}

// Changes of a tracker and of its postbacks at the same time wait for each other: none deadlocks, and
// each makes a version of its own.
func TestChangesOfATrackerAndItsPostbacksAtOnce(t *testing.T) {
	w := newWorld(t)
	tr := w.tracker("https://a.example/pb?c={param_1}")
	postbacks := w.of(tr)
	campaign := w.campaign()
	var wg sync.WaitGroup
	at := func(do func(i int) error) {
		wg.Go(func() {
			for i := range 8 {
				if err := do(i); err != nil {
					t.Error(err)
				}
			}
		})
	}
	at(func(i int) error {
		_, err := w.setup.UpdateTracker(w.oneCtx, tr.ID, 0, setup.TrackerPatch{Domain: new(fmt.Sprintf("d%d.example", i))})
		return err
	})
	for _, p := range postbacks {
		at(func(i int) error {
			_, err := w.setup.UpdatePostback(w.oneCtx, p.ID, func(p *firing.Postback) { p.Enabled = i%2 == 1 })
			return err
		})
	}
	at(func(i int) error {
		wish := setup.CampaignTrackers{CampaignID: ids.Campaign(campaign)}
		if i%2 == 0 {
			wish.TrackerIDs = []ids.Tracker{ids.Tracker(tr.ID)}
		}
		_, err := w.setup.AssignTrackers(w.oneCtx, setup.Assignment{Campaigns: []setup.CampaignTrackers{wish}})
		return err
	})
	at(func(int) error {
		made, err := w.setup.CreatePostbacks(w.oneCtx, 0, []string{"kyc"}, wish(func(p *firing.Postback) { p.URLTemplate = "https://a.example/other?c={param_1}" }))
		if err != nil {
			return err
		}
		return w.setup.DeletePostback(w.oneCtx, made[0].ID)
	})
	wg.Wait()
	versions := w.client.TrackerVersion.Query().Where(trackerversion.TrackerID(tr.ID)).Order(db.Asc(trackerversion.FieldNumber)).AllX(w.system)
	for i, v := range versions {
		if v.Number != i+1 {
			t.Fatalf("version %d is number %d", i+1, v.Number)
		}
	}
	if last := len(versions); last != w.row(tr).Version || last < 1+8+8+8 {
		t.Errorf("%d versions, the tracker is at %d", last, w.row(tr).Version)
	}
}
