package graph_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"postrider/graph"
	graphpage "postrider/graph/page"
	"postrider/internal/globalid"
	"postrider/pgtest"
)

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
