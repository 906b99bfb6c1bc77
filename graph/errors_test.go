package graph_test

import (
	"fmt"
	"testing"

	"postrider/internal/globalid"
	"postrider/pgtest"
)

// A failed read is an error, and not a null: if the database fails, the answer does not claim
// that an object does not exist.
func TestAReadThatFailsIsNoThingThatIsMissing(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	s := pgtest.NewScene(t, a.db)
	staff := a.staff(t)
	first := func(query string) *response {
		next, stop := a.events(t, staff, query)
		defer stop()
		res, _ := next()
		return res
	}
	rename := func(from, to string) {
		_, err := a.db.SQL.ExecContext(t.Context(), fmt.Sprintf(`ALTER TABLE %s RENAME TO %s`, from, to))
		must(t, err)
	}
	for table, ask := range map[string]func() *response{
		"tracking_links": func() *response { return a.post(t, staff, `{ campaigns { edges { node { link { code } } } } }`, nil) },
		"clicks": func() *response {
			return a.post(t, staff, `mutation { fireManualConversion(input: {click: "x", goal: "ftd"}) { userErrors { message } } }`, nil)
		},
		"campaigns": func() *response {
			return first(fmt.Sprintf(`subscription { clickRecorded(campaignId: %q) { id } }`, globalid.Int("Campaign", s.Link.CampaignID)))
		},
	} {
		rename(table, "lost")
		res := ask()
		rename("lost", table)
		if res == nil || len(res.Errors) != 1 || res.Errors[0].Extensions["code"] != "INTERNAL" {
			t.Errorf("without %s: %+v", table, res)
		}
	}
}
