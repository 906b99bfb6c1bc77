package graph_test

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"postrider/domain/commission"
	"postrider/ent/db"
	"postrider/internal/globalid"
	"postrider/pgtest"
)

// shelf is conversions of two affiliates that differ in everything that a list sorts or filters by.
type shelf struct {
	*api

	scenes  []pgtest.Scene
	players []uuid.UUID
	viewers []who // staff, then the affiliate of each scene
	rows    []*db.Conversion
	at      time.Time // of the last key
}

func newShelf(t *testing.T) *shelf {
	t.Helper()
	s := &shelf{api: newAPI(t), at: pgtest.Now}
	s.viewers = []who{s.staff(t)}
	for i := range 2 {
		scene := pgtest.NewScene(t, s.db)
		s.scenes = append(s.scenes, scene)
		s.viewers = append(s.viewers, s.affiliate(t, scene.Affiliate))
		for n := range 2 {
			s.players = append(s.players, scene.Player(t, s.db, fmt.Sprint("p", i, n)).ID)
		}
	}
	for i := range 24 {
		s.add(t, i)
	}
	return s
}

// add records a conversion; n says what it is like.
func (s *shelf) add(t *testing.T, n int) {
	t.Helper()
	scene := s.scenes[n%2]
	s.at = s.at.Add(time.Millisecond)
	id, err := uuid.NewV7AtTime(s.at)
	must(t, err)
	statuses := []commission.Status{commission.Pending, commission.Approved, commission.Rejected}
	s.rows = append(s.rows, scene.Conversion(t, s.db, func(c *db.ConversionCreate) {
		// Times that are the same for several rows, so that their keys decide; in microseconds.
		c.SetID(id).SetReceivedAt(s.at).SetOccurredAt(pgtest.Now.Add(-time.Duration(n%5) * time.Hour)).SetUpdatedAt(pgtest.Now.Add(time.Duration(n%7) * 333 * time.Microsecond)).
			SetStatus(statuses[n%3])
		if n%4 > 0 {
			c.SetAmount(decimal.New(int64(n%6)*1005, -2)).SetCurrency([]string{"EUR", "USD"}[n%4/2])
		}
		if n%3 > 0 {
			c.SetPlayerID(s.players[n%2*2+n%3-1])
		}
		if n%11 == 10 {
			c.SetAttributedBy("")
			c.Mutation().ClearAffiliateID()
			c.Mutation().ClearCampaignID()
			c.Mutation().ClearClickID()
		}
	}))
}

// wish is a filter, with what it selects.
type wish struct {
	text   string
	passes func(*db.Conversion) bool
	moves  bool // a change of a conversion may make it match, or match no more
}

// wishes returns filters; n says which.
func (s *shelf) wishes(n int) []wish {
	hour := pgtest.Now.Add(-time.Duration(n%5) * time.Hour)
	micro := pgtest.Now.Add(time.Duration(n%7) * 333 * time.Microsecond)
	received := s.rows[n%len(s.rows)].ReceivedAt
	scene, player, sum := s.scenes[n%2], s.players[n%4], decimal.New(int64(n%6)*1005, -2)
	said := func(at time.Time) string { return at.UTC().Format(time.RFC3339Nano) }
	has := func(c *db.Conversion, currency string) bool { return c.Amount != nil && c.Currency == currency }
	return []wish{
		{fmt.Sprintf("from: %q", said(received)), func(c *db.Conversion) bool { return !c.ReceivedAt.Before(received) }, false},
		{fmt.Sprintf("to: %q", said(received)), func(c *db.Conversion) bool { return c.ReceivedAt.Before(received) }, false},
		{fmt.Sprintf("occurredFrom: %q", said(hour)), func(c *db.Conversion) bool { return !c.OccurredAt.Before(hour) }, true},
		{fmt.Sprintf("occurredTo: %q", said(hour)), func(c *db.Conversion) bool { return c.OccurredAt.Before(hour) }, true},
		{fmt.Sprintf("updatedFrom: %q", said(micro)), func(c *db.Conversion) bool { return !c.UpdatedAt.Before(micro) }, true},
		{fmt.Sprintf("updatedTo: %q", said(micro)), func(c *db.Conversion) bool { return c.UpdatedAt.Before(micro) }, true},
		{fmt.Sprintf("playerIds: [%q]", globalid.Hex(player)), func(c *db.Conversion) bool { return c.PlayerID != nil && *c.PlayerID == player }, true},
		{fmt.Sprintf("amount: {currency: \"eur\", min: %q}", sum), func(c *db.Conversion) bool { return has(c, "EUR") && !c.Amount.LessThan(sum) }, true},
		{fmt.Sprintf("amount: {currency: \"USD\", max: %q}", sum), func(c *db.Conversion) bool { return has(c, "USD") && !c.Amount.GreaterThan(sum) }, true},
		{`amount: {currency: "USD"}`, func(c *db.Conversion) bool { return has(c, "USD") }, true},
		{fmt.Sprintf("campaignIds: [%q]", globalid.Int("Campaign", scene.Link.CampaignID)), func(c *db.Conversion) bool { return c.CampaignID != nil && *c.CampaignID == scene.Link.CampaignID }, false},
		{"statuses: [PENDING, REJECTED]", func(c *db.Conversion) bool { return c.Status == commission.Pending || c.Status == commission.Rejected }, true},
		// The last is for staff alone.
		{fmt.Sprintf("integrationIds: [%q]", globalid.Int("Integration", scene.Integration.ID)), func(c *db.Conversion) bool { return c.IntegrationID == scene.Integration.ID }, false},
	}
}

// visible reports whether a viewer sees a conversion.
func (s *shelf) visible(viewer int, c *db.Conversion) bool {
	return viewer == 0 || c.AffiliateID != nil && *c.AffiliateID == s.scenes[viewer-1].Affiliate
}

// place is a list of conversions, and what belongs to it.
type place struct {
	before, after string
	path          []any
	has           func(*db.Conversion) bool
}

// below are the lists of conversions: at the root and below others.
func (s *shelf) below(n int) []place {
	scene := s.scenes[n%2]
	node := func(kind, id string) string { return fmt.Sprintf("{ node(id: %q) { ... on %s { ", id, kind) }
	path := []any{"node", "conversions"}
	return []place{
		{"{ ", " }", []any{"conversions"}, func(*db.Conversion) bool { return true }},
		{node("Campaign", globalid.Int("Campaign", scene.Link.CampaignID)), " } } }", path, func(c *db.Conversion) bool { return c.CampaignID != nil && *c.CampaignID == scene.Link.CampaignID }},
		{node("Click", globalid.UUID("Click", scene.Click)), " } } }", path, func(c *db.Conversion) bool { return c.ClickID != nil && *c.ClickID == scene.Click }},
		{node("Integration", globalid.Int("Integration", scene.Integration.ID)), " } } }", path, func(c *db.Conversion) bool { return c.IntegrationID == scene.Integration.ID }},
	}
}

var conversionOrders = map[string]func(a, b *db.Conversion) int{
	"NEWEST_FIRST":          func(a, b *db.Conversion) int { return -byKey(a, b) },
	"OLDEST_FIRST":          byKey,
	"OCCURRED_NEWEST_FIRST": func(a, b *db.Conversion) int { return -byOccurrence(a, b) },
	"OCCURRED_OLDEST_FIRST": byOccurrence,
	"UPDATED_NEWEST_FIRST":  func(a, b *db.Conversion) int { return -byUpdate(a, b) },
	"UPDATED_OLDEST_FIRST":  byUpdate,
}

func byKey(a, b *db.Conversion) int { return bytes.Compare(a.ID[:], b.ID[:]) }

func byOccurrence(a, b *db.Conversion) int {
	return cmp.Or(a.OccurredAt.Compare(b.OccurredAt), byKey(a, b))
}

func byUpdate(a, b *db.Conversion) int { return cmp.Or(a.UpdatedAt.Compare(b.UpdatedAt), byKey(a, b)) }

// asked is a list that is paged through.
type asked struct {
	viewer    who
	before    string // its query as far as the list
	after     string
	path      []any
	filter    string
	passes    func(*db.Conversion) bool
	order     string
	size      int
	backwards bool
}

// draw chooses a list and what is asked of it.
func (s *shelf) draw(rt *rapid.T) asked {
	viewer, parent := rapid.IntRange(0, 2).Draw(rt, "viewer"), rapid.IntRange(0, 1).Draw(rt, "parent")
	if viewer > 0 {
		parent = viewer - 1
	}
	lists, wishes := s.below(parent), s.wishes(rapid.IntRange(0, 60).Draw(rt, "values"))
	if viewer > 0 { // without what is staff's
		lists, wishes = lists[:3], wishes[:len(wishes)-1]
	}
	list := rapid.SampledFrom(lists).Draw(rt, "list")
	a := asked{
		viewer: s.viewers[viewer], before: list.before, after: list.after, path: list.path,
		passes: func(c *db.Conversion) bool { return list.has(c) && s.visible(viewer, c) },
		order:  rapid.SampledFrom(slices.Sorted(maps.Keys(conversionOrders))).Draw(rt, "order"),
		size:   rapid.IntRange(1, 9).Draw(rt, "size"), backwards: rapid.Bool().Draw(rt, "backwards"),
	}
	given := map[string]bool{} // a field has one value
	for _, i := range rapid.SliceOfNDistinct(rapid.IntRange(0, len(wishes)-1), 0, 3, rapid.ID[int]).Draw(rt, "filters") {
		w, others := wishes[i], a.passes
		field, _, _ := strings.Cut(w.text, ":")
		if given[field] {
			continue
		}
		given[field], a.filter = true, a.filter+w.text+" "
		a.passes = func(c *db.Conversion) bool { return others(c) && w.passes(c) }
	}
	return a
}

// turn reads the page at a cursor, and returns the cursor of the next one; none at the end.
func (s *shelf) turn(t *testing.T, a asked, cursor string) (ids []string, next string, total any) {
	t.Helper()
	args := fmt.Sprintf("first: %d", a.size)
	if cursor != "" {
		args += fmt.Sprintf(", after: %q", cursor)
	}
	end, more := "endCursor", "hasNextPage"
	if a.backwards {
		args = strings.NewReplacer("first", "last", "after", "before").Replace(args)
		end, more = "startCursor", "hasPreviousPage"
	}
	res := s.ask(t, a.viewer, fmt.Sprintf("%sconversions(%s, order: %s, filter: {%s}) { totalCount edges { node { id } } pageInfo { startCursor endCursor hasNextPage hasPreviousPage } }%s",
		a.before, args, a.order, a.filter, a.after), nil)
	for _, edge := range res.at(t, append(a.path, "edges")...).([]any) {
		ids = append(ids, edge.(map[string]any)["node"].(map[string]any)["id"].(string))
	}
	info := res.at(t, append(a.path, "pageInfo")...).(map[string]any)
	if info[more] == true {
		next = info[end].(string)
	}
	return ids, next, res.at(t, append(a.path, "totalCount")...)
}

// Paged through in any order, from either end, with any filter, at the root and below others, while
// rows are added: every row that was there and matches is on one page, in its place.
func TestListsOfConversionsAreWhatTheirFiltersSay(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	rapid.Check(t, func(rt *rapid.T) {
		a := s.draw(rt)
		want := s.expect(a.passes, a.order)
		var walked []string
		for cursor, added := "", 0; ; added++ {
			ids, next, total := s.turn(t, a, cursor)
			if n := len(s.expect(a.passes, a.order)); fmt.Sprint(total) != fmt.Sprint(n) {
				rt.Fatalf("{%s}: %v are counted of %d", a.filter, total, n)
			}
			if a.backwards {
				walked = append(ids, walked...)
			} else {
				walked = append(walked, ids...)
			}
			if cursor = next; cursor == "" {
				break
			}
			if added < 2 {
				s.add(t, rapid.IntRange(0, 60).Draw(rt, "added"))
			}
		}
		// What was added may be on a later page, in its place, or not.
		if inOrder := keepOnly(s.expect(a.passes, a.order), walked); !slices.Equal(walked, inOrder) {
			rt.Fatalf("%s {%s}: walked %v, want %v", a.order, a.filter, walked, inOrder)
		}
		if old := keepOnly(walked, want); !slices.Equal(old, want) {
			rt.Fatalf("%s {%s}: walked %d of %d rows", a.order, a.filter, len(old), len(want))
		}
	})
}

// expect returns the ids of the rows that pass, in order.
func (s *shelf) expect(passes func(*db.Conversion) bool, order string) []string {
	rows := slices.DeleteFunc(slices.Clone(s.rows), func(c *db.Conversion) bool { return !passes(c) })
	slices.SortFunc(rows, conversionOrders[order])
	ids := []string{}
	for _, row := range rows {
		ids = append(ids, row.GlobalID())
	}
	return ids
}

func keepOnly(list, some []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(id string) bool { return !slices.Contains(some, id) })
}

// A subscription says of a conversion what the list with the same filter says.
func TestSubscriptionsAgreeWithLists(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	for _, w := range s.wishes(16) {
		listed := map[string]bool{}
		res := s.ask(t, s.viewers[0], fmt.Sprintf("{ conversions(first: 100, filter: {%s}) { edges { node { id } } } }", w.text), nil)
		for _, edge := range res.at(t, "conversions", "edges").([]any) {
			listed[edge.(map[string]any)["node"].(map[string]any)["id"].(string)] = true
		}
		if len(listed) == 0 || len(listed) == len(s.rows) {
			t.Fatalf("%s proves nothing: %d rows of %d", w.text, len(listed), len(s.rows))
		}
		next, stop := s.events(t, s.viewers[0], fmt.Sprintf("subscription { conversionUpdated(hello: true, filter: {%s}) { conversion { id } matches } }", w.text))
		if _, ok := next(); !ok {
			t.Fatal("no hello")
		}
		var last *db.Conversion
		publish := func(matching bool) {
			for _, row := range s.rows {
				if listed[row.GlobalID()] == matching {
					s.cfg.Hubs.Conversions.Publish(row)
					last = row
				}
			}
		}
		publish(false)
		publish(true)
		for id := ""; id != last.GlobalID(); {
			got, ok := next()
			if !ok {
				t.Fatalf("%s: the subscription ended", w.text)
			}
			id = got.at(t, "conversionUpdated", "conversion", "id").(string)
			if matches := got.at(t, "conversionUpdated", "matches"); matches != listed[id] {
				t.Errorf("%s: %s matches: %v, listed: %v", w.text, id, matches, listed[id])
			}
		}
		stop()
		pgtest.Until(t, patience, "nobody watches", func() bool { return !s.cfg.Hubs.Conversions.Watched() })
	}
}

// One that matches no more is sent once more, whatever it was that changed.
func TestSubscriptionsSayWhatNoLongerMatches(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	for _, w := range s.wishes(16) {
		i := slices.IndexFunc(s.rows, w.passes)
		if !w.moves {
			continue
		}
		row := s.rows[i]
		next, stop := s.events(t, s.viewers[0], fmt.Sprintf("subscription { conversionUpdated(hello: true, filter: {%s}) { conversion { id } matches } }", w.text))
		if _, ok := next(); !ok {
			t.Fatal("no hello")
		}
		away := pgtest.Now.AddDate(-1, 0, 0)
		if strings.Contains(w.text, "To:") {
			away = pgtest.Now.AddDate(1, 0, 0)
		}
		change := s.db.Client().Conversion.UpdateOne(row).ClearAmount().SetOccurredAt(away).SetUpdatedAt(away).SetStatus(commission.Cancelled).ClearPlayerID()
		s.rows[i] = change.SaveX(pgtest.System(t))
		s.cfg.Hubs.Conversions.Publish(s.rows[i])
		if got, ok := next(); !ok || got.at(t, "conversionUpdated", "conversion", "id") != row.GlobalID() || got.at(t, "conversionUpdated", "matches") != false {
			t.Errorf("%s: %v", w.text, got)
		}
		stop()
		pgtest.Until(t, patience, "nobody watches", func() bool { return !s.cfg.Hubs.Conversions.Watched() })
	}
}

// Who reported a conversion is staff's: an affiliate cannot find it out by filtering.
func TestAffiliatesCannotFilterByIntegration(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	f := fmt.Sprintf("filter: {integrationIds: [%q]}", globalid.Int("Integration", s.scenes[0].Integration.ID))
	for _, query := range []string{
		"{ conversions(" + f + ") { edges { cursor } } }", "{ conversionTotals(" + f + ") { count } }",
		fmt.Sprintf("{ node(id: %q) { ... on Campaign { conversions(%s) { totalCount } } } }", globalid.Int("Campaign", s.scenes[0].Link.CampaignID), f),
	} {
		if code, _, _ := refusal(s.post(t, s.viewers[1], query, nil)); code != "FORBIDDEN" {
			t.Errorf("%s: %s", query, code)
		}
	}
	next, stop := s.events(t, s.viewers[1], "subscription { conversionUpdated(hello: true, "+f+") { matches } }")
	defer stop()
	if res, _ := next(); res == nil {
		t.Error("no answer")
	} else if code, _, _ := refusal(res); code != "FORBIDDEN" {
		t.Errorf("the subscription: %s", res.body)
	}
}

func TestAmountsAreRefusedThatAreNone(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	for filter, at := range map[string]string{
		`amount: {currency: "e uro"}`: "filter.amount.currency", `amount: {currency: "EUR", min: "ten"}`: "filter.amount.min",
		`amount: {currency: "EUR", max: ""}`: "filter.amount.max", `amount: {currency: "EUR", min: "2", max: "1.50"}`: "filter.amount.min",
		`playerIds: ["p1"]`: "filter.playerIds.0",
	} {
		code, field, message := refusal(s.post(t, s.viewers[1], "{ conversions(filter: {"+filter+"}) { edges { cursor } } }", nil))
		if code != "INVALID" || field != at || message == "" {
			t.Errorf("%s: %s at %s: %s", filter, code, field, message)
		}
	}
}
