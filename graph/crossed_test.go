package graph_test

import (
	"slices"
	"strings"
	"testing"

	"postrider/domain/tracking"
	"postrider/ent/db"
	"postrider/internal/globalid"
	"postrider/pgtest"
)

// crossing is what the doctor says of trackers that get the same click ids; empty if it says nothing.
func (a *api) crossing(t *testing.T, token who, postback vars) string {
	t.Helper()
	res := a.ask(t, token, `query($p: PostbackInput!) { lintPostback(postback: $p) { code severity message } }`, vars{"p": postback})
	for _, f := range res.at(t, "lintPostback").([]any) {
		if f := f.(map[string]any); f["code"] == "CROSSED_TRACKERS" {
			return f["severity"].(string) + " " + f["message"].(string)
		}
	}
	return ""
}

const (
	toKeitaro = "https://kt.trk.io/6f1c/postback?subid={param_1}&status=sale&tid={conversion_id}"
	toVoluum  = "https://vl.trk.io/postback?cid={param_1}&txid={conversion_id}"
)

// The doctor names the tracker that gets the same click ids, before the postback is saved and after.
func TestTheDoctorNamesTheTrackerThatIsCrossed(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	s := pgtest.NewScene(t, a.db)
	offer := pgtest.Offer(t, a.db) // without any link
	token := a.affiliate(t, s.Affiliate)
	keitaro := pgtest.Tracker(t, a.db, s.Affiliate, toKeitaro, func(c *db.TrackerCreate) { c.SetName("Keitaro") })
	pgtest.Postback(t, a.db, s.Affiliate, toKeitaro, pgtest.ForTracker(keitaro.ID))
	const warning = "WARNING “Keitaro” gets the same click ids, but each click carries the click id of one tracker alone: choose campaigns for each tracker."
	draft := func(url, scope string, of ...string) vars {
		v := vars{"urlTemplate": url, "goals": []string{"ftd"}, "scope": scope}
		for i := 0; i < len(of); i += 2 {
			v[of[i]] = of[i+1]
		}
		return v
	}
	for name, c := range map[string]struct {
		postback vars
		want     string
	}{
		"to a new tracker":               {draft(toVoluum, "GLOBAL"), warning},
		"of the offer that they meet in": {draft(toVoluum, "OFFER", "offerId", globalid.Int("Offer", s.Offer)), warning},
		"of an offer without a link":     {draft(toVoluum, "OFFER", "offerId", globalid.Int("Offer", offer)), ""},
		"of a campaign":                  {draft(toVoluum, "CAMPAIGN", "campaignId", globalid.Int("Campaign", s.Link.CampaignID)), ""},
		"with another param":             {draft(strings.ReplaceAll(toVoluum, "param_1", "param_2"), "GLOBAL"), ""},
		"with an alias of the param":     {draft(strings.ReplaceAll(toVoluum, "param_1", "sub1"), "GLOBAL"), warning},
		"to the same tracker":            {draft(toKeitaro, "GLOBAL"), ""},
		"to the tracker by its path":     {draft(strings.ReplaceAll(toKeitaro, "sale", "lead"), "GLOBAL"), ""},
		"to another path of its host":    {draft(strings.ReplaceAll(toKeitaro, "6f1c", "9a9a"), "GLOBAL"), warning},
	} {
		if got := a.crossing(t, token, c.postback); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	if got := a.crossing(t, a.affiliate(t, pgtest.NewScene(t, a.db).Affiliate), draft(toVoluum, "GLOBAL")); got != "" {
		t.Errorf("another affiliate is told %q", got)
	}

	made := a.ask(t, token, `mutation($p: PostbackInput!) { createPostback(input: {postback: $p}) { postbacks { id tracker { id } } userErrors { message } } }`, vars{"p": draft(toVoluum, "GLOBAL")})
	saved := made.at(t, "createPostback", "postbacks").([]any)[0].(map[string]any)
	voluum := saved["tracker"].(map[string]any)["id"].(string)
	if got := a.crossing(t, token, vars{"id": saved["id"]}); got != warning {
		t.Errorf("of the saved one: %q", got)
	}
	if got := a.crossing(t, token, vars{"id": saved["id"], "urlTemplate": strings.ReplaceAll(toVoluum, "param_1", "param_3")}); got != "" {
		t.Errorf("of the saved one with another param: %q", got)
	}
	a.assign(t, token, s.Link.CampaignID, voluum)
	if got := a.crossing(t, token, vars{"id": saved["id"]}); got != "" {
		t.Errorf("once each tracker has its campaigns: %q", got)
	}
}

// assign chooses a campaign for a tracker.
func (a *api) assign(t *testing.T, token who, campaign int64, tracker string) {
	t.Helper()
	res := a.ask(t, token, `mutation($i: AssignTrackersInput!) { assignTrackers(input: $i) { userErrors { message } } }`,
		vars{"i": vars{"campaigns": []vars{{"campaignId": globalid.Int("Campaign", campaign), "trackerIds": []string{tracker}}}, "defaultLinks": tracker, "remaining": tracker}})
	if errs := res.at(t, "assignTrackers", "userErrors").([]any); len(errs) > 0 {
		t.Fatalf("%v", errs)
	}
}

// One goal of a tracker that is given the URL of another place goes to a new tracker with the
// campaigns of the one that it leaves.
func TestTheDoctorKnowsWhereAChangedURLGoes(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	s := pgtest.NewScene(t, a.db)
	token := a.affiliate(t, s.Affiliate)
	keitaro := pgtest.Tracker(t, a.db, s.Affiliate, toKeitaro, func(c *db.TrackerCreate) { c.SetName("Keitaro") })
	sale := pgtest.Postback(t, a.db, s.Affiliate, toKeitaro, pgtest.ForTracker(keitaro.ID))
	moved := vars{"id": sale.GlobalID(), "urlTemplate": toVoluum}
	if got := a.crossing(t, token, moved); got != "" {
		t.Errorf("the only postback takes its tracker along: %q", got)
	}
	pgtest.Postback(t, a.db, s.Affiliate, toKeitaro, pgtest.ForTracker(keitaro.ID), pgtest.On("ftd"))
	if got := a.crossing(t, token, moved); !strings.Contains(got, "“Keitaro”") {
		t.Errorf("one of two leaves its tracker, which gets the same click ids: %q", got)
	}
	binom := pgtest.Tracker(t, a.db, s.Affiliate, "https://bn.trk.io/?c={param_1}", func(c *db.TrackerCreate) { c.SetName("Binom") })
	pgtest.Postback(t, a.db, s.Affiliate, "https://bn.trk.io/?c={param_1}", pgtest.ForTracker(binom.ID))
	must(t, a.db.Client().Tracker.UpdateOne(keitaro).SetAllCampaigns(false).SetDefaultLinks(false).Exec(pgtest.System(t)))
	if got := a.crossing(t, token, moved); got != "" {
		t.Errorf("the tracker that it leaves has no campaign, nor has the new one: %q", got)
	}
}

// The checklist of a campaign speaks of trackers that meet in that campaign alone.
func TestTheChecklistKnowsOfCrossedTrackers(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	s := pgtest.NewScene(t, a.db)
	second := pgtest.Campaign(t, a.db, pgtest.For{Affiliate: s.Affiliate, Offer: s.Offer})
	token := a.affiliate(t, s.Affiliate)
	for name, url := range map[string]string{"Keitaro": toKeitaro, "Voluum": toVoluum} {
		tracker := pgtest.Tracker(t, a.db, s.Affiliate, url, func(c *db.TrackerCreate) { c.SetName(name) })
		pgtest.Postback(t, a.db, s.Affiliate, url, pgtest.ForTracker(tracker.ID), func(c *db.PostbackCreate) { c.SetName("to " + name) })
		if name == "Voluum" {
			must(t, a.db.Client().TrackerCampaign.Create().SetAffiliateID(s.Affiliate).SetTrackerID(tracker.ID).SetCampaignID(second.CampaignID).Exec(pgtest.System(t)))
		}
	}
	paused := pgtest.Campaign(t, a.db, pgtest.For{Affiliate: s.Affiliate, Offer: s.Offer}, func(c *db.CampaignCreate) { c.SetState(tracking.Paused) })
	for campaign, want := range map[int64]bool{s.Link.CampaignID: false, second.CampaignID: true, paused.CampaignID: true} {
		res := a.ask(t, token, `query($c: ID!) { setupChecklist(campaignId: $c) { steps { key done message } } }`, vars{"c": globalid.Int("Campaign", campaign)})
		steps := res.at(t, "setupChecklist", "steps").([]any)
		i := slices.IndexFunc(steps, func(s any) bool { return s.(map[string]any)["key"] == "TEMPLATE_SOUND" })
		step := steps[i].(map[string]any)
		if step["done"] != want || !want && !strings.Contains(step["message"].(string), "same click ids") {
			t.Errorf("campaign %d: %v", campaign, step)
		}
	}
}
