package graph_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"postrider/domain/firing"
	"postrider/ent/db"
	"postrider/internal/globalid"
	"postrider/pgtest"
)

func TestAPastedURLIsRecognisedWithItsPlaces(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	res := w.post(t, w.session(t, w.a.user.Email), `{ recognizePostback(text: "see https://kt.trk.io/日/6f1c/postback?subid=x https://kt.trk.io/6f1c/postback?subid={subid}&payout={payout}") {
		tracker { key urlTemplate(goal: "ftd", blanks: [{name: "domain", value: "kt.trk.io"}, {name: "key", value: "6f1c"}]) } confidence dialect urlTemplate others
		parameters { name value macro proposal confidence start end } } }`, nil)
	template := res.at(t, "recognizePostback", "urlTemplate")
	if template != "https://kt.trk.io/6f1c/postback?subid={param_1}&payout={payout}" || res.at(t, "recognizePostback", "confidence") != "SURE" || res.at(t, "recognizePostback", "tracker", "key") != "keitaro" {
		t.Errorf("%s", res.body)
	}
	if got := res.at(t, "recognizePostback", "tracker", "urlTemplate"); !strings.HasPrefix(got.(string), "https://kt.trk.io/6f1c/postback?subid={param_1}&status=sale&") {
		t.Errorf("%v", got)
	}
	first := res.at(t, "recognizePostback", "parameters").([]any)[0].(map[string]any)
	text := template.(string)[int(first["start"].(float64)):int(first["end"].(float64))]
	if text != "{param_1}" || first["macro"] != "param_1" || first["value"] != "{subid}" {
		t.Errorf("%v at %q", first, text)
	}
}

func TestTheDoctorKnowsTheOtherPostbacks(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := pgtest.Postback(t, w.db, w.a.affiliate.ID, "https://kt.trk.io/in?c={param_1}", pgtest.On("ftd"))
	pgtest.Postback(t, w.db, w.a.affiliate.ID, "https://kt.trk.io/in?c={param_1}", pgtest.On("net_revenue"), func(c *db.PostbackCreate) {
		c.SetAggregateSeconds(60).SetFurtherGoals([]string{"kyc"})
	})
	must(t, w.db.Client().Tracker.Update().SetArchivedAt(pgtest.Now).Exec(pgtest.System(t))) // with whose click ids this is not about
	lint := func(args string) []string {
		t.Helper()
		res := w.post(t, w.session(t, w.a.user.Email), fmt.Sprintf(`{ lintPostback(urlTemplate: "https://kt.trk.io/in?c={sub1}", %s) { code severity message fix { label } } }`, args), nil)
		found := []string{}
		for _, f := range res.at(t, "lintPostback").([]any) {
			found = append(found, f.(map[string]any)["code"].(string))
		}
		return found
	}
	campaign, offer := globalid.Int("Campaign", w.a.link.CampaignID), globalid.Int("Offer", w.offer)
	for args, want := range map[string]string{
		`goals: ["ftd"]`:          "SAME_URL",
		`goals: ["registration"]`: "",
		`goals: ["kyc"]`:          "SAME_URL", // which the second one aggregates too
		`goals: ["ftd"], postback: {statuses: [CANCELLED]}`:                           "",
		`goals: ["ftd"], postback: {id: "` + p.GlobalID() + `"}`:                      "",
		`postback: {goals: ["ftd"], scope: CAMPAIGN, campaignId: "` + campaign + `"}`: "SAME_URL",
		`goals: ["ftd"], postback: {scope: OFFER, offerId: "` + offer + `"}`:          "SAME_URL",
		`trackingLink: "https://l.example/c/k7m2xq9d?param_2=x"`:                      "PARAM_NOT_IN_LINK",
		`goals: ["deposit"]`:                         "NO_CONVERSION_ID",
		`postback: {statuses: [APPROVED, REJECTED]}`: "NO_STATUS",
	} {
		if got := strings.Join(lint(args), " "); got != want {
			t.Errorf("%s: %q, want %q", args, got, want)
		}
	}
	if p.Scope != firing.Global {
		t.Errorf("%+v", p)
	}
	other := w.post(t, w.session(t, w.b.user.Email), `{ lintPostback(urlTemplate: "https://kt.trk.io/in?c={sub1}", goals: ["ftd"]) { code } }`, nil)
	if strings.Contains(other.body, "SAME_URL") {
		t.Error("another affiliate's postback was compared")
	}
	private := w.post(t, w.session(t, w.a.user.Email), `{ lintPostback(urlTemplate: "http://10.0.0.1/in?c={sub1}") { code severity start end } }`, nil)
	if !strings.Contains(private.body, "PRIVATE_HOST") {
		t.Errorf("%s", private.body)
	}
}

func TestATestShowsWhatWasSentAndWhatCameBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	tracker := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("X-Why", "firewall")
		rw.WriteHeader(http.StatusForbidden)
		_, _ = rw.Write([]byte("no entry"))
	}))
	t.Cleanup(tracker.Close)
	me := w.session(t, w.a.user.Email)
	res := w.post(t, me, fmt.Sprintf(`mutation { testPostback(input: {urlTemplate: "%s/pb?c={param_1}&p={payout}", values: [{macro: "param_1", value: "a b"}]}) {
		test { id url state statusCode durationMs timings { waitMs } responseHeaders { name value } responseBody verdict nextStep reason values { macro value } delivery { id test } } userErrors { message } } }`, tracker.URL), nil)
	at := func(name string) any { return res.at(t, "testPostback", "test", name) }
	if at("url") != tracker.URL+"/pb?c=a%20b&p=0.00" || at("state") != "FAILED" || at("statusCode") != 403.0 || at("responseBody") != "no entry" || at("reason") != "HTTP_403" ||
		!strings.Contains(at("nextStep").(string), "firewall") || !strings.Contains(res.body, "X-Why") || res.at(t, "testPostback", "test", "timings", "waitMs") == nil {
		t.Errorf("%s", res.body)
	}
	id := res.at(t, "testPostback", "test", "delivery", "id").(string)
	if log := w.post(t, me, `{ deliveries(first: 100) { edges { node { id } } } }`, nil); strings.Contains(log.body, id) {
		t.Error("a test is in the log unasked")
	}
	if log := w.post(t, me, `{ deliveries(first: 100, filter: {test: true}) { edges { node { id test conversion { id } postback { id } attempts { statusCode } } } } }`, nil); !strings.Contains(log.body, id) {
		t.Errorf("a test is not in the log when asked for: %s", log.body)
	}
	if again := w.post(t, me, fmt.Sprintf(`mutation { replayDelivery(input: {id: %q}) { delivery { id } userErrors { message } } }`, id), nil); !strings.Contains(again.body, "tests cannot be replayed") {
		t.Errorf("%s", again.body)
	}
}

func TestAnEarlierVersionIsPutBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	me := w.session(t, w.a.user.Email)
	p := pgtest.Postback(t, w.db, w.a.affiliate.ID, "https://kt.trk.io/old?c={param_1}", pgtest.On("ftd"))
	w.post(t, me, fmt.Sprintf(`mutation { updatePostback(input: {id: %q, urlTemplate: "https://kt.trk.io/new?c={param_1}", statuses: [REJECTED]}) { userErrors { message } } }`, p.GlobalID()), nil)
	versions := w.post(t, me, fmt.Sprintf(`{ node(id: %q) { ... on Postback { versions { id number } } } }`, p.GlobalID()), nil)
	oldest := versions.at(t, "node", "versions").([]any)[1].(map[string]any)["id"].(string)
	res := w.post(t, me, fmt.Sprintf(`mutation { restorePostbackVersion(input: {versionId: %q}) { postback { urlTemplate version statuses versions { number } } userErrors { message } } }`, oldest), nil)
	if res.at(t, "restorePostbackVersion", "postback", "urlTemplate") != "https://kt.trk.io/old?c={param_1}" || res.at(t, "restorePostbackVersion", "postback", "version") != 3.0 ||
		!strings.Contains(res.body, `"APPROVED"`) || strings.Contains(res.body, "REJECTED") {
		t.Errorf("%s", res.body)
	}
}

// Every body rule of a preset is valid for a postback.
func TestPresetsBringRulesThatAreRules(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	res := w.post(t, w.session(t, w.a.user.Email), "{ trackerPresets { key bodyRule { kind path value } } }", nil)
	rules := 0
	for _, p := range res.at(t, "trackerPresets").([]any) {
		rule, ok := p.(map[string]any)["bodyRule"].(map[string]any)
		if !ok {
			continue
		}
		rules++
		made := w.post(t, w.session(t, w.a.user.Email), fmt.Sprintf(`mutation { createPostback(input: {scope: GLOBAL, goals: ["ftd"], urlTemplate: "https://t.example.org/?c={param_1}",
			bodyRule: {kind: %s, path: %q, value: %q}}) { postbacks { bodyRule { kind path value } } userErrors { message } } }`, rule["kind"], rule["path"], rule["value"]), nil)
		if len(made.at(t, "createPostback", "userErrors").([]any)) > 0 {
			t.Errorf("%v: %s", p, made.body)
		}
	}
	if rules == 0 {
		t.Error("no preset brings a rule")
	}
}

// Attempts are kept for a limited time; the result of a test is kept for longer.
func TestATestIsKnownWhenItsAttemptIsGone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, err := w.db.SQL.ExecContext(t.Context(), `DELETE FROM attempts`)
	must(t, err)
	res := w.post(t, w.session(t, w.a.user.Email), `{ postbackTests { edges { node { state statusCode url durationMs verdict nextStep reason responseBody responseHeaders { name } timings { waitMs } } } } }`, nil)
	test := res.at(t, "postbackTests", "edges").([]any)[0].(map[string]any)["node"].(map[string]any)
	if test["state"] != "FAILED" || test["statusCode"] != 404.0 || test["reason"] != "HTTP_404" || test["nextStep"] == nil || test["responseBody"] != nil || test["url"] == "" {
		t.Errorf("%s", res.body)
	}
}
