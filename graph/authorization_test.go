package graph_test

import (
	"flag"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"postrider/dispatch"
	"postrider/doctor"
	"postrider/ent/db"
	"postrider/ent/db/postbackversion"
	"postrider/graph"
	"postrider/internal/globalid"
	"postrider/internal/pgtest"
	"postrider/internal/viewer"
)

var updateAuthorization = flag.Bool("update-authorization", false, "write testdata/authorization.txt anew")

const authorizationFile = "testdata/authorization.txt"

// outcome is what somebody gets who asks for a thing of affiliate A's.
type outcome string

const (
	denied  outcome = "denied"  // an error that says that they may not
	hidden  outcome = "hidden"  // as though there were no such thing
	shown   outcome = "shown"   // the thing
	refused outcome = "refused" // of mutations: userErrors, and nothing done
	done    outcome = "done"    // of mutations
)

// The columns of the table.
var columns = []string{"nobody", "another", "own", "manager", "admin", "scopeless"}

// cast is who asks, by column; how scopeless asks depends on what is asked.
type cast struct {
	emails    map[string]string
	sessions  map[string]who
	scopeless map[viewer.Scope]who // tokens that lack one scope
}

func (w *world) cast(t testing.TB) *cast {
	t.Helper()
	c := &cast{
		emails: map[string]string{
			"another": w.b.user.Email, "own": w.a.user.Email,
			"manager": w.user(t, viewer.Manager, 0).Email, "admin": w.user(t, viewer.Admin, 0).Email,
		},
		sessions: map[string]who{"nobody": nobody}, scopeless: map[viewer.Scope]who{},
	}
	for column, email := range c.emails {
		c.sessions[column] = w.session(t, email)
	}
	for _, lacking := range viewer.Scopes() {
		var names []string
		for _, s := range viewer.Scopes() {
			if s != lacking {
				names = append(names, string(s))
			}
		}
		c.scopeless[lacking] = w.token(t, w.a.user.Email, names...)
	}
	return c
}

// as is how the viewer of a column asks for a field of the schema.
func (c *cast) as(column string, needed viewer.Scope) who {
	if column == "scopeless" {
		return c.scopeless[needed]
	}
	return c.sessions[column]
}

// scopeOf is what @auth asks of a token.
func scopeOf(f *ast.FieldDefinition) viewer.Scope {
	if d := f.Directives.ForName("auth"); d != nil {
		if scope := d.Arguments.ForName("scope"); scope != nil {
			return viewer.Scope(strings.ToLower(scope.Value.Raw))
		}
	}
	return viewer.Read
}

// The table in testdata says of every field, query, mutation and subscription of
// the schema what each viewer gets. A field that is new fails until it has a row.
func TestAuthorizationTable(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.cast(t)
	schema := graph.Schema(&graph.Resolver{}).Schema()
	found := map[string]string{}
	var order []string
	row := func(name, says string) {
		found[name] = says
		order = append(order, name)
	}
	w.tryQueries(t, c, schema, row)
	w.tryMutations(t, c, schema, row)
	w.trySubscriptions(t, c, schema, row)
	for _, def := range objects(schema) {
		if slices.Contains(def.Interfaces, "Node") || reach[def.Name] != "" {
			w.tryFields(t, c, def, row)
			continue
		}
		via := reachedBy(schema, def.Name)
		for _, f := range def.Fields {
			row(def.Name+"."+f.Name, "via "+via)
		}
	}
	if *updateAuthorization {
		writeTable(t, order, found)
	}
	compare(t, readTable(t), found, order)
}

// compare holds what was found against the table.
func compare(t *testing.T, table, found map[string]string, order []string) {
	t.Helper()
	for _, name := range order {
		switch says, ok := table[name]; {
		case !ok:
			t.Errorf("%s has no row in %s; if this is right, add:\n%s", name, authorizationFile, line(name, found[name]))
		case says != found[name]:
			t.Errorf("%s\n  the table says %s\n  it is          %s", name, says, found[name])
		}
	}
	for name := range table {
		if _, ok := found[name]; !ok {
			t.Errorf("%s has a row in %s, but the schema has no such field", name, authorizationFile)
		}
	}
}

func line(name, says string) string {
	if strings.HasPrefix(says, "via ") {
		return fmt.Sprintf("%-40s %s", name, says)
	}
	padded := fmt.Sprintf("%-40s", name)
	for word := range strings.FieldsSeq(says) {
		padded += fmt.Sprintf(" %-9s", word)
	}
	return strings.TrimRight(padded, " ")
}

func readTable(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile(authorizationFile)
	must(t, err)
	table := map[string]string{}
	for l := range strings.Lines(string(text)) {
		if words := strings.Fields(l); len(words) > 0 && words[0] != "#" {
			table[words[0]] = strings.Join(words[1:], " ")
		}
	}
	return table
}

func writeTable(t *testing.T, order []string, found map[string]string) {
	t.Helper()
	var b strings.Builder
	b.WriteString("# Who gets what of affiliate A's: every query, mutation, subscription and field of the schema.\n" +
		"# denied: an error says so; hidden: null or nothing, as though there were no such thing; shown;\n" +
		"# of mutations: refused (userErrors) or done. scopeless is A's own token without the scope that it needs.\n" +
		"# via: a type without an id of its own shows what the field that leads to it shows.\n" +
		"# Printed by `go test ./graph -run TestAuthorizationTable -update-authorization`; read each line that changes.\n")
	kind := ""
	for _, name := range order {
		if k, _, _ := strings.Cut(name, "."); k != kind {
			kind = k
			fmt.Fprintf(&b, "\n%s\n", line("# "+kind, strings.Join(columns, " ")))
		}
		b.WriteString(line(name, found[name]) + "\n")
	}
	must(t, os.WriteFile(authorizationFile, []byte(b.String()), 0o644))
}

// objects lists the object types that are neither roots nor introspection.
func objects(schema *ast.Schema) []*ast.Definition {
	var list []*ast.Definition
	for _, def := range schema.Types {
		if def.Kind == ast.Object && !def.BuiltIn && def != schema.Query && def != schema.Mutation && def != schema.Subscription {
			list = append(list, def)
		}
	}
	slices.SortFunc(list, func(a, b *ast.Definition) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// reachedBy is the first field that leads to a type.
func reachedBy(schema *ast.Schema, name string) string {
	roots := []*ast.Definition{schema.Query, schema.Mutation, schema.Subscription}
	for _, def := range append(roots, objects(schema)...) {
		for _, f := range def.Fields {
			if f.Type.Name() == name {
				return def.Name + "." + f.Name
			}
		}
	}
	return "nothing"
}

// reach is how types without an id of their own are tried nevertheless.
var reach = map[string]string{"Viewer": "viewer", "Instance": "instance"}

// tryFields asks for every field of A's objects of one type.
func (w *world) tryFields(t *testing.T, c *cast, def *ast.Definition, row func(name, says string)) {
	t.Helper()
	says := map[string][]string{}
	for _, column := range columns {
		var q strings.Builder
		for _, f := range def.Fields {
			if root := reach[def.Name]; root != "" {
				fmt.Fprintf(&q, "%s: %s { %s }\n", f.Name, root, selection(f))
				continue
			}
			for i, id := range w.objectsOf(t, def.Name) {
				fmt.Fprintf(&q, "%s_%d: node(id: %q) { ... on %s { %s } }\n", f.Name, i, id, def.Name, selection(f))
			}
		}
		res := w.post(t, c.as(column, viewer.Read), "{"+q.String()+"}", nil)
		for _, f := range def.Fields {
			got := outcomeOf(t, res, f.Name)
			says[f.Name] = append(says[f.Name], string(got))
		}
	}
	for _, f := range def.Fields {
		row(def.Name+"."+f.Name, strings.Join(says[f.Name], " "))
	}
}

// objectsOf are A's objects of a type, or those that are everybody's.
func (w *world) objectsOf(t *testing.T, kind string) []string {
	t.Helper()
	if own := w.a.ids[kind]; kind == "Conversion" {
		return append(slices.Clone(own), w.orphan)
	} else if len(own) > 0 {
		return own
	}
	ctx, c := pgtest.System(t), w.db.Client()
	switch kind {
	case "Offer":
		return []string{globalid.Int(kind, w.offer)}
	case "Source":
		return []string{globalid.Int(kind, w.source.ID)}
	case "LandingPage":
		id, err := c.LandingPage.Query().FirstID(ctx)
		must(t, err)
		return []string{globalid.Int(kind, id)}
	case "Goal":
		id, err := c.Goal.Query().FirstID(ctx)
		must(t, err)
		return []string{globalid.Int(kind, id)}
	}
	if found := w.staffObjects(t, kind); found != nil {
		return found
	}
	t.Errorf("the world has no %s: give A one in world_test.go", kind)
	return nil
}

func selection(f *ast.FieldDefinition) string {
	if f.Type.Name() == "" || isLeaf(f.Type.Name()) {
		return f.Name
	}
	return f.Name + " { __typename }"
}

func isLeaf(name string) bool {
	def := graph.Schema(&graph.Resolver{}).Schema().Types[name]
	return def.Kind == ast.Scalar || def.Kind == ast.Enum
}

// outcomeOf reads what became of a field that was asked for under aliases that
// begin with its name, of one object or several: shown if one of them shows it.
func outcomeOf(t *testing.T, res *response, field string) outcome {
	t.Helper()
	mine := func(alias string) bool { return alias == field || strings.HasPrefix(alias, field+"_") }
	best := hidden
	for _, e := range res.Errors {
		if alias, _ := e.Path[0].(string); !mine(alias) {
			continue
		}
		if code := e.Extensions["code"]; code != "forbidden" && code != "unauthenticated" {
			t.Errorf("%s: %s", field, e.Message)
		}
		best = denied
	}
	for alias, v := range res.Data {
		if object, ok := v.(map[string]any); ok && mine(alias) && !empty(object[field]) {
			return shown
		}
	}
	return best
}

func empty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case []any:
		return len(v) == 0
	}
	return false
}

// query is one way to ask for A's things; it shows them where the answer says
// one of the words, or anything at all where none are given.
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
		"conversionTrace":   {fmt.Sprintf("{ conversionTrace(conversionId: %q) { conversion { id } } }", id("Conversion")), w.a.ids["Conversion"]},
		"deliveries":        list("deliveries", "Delivery"),
		"offers":            {"{ offers { edges { node { id } } } }", nil},
		"goals":             {"{ goals { id } }", nil},
		"postbacks":         list("postbacks", "Postback"),
		"macros":            {"{ macros { name } }", nil},
		"macroFilters":      {"{ macroFilters { name } }", nil},
		"previewPostback":   {`{ previewPostback(urlTemplate: "https://t.example/?c={param_1}") { url } }`, nil},
		"trackerPresets":    {"{ trackerPresets { key } }", nil},
		"recognizePostback": {`{ recognizePostback(text: "https://t.example/?c={clickid}") { dialect } }`, nil},
		"lintPostback":      {`{ lintPostback(urlTemplate: "https://t.example/") { code } }`, nil},
		"postbackGaps":      {"{ postbackGaps { campaign { id } } }", w.a.ids["Campaign"]},
		"balances":          {"{ balances { affiliate { id } } }", w.a.ids["Affiliate"]},
		"provePostback": {fmt.Sprintf(`{ provePostback(trackingLink: "%s/c/%s?param_1={subid}", goal: "ftd") { proof { postbacks { postback { id } } } } }`,
			publicURL, w.a.link.Code), w.a.ids["Postback"]},
		"recognizeTrackingLink": {fmt.Sprintf(`{ recognizeTrackingLink(url: "%s/c/%s") { link { id } } }`, publicURL, w.a.link.Code), w.a.ids["TrackingLink"]},
		"alerts":                {"{ alerts(filter: {dismissed: true}) { edges { node { id } } } }", w.a.ids["Alert"]},
		"homeNumbers":           {"{ homeNumbers { today { clicks } } }", nil},
		"setupChecklist":        {fmt.Sprintf("{ setupChecklist(campaignId: %q) { campaign { id } } }", id("Campaign")), w.a.ids["Campaign"]},
		"postbackTests":         list("postbackTests", "PostbackTest"),
		"receivedPostbacks":     list("receivedPostbacks", "ReceivedPostback"),
		"sources":               {"{ sources { id } }", nil},
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

// mutation is how one is tried: it makes what it is tried on, so that no try
// disturbs another, and gives the mutation's input and what the payload shows.
type mutation func(t *testing.T, w *world) (input, payload string)

// ownSession marks mutations of the viewer's own session: each try gets a new one.
var ownSession = []string{"signIn", "signOut", "changePassword"}

var mutations = map[string]mutation{
	"signIn": func(_ *testing.T, w *world) (string, string) {
		return fmt.Sprintf(`{email: %q, password: %q}`, w.a.user.Email, password), "viewer { role }"
	},
	"signOut": func(*testing.T, *world) (string, string) { return "", "__typename" },
	"changePassword": func(*testing.T, *world) (string, string) {
		return fmt.Sprintf(`{currentPassword: %q, newPassword: %q}`, password, password), "viewer { role }"
	},
	"updateSettings": func(*testing.T, *world) (string, string) { return `{timeZone: "Europe/Riga"}`, "viewer { role }" },
	"createApiToken": func(*testing.T, *world) (string, string) { return `{name: "more", scopes: ["read"]}`, "token { id }" },
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
		return fmt.Sprintf(`{source: %q, goal: "registration", clickId: %q}`, w.source.Key, globalid.Hex(click)), "conversion { id }"
	},
	"updateConversionStatus": func(t *testing.T, w *world) (string, string) {
		s := w.a.scene
		s.Click = pgtest.Click(t, w.db, w.a.link)
		return fmt.Sprintf(`{id: %q, status: REJECTED}`, s.Conversion(t, w.db).GlobalID()), "conversion { id }"
	},
	"replayDelivery": func(t *testing.T, w *world) (string, string) {
		p := w.postback(t, w.a)
		d := w.delivery(t, w.a, w.a.scene.Conversion(t, w.db), p, dispatch.Failed)
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
	"restorePostbackVersion": func(t *testing.T, w *world) (string, string) {
		w.postback(t, w.a)
		v, err := w.db.Client().PostbackVersion.Query().Where(postbackversion.AffiliateID(w.a.affiliate.ID)).Order(db.Desc("id")).First(pgtest.System(t))
		must(t, err)
		return fmt.Sprintf(`{versionId: %q}`, v.GlobalID()), "postback { id }"
	},
	"testPostback": func(t *testing.T, w *world) (string, string) {
		return fmt.Sprintf(`{urlTemplate: %q, postbackId: %q}`, w.tracker(t)+"/?c={param_1}", w.postback(t, w.a).GlobalID()), "test { id }"
	},
	"runScenarios": func(t *testing.T, w *world) (string, string) {
		return fmt.Sprintf(`{urlTemplate: %q, postbackId: %q}`, w.tracker(t)+"/?c={param_1}", w.postback(t, w.a).GlobalID()), "run { cards { key } }"
	},
	"deletePostback": func(t *testing.T, w *world) (string, string) {
		return fmt.Sprintf(`{id: %q}`, w.postback(t, w.a).GlobalID()), "deletedId"
	},
}

// tracker is one that takes everything.
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
		return refused
	}
	return done
}

// subscription is how one is tried: what it selects, and how an event of each
// estate is published. The event of B's follows the one of A's, so that whoever
// is not shown A's is seen to wait for nothing.
type subscription struct {
	selects string
	watched func(w *world) bool
	publish func(t *testing.T, w *world, e *estate)
	words   func(e *estate) []string
	args    func(w *world) string // nil for none
}

var subscriptions = map[string]subscription{
	"deliveryUpdated": {
		selects: "delivery { id url host }",
		watched: func(w *world) bool { return w.cfg.Deliveries.Watched() },
		publish: func(t *testing.T, w *world, e *estate) {
			d, err := w.db.Client().Delivery.Get(pgtest.System(t), factOf(e.ids["Delivery"][0]))
			must(t, err)
			w.cfg.Deliveries.Publish(d)
		},
		words: func(e *estate) []string { return e.ids["Delivery"] },
	},
	"alertChanged": {
		selects: "id message",
		watched: func(w *world) bool { return w.cfg.Alerts.Watched() },
		publish: func(t *testing.T, w *world, e *estate) {
			a, err := w.db.Client().Alert.Get(pgtest.System(t), factOf(e.ids["Alert"][0]))
			must(t, err)
			w.cfg.Alerts.Publish(a)
		},
		words: func(e *estate) []string { return e.ids["Alert"] },
	},
	"echoRequestReceived": {
		selects: "id url",
		watched: func(w *world) bool { return w.cfg.Echoes.Watched() },
		publish: func(t *testing.T, w *world, e *estate) {
			r, err := w.db.Client().EchoRequest.Get(pgtest.System(t), factOf(e.ids["EchoRequest"][0]))
			must(t, err)
			w.cfg.Echoes.Publish(r)
		},
		words: func(e *estate) []string { return e.ids["EchoRequest"] },
	},
	"setupChecklistChanged": {
		selects: "campaign { id }",
		words:   func(e *estate) []string { return e.ids["Campaign"] },
		args:    func(w *world) string { return fmt.Sprintf("(campaignId: %q)", w.a.ids["Campaign"][0]) },
	},
	"clickRecorded": {
		selects: "id affiliate { id }",
		words:   func(e *estate) []string { return e.ids["Affiliate"] },
		args:    func(w *world) string { return fmt.Sprintf("(campaignId: %q)", w.a.ids["Campaign"][0]) },
	},
	"receivedPostback": {
		selects: "id query",
		watched: func(w *world) bool { return w.cfg.Received.Watched() },
		publish: func(t *testing.T, w *world, e *estate) {
			r, err := w.db.Client().ReceivedPostback.Get(pgtest.System(t), factOf(e.ids["ReceivedPostback"][0]))
			must(t, err)
			w.cfg.Received.Publish(r)
		},
		words: func(e *estate) []string { return e.ids["ReceivedPostback"] },
	},
}

func (w *world) trySubscriptions(t *testing.T, c *cast, schema *ast.Schema, row func(name, says string)) {
	t.Helper()
	for _, f := range schema.Subscription.Fields {
		s, ok := subscriptions[f.Name]
		if !ok {
			t.Errorf("say in subscriptions how %s is tried", f.Name)
			continue
		}
		var says []string
		for _, column := range columns {
			says = append(says, string(w.subscribe(t, f.Name, s, c.as(column, scopeOf(f)))))
		}
		row("Subscription."+f.Name, strings.Join(says, " "))
	}
}

// subscribe watches until an event of A's or one of B's came, both published in
// that order. Staff, who see both, must see A's first; an affiliate is watched
// until its own came.
func (w *world) subscribe(t *testing.T, name string, s subscription, asking who) outcome {
	t.Helper()
	args := ""
	if s.args != nil {
		args = s.args(w)
	}
	next, stop := w.events(t, asking, fmt.Sprintf("subscription { %s%s { %s } }", name, args, s.selects))
	if s.watched == nil { // the server looks by itself: what the world has is what it shows
		defer stop()
		return s.outcome(t, name, w, next)
	}
	answered := make(chan struct{})
	var publishing sync.WaitGroup
	publishing.Go(func() {
		refused := false
		eventually(t, name+" is watched", func() bool {
			select {
			case <-answered:
				refused = true
			default:
			}
			return refused || s.watched(w)
		})
		if !refused {
			s.publish(t, w, w.a)
			s.publish(t, w, w.b)
		}
	})
	defer func() {
		close(answered)
		publishing.Wait()
		stop()
		eventually(t, "nobody watches", func() bool { return !s.watched(w) })
	}()
	return s.outcome(t, name, w, next)
}

// outcome reads the first event.
func (s subscription) outcome(t *testing.T, name string, w *world, next func() (*response, bool)) outcome {
	t.Helper()
	res, ok := next()
	switch {
	case !ok:
		t.Errorf("%s: the stream ended without a word", name)
		return hidden
	case res.refused():
		return denied
	case len(res.Errors) > 0 && res.Errors[0].Extensions["code"] == "not_found":
		return hidden
	case len(res.Errors) > 0:
		t.Errorf("%s: %s", name, res.body)
	}
	for _, word := range s.words(w.a) {
		if strings.Contains(res.body, word) {
			return shown
		}
	}
	return hidden
}
