package filter_test

import (
	"slices"
	"strings"
	"testing"

	"postrider/domain/inbound"
	"postrider/ent/db"
	"postrider/graph/filter"
	"postrider/internal/globalid"
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

// A call is found by its cause, its affiliate, and words of its reason or of a note.
func TestTheReceivedLogIsSearchedByWhatWasWrong(t *testing.T) {
	t.Parallel()
	d := pgtest.New(t)
	s := pgtest.NewScene(t, d)
	ids := map[string]string{
		s.Received(t, d, func(c *db.ReceivedPostbackCreate) {
			c.SetReason("the same transaction again").SetCause(inbound.Repeat).SetAffiliateID(s.Affiliate)
		}).ID.String(): "repeat",
		s.Received(t, d, func(c *db.ReceivedPostbackCreate) {
			c.SetReason("click_id is required").SetCause(inbound.NoID).SetNotes([]string{"a", "blanks around the name Goal"})
		}).ID.String(): "noid",
		s.Received(t, d).ID.String(): "fine",
	}
	text := func(text string) filter.ReceivedPostback { return filter.ReceivedPostback{Search: &text} }
	for want, f := range map[string]filter.ReceivedPostback{
		"repeat":           text("SAME transaction"),
		"noid":             text("the name goal"),
		"noid repeat":      {Causes: []inbound.Cause{inbound.NoID, inbound.Repeat}},
		"repeat ":          {AffiliateIDs: []string{globalid.Int("Affiliate", s.Affiliate)}},
		"":                 text("same%again"),
		" ":                {Causes: []inbound.Cause{inbound.BadToken}},
		"fine noid repeat": {},
	} {
		matching, err := f.Predicates()
		must(t, err)
		rows, err := d.Client().ReceivedPostback.Query().Where(matching...).All(pgtest.System(t))
		must(t, err)
		if got := named(rows, ids); got != strings.TrimSpace(want) {
			t.Errorf("%+v finds %q, want %q", f, got, want)
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
