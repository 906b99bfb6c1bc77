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
	"github.com/vektah/gqlparser/v2/ast"
	"pgregory.net/rapid"

	"postrider/domain/commission"
	"postrider/ent/db"
	"postrider/graph"
	graphpage "postrider/graph/page"
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
		`amount: {currency: "euro"}`: "filter.amount.currency", `amount: {currency: "EUR", min: "ten"}`: "filter.amount.min",
		`amount: {currency: "EUR", max: ""}`: "filter.amount.max", `amount: {currency: "EUR", min: "2", max: "1.50"}`: "filter.amount.min",
		`playerIds: ["p1"]`: "filter.playerIds.0",
	} {
		code, field, message := refusal(s.post(t, s.viewers[1], "{ conversions(filter: {"+filter+"}) { edges { cursor } } }", nil))
		if code != "INVALID" || field != at || message == "" {
			t.Errorf("%s: %s at %s: %s", filter, code, field, message)
		}
	}
}

// ordered is a field of the schema that is a connection with an order.
type ordered struct {
	parent *ast.Definition
	field  *ast.FieldDefinition
	orders ast.EnumValueList
}

func allOrdered() (all []ordered) {
	schema := graph.Schema(&graph.Resolver{}).Schema()
	for _, def := range schema.Types {
		for _, f := range def.Fields {
			if arg := f.Arguments.ForName("order"); arg != nil && strings.HasSuffix(f.Type.Name(), "Connection") {
				all = append(all, ordered{def, f, schema.Types[arg.Type.Name()].EnumValues})
			}
		}
	}
	slices.SortFunc(all, func(a, b ordered) int { return cmp.Compare(a.parent.Name+a.field.Name, b.parent.Name+b.field.Name) })
	return all
}

// walk pages through a list, two rows at a time, and returns the ids and one of its cursors.
func (w *world) walk(t *testing.T, by who, before, field, args, after string, path ...any) (ids []string, cursor string) {
	t.Helper()
	for at := ""; ; {
		page := ""
		if at != "" {
			page = fmt.Sprintf(", after: %q", at)
		}
		res := w.ask(t, by, fmt.Sprintf("%s %s(first: 2%s%s) { totalCount edges { node { id } } pageInfo { endCursor hasNextPage } } %s", before, field, page, args, after), nil)
		for _, edge := range res.at(t, append(path, "edges")...).([]any) {
			ids = append(ids, edge.(map[string]any)["node"].(map[string]any)["id"].(string))
		}
		info := res.at(t, append(path, "pageInfo")...).(map[string]any)
		if cursor == "" {
			cursor, _ = info["endCursor"].(string)
		}
		if at, _ = info["endCursor"].(string); info["hasNextPage"] == false {
			if total := res.at(t, append(path, "totalCount")...); fmt.Sprint(total) != fmt.Sprint(len(ids)) {
				t.Errorf("%s %s: %v are counted of %d", before, field, total, len(ids))
			}
			return ids, cursor
		}
	}
}

// Every list with an order has the same rows in each, the other way round where it is the opposite,
// and refuses cursors of another. One below an object has what the list at the root has with a
// filter for that object.
func TestEveryListKeepsItsOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	staff := w.staff(t)
	for _, name := range []string{"one", "two", "three"} { // so that the audit log has entries
		w.ask(t, staff, fmt.Sprintf("mutation { updateCampaign(input: {id: %q, name: %q}) { userErrors { message } } }", w.a.ids["Campaign"][0], name), nil)
	}
	schema := graph.Schema(&graph.Resolver{}).Schema()
	below := 0
	for _, l := range allOrdered() {
		name := l.parent.Name + "." + l.field.Name
		before, after, path, object := "{", "}", []any{l.field.Name}, ""
		if l.parent != schema.Query {
			for _, object = range w.objectsOf(t, l.parent.Name) { // the first that has any
				total := w.ask(t, staff, fmt.Sprintf("{ node(id: %q) { ... on %s { %s { totalCount } } } }", object, l.parent.Name, l.field.Name), nil).at(t, "node", l.field.Name, "totalCount")
				if fmt.Sprint(total) != "0" {
					break
				}
			}
			before, after, path = fmt.Sprintf("{ node(id: %q) { ... on %s {", object, l.parent.Name), "} } }", []any{"node", l.field.Name}
		}
		cursors, lists := map[string]string{}, map[string][]string{}
		for _, o := range l.orders {
			lists[o.Name], cursors[o.Name] = w.walk(t, staff, before, l.field.Name, ", order: "+o.Name, after, path...)
			if len(lists[o.Name]) == 0 {
				t.Fatalf("%s is empty", name)
			}
			if opposite := strings.NewReplacer("NEWEST", "OLDEST").Replace(o.Name); opposite != o.Name {
				defer func() {
					reversed := slices.Clone(lists[opposite])
					slices.Reverse(reversed)
					if !slices.Equal(lists[o.Name], reversed) {
						t.Errorf("%s: %s has %v, %s has %v", name, o.Name, lists[o.Name], opposite, lists[opposite])
					}
				}()
			}
		}
		for _, of := range l.orders {
			for _, in := range l.orders {
				code, _, message := refusal(w.post(t, staff, fmt.Sprintf("%s %s(first: 1, after: %q, order: %s) { edges { cursor } } %s", before, l.field.Name, cursors[of.Name], in.Name, after), nil))
				if of.Name == in.Name && code != "" || of.Name != in.Name && (code != "INVALID" || !strings.Contains(message, of.Name) || !strings.Contains(message, in.Name)) {
					t.Errorf("%s: a cursor of %s in %s: %s %s", name, of.Name, in.Name, code, message)
				}
			}
		}
		if object == "" {
			continue
		}
		below++
		same := fmt.Sprintf(", filter: {%ss: [%q]}", strings.ToLower(l.parent.Name[:1])+l.parent.Name[1:]+"Id", object)
		if l.parent.Name == "Click" {
			same = fmt.Sprintf(", filter: {search: %q}", globalid.Hex(factOf(object)))
		}
		if root, _ := w.walk(t, staff, "{", l.field.Name, same, "}", l.field.Name); !slices.Equal(root, lists["NEWEST_FIRST"]) {
			t.Errorf("%s has %v, the list at the root %v", name, lists["NEWEST_FIRST"], root)
		}
	}
	if below < 10 {
		t.Errorf("only %d lists below objects", below)
	}
}

// A total counts up to a limit, and says when there are more.
func TestTotalsAreCapped(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	s := pgtest.NewScene(t, a.db)
	other := pgtest.NewScene(t, a.db)
	token := a.affiliate(t, s.Affiliate)
	_, err := a.db.SQL.ExecContext(t.Context(), `
		INSERT INTO clicks (id, affiliate_id, campaign_id, offer_id, link_id, clicked_at, param_1, param_2, param_3, deep_link, country, referrer, user_agent, address)
		SELECT uuid_floor(clicked_at + n * interval '1 second'), affiliate_id, campaign_id, offer_id, link_id, clicked_at, '', '', '', '', '', '', '', ''
		FROM clicks, generate_series(1, $2) n WHERE affiliate_id = $1`, s.Affiliate, graphpage.MaxTotal)
	must(t, err)
	query := fmt.Sprintf("{ clicks(first: 1) { totalCount totalCountCapped } node(id: %q) { ... on Campaign { clicks(first: 1) { totalCountCapped totalCount } } } }", globalid.Int("Campaign", s.Link.CampaignID))
	check := func(capped bool) {
		t.Helper()
		res := a.ask(t, token, query, nil)
		for _, path := range [][]any{{"clicks"}, {"node", "clicks"}} {
			if n, more := res.at(t, append(path, "totalCount")...), res.at(t, append(path, "totalCountCapped")...); fmt.Sprint(n) != fmt.Sprint(graphpage.MaxTotal) || more != capped {
				t.Errorf("%v: %v, capped: %v, want %v", path, n, more, capped)
			}
		}
	}
	check(true) // one more than are counted
	_, err = a.db.SQL.ExecContext(t.Context(), `DELETE FROM clicks WHERE id = (SELECT id FROM clicks WHERE affiliate_id = $1 LIMIT 1)`, s.Affiliate)
	must(t, err)
	check(false)
	if n := a.ask(t, a.affiliate(t, other.Affiliate), "{ clicks { totalCount } }", nil).at(t, "clicks", "totalCount"); fmt.Sprint(n) != "1" {
		t.Errorf("another affiliate's are counted: %v", n)
	}
}

// withoutTotal are the connections without a total, and why.
var withoutTotal = map[string]string{
	"ConversionChangeConnection": "a feed: it only grows, and is read to its end",
	"DeliveryChangeConnection":   "a feed: it only grows, and is read to its end",
}

// Lists that grow are connections, all with the same fields.
func TestEveryConnectionHasATotal(t *testing.T) {
	t.Parallel()
	schema := graph.Schema(&graph.Resolver{}).Schema()
	for name, def := range schema.Types {
		if !strings.HasSuffix(name, "Connection") {
			continue
		}
		has := func(field, kind string) bool {
			f := def.Fields.ForName(field)
			return f != nil && f.Type.String() == kind
		}
		total := has("totalCount", "Int!") && has("totalCountCapped", "Boolean!")
		if why := withoutTotal[name]; total != (why == "") {
			t.Errorf("%s has a total: %v; %q", name, total, why)
		}
		if !has("pageInfo", "PageInfo!") || !has("edges", "["+strings.TrimSuffix(name, "Connection")+"Edge!]!") {
			t.Errorf("%s is no connection", name)
		}
	}
}

// plainLists are the lists of objects with an id that are no connections, and what bounds each.
var plainLists = map[string]string{
	"Affiliate.users":                 "the few people of one company",
	"AssignTrackersPayload.trackers":  "those of one affiliate",
	"AttentionItem.campaigns":         "the campaigns that one item is about, which was computed from them",
	"Campaign.firingPostbacks":        "a few for each goal",
	"Campaign.missingGoals":           "the goals that there are",
	"Campaign.postbacks":              "a few for each goal",
	"Campaign.trackers":               "those of one affiliate",
	"Click.trackers":                  "those of one affiliate",
	"Conversion.deliveries":           "a few for each step and postback, and their replays",
	"Conversion.events":               "the steps of one lifecycle",
	"ConversionTrace.deliveries":      "as Conversion.deliveries",
	"CreatePostbackPayload.postbacks": "one for each goal of the input",
	"Delivery.attempts":               "the attempts of a schedule that ends",
	"Delivery.replays":                "each made by hand, one at a time",
	"Offer.deals":                     "one for each affiliate with terms of its own, made by hand",
	"Offer.landingPages":              "made by hand for one offer",
	"Postback.furtherGoals":           "the goals that there are",
	"Postback.tests":                  "the newest, as many as its argument says",
	"Postback.versions":               "one for each time that somebody changed it",
	"Query.exchangeRates":             "each set by hand",
	"Query.goals":                     "the dictionary of goals",
	"Query.integrations":              "the operators of one network",
	"Query.nodes":                     "as many as ids were given, 100 at most",
	"Query.staff":                     "the people of one network",
	"Tracker.campaigns":               "computed from all campaigns of one affiliate at once",
	"Tracker.chosenCampaigns":         "each chosen by hand",
	"Tracker.missingGoals":            "the goals that there are",
	"Tracker.postbacks":               "a few for each goal",
	"Tracker.versions":                "one for each time that somebody changed it",
	"TrackerCrossing.trackers":        "those of one affiliate",
	"TrackerGoal.postbacks":           "a few for one goal",
	"TrackerSpec.chosenCampaigns":     "as Tracker.chosenCampaigns",
	"User.apiTokens":                  "made by hand by one person",
	"Viewer.apiTokens":                "made by hand by one person",
}

// What is a plain list is bounded by what it is of.
func TestPlainListsAreBounded(t *testing.T) {
	t.Parallel()
	schema := graph.Schema(&graph.Resolver{}).Schema()
	seen := map[string]bool{}
	for name, def := range schema.Types {
		if def.Kind != ast.Object || strings.HasPrefix(name, "__") {
			continue
		}
		for _, f := range def.Fields {
			of := schema.Types[f.Type.Name()]
			if f.Type.Elem == nil || of.Kind != ast.Interface && !slices.Contains(of.Interfaces, "Node") {
				continue
			}
			field := name + "." + f.Name
			if seen[field] = true; plainLists[field] == "" {
				t.Errorf("%s is a plain list of %s: make it a connection, or say in plainLists what bounds it", field, of.Name)
			}
		}
	}
	for field := range plainLists {
		if !seen[field] {
			t.Errorf("%s is no plain list of objects", field)
		}
	}
}

// A page below what affiliates share is full of the viewer's own rows, whatever others have.
func TestAListBelowASharedOfferIsTheViewers(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	s, other := pgtest.NewScene(t, a.db), pgtest.Affiliate(t, a.db)
	for range 5 { // newer than the viewer's
		pgtest.Campaign(t, a.db, pgtest.For{Affiliate: other, Offer: s.Offer})
	}
	res := a.ask(t, a.affiliate(t, s.Affiliate), fmt.Sprintf("{ node(id: %q) { ... on Offer { campaigns(first: 2) { totalCount edges { node { id } } } } } }", globalid.Int("Offer", s.Offer)), nil)
	edges := res.at(t, "node", "campaigns", "edges").([]any)
	if len(edges) != 1 || fmt.Sprint(res.at(t, "node", "campaigns", "totalCount")) != "1" {
		t.Errorf("%s", res.body)
	}
}

// Counting costs the same whatever the page, and once for each list that is counted.
func TestCountingIsPricedOnce(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	s := pgtest.NewScene(t, a.db)
	token := a.affiliate(t, s.Affiliate)
	cost := func(query string) float64 {
		return a.ask(t, token, query, nil).Extensions["cost"].(map[string]any)["requested"].(float64)
	}
	for _, first := range []int{1, 100} {
		page := func(counts string) string {
			return fmt.Sprintf("{ conversions(first: %d) { %s edges { cursor } } }", first, counts)
		}
		if without, with := cost(page("")), cost(page("totalCount")); with-without != 200 {
			t.Errorf("with %d rows a total costs %v", first, with-without)
		}
	}
	below := func(counts string) string {
		return "{ campaigns(first: 10) { edges { node { clicks(first: 1) { " + counts + " edges { cursor } } } } } }"
	}
	if without, with := cost(below("")), cost(below("totalCount")); with-without != 2000 {
		t.Errorf("of ten lists they cost %v", with-without)
	}
}
