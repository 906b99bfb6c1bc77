package graph_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"postrider/graph"
	"postrider/internal/globalid"
	"postrider/outbox"
	"postrider/pgtest"
)

// leaks returns A's words that are in a text.
func (w *world) leaks(text string) []string {
	var found []string
	for _, needle := range w.a.needles {
		if strings.Contains(text, needle) {
			found = append(found, needle)
		}
	}
	return found
}

// Whatever B queries, nothing of A's is in the answer: on every path from every list, by A's
// ids, by filters that name A's objects, by search, by changing them.
func TestNothingOfAnotherAffiliateLeaks(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	own, other := w.session(t, w.a.user.Email), w.session(t, w.b.user.Email)
	asked := 0
	ask := func(t *testing.T, asking who, q string) string {
		t.Helper()
		asked++
		// A query that would cost too much asks for fewer rows: still more than there are.
		var body string
		for _, rows := range []string{"first: 100", "first: 10", "first: 3", "first: 2"} {
			body = w.post(t, asking, strings.ReplaceAll(q, "first: 100", rows), nil).body
			if !strings.Contains(body, "complexity") {
				break
			}
		}
		if strings.Contains(body, "complexity") || strings.Contains(body, "nests deeper") {
			t.Fatalf("%s\n%s", q, body)
		}
		return body
	}
	check := func(t *testing.T, q string) {
		t.Helper()
		if body := ask(t, other, q); w.leaks(body) != nil {
			t.Errorf("%s\ngives away %q in\n%s", q, w.leaks(body), body)
		}
	}

	t.Run("on every path from every list", func(t *testing.T) {
		seen := map[string]bool{}
		for _, q := range w.everyPath() {
			check(t, q)
			for _, word := range w.leaks(ask(t, own, q)) {
				seen[word] = true
			}
		}
		// The paths prove something only if A itself sees its objects on them.
		for _, needle := range w.a.needles {
			parsed, _ := globalid.Parse(needle)
			key, isFact := parsed.UUID()
			staffs := parsed.Kind == "ReceivedPostback" || slices.ContainsFunc(w.a.ids["ReceivedPostback"], func(id string) bool {
				return !isFact && globalid.Hex(factOf(id)) == needle || isFact && factOf(id) == key
			})
			noField := len(needle) == 32 // the hex of a fact that has no field of its own, such as an attempt
			if !seen[needle] && !staffs && !noField {
				t.Errorf("A does not see its own %q (%s) on any path", needle, parsed.Kind)
			}
		}
	})
	t.Run("by A's ids", func(t *testing.T) {
		check(t, fmt.Sprintf("{ nodes(ids: %s) { __typename id } }", list(w.a.all())))
		for _, id := range w.a.all() {
			parsed, _ := globalid.Parse(id)
			check(t, fmt.Sprintf("{ node(id: %q) { id ... on %s { %s } } }", id, parsed.Kind, leaves(schemaType(parsed.Kind))))
			switch parsed.Kind { // for another kind the answer quotes the requested id
			case "Conversion":
				check(t, fmt.Sprintf("{ conversionTrace(conversionId: %q) { conversion { id } considered { reason } deliveries { url } } }", id))
			case "Delivery":
				check(t, fmt.Sprintf("{ deliveries(before: %q) { edges { node { url } } } }", id))
			case "Campaign":
				check(t, fmt.Sprintf("{ campaigns(after: %q) { edges { node { name } } } }", id))
				check(t, fmt.Sprintf("{ trackingLink(campaignId: %q) { url destination link { id code } } }", id))
			}
		}
	})
	t.Run("by guessed ids", func(t *testing.T) { w.guess(t, check) })
	t.Run("by filters and search", func(t *testing.T) { w.filterFor(t, check) })
	t.Run("by changing what is A's", func(t *testing.T) { w.meddle(t, check) })
	t.Run("by watching", func(t *testing.T) { w.watch(t, other) })
	t.Logf("%d requests", asked)
}

// pathDepth is how many objects deep the paths go. They end with the rows of a list below an object,
// which the list at the root leads on from.
const pathDepth = 3

// everyPath returns queries for the leaves at the end of every path of fields, from every list
// and every object that a query returns without an argument of its own.
func (w *world) everyPath() []string {
	schema := graph.Schema(&graph.Resolver{}).Schema()
	var queries []string
	for _, f := range schema.Query.Fields {
		def := schema.Types[f.Type.Name()]
		if strings.HasPrefix(f.Name, "__") || def.Kind != ast.Object || f.Arguments.ForName("campaignId") != nil ||
			f.Arguments.ForName("conversionId") != nil || f.Arguments.ForName("urlTemplate") != nil {
			continue
		}
		if node, ok := strings.CutSuffix(def.Name, "Connection"); ok {
			before, after := f.Name+"(first: 100) { edges { cursor node { ", " } } pageInfo { startCursor endCursor } }"
			queries = append(queries, paths(schema, schema.Types[node], before, after, pathDepth)...)
			continue
		}
		queries = append(queries, paths(schema, def, f.Name+" { ", " }", pathDepth)...)
	}
	return queries
}

// paths walks from a type.
func paths(schema *ast.Schema, def *ast.Definition, before, after string, depth int) []string {
	queries := []string{"{ " + before + leaves(def) + after + " }"}
	if depth == 0 {
		return queries
	}
	for _, f := range def.Fields {
		next := schema.Types[f.Type.Name()]
		if next.Kind != ast.Object {
			continue
		}
		if node, ok := strings.CutSuffix(next.Name, "Connection"); ok {
			queries = append(queries, paths(schema, schema.Types[node], before+f.Name+"(first: 100) { edges { node { ", " } } }"+after, 0)...)
			continue
		}
		queries = append(queries, paths(schema, next, before+f.Name+" { ", " }"+after, depth-1)...)
	}
	return queries
}

// leaves returns the fields of a type that are not objects, and those of small values such as
// money and headers.
func leaves(def *ast.Definition) string {
	schema := graph.Schema(&graph.Resolver{}).Schema()
	names := []string{"__typename"}
	for _, f := range def.Fields {
		switch next := schema.Types[f.Type.Name()]; {
		case next.Kind != ast.Object:
			names = append(names, f.Name)
		case len(next.Interfaces) == 0 && !slices.ContainsFunc(next.Fields, func(f *ast.FieldDefinition) bool {
			return schema.Types[f.Type.Name()].Kind == ast.Object
		}):
			names = append(names, f.Name+" { "+leaves(next)+" }")
		}
	}
	return strings.Join(names, " ")
}

func schemaType(name string) *ast.Definition {
	return graph.Schema(&graph.Resolver{}).Schema().Types[name]
}

func list(ids []string) string { return `["` + strings.Join(ids, `", "`) + `"]` }

// guess queries ids near B's own, under every kind.
func (w *world) guess(t *testing.T, check func(*testing.T, string)) {
	t.Helper()
	for kind, ids := range w.b.ids {
		var guesses []string
		for _, id := range append(ids, w.a.ids[kind]...) {
			parsed, _ := globalid.Parse(id)
			if key, ok := parsed.Int(); ok {
				for n := max(1, key-10); n <= key+10; n++ {
					guesses = append(guesses, globalid.Int(kind, n))
				}
			}
			if key, ok := parsed.UUID(); ok {
				for n := -3; n <= 3; n++ {
					near := key
					near[15] = byte(int(near[15]) + n)
					guesses = append(guesses, globalid.UUID(kind, near))
				}
				// A fact's key under another kind, and as text.
				guesses = append(guesses, globalid.UUID("Delivery", key), globalid.UUID("Conversion", key), globalid.Hex(key), key.String())
			}
		}
		slices.Sort(guesses)
		for batch := range slices.Chunk(slices.Compact(guesses), 100) {
			check(t, fmt.Sprintf("{ nodes(ids: %s) { __typename ... on %s { %s } } }", list(batch), kind, leaves(schemaType(kind))))
		}
	}
}

// filterFor uses A's ids in every filter.
func (w *world) filterFor(t *testing.T, check func(*testing.T, string)) {
	t.Helper()
	id := func(kind string) string { return w.a.ids[kind][0] }
	words := []string{w.a.mark, "tx-" + w.a.mark, "one-" + w.a.mark, globalid.Hex(w.a.scene.Click), globalid.Hex(factOf(id("Conversion"))), globalid.Hex(factOf(id("Delivery"))), "%", "_"}
	narrow := map[string][]string{
		"campaigns": {"affiliateIds: [%q]|Affiliate"}, "clicks": {"affiliateIds: [%q]|Affiliate", "campaignIds: [%q]|Campaign"},
		"conversions": {"affiliateIds: [%q]|Affiliate", "campaignIds: [%q]|Campaign"},
		"postbacks":   {"affiliateIds: [%q]|Affiliate", "campaignIds: [%q]|Campaign"},
		"deliveries":  {"affiliateIds: [%q]|Affiliate", "campaignIds: [%q]|Campaign", "postbackIds: [%q]|Postback"},
	}
	for field, filters := range narrow {
		node := leaves(schemaType(nodeOf(field)))
		for _, f := range filters {
			format, kind, _ := strings.Cut(f, "|")
			check(t, fmt.Sprintf("{ %s(first: 100, filter: {%s}) { edges { node { %s } } } }", field, fmt.Sprintf(format, id(kind)), node))
		}
		for _, word := range words {
			check(t, fmt.Sprintf("{ %s(first: 100, filter: {search: %q}) { edges { node { %s } } } }", field, word, node))
		}
	}
	for _, f := range narrow["conversions"] {
		format, kind, _ := strings.Cut(f, "|")
		check(t, fmt.Sprintf("{ conversionTotals(filter: {%s}) { count capped payouts { amount currency } } }", fmt.Sprintf(format, id(kind))))
	}
	for _, word := range words {
		check(t, fmt.Sprintf("{ offers(search: %q) { edges { node { deal { id } defaultLink { code } } } } }", word))
		check(t, fmt.Sprintf("{ affiliates(search: %q) { edges { node { name } } } }", word))
		check(t, fmt.Sprintf("{ receivedPostbacks(filter: {search: %q}) { edges { node { query body } } } }", word))
	}
}

// nodeOf returns the node type of a connection.
func nodeOf(field string) string {
	f := graph.Schema(&graph.Resolver{}).Schema().Query.Fields.ForName(field)
	return strings.TrimSuffix(f.Type.Name(), "Connection")
}

// meddle tries to change A's objects, and checks whether they changed.
func (w *world) meddle(t *testing.T, check func(*testing.T, string)) {
	t.Helper()
	campaign, postback, tracker := w.a.ids["Campaign"][0], w.a.ids["Postback"][0], w.a.ids["Tracker"][0]
	failed := w.delivery(t, w.a, w.a.scene.Conversion(t, w.db), w.postback(t, w.a), outbox.Failed)
	count := func() (n int) {
		must(t, w.db.SQL.QueryRowContext(t.Context(), `SELECT (SELECT count(*) FROM postbacks WHERE deleted_at IS NULL AND affiliate_id = $1)
			+ (SELECT count(*) FROM deliveries) + (SELECT count(*) FROM postback_versions) + (SELECT count(*) FROM campaigns)
			+ (SELECT count(*) FROM audit_entries) + (SELECT count(*) FROM conversion_events)`, w.a.affiliate.ID).Scan(&n))
		return n
	}
	before, was := count(), snapshotOf(t, w)
	const url = `urlTemplate: "https://t.example/?c={param_1}"`
	for _, m := range []string{
		fmt.Sprintf(`replayDelivery(input: {id: %q}) { delivery { id url } userErrors { message } }`, failed.GlobalID()),
		fmt.Sprintf(`replayDelivery(input: {id: %q, template: SENT}) { delivery { id url } userErrors { message } }`, failed.GlobalID()),
		fmt.Sprintf(`updatePostback(input: {id: %q, name: "mine"}) { postback { name urlTemplate } userErrors { message } }`, postback),
		fmt.Sprintf(`setPostbackEnabled(input: {id: %q, enabled: false}) { postback { name } userErrors { message } }`, postback),
		fmt.Sprintf(`deletePostback(input: {id: %q}) { userErrors { message } }`, postback),
		fmt.Sprintf(`createPostback(input: {scope: CAMPAIGN, campaignId: %q, goals: ["ftd"], %s}) { postbacks { campaign { name } } userErrors { message } }`, campaign, url),
		fmt.Sprintf(`createPostback(input: {scope: GLOBAL, affiliateId: %q, goals: ["ftd"], %s}) { postbacks { id } userErrors { message } }`, w.a.affiliate.GlobalID(), url),
		fmt.Sprintf(`updatePostback(input: {id: %q, scope: CAMPAIGN, campaignId: %q}) { postback { campaign { name } } userErrors { message } }`, w.b.ids["Postback"][1], campaign),
		fmt.Sprintf(`createTracker(input: {affiliateId: %q, goals: [{goal: "ftd"}], %s}) { tracker { name } userErrors { message } }`, w.a.affiliate.GlobalID(), url),
		fmt.Sprintf(`createTracker(input: {campaignIds: [%q], goals: [{goal: "ftd"}], %s}) { tracker { chosenCampaigns { name } } userErrors { message } }`, campaign, url),
		fmt.Sprintf(`updateTracker(input: {id: %q, name: "mine", goals: [{goal: "ftd"}]}) { tracker { name urlTemplate } userErrors { message } }`, tracker),
		fmt.Sprintf(`updateTracker(input: {id: %q, campaignIds: [%q]}) { tracker { chosenCampaigns { name } } userErrors { message } }`, w.b.ids["Tracker"][0], campaign),
		fmt.Sprintf(`archiveTracker(input: {id: %q}) { tracker { name } userErrors { message } }`, tracker),
		fmt.Sprintf(`assignTrackers(input: {affiliateId: %q, campaigns: []}) { trackers { name } userErrors { message } }`, w.a.affiliate.GlobalID()),
		fmt.Sprintf(`assignTrackers(input: {campaigns: [{campaignId: %q, trackerIds: [%q]}]}) { trackers { name } userErrors { message } }`, campaign, w.b.ids["Tracker"][0]),
		fmt.Sprintf(`assignTrackers(input: {campaigns: [{campaignId: %q, trackerIds: [%q]}], remaining: %q}) { trackers { name } userErrors { message } }`, w.b.ids["Campaign"][0], tracker, tracker),
		fmt.Sprintf(`updateCampaign(input: {id: %q, name: "mine"}) { campaign { name } userErrors { message } }`, campaign),
		fmt.Sprintf(`createCampaign(input: {name: "mine", offerId: %q, affiliateId: %q}) { campaign { id } userErrors { message } }`, globalid.Int("Offer", w.offer), w.a.affiliate.GlobalID()),
		fmt.Sprintf(`revokeApiToken(input: {id: %q}) { token { name } userErrors { message } }`, w.a.ids["ApiToken"][0]),
		fmt.Sprintf(`updateConversionStatus(input: {id: %q, status: REJECTED}) { conversion { id } userErrors { message } }`, w.a.ids["Conversion"][0]),
		fmt.Sprintf(`recordConversion(input: {integration: %q, goal: "ftd", clickId: %q}) { conversion { id } userErrors { message } }`, w.integration.Key, globalid.Hex(w.a.scene.Click)),
	} {
		check(t, "mutation { "+m+" }")
	}
	if count() != before || snapshotOf(t, w) != was {
		t.Errorf("B changed something of A's")
	}
}

// snapshotOf returns A's settings as text.
func snapshotOf(t *testing.T, w *world) string {
	t.Helper()
	var text string
	must(t, w.db.SQL.QueryRowContext(t.Context(), `SELECT string_agg(row, E'\n' ORDER BY row) FROM (
		SELECT p::text AS row FROM postbacks p WHERE affiliate_id = $1 UNION ALL SELECT c::text FROM campaigns c WHERE affiliate_id = $1
		UNION ALL SELECT t::text FROM trackers t WHERE affiliate_id = $1 UNION ALL SELECT c::text FROM tracker_campaigns c WHERE affiliate_id = $1
		UNION ALL SELECT t::text FROM api_tokens t JOIN users u ON u.id = t.user_id AND u.affiliate_id = $1) rows`, w.a.affiliate.ID).Scan(&text))
	return text
}

// watch publishes something of A's and then something of B's: B's subscription gets only its
// own, and nothing of A's through it.
func (w *world) watch(t *testing.T, other who) {
	t.Helper()
	s := subscriptions["deliveryUpdated"]
	for _, filter := range []string{"", fmt.Sprintf("(filter: {affiliateIds: [%q, %q]})", w.a.affiliate.GlobalID(), w.b.affiliate.GlobalID())} {
		next, stop := w.events(t, other, "subscription { deliveryUpdated"+filter+
			" { resync delivery { id url host conversion { id } postback { name affiliate { name } } attempts { url } replays { id } } } }")
		pgtest.Until(t, patience, "B watches", func() bool { return s.watched(w) })
		for range 3 {
			s.publish(t, w, w.a)
			s.publish(t, w, w.b)
		}
		for range 3 {
			res, ok := next()
			if !ok || len(res.Errors) > 0 || w.leaks(res.body) != nil || !strings.Contains(res.body, w.b.mark) {
				t.Errorf("B saw %v", res)
			}
		}
		stop()
		pgtest.Until(t, patience, "nobody watches", func() bool { return !s.watched(w) })
	}
}
