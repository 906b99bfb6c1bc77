package graph_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"postrider/domain/doctor"
	"postrider/ent/db"
	"postrider/ent/db/postbackversion"
	"postrider/internal/globalid"
	"postrider/outbox"
	"postrider/pgtest"
)

// mutation is how a mutation is tried: it makes the rows that it is tried on, so that no try
// disturbs another, and returns the mutation's input and what the payload shows.
type mutation func(t *testing.T, w *world) (input, payload string)

// ownSession lists mutations of the viewer's own session: each try gets a new one.
var ownSession = []string{"signIn", "signOut", "changePassword"}

var mutations = map[string]mutation{
	"signIn": func(_ *testing.T, w *world) (string, string) {
		return fmt.Sprintf(`{email: %q, password: %q}`, w.a.user.Email, password), "viewer { role }"
	},
	"signOut": func(*testing.T, *world) (string, string) { return "", "__typename" },
	"changePassword": func(*testing.T, *world) (string, string) {
		return fmt.Sprintf(`{currentPassword: %q, newPassword: %q, revokeTokens: false}`, password, password), "viewer { role }"
	},
	"updateSettings": func(*testing.T, *world) (string, string) { return `{timeZone: "Europe/Riga"}`, "viewer { role }" },
	"createApiToken": func(*testing.T, *world) (string, string) { return `{name: "more", scopes: [READ]}`, "token { id }" },
	"revokeApiToken": func(_ *testing.T, w *world) (string, string) {
		return fmt.Sprintf(`{id: %q}`, w.a.ids["ApiToken"][0]), "token { id }"
	},
	"createCampaign": func(_ *testing.T, w *world) (string, string) {
		return fmt.Sprintf(`{name: "new", offerId: %q, affiliateId: %q}`, globalid.Int("Offer", w.other), w.a.affiliate.GlobalID()), "campaign { id }"
	},
	"updateCampaign": func(_ *testing.T, w *world) (string, string) {
		return fmt.Sprintf(`{id: %q, name: "Campaign %s"}`, w.a.ids["Campaign"][0], w.a.mark), "campaign { id }"
	},
	"recordConversion": func(t *testing.T, w *world) (string, string) {
		click := pgtest.Click(t, w.db, w.a.link)
		return fmt.Sprintf(`{integration: %q, goal: "registration", clickId: %q}`, w.integration.Key, globalid.Hex(click)), "conversion { id }"
	},
	"updateConversionStatus": func(t *testing.T, w *world) (string, string) {
		s := w.a.scene
		s.Click = pgtest.Click(t, w.db, w.a.link)
		return fmt.Sprintf(`{id: %q, status: REJECTED}`, s.Conversion(t, w.db).GlobalID()), "conversion { id }"
	},
	"replayDelivery": func(t *testing.T, w *world) (string, string) {
		p := w.postback(t, w.a)
		d := w.delivery(t, w.a, w.a.scene.Conversion(t, w.db), p, outbox.Failed)
		return fmt.Sprintf(`{id: %q}`, d.GlobalID()), "delivery { id }"
	},
	"createPostback": func(_ *testing.T, w *world) (string, string) {
		return fmt.Sprintf(`{scope: CAMPAIGN, campaignId: %q, goals: ["ftd"], urlTemplate: "https://t.example/?c={param_1}"}`, w.a.ids["Campaign"][0]), "postbacks { id }"
	},
	"updatePostback": func(t *testing.T, w *world) (string, string) {
		return fmt.Sprintf(`{id: %q, name: "renamed"}`, w.postback(t, w.a).GlobalID()), "postback { id }"
	},
	"setPostbackEnabled": func(t *testing.T, w *world) (string, string) {
		return fmt.Sprintf(`{id: %q, enabled: false}`, w.postback(t, w.a).GlobalID()), "postback { id }"
	},
	"dismissAlert": func(t *testing.T, w *world) (string, string) {
		p := w.postback(t, w.a)
		a := w.alert(t, w.a, func(c *db.AlertCreate) { c.SetPostbackID(p.ID).SetKind(doctor.AlertFailing) })
		return fmt.Sprintf(`{id: %q}`, a.GlobalID()), "alert { id }"
	},
	"ignoreAttention": func(t *testing.T, w *world) (string, string) {
		return fmt.Sprintf(`{id: %q}`, w.postback(t, w.a).GlobalID()), "attention { failed }"
	},
	"restorePostbackVersion": func(t *testing.T, w *world) (string, string) {
		w.postback(t, w.a)
		v, err := w.db.Client().PostbackVersion.Query().Where(postbackversion.AffiliateID(w.a.affiliate.ID)).Order(db.Desc("id")).First(pgtest.System(t))
		must(t, err)
		return fmt.Sprintf(`{versionId: %q}`, v.GlobalID()), "postback { id }"
	},
	"testPostback": func(t *testing.T, w *world) (string, string) {
		return fmt.Sprintf(`{urlTemplate: %q, postback: {id: %q}}`, w.tracker(t)+"/?c={param_1}", w.postback(t, w.a).GlobalID()), "test { id }"
	},
	"runScenarios": func(t *testing.T, w *world) (string, string) {
		return fmt.Sprintf(`{urlTemplate: %q, postback: {id: %q}}`, w.tracker(t)+"/?c={param_1}", w.postback(t, w.a).GlobalID()), "run { cards { key } }"
	},
	"createTracker": func(_ *testing.T, w *world) (string, string) {
		return fmt.Sprintf(`{affiliateId: %q, urlTemplate: "https://new.example.org/?c={param_1}", shares: true, goals: [{goal: "ftd"}]}`, w.a.affiliate.GlobalID()), "tracker { id }"
	},
	"updateTracker": func(t *testing.T, w *world) (string, string) {
		return fmt.Sprintf(`{id: %q, name: "Renamed"}`, w.aTracker(t).GlobalID()), "tracker { id }"
	},
	"archiveTracker": func(t *testing.T, w *world) (string, string) {
		return fmt.Sprintf(`{id: %q}`, w.aTracker(t).GlobalID()), "tracker { id }"
	},
	"assignTrackers": func(t *testing.T, w *world) (string, string) {
		return fmt.Sprintf(`{affiliateId: %q, campaigns: [{campaignId: %q, trackerIds: [%q]}]}`, w.a.affiliate.GlobalID(),
			globalid.Int("Campaign", w.a.link.CampaignID), w.aTracker(t).GlobalID()), "trackers { id }"
	},
	"deletePostback": func(t *testing.T, w *world) (string, string) {
		return fmt.Sprintf(`{id: %q}`, w.postback(t, w.a).GlobalID()), "deletedId"
	},
}

// aTracker returns a new tracker of A's.
func (w *world) aTracker(t *testing.T) *db.Tracker {
	t.Helper()
	return pgtest.Tracker(t, w.db, w.a.affiliate.ID, "https://tracker.example.org/?c={param_1}", func(c *db.TrackerCreate) { c.SetShares(true) })
}

// tracker is a tracker that accepts everything.
func (w *world) tracker(t *testing.T) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(s.Close)
	return s.URL
}

func (w *world) tryMutations(t *testing.T, c *cast, schema *ast.Schema, row func(name, says string)) {
	t.Helper()
	for _, f := range schema.Mutation.Fields {
		try, ok := mutations[f.Name]
		if !ok {
			t.Errorf("say in mutations how %s is tried", f.Name)
			continue
		}
		var says []string
		for _, column := range columns {
			asking := c.as(column, scopeOf(f))
			if email := c.emails[column]; email != "" && slices.Contains(ownSession, f.Name) {
				asking = w.session(t, email)
			}
			says = append(says, string(w.mutate(t, f.Name, try, asking)))
			if email := c.emails[column]; email != "" && f.Name == "changePassword" {
				c.sessions[column] = w.session(t, email) // the new password ended it
			}
		}
		row("Mutation."+f.Name, strings.Join(says, " "))
	}
}

func (w *world) mutate(t *testing.T, name string, try mutation, asking who) outcome {
	t.Helper()
	input, payload := try(t, w)
	if input != "" {
		input = "(input: " + input + ")"
	}
	res := w.post(t, asking, fmt.Sprintf("mutation { %s%s { %s userErrors { message } } }", name, input, payload), nil)
	switch {
	case res.refused():
		return denied
	case len(res.Errors) > 0:
		t.Errorf("%s: %s", name, res.body)
		return denied
	case !empty(res.at(t, name, "userErrors")):
		t.Logf("%s", res.body)
		return refused
	}
	return done
}
