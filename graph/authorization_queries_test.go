package graph_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
)

// query is one way to query A's objects; it shows them if the answer contains one of the words,
// or anything at all if none are given.
type query struct {
	text  string
	shows []string
}

// queries are how every query is tried. One that is missing fails the test.
func (w *world) queries() map[string]query {
	list := func(field, kind string) query {
		return query{fmt.Sprintf("{ %s(first: 100) { edges { node { id } } } }", field), w.a.ids[kind]}
	}
	id := func(kind string) string { return w.a.ids[kind][0] }
	return map[string]query{
		"viewer":            {"{ viewer { user { id } } }", nil},
		"instance":          {"{ instance { version } }", nil},
		"node":              {fmt.Sprintf("{ node(id: %q) { id } }", id("Delivery")), w.a.ids["Delivery"]},
		"nodes":             {fmt.Sprintf("{ nodes(ids: [%q]) { id } }", id("Delivery")), w.a.ids["Delivery"]},
		"affiliates":        list("affiliates", "Affiliate"),
		"echoRequests":      list("echoRequests", "EchoRequest"),
		"engine":            {"{ engine { parked } }", nil},
		"bulkReplays":       list("bulkReplays", "BulkReplay"),
		"campaigns":         list("campaigns", "Campaign"),
		"trackingLink":      {fmt.Sprintf("{ trackingLink(campaignId: %q) { url } }", id("Campaign")), []string{w.a.link.Code}},
		"clicks":            list("clicks", "Click"),
		"conversions":       list("conversions", "Conversion"),
		"conversionChanges": {"{ conversionChanges(first: 100) { edges { node { conversion { id } event { id } } } } }", w.a.ids["Conversion"]},
		"deliveryChanges":   {"{ deliveryChanges(first: 100) { edges { node { delivery { id } } } } }", w.a.ids["Delivery"]},
		"conversionTotals":  {"{ conversionTotals { count } }", nil},
		"conversionTrace":   {fmt.Sprintf("{ conversionTrace(conversionId: %q) { conversion { id } } }", id("Conversion")), w.a.ids["Conversion"]},
		"deliveries":        list("deliveries", "Delivery"),
		"replayPreview":     {"{ replayPreview(filter: {}, includeDelivered: true) { postbacks { postback { id } } } }", w.a.ids["Postback"]},
		"offers":            {"{ offers { edges { node { id } } } }", nil},
		"goals":             {"{ goals { id } }", nil},
		"postbacks":         list("postbacks", "Postback"),
		"trackers":          list("trackers", "Tracker"),
		"crossedTrackers":   {"{ crossedTrackers { affiliate { id } trackers { id } campaigns { campaign { id } clickIds } } }", w.a.ids["Campaign"]},
		"previewTracker":    {fmt.Sprintf(`{ previewTracker(tracker: {id: %q, domain: "new.example"}) { postbacks { postback { id } } } }`, id("Tracker")), w.a.ids["Postback"]},
		"macros":            {"{ macros { name } }", nil},
		"macroFilters":      {"{ macroFilters { name } }", nil},
		"goalPayouts":       {"{ goalPayouts { goal { key } } }", nil},
		"previewPostback":   {`{ previewPostback(urlTemplate: "https://t.example/?c={param_1}") { url } }`, nil},
		"trackerPresets":    {"{ trackerPresets { key } }", nil},
		"recognizePostback": {`{ recognizePostback(text: "https://t.example/?c={clickid}") { dialect } }`, nil},
		"lintPostback":      {`{ lintPostback(urlTemplate: "https://t.example/") { code } }`, nil},
		"postbackGaps":      {"{ postbackGaps { campaign { id } } }", w.a.ids["Campaign"]},
		"earnings":          {"{ earnings { affiliate { id } } }", w.a.ids["Affiliate"]},
		"simulatePostback": {fmt.Sprintf(`{ simulatePostback(trackingLink: "%s/c/%s?param_1={subid}", goal: "ftd") { simulation { postbacks { postback { id } } } } }`,
			publicURL, w.a.link.Code), w.a.ids["Postback"]},
		"recognizeTrackingLink": {fmt.Sprintf(`{ recognizeTrackingLink(url: "%s/c/%s") { link { id } } }`, publicURL, w.a.link.Code), w.a.ids["TrackingLink"]},
		"alerts":                {"{ alerts(filter: {dismissed: true}) { edges { node { id } } } }", w.a.ids["Alert"]},
		"attention":             {"{ attention { items { postback { id } } ignored { postback { id } } } }", nil},
		"homeNumbers":           {"{ homeNumbers { today { clicks } } }", nil},
		"setupChecklist":        {fmt.Sprintf("{ setupChecklist(campaignId: %q) { campaign { id } } }", id("Campaign")), w.a.ids["Campaign"]},
		"postbackTests":         list("postbackTests", "PostbackTest"),
		"receivedPostbacks":     list("receivedPostbacks", "ReceivedPostback"),
		"integrations":          {"{ integrations { id } }", nil},
		"operatorPlatforms":     {"{ operatorPlatforms { key } }", nil},
	}
}

func (w *world) tryQueries(t *testing.T, c *cast, schema *ast.Schema, row func(name, says string)) {
	t.Helper()
	tries := w.queries()
	maps.Copy(tries, w.staffQueries())
	for _, f := range schema.Query.Fields {
		if strings.HasPrefix(f.Name, "__") {
			continue
		}
		q, ok := tries[f.Name]
		if !ok {
			t.Errorf("say in (*world).queries how the query %s is tried", f.Name)
			continue
		}
		var says []string
		for _, column := range columns {
			says = append(says, string(q.outcome(t, w.post(t, c.as(column, scopeOf(f)), q.text, nil), f.Name)))
		}
		row("Query."+f.Name, strings.Join(says, " "))
	}
}

func (q query) outcome(t *testing.T, res *response, field string) outcome {
	t.Helper()
	switch {
	case res.refused():
		return denied
	case len(res.Errors) > 0:
		t.Errorf("%s: %s", field, res.body)
		return hidden
	case len(q.shows) == 0 && !empty(res.Data[field]):
		return shown
	}
	for _, word := range q.shows {
		if strings.Contains(res.body, word) {
			return shown
		}
	}
	return hidden
}
