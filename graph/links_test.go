package graph_test

import (
	"fmt"
	"strings"
	"testing"

	"postrider/ent/db"
	"postrider/internal/globalid"
	"postrider/pgtest"
)

const firesQuery = `query($id: ID!) { node(id: $id) { ... on Campaign {
	postbackCount firingPostbacks { id scope } link { url urlWithToken } affiliate { tracker { key } } } } }`

func TestACampaignListsWhateverFiresForIt(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	s, other := pgtest.NewScene(t, a.db), pgtest.NewScene(t, a.db)
	token := a.affiliate(t, s.Affiliate)
	make := func(affiliate int64, options ...func(*db.PostbackCreate)) string {
		return pgtest.Postback(t, a.db, affiliate, "https://tracker.example/?c={param_1}", options...).GlobalID()
	}
	off := func(c *db.PostbackCreate) { c.SetEnabled(false) }
	second := pgtest.Campaign(t, a.db, pgtest.For{Affiliate: s.Affiliate, Offer: s.Offer})
	global := make(s.Affiliate)
	ofOffer := make(s.Affiliate, pgtest.ForOffer(s.Offer))
	own := make(s.Affiliate, pgtest.ForCampaign(s.Link.CampaignID))
	make(s.Affiliate, pgtest.ForCampaign(second.CampaignID))
	make(s.Affiliate, pgtest.ForOffer(other.Offer))
	make(s.Affiliate, off)
	make(other.Affiliate)

	res := a.ask(t, token, firesQuery, vars{"id": globalid.Int("Campaign", s.Link.CampaignID)})
	var got []string
	for _, p := range res.at(t, "node", "firingPostbacks").([]any) {
		got = append(got, p.(map[string]any)["id"].(string))
	}
	if want := []string{global, ofOffer, own}; strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("these fire: %v, want %v", got, want)
	}
	if n := res.at(t, "node", "postbackCount"); fmt.Sprint(n) != "3" {
		t.Errorf("%v are counted", n)
	}
}

func TestALinkHasTheTokenOfItsOwnersTracker(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	s := pgtest.NewScene(t, a.db)
	token := a.affiliate(t, s.Affiliate)
	ask := func() (key any, url, withToken string) {
		res := a.ask(t, token, firesQuery, vars{"id": globalid.Int("Campaign", s.Link.CampaignID)})
		if tracker, ok := res.at(t, "node", "affiliate", "tracker").(map[string]any); ok {
			key = tracker["key"]
		}
		return key, res.at(t, "node", "link", "url").(string), res.at(t, "node", "link", "urlWithToken").(string)
	}
	named := func(name string) func(*db.TrackerCreate) {
		return func(c *db.TrackerCreate) { c.SetName(name) }
	}
	if key, url, withToken := ask(); key != nil || withToken != url || strings.Contains(url, "?") {
		t.Errorf("without a postback: %v, %s, %s", key, url, withToken)
	}
	pgtest.Tracker(t, a.db, s.Affiliate, "https://t.example/?c={param_1}", named("voluum leads"))
	pgtest.Tracker(t, a.db, s.Affiliate, "https://t.example/?c={param_1}", named("My own"))
	if key, url, withToken := ask(); key != "voluum" || withToken != url+"?param_1={clickid}" {
		t.Errorf("named after one: %v, %s", key, withToken)
	}
	pgtest.Tracker(t, a.db, s.Affiliate, "https://kt.trk.io/6f1c2ab/postback?subid={param_1}&status=sale", named("Sales"))
	if key, url, withToken := ask(); key != "keitaro" || withToken != url+"?param_1={subid}" {
		t.Errorf("recognised by its URL: %v, %s", key, withToken)
	}
	own := pgtest.Tracker(t, a.db, s.Affiliate, "https://own.example/?c={param_2}", func(c *db.TrackerCreate) {
		c.SetAllCampaigns(false).SetTokens([]string{"", "[cid]", "fixed"})
	})
	must(t, a.db.Client().TrackerCampaign.Create().SetAffiliateID(s.Affiliate).SetTrackerID(own.ID).SetCampaignID(s.Link.CampaignID).Exec(pgtest.System(t)))
	if _, url, withToken := ask(); withToken != url+"?param_2=[cid]&param_3=fixed" {
		t.Errorf("of its own tracker: %s", withToken)
	}
}

func TestAPastedLinkOfOursIsNamed(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	s, other := pgtest.NewScene(t, a.db), pgtest.NewScene(t, a.db)
	token := a.affiliate(t, s.Affiliate)
	const query = `query($text: String!, $postback: PostbackInput!) {
		recognizePostback(text: $text) { ownUrl { message link { id } } }
		lintPostback(postback: $postback) { code severity message } }`
	for name, c := range map[string]struct {
		url, says string
		link      bool
	}{
		"its own link":   {publicURL + "/c/" + s.Link.Code + "?param_1={param_1}", "tracking link of the campaign ", true},
		"another's link": {publicURL + "/c/" + other.Link.Code + "?param_1={param_1}", "tracking link, not", false},
		"an operator's":  {publicURL + "/postback/royal?click_id={click_id}", "where an operator sends conversions", false},
		"a tracker's":    {"https://tracker.example/?c={param_1}", "", false},
	} {
		res := a.ask(t, token, query, vars{"text": "Here it is: " + c.url, "postback": vars{"urlTemplate": c.url}})
		own, named := res.at(t, "recognizePostback", "ownUrl").(map[string]any)
		if named != (c.says != "") || named && (!strings.Contains(own["message"].(string), c.says) || (own["link"] != nil) != c.link) {
			t.Errorf("%s: recognised as %v", name, own)
		}
		said := ""
		for _, f := range res.at(t, "lintPostback").([]any) {
			if f := f.(map[string]any); f["code"] == "OWN_URL" {
				said = f["severity"].(string) + " " + f["message"].(string)
			}
		}
		if (said != "") != (c.says != "") || c.says != "" && (!strings.HasPrefix(said, "ERROR") || !strings.Contains(said, c.says)) {
			t.Errorf("%s: the doctor says %q", name, said)
		}
	}
}

func TestASaveFromAnOldVersionIsAConflict(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	s := pgtest.NewScene(t, a.db)
	token := a.affiliate(t, s.Affiliate)
	p := pgtest.Postback(t, a.db, s.Affiliate, "https://tracker.example/?c={param_1}")
	const save = `mutation($input: UpdatePostbackInput!) { updatePostback(input: $input) { postback { version } userErrors { field message code } } }`
	input := func(url string) vars {
		return vars{"input": vars{"id": p.GlobalID(), "version": 1, "postback": vars{"urlTemplate": url}}}
	}
	if res := a.ask(t, token, save, input("https://tracker.example/?c={param_1}&a=1")); fmt.Sprint(res.at(t, "updatePostback", "postback", "version")) != "2" {
		t.Fatalf("the first is not saved: %v", res)
	}
	res := a.ask(t, token, save, input("https://tracker.example/?c={param_1}&b=1"))
	if got := fields(t, res, "updatePostback"); strings.Join(got, " ") != "version" {
		t.Errorf("the second is told %v", got)
	}
}
