package graph_test

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"postrider/internal/viewer"
	"postrider/pgtest"
)

// The preview of a change shows what the change then saves, and saves nothing itself.
func TestPreviewTrackerIsWhatUpdateTrackerSaves(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	s := pgtest.NewScene(t, a.db)
	session := a.session(t, a.user(t, viewer.Affiliate, s.Affiliate).Email)
	made := a.ask(t, session, `mutation { createTracker(input: {urlTemplate: "https://old.example/?c={param_1}&e={goal_id}", goals: [
		{goal: "registration"}, {goal: "ftd"}, {goal: "cpa", urlTemplate: "https://old.example/cpa?c={param_1}&p={payout}"}]}) { tracker { id version } userErrors { message } } }`, nil)
	id := made.at(t, "createTracker", "tracker", "id").(string)
	const saved = `query($id: ID!) { node(id: $id) { ... on Tracker { version goals { goal { key } enabled urlTemplate } } } }`
	goalsOf := func(res *response, path ...any) (list []string) {
		for _, g := range res.at(t, path...).([]any) {
			g := g.(map[string]any)
			list = append(list, fmt.Sprint(g["goal"].(map[string]any)["key"], " ", g["enabled"], " ", g["urlTemplate"]))
		}
		return list
	}
	for name, change := range map[string]string{
		"a domain":         `domain: "new.example"`,
		"an event":         `goals: [{goal: "ftd", event: "sale"}]`,
		"a goal more":      `goals: [{goal: "deposit", event: "again"}]`,
		"a goal less":      `goals: [{goal: "ftd", enabled: false}]`,
		"a URL of its own": `domain: "third.example", goals: [{goal: "registration", urlTemplate: "https://old.example/reg?c={param_1}"}]`,
		"no own URL more":  `goals: [{goal: "cpa", urlTemplate: ""}]`,
	} {
		input := fmt.Sprintf(`{id: %q, %s}`, id, change)
		before := a.ask(t, session, saved, vars{"id": id})
		preview := a.ask(t, session, fmt.Sprintf(`{ previewTracker(tracker: %s) { postbacks { postback { urlTemplate } goal { key } enabled urlTemplate preview { url } } userErrors { message } } }`, input), nil)
		if now := a.ask(t, session, saved, vars{"id": id}); !reflect.DeepEqual(now.Data, before.Data) {
			t.Fatalf("%s: the preview changed the tracker: %s", name, now.body)
		}
		a.ask(t, session, fmt.Sprintf(`mutation { updateTracker(input: %s) { userErrors { message } } }`, input), nil)
		after := a.ask(t, session, saved, vars{"id": id})
		shown, got := goalsOf(preview, "previewTracker", "postbacks"), goalsOf(after, "node", "goals")
		if !slices.Equal(shown, got) || len(got) == 0 {
			t.Errorf("%s: shown as %q, saved as %q: %s", name, shown, got, preview.body)
		}
		if slices.Equal(goalsOf(before, "node", "goals"), got) {
			t.Errorf("%s: nothing was changed: %q", name, got)
		}
		for i := range shown {
			if url, _ := preview.at(t, "previewTracker", "postbacks", i, "preview", "url").(string); url == "" {
				t.Errorf("%s: goal %d has no URL: %s", name, i, preview.body)
			}
		}
	}
	wrong := a.ask(t, session, fmt.Sprintf(`{ previewTracker(tracker: {id: %q, domain: "no domain"}) { postbacks { enabled } userErrors { field message code } } }`, id), nil)
	if got := fields(t, wrong, "previewTracker"); !slices.Equal(got, []string{"domain"}) {
		t.Errorf("a wrong domain: %s", wrong.body)
	}
}
