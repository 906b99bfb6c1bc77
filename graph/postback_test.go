package graph_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"postrider/ent/db"
	"postrider/internal/globalid"
	"postrider/internal/viewer"
	"postrider/outbox"
	"postrider/pgtest"
)

// fields returns the fields that userErrors name, in order.
func fields(t *testing.T, res *response, mutation string) []string {
	t.Helper()
	names := []string{}
	for _, e := range res.at(t, mutation, "userErrors").([]any) {
		e := e.(map[string]any)
		path, _ := e["field"].([]any)
		if e["message"] == "" || e["code"] == "" {
			t.Errorf("an error says nothing: %v", e)
		}
		parts := make([]string, len(path))
		for i, p := range path {
			parts[i] = p.(string)
		}
		names = append(names, strings.Join(parts, "."))
	}
	slices.Sort(names)
	return names
}

// What the user can fix is returned with its field, never as a top-level error.
func TestUserErrorsNameTheirFields(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	s := pgtest.NewScene(t, a.db)
	other := pgtest.NewScene(t, a.db)
	token, staff := a.affiliate(t, s.Affiliate), a.staff(t)
	session := a.session(t, a.user(t, viewer.Affiliate, s.Affiliate).Email)
	postback := pgtest.Postback(t, a.db, s.Affiliate, "https://tracker.example/?c={param_1}")
	waiting := pgtest.Delivery(t, a.db, s.Conversion(t, a.db).ID, postback, func(c *db.DeliveryCreate) { c.SetState(outbox.Queued) })
	const fine = `urlTemplate: "https://tracker.example/?c={param_1}"`
	campaign, otherCampaign := globalid.Int("Campaign", s.Link.CampaignID), globalid.Int("Campaign", other.Link.CampaignID)
	for name, tc := range map[string]struct {
		who    who
		input  string
		fields []string
	}{
		"createPostback an unknown macro":               {token, `{scope: GLOBAL, goals: ["ftd"], urlTemplate: "https://t.example/?c={nonsense}"}`, []string{"urlTemplate"}},
		"createPostback what the doctor calls an error": {token, `{scope: GLOBAL, goals: ["ftd"], urlTemplate: "https://t.example/?c=<clickid>"}`, []string{"urlTemplate"}},
		"createPostback no URL":                         {token, `{scope: GLOBAL, goals: ["ftd"], urlTemplate: "tracker.example"}`, []string{"urlTemplate"}},
		"createPostback a private address":              {token, `{scope: GLOBAL, goals: ["ftd"], urlTemplate: "http://169.254.169.254/?c={param_1}"}`, []string{"urlTemplate"}},
		"createPostback an unknown goal":                {token, `{scope: GLOBAL, goals: ["nonsense"], ` + fine + `}`, []string{"goals"}},
		"createPostback no goal":                        {token, `{scope: GLOBAL, goals: [], ` + fine + `}`, []string{"goals"}},
		"createPostback no status":                      {token, `{scope: GLOBAL, goals: ["ftd"], statuses: [], ` + fine + `}`, []string{"statuses"}},
		"createPostback no campaign":                    {token, `{scope: CAMPAIGN, goals: ["ftd"], ` + fine + `}`, []string{"campaignId"}},
		"createPostback another's campaign":             {token, `{scope: CAMPAIGN, goals: ["ftd"], campaignId: "` + otherCampaign + `", ` + fine + `}`, []string{"campaignId"}},
		"createPostback no offer":                       {token, `{scope: OFFER, goals: ["ftd"], ` + fine + `}`, []string{"offerId"}},
		"createPostback an offer that is none":          {token, `{scope: OFFER, goals: ["ftd"], offerId: "` + campaign + `", ` + fine + `}`, []string{"offerId"}},
		"createPostback an offer that is not there":     {token, `{scope: OFFER, goals: ["ftd"], offerId: "` + globalOffer(999) + `", ` + fine + `}`, []string{"offerId"}},
		"createPostback another affiliate":              {token, `{scope: GLOBAL, goals: ["ftd"], affiliateId: "` + globalid.Int("Affiliate", other.Affiliate) + `", ` + fine + `}`, []string{"affiliateId"}},
		"createPostback staff for nobody":               {staff, `{scope: GLOBAL, goals: ["ftd"], ` + fine + `}`, []string{"affiliateId"}},
		"createPostback staff for somebody unknown":     {staff, `{scope: GLOBAL, goals: ["ftd"], affiliateId: "` + globalid.Int("Affiliate", 999) + `", ` + fine + `}`, []string{"affiliateId"}},
		"createPostback a rule that says nothing":       {token, `{scope: GLOBAL, goals: ["ftd"], bodyRule: {kind: CONTAINS, value: ""}, ` + fine + `}`, []string{"bodyRule"}},
		"createPostback a long name":                    {token, `{scope: GLOBAL, goals: ["ftd"], name: "` + strings.Repeat("x", 201) + `", ` + fine + `}`, []string{"name"}},
		"createPostback several faults":                 {token, `{scope: CAMPAIGN, goals: ["nonsense"], statuses: [], urlTemplate: "x"}`, []string{"campaignId", "goals", "statuses", "urlTemplate"}},
		"updatePostback what the doctor calls an error": {token, `{id: "` + postback.GlobalID() + `", urlTemplate: "https://t.example/?c=<clickid>"}`, []string{"urlTemplate"}},
		"updatePostback an unknown macro":               {token, `{id: "` + postback.GlobalID() + `", urlTemplate: "https://t.example/?c={nonsense}"}`, []string{"urlTemplate"}},
		"updatePostback an unknown goal":                {token, `{id: "` + postback.GlobalID() + `", goals: ["nonsense"]}`, []string{"goals"}},
		"updatePostback one that is none":               {token, `{id: "` + campaign + `", name: "x"}`, []string{"id"}},
		"updatePostback one that is not there":          {token, `{id: "` + globalid.Int("Postback", 999) + `", name: "x"}`, []string{"id"}},
		"setPostbackEnabled one that is not there":      {token, `{id: "` + globalid.Int("Postback", 999) + `", enabled: true}`, []string{"id"}},
		"deletePostback one that is not there":          {token, `{id: "` + globalid.Int("Postback", 999) + `"}`, []string{"id"}},
		"createCampaign no name":                        {token, `{name: " ", offerId: "` + globalOffer(s.Offer) + `"}`, []string{"name"}},
		"createCampaign an offer that is not there":     {token, `{name: "x", offerId: "` + globalOffer(999) + `"}`, []string{"offerId"}},
		"createCampaign staff for nobody":               {staff, `{name: "x", offerId: "` + globalOffer(s.Offer) + `"}`, []string{"affiliateId"}},
		"updateCampaign one that is not there":          {token, `{id: "` + globalid.Int("Campaign", 999) + `", name: "x"}`, []string{"id"}},
		"replayDelivery one that is none":               {token, `{id: "nonsense"}`, []string{"id"}},
		"replayDelivery one that waits":                 {token, `{id: "` + waiting.GlobalID() + `"}`, []string{"id"}},
		"createApiToken no name":                        {token, `{name: ""}`, []string{"name"}},
		"createApiToken one that is over":               {token, `{name: "x", expiresAt: "2020-01-01T00:00:00Z"}`, []string{"expiresAt"}},
		"updateSettings an unknown zone":                {token, `{timeZone: "Nowhere/Land"}`, []string{"timeZone"}},
		"changePassword a wrong one":                    {session, `{currentPassword: "wrong", newPassword: "correct horse battery"}`, []string{"currentPassword"}},
		"changePassword a short one":                    {session, `{currentPassword: "` + password + `", newPassword: "x"}`, []string{"newPassword"}},
		"signIn a wrong password":                       {nobody, `{email: "nobody@example.com", password: "wrong"}`, []string{"password"}},
		"recordConversion a goal that is a macro":       {staff, `{integration: "` + s.Integration.Key + `", goal: "{event}", clickId: "` + globalid.Hex(s.Click) + `"}`, []string{"goal"}},
		"recordConversion an unknown integration":       {staff, `{integration: "nonsense", goal: "ftd", clickId: "` + globalid.Hex(s.Click) + `"}`, []string{"integration"}},
		"recordConversion nobody's":                     {staff, `{integration: "` + s.Integration.Key + `", goal: "ftd"}`, []string{"clickId"}},
		"recordConversion a sum that is none":           {staff, `{integration: "` + s.Integration.Key + `", goal: "ftd", clickId: "` + globalid.Hex(s.Click) + `", amount: "much"}`, []string{"amount"}},
		"updateConversionStatus one that is not there":  {staff, `{id: "` + globalid.UUID("Conversion", s.Click) + `", status: REJECTED}`, []string{"id"}},
	} {
		t.Run(name, func(t *testing.T) {
			mutation, _, _ := strings.Cut(name, " ")
			res := a.post(t, tc.who, fmt.Sprintf("mutation { %s(input: %s) { userErrors { field message code } } }", mutation, tc.input), nil)
			if len(res.Errors) > 0 {
				t.Fatalf("a top-level error: %s", res.body)
			}
			if got := fields(t, res, mutation); !slices.Equal(got, tc.fields) {
				t.Errorf("fields %q, want %q: %s", got, tc.fields, res.body)
			}
		})
	}
}

// createPostback makes a postback for each goal, or none at all.
func TestCreatePostbacks(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	s := pgtest.NewScene(t, a.db)
	session := a.session(t, a.user(t, viewer.Affiliate, s.Affiliate).Email)
	const mutation = `mutation($goals: [String!]!) { createPostback(input: {scope: GLOBAL, method: POST, goals: $goals, urlTemplate: "https://tracker.example/?c={param_1}&g={goal_id}"}) {
		postbacks { goal { key } host version enabled statuses signingSecret versions { number author { email } } } userErrors { field } } }`
	res := a.ask(t, session, mutation, vars{"goals": []string{"ftd", "registration"}})
	if list := res.at(t, "createPostback", "postbacks").([]any); len(list) != 2 {
		t.Fatalf("%s", res.body)
	}
	first := res.at(t, "createPostback", "postbacks", 0).(map[string]any)
	secret, _ := first["signingSecret"].(string)
	if first["host"] != "tracker.example" || first["version"] != 1.0 || first["enabled"] != true || !strings.HasPrefix(secret, "whsec_") {
		t.Errorf("%v", first)
	}
	res = a.ask(t, session, mutation, vars{"goals": []string{"deposit", "nonsense"}})
	n, err := a.db.Client().Postback.Query().Count(pgtest.System(t))
	if list := res.at(t, "createPostback", "postbacks").([]any); len(list) != 0 || n != 2 || err != nil {
		t.Errorf("one of two goals is unknown, and %d postbacks are there, %v: %s", n, err, res.body)
	}
}

// Spans count UTF-16 units, as browsers do, whatever precedes them.
func TestPreviewSpans(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	token := a.affiliate(t, pgtest.Affiliate(t, a.db))
	const query = `query($t: String!, $v: [MacroValueInput!]) { previewPostback(urlTemplate: $t, values: $v) {
		url spans { macro value templateStart templateEnd urlStart urlEnd } errors { code message start end } } }`
	for _, template := range []string{
		"https://tracker.example/?c={param_1}",
		"https://tracker.example/😀/é/?x=😀😀&c={param_1}&n={camp_name}",
		"https://tracker.example/{goal_id}?c={param_1|default:ü😀}#{click_id}",
	} {
		res := a.ask(t, token, query, vars{"t": template, "v": []map[string]string{{"macro": "param_1", "value": "a😀b é+&"}, {"macro": "Campaign_Name", "value": "Größe"}}})
		url, _ := res.at(t, "previewPostback", "url").(string)
		spans := res.at(t, "previewPostback", "spans").([]any)
		if url == "" || len(spans) != strings.Count(template, "{") {
			t.Fatalf("%s: %s", template, res.body)
		}
		for _, span := range spans {
			s := span.(map[string]any)
			if in := units(template, s["templateStart"], s["templateEnd"]); !strings.HasPrefix(in, "{"+s["macro"].(string)) || !strings.HasSuffix(in, "}") {
				t.Errorf("%s: the span of %v is %q", template, s["macro"], in)
			}
			in := units(url, s["urlStart"], s["urlEnd"])
			if s["macro"] == "param_1" && in != "a%F0%9F%98%80b%20%C3%A9%2B%26" {
				t.Errorf("%s: param_1 stands in the URL as %q", url, in)
			}
			if s["macro"] == "camp_name" && in != "Gr%C3%B6%C3%9Fe" {
				t.Errorf("%s: camp_name stands in the URL as %q", url, in)
			}
		}
	}
	const wrong = "https://tracker.example/😀?a={nonsense}&b={param_1|nonsense}"
	res := a.ask(t, token, query, vars{"t": wrong})
	faults := res.at(t, "previewPostback", "errors").([]any)
	if len(faults) != 2 || res.at(t, "previewPostback", "url") != nil {
		t.Fatalf("%s", res.body)
	}
	for _, f := range faults {
		f := f.(map[string]any)
		if in := units(wrong, f["start"], f["end"]); !strings.Contains(in, "nonsense") || strings.ContainsAny(in, "😀&") {
			t.Errorf("%v stands at %q", f["message"], in)
		}
	}
}

// units returns a part of a text by offsets in UTF-16 units.
func units(text string, start, end any) string {
	encoded := utf16.Encode([]rune(text))
	return string(utf16.Decode(encoded[int(start.(float64)):int(end.(float64))]))
}
