package graph_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"postrider/ent/db"
	"postrider/internal/globalid"
	"postrider/outbox"
	"postrider/pgtest"
)

const trackerFields = `id version name domain sentTo urlTemplate preset { key } allCampaigns defaultLinks shares
	goals { goal { key } enabled statuses event urlTemplate ownUrl postbacks { id scope tracker { id } } } missingGoals { key }
	chosenCampaigns { id } campaigns { id trackers { id } } tokens { param1 param2 param3 }
	versions { number spec { name urlTemplate chosenCampaigns { id } goals { goal enabled urlTemplate } } author { email } }
	health { delivered failed waiting hours { at } } endpoints { address circuit } archivedAt`

// A tracker is created, changed, listed and archived over the API, and says of itself what it is.
func TestATrackerOverTheAPI(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	s := pgtest.NewScene(t, a.db)
	token := a.affiliate(t, s.Affiliate)
	campaign := globalid.Int("Campaign", s.Link.CampaignID)
	change := func(name string, input map[string]any) map[string]any {
		t.Helper()
		title := strings.ToUpper(name[:1]) + name[1:]
		res := a.ask(t, token, fmt.Sprintf(`mutation($i: %sInput!) { %s(input: $i) { tracker { %s } userErrors { field message } } }`, title, name, trackerFields), vars{"i": input})
		if bad := res.at(t, name, "userErrors").([]any); len(bad) > 0 {
			t.Fatalf("%s: %v", name, bad)
		}
		return res.at(t, name, "tracker").(map[string]any)
	}
	made := change("createTracker", map[string]any{
		"urlTemplate": "https://trk.example/click.php?cnv_id={param_1}&payout={payout}&cnv_status={goal_id}", "campaignIds": []string{campaign},
		"goals": []map[string]any{{"goal": "registration", "event": "lead"}, {"goal": "ftd", "statuses": []string{"APPROVED", "PENDING"}}, {"goal": "kyc", "enabled": false}},
	})
	id := made["id"].(string)
	for key, want := range map[string]string{
		"name": "Binom v1", "domain": "trk.example", "sentTo": "trk.example", "preset": "map[key:binom]", "version": "1", "allCampaigns": "false", "defaultLinks": "false",
		"urlTemplate":     "https://trk.example/click.php?cnv_id={param_1}&payout={payout}&cnv_status={goal_id|map:registration=lead}",
		"chosenCampaigns": fmt.Sprintf("[map[id:%s]]", campaign), "campaigns": fmt.Sprintf("[map[id:%s trackers:[map[id:%s]]]]", campaign, id),
		"tokens": "map[param1:{clickid} param2:<nil> param3:<nil>]", "endpoints": "[map[address:https://trk.example:443 circuit:CLOSED]]", "missingGoals": "[map[key:cpa]]",
	} {
		if got := fmt.Sprint(made[key]); got != want {
			t.Errorf("%s is %s, want %s", key, got, want)
		}
	}
	goals := made["goals"].([]any)
	if len(goals) != 2 {
		t.Fatalf("%v", goals)
	}
	registration, ftd := goals[0].(map[string]any), goals[1].(map[string]any)
	if registration["event"] != "lead" || ftd["event"] != "ftd" || fmt.Sprint(ftd["statuses"]) != "[PENDING APPROVED]" || registration["ownUrl"] != false {
		t.Errorf("%v", goals)
	}
	if hours := made["health"].(map[string]any)["hours"].([]any); len(hours) != 24 {
		t.Errorf("health of %d hours", len(hours))
	}

	changed := change("updateTracker", map[string]any{
		"id": id, "version": 1, "domain": "new.example", "tokens": map[string]any{"param1": "{id}", "param2": "{src}"},
		"goals": []map[string]any{{"goal": "ftd", "urlTemplate": "https://new.example/own?c={param_1}"}, {"goal": "registration", "enabled": false}},
	})
	goals = changed["goals"].([]any)
	if g := goals[1].(map[string]any); g["ownUrl"] != true || g["event"] != nil || g["urlTemplate"] != "https://new.example/own?c={param_1}" {
		t.Errorf("%v", g)
	}
	if goals[0].(map[string]any)["enabled"] != false || fmt.Sprint(changed["missingGoals"]) != "[map[key:registration] map[key:cpa]]" || changed["tokens"].(map[string]any)["param2"] != "{src}" {
		t.Errorf("%v", changed)
	}
	versions := changed["versions"].([]any)
	if len(versions) != 2 || versions[0].(map[string]any)["number"] != 2.0 || !strings.Contains(fmt.Sprint(versions[1]), "https://trk.example/click.php") {
		t.Errorf("%v", versions)
	}
	res := a.ask(t, token, `query($c: [ID!]!) { trackers(filter: {campaignIds: $c}) { edges { node { id } } } none: trackers(filter: {search: "nonsense"}) { edges { node { id } } } }`, vars{"c": []string{campaign}})
	if found := fmt.Sprint(res.at(t, "trackers", "edges")); !strings.Contains(found, id) || len(res.at(t, "none", "edges").([]any)) > 0 {
		t.Errorf("%s", res.body)
	}
	if gone := change("archiveTracker", map[string]any{"id": id}); gone["archivedAt"] == nil || len(gone["goals"].([]any)) > 0 {
		t.Errorf("%v", gone)
	}
	res = a.ask(t, token, `{ trackers { edges { node { id } } } archived: trackers(filter: {archived: true}) { edges { node { id } } } }`, nil)
	if len(res.at(t, "trackers", "edges").([]any)) != 0 || len(res.at(t, "archived", "edges").([]any)) != 1 {
		t.Errorf("%s", res.body)
	}
}

// Deliveries and postbacks are filtered by tracker, and a tracker's health is that of its postbacks.
func TestByTracker(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	s := pgtest.NewScene(t, a.db)
	token := a.affiliate(t, s.Affiliate)
	var trackers []string
	for i := range 2 {
		url := fmt.Sprintf("https://t%d.example/?c={param_1}", i)
		row := pgtest.Tracker(t, a.db, s.Affiliate, url)
		trackers = append(trackers, row.GlobalID())
		for goal := range 2 {
			p := pgtest.Postback(t, a.db, s.Affiliate, url, pgtest.ForTracker(row.ID), pgtest.On([]string{"registration", "ftd"}[goal]))
			pgtest.Delivery(t, a.db, s.Conversion(t, a.db).ID, p, func(c *db.DeliveryCreate) {
				c.SetState([]outbox.State{outbox.Delivered, outbox.Failed}[goal]).SetEndpoint(fmt.Sprintf("https://t%d.example:443", i))
			})
		}
	}
	res := a.ask(t, token, `query($t: [ID!]!) {
		deliveries(filter: {trackerIds: $t}) { edges { node { postback { tracker { id health { delivered failed } } } } } }
		postbacks(filter: {trackerIds: $t}) { edges { node { tracker { id } } } } }`, vars{"t": trackers[:1]})
	for _, list := range []string{"deliveries", "postbacks"} {
		edges := res.at(t, list, "edges").([]any)
		if len(edges) != 2 || strings.Contains(fmt.Sprint(edges), trackers[1]) {
			t.Errorf("%s: %v", list, edges)
		}
	}
	if !strings.Contains(res.body, `"health":{"delivered":1,"failed":1}`) {
		t.Errorf("%s", res.body)
	}
}

// Two global trackers are crossed until each has its campaigns; the links carry the tokens of their
// campaign's own tracker then.
func TestCrossedTrackersAreFoundAndFixed(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	s := pgtest.NewScene(t, a.db)
	token := a.affiliate(t, s.Affiliate)
	second := pgtest.Campaign(t, a.db, pgtest.For{Affiliate: s.Affiliate, Offer: s.Offer})
	for _, url := range []string{"https://kt.example/6f1c/postback?subid={param_1}&status=sale", "https://bi.example/click.php?cnv_id={param_1}&payout={payout}"} {
		a.ask(t, token, `mutation($u: String!) { createPostback(input: {scope: GLOBAL, goals: ["ftd"], urlTemplate: $u}) { userErrors { message } } }`, vars{"u": url})
	}
	const question = `{ attention { items { id message severity crossing { wrongDeliveries defaultLinks message trackers { id name } campaigns { campaign { id } clickIds proposal { id } } } } } }`
	res := a.ask(t, token, question, nil)
	crossed := res.at(t, "attention", "items", 0, "crossing").(map[string]any)
	trackers := crossed["trackers"].([]any)
	if len(trackers) != 2 || len(crossed["campaigns"].([]any)) != 2 || res.at(t, "attention", "items", 0, "severity") != "ERROR" {
		t.Fatalf("%s", res.body)
	}
	keitaro, binom := trackers[0].(map[string]any)["id"], trackers[1].(map[string]any)["id"]
	first := globalid.Int("Campaign", s.Link.CampaignID)
	res = a.ask(t, token, `mutation($i: AssignTrackersInput!) { assignTrackers(input: $i) { trackers { campaigns { id } } userErrors { field message } } }`, vars{"i": map[string]any{
		"campaigns":    []map[string]any{{"campaignId": first, "trackerIds": []any{keitaro}}, {"campaignId": globalid.Int("Campaign", second.CampaignID), "trackerIds": []any{binom}}},
		"remaining":    keitaro,
		"defaultLinks": keitaro,
	}})
	if bad := res.at(t, "assignTrackers", "userErrors").([]any); len(bad) > 0 {
		t.Fatalf("%v", bad)
	}
	res = a.ask(t, token, `{ attention { items { id crossing { message } } } crossedTrackers { message } campaigns { edges { node { id link { urlWithToken } firingPostbacks { urlTemplate } } } } }`, nil)
	if strings.Contains(res.body, `"message"`) {
		t.Errorf("still crossed: %s", res.body)
	}
	for _, edge := range res.at(t, "campaigns", "edges").([]any) {
		node := edge.(map[string]any)["node"].(map[string]any)
		want := map[bool]string{true: "{subid} kt.example", false: "{clickid} bi.example"}[node["id"] == first]
		param, host, _ := strings.Cut(want, " ")
		if got := fmt.Sprint(node); !strings.Contains(got, "param_1="+param) || !strings.Contains(got, host) || len(node["firingPostbacks"].([]any)) != 1 {
			t.Errorf("%v", node)
		}
	}
}

// Clicks and conversions are filtered by the tracker whose click ids they carry.
func TestClicksAndConversionsByTracker(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	s := pgtest.NewScene(t, a.db)
	token := a.affiliate(t, s.Affiliate)
	keitaro, binom := pgtest.Tracker(t, a.db, s.Affiliate, "https://k.example/"), pgtest.Tracker(t, a.db, s.Affiliate, "https://b.example/", func(c *db.TrackerCreate) {
		c.SetAllCampaigns(false).SetDefaultLinks(false)
	})
	second := pgtest.Campaign(t, a.db, pgtest.For{Affiliate: s.Affiliate, Offer: s.Offer})
	must(t, a.db.Client().TrackerCampaign.Create().SetAffiliateID(s.Affiliate).SetTrackerID(binom.ID).SetCampaignID(second.CampaignID).Exec(pgtest.System(t)))
	links := map[string]pgtest.Link{"first": s.Link, "second": second, "default": pgtest.DefaultLink(t, a.db, pgtest.For{Affiliate: s.Affiliate, Offer: s.Offer})}
	names := map[string]string{}
	for name, link := range links {
		of := s
		of.Link, of.Click = link, pgtest.Click(t, a.db, link)
		names[globalid.UUID("Click", of.Click)] = name
		names[of.Conversion(t, a.db, func(c *db.ConversionCreate) {
			if link.CampaignID == 0 {
				c.Mutation().ClearCampaignID()
			}
		}).GlobalID()] = name
	}
	names[globalid.UUID("Click", s.Click)] = "first"
	stats := pgtest.Tracker(t, a.db, s.Affiliate, "https://s.example/") // called in one campaign alone
	pgtest.Postback(t, a.db, s.Affiliate, stats.URLTemplate, pgtest.ForTracker(stats.ID), pgtest.ForCampaign(s.Link.CampaignID))
	res := a.ask(t, token, `{ campaigns { edges { node { id trackers { domain } } } } clicks { edges { node { campaign { id } trackers { domain } } } } }`, nil)
	for _, want := range []string{
		fmt.Sprintf(`{"id":%q,"trackers":[{"domain":"s.example"},{"domain":"k.example"}]}`, globalid.Int("Campaign", s.Link.CampaignID)),
		fmt.Sprintf(`{"id":%q,"trackers":[{"domain":"b.example"}]}`, globalid.Int("Campaign", second.CampaignID)),
		`{"campaign":null,"trackers":[{"domain":"k.example"}]}`,
	} {
		if !strings.Contains(res.body, want) {
			t.Errorf("no %s in %s", want, res.body)
		}
	}
	for id, want := range map[string]string{keitaro.GlobalID(): "default first first", binom.GlobalID(): "second", globalid.Int("Tracker", 999): ""} {
		res := a.ask(t, token, `query($t: [ID!]!) { clicks(filter: {trackerIds: $t}) { edges { node { id } } } conversions(filter: {trackerIds: $t}) { edges { node { id } } } conversionTotals(filter: {trackerIds: $t}) { count } }`, vars{"t": []string{id}})
		var clicks, conversions []string
		for _, edge := range res.at(t, "clicks", "edges").([]any) {
			clicks = append(clicks, names[edge.(map[string]any)["node"].(map[string]any)["id"].(string)])
		}
		for _, edge := range res.at(t, "conversions", "edges").([]any) {
			conversions = append(conversions, names[edge.(map[string]any)["node"].(map[string]any)["id"].(string)])
		}
		slices.Sort(clicks)
		slices.Sort(conversions)
		if strings.Join(clicks, " ") != want || !slices.Equal(slices.Compact(clicks), conversions) || fmt.Sprint(res.at(t, "conversionTotals", "count")) != fmt.Sprint(len(conversions)) {
			t.Errorf("%s: clicks %v, conversions %v, want %s", id, clicks, conversions, want)
		}
	}
}
