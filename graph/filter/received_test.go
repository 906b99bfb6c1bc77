package filter_test

import (
	"slices"
	"strings"
	"testing"

	"postrider/ent/db"
	"postrider/graph/filter"
	"postrider/pgtest"
)

// A call is found by any parameter's decoded value, however its client encoded it.
func TestTheReceivedLogIsSearchedByAnyValue(t *testing.T) {
	t.Parallel()
	d := pgtest.New(t)
	s := pgtest.NewScene(t, d)
	ids := map[string]string{}
	for name, call := range map[string][2]string{
		"form":  {"", "sub2=abc+d%26%C3%A9%2b1&player_id=Jos%c3%a9"},
		"query": {"sub2=abc%20d%26%C3%A9%2B1&mail=a%40b.example&amount=50%25", ""},
		"json":  {"", `{"data": {"sub2": "abc d&\u00e9+1", "page": "https:\/\/x.example\/a"}}`},
		"other": {"goal=ftd&click_id=abc_d", "%"},
	} {
		row := s.Received(t, d, func(c *db.ReceivedPostbackCreate) { c.SetQuery(call[0]).SetBody(call[1]) })
		ids[row.ID.String()] = name
	}
	for text, want := range map[string]string{
		"abc d&é+1": "form json query", "José": "form", "a@b.example": "query", "50%": "query", "https://x.example/a": "json",
		"abc_d": "other", "abc%d": "", "é": "form json query", ".*": "", "": "form json other query", strings.Repeat("😀", 300): "", strings.Repeat("é", 5000): "",
	} {
		matching, err := (&filter.ReceivedPostback{Search: &text}).Predicates()
		must(t, err)
		rows, err := d.Client().ReceivedPostback.Query().Where(matching...).All(pgtest.System(t))
		must(t, err)
		if got := named(rows, ids); got != want {
			t.Errorf("%.40q finds %q, want %q", text, got, want)
		}
	}
}

func named(rows []*db.ReceivedPostback, names map[string]string) string {
	found := make([]string, len(rows))
	for i, r := range rows {
		found[i] = names[r.ID.String()]
	}
	slices.Sort(found)
	return strings.Join(found, " ")
}
