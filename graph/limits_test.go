package graph_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"postrider/graph"
	"postrider/graph/limit"
	"postrider/internal/problem"
	"postrider/pgtest"
)

// repeat joins n pieces, in which # is the piece's number, and @ the next one's.
func repeat(n int, piece string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.NewReplacer("#", strconv.Itoa(i), "@", strconv.Itoa(i+1)).Replace(piece))
	}
	return b.String()
}

// hostile has documents that would take seconds, hours or gigabytes, with the limit that each
// exceeds.
var hostile = map[string]struct{ document, limit string }{
	"fragments that spread the next one twice": {
		"{...f0} " + repeat(40, "fragment f# on Query{...f@ ...f@} ") + "fragment f40 on Query{viewer{role}}", "roots",
	},
	"the same below the root": {
		"{viewer{affiliate{...f0}}} " + repeat(40, "fragment f# on Affiliate{...f@ ...f@} ") + "fragment f40 on Affiliate{name}", "cost",
	},
	"the same with fields between": {
		"{viewer{...f0}} " + repeat(12, "fragment f# on Viewer{affiliate{users{affiliate{users{id}}} } ...f@ ...f@} ") + "fragment f12 on Viewer{role}", "cost",
	},
	"one field again and again":     {"{" + strings.Repeat("viewer{role} ", 4000) + "}", "tokens"},
	"one field fifty times":         {"{" + strings.Repeat("viewer{role} ", 51) + "}", "repetitions"},
	"one scalar again and again":    {"{viewer{" + strings.Repeat("role ", 1000) + "}}", "repetitions"},
	"the same in inline fragments":  {"{" + strings.Repeat("...{viewer{role}} ", 200) + "}", "repetitions"},
	"many operations":               {repeat(21, "query q#{viewer{role}} "), "operations"},
	"many operations, one fragment": {repeat(500, "query q#{...f} ") + "fragment f on Query{viewer{role}}", "operations"},
	"operations that share a fragment": {
		repeat(20, "query q#{...f} ") + "fragment f on Query{" + repeat(30, "a#:viewer{"+strings.Repeat("role ", 40)+"} ") + "}", "validated",
	},
	"many fragments":               {"{...f0}" + repeat(300, "fragment f# on Query{viewer{role}} "), "fragments"},
	"many fragments in one place":  {"{" + repeat(60, "...f# ") + "}" + repeat(60, "fragment f# on Query{viewer{role}} "), "repetitions"},
	"aliases of what is counted":   {"{" + repeat(1500, "a#: homeNumbers{today{clicks}} ") + "}", "tokens"},
	"some aliases of it":           {"{" + repeat(31, "a#: homeNumbers{today{clicks}} ") + "}", "roots"},
	"as many as may be":            {"{" + repeat(30, "a#: homeNumbers{today{clicks}} ") + "}", "cost"},
	"the engine, under many names": {"{" + repeat(30, "a#: engine{workers{name}} ") + "}", "cost"},
	"lists that have no arguments": {"{" + repeat(30, "a#: trackerPresets{name note parameters{name send meaning} blanks{name label example}} ") + "}", "cost"},
	"a page of pages":              {"{deliveries(first:100){edges{node{conversion{deliveries{conversion{deliveries{attempts{id url}}}}}}}}}", "cost"},
	"a page longer than any":       {"{deliveries(first:2000000000){edges{node{conversion{deliveries{conversion{deliveries{attempts{id url}}}}}}}}}", "cost"},
	"deep":                         {"{offers{edges{node{" + strings.Repeat("defaultLink{offer{", 7) + "id" + strings.Repeat("}}", 7) + "}}}}", "depth"},
	"introspection of everything":  {"{__schema{types{" + repeat(100, "a#: fields{name type{name fields{name}}} ") + "}}}", "introspection"},
	"introspection under aliases":  {"{" + repeat(30, "a#: __schema{types{fields{args{name type{name}} type{name ofType{name ofType{name}}}}}} ") + "}", "introspection"},
	"many directives":              {"{viewer" + strings.Repeat("@include(if:true)", 1000) + "{role}}", "tokens"},
	"many variables":               {"query(" + repeat(2000, "$v#:ID ") + "){viewer{role}}", "tokens"},
}

func TestHostileDocumentsAreRefusedWithTheirLimit(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	token := a.affiliate(t, pgtest.Affiliate(t, a.db))
	for name, tc := range hostile {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			res := a.post(t, token, tc.document, nil)
			if len(res.Errors) != 1 || res.Errors[0].Extensions["code"] != string(problem.CodeLimitExceeded) || res.Errors[0].Extensions["limit"] != tc.limit {
				t.Fatalf("want the limit %q: %.500s", tc.limit, res.body)
			}
			most, ok := res.Errors[0].Extensions["max"].(float64)
			if !ok || !strings.Contains(res.Errors[0].Message, fmt.Sprint(int(most))) || len(res.body) > 1000 {
				t.Errorf("it does not say how much may be: %.500s", res.body)
			}
		})
	}
}

// checked processes a document as the API does, without its gates, and returns how many fields
// were visited.
func checked(schema *ast.Schema, document string) (walked int) {
	if graph.MaxDocument.Check(document) != nil {
		return 0
	}
	doc, errs := gqlparser.LoadQueryWithRules(schema, document, nil)
	if errs != nil {
		return 0
	}
	for _, op := range doc.Operations {
		walked += limit.Measure(context.Background(), graph.Schema(&graph.Resolver{}), op, nil, 5).Walked
	}
	return walked
}

// Each error of a document compares every name that may have been meant, so validation stops
// after some.
func TestADocumentOfErrorsIsLookedAtForSome(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	for name, document := range map[string]string{
		"fields":     "{" + repeat(3900, "x# ") + "}",
		"arguments":  "{viewer(" + repeat(900, "x#: 1 ") + "){role}}",
		"types":      "{viewer{" + repeat(400, "...on X#{a#:role} ") + "}}",
		"variables":  "query(" + repeat(900, "$v#:X# ") + "){viewer{role}}",
		"directives": "{viewer" + strings.Repeat("@x ", 900) + "{role}}",
		"spreads":    "{" + repeat(50, "...x# ") + "viewer{" + repeat(50, "...y# ") + "}}",
	} {
		res := a.post(t, nobody, document, nil)
		if n := len(res.Errors); n != graph.MaxErrors+1 || res.Errors[n-1].Extensions["limit"] != "errors" || len(res.body) > 10_000 {
			t.Errorf("%s: %d errors, %d bytes: %.300s", name, n, len(res.body), res.body)
		}
	}
	if res := a.post(t, nobody, "{"+repeat(graph.MaxErrors, "x# ")+"}", nil); len(res.Errors) != graph.MaxErrors || res.Errors[0].Extensions["code"] != "GRAPHQL_VALIDATION_FAILED" {
		t.Errorf("as many as may be: %s", res.body)
	}
}

// An introspection takes thousands of goroutines: a client that sends one after another is
// slowed down, however short the documents are.
func TestIntrospectionsAreRationed(t *testing.T) {
	t.Parallel()
	at := time.Now()
	a := newAPI(t, func(c *graph.Config) { c.Allowances.Now = func() time.Time { return at } })
	token := a.affiliate(t, pgtest.Affiliate(t, a.db))
	introspection, err := os.ReadFile("testdata/introspection.graphql")
	must(t, err)
	ask := func(w who) *response { return a.post(t, w, string(introspection), nil) }
	rationed := func(res *response) bool {
		return len(res.Errors) == 1 && res.Errors[0].Extensions["limit"] == "introspectionRate" &&
			res.Errors[0].Extensions["max"] == float64(graph.Limits()["introspectionRate"])
	}
	passed := 0
	for passed < 10 && !rationed(ask(nobody)) {
		passed++
	}
	if passed < 1 || passed > 3 {
		t.Errorf("%d of them passed at once", passed)
	}
	if res := ask(token); len(res.Errors) > 0 {
		t.Errorf("somebody else: %.300s", res.body)
	}
	at = at.Add(time.Minute)
	if res := ask(nobody); len(res.Errors) > 0 {
		t.Errorf("a minute later: %.300s", res.body)
	}
}

// The number of visited fields grows no faster than the document, whatever it spreads.
func TestALookAtADocumentIsBounded(t *testing.T) {
	t.Parallel()
	schema := graph.Schema(&graph.Resolver{}).Schema()
	for name, tc := range hostile {
		if walked := checked(schema, tc.document); walked > graph.MaxDocument.Tokens {
			t.Errorf("%s: %d fields were looked at", name, walked)
		}
	}
}

func FuzzLimits(f *testing.F) {
	for _, tc := range hostile {
		f.Add(tc.document)
	}
	f.Add(`query($n: Int = 3) { deliveries(first: $n) { edges { node { ...d } } } } fragment d on Delivery { id ... on Delivery { url } }`)
	f.Add(`{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }`)
	schema := graph.Schema(&graph.Resolver{}).Schema()
	f.Fuzz(func(t *testing.T, document string) {
		if walked := checked(schema, document); walked > graph.MaxDocument.Tokens*graph.MaxDocument.Operations {
			t.Errorf("%d fields were looked at", walked)
		}
	})
}

// naive sizes an operation by walking every spread separately.
func naive(es sizer, set ast.SelectionSet) (fields, depth int) {
	for _, selection := range set {
		var n, d int
		switch s := selection.(type) {
		case *ast.Field:
			n, d = naive(es, s.SelectionSet)
			n, d = n+1, d+1
		case *ast.InlineFragment:
			n, d = naive(es, s.SelectionSet)
		case *ast.FragmentSpread:
			n, d = naive(es, s.Definition.SelectionSet)
		}
		fields, depth = fields+n, max(depth, d)
	}
	return fields, depth
}

type sizer struct{}

// Counting each fragment once gives the same result as counting each spread.
func TestAFragmentCostsWhatItsSpreadsCost(t *testing.T) {
	t.Parallel()
	es := graph.Schema(&graph.Resolver{})
	for levels := range 12 {
		document := "{viewer{affiliate{...f0}}} " +
			repeat(levels, "fragment f# on Affiliate{name ...f@ ...f@ ...{...f@} } ") + fmt.Sprintf("fragment f%d on Affiliate{name id}", levels)
		doc, errs := gqlparser.LoadQueryWithRules(es.Schema(), document, nil)
		if errs != nil {
			t.Fatal(errs)
		}
		size := limit.Measure(t.Context(), es, doc.Operations[0], nil, 5)
		fields, depth := naive(sizer{}, doc.Operations[0].SelectionSet)
		if size.Cost != fields || size.Depth != depth || size.Roots != 1 {
			t.Errorf("%d levels: %+v, want %d fields, %d deep", levels, size, fields, depth)
		}
		if size.Walked != levels+4 {
			t.Errorf("%d levels: %d fields were looked at", levels, size.Walked)
		}
	}
}

// A field that reads more than one row has a price.
func TestWhatIsCountedHasAPrice(t *testing.T) {
	t.Parallel()
	es := graph.Schema(&graph.Resolver{})
	free := map[string]bool{ // one row, or only what was already read
		"viewer": true, "instance": true, "node": true, "trackingLink": true, "nodes": true,
	}
	args := map[string]any{
		"first": 5, "conversionId": "x", "campaignId": "x", "urlTemplate": "x", "text": "x", "url": "x", "trackingLink": "x", "goal": "x",
		"filter": map[string]any{},
	}
	for _, f := range es.Schema().Query.Fields {
		if strings.HasPrefix(f.Name, "__") || free[f.Name] {
			continue
		}
		if price, ok := es.Complexity(t.Context(), "Query", f.Name, 10, args); !ok || price <= 15 {
			t.Errorf("Query.%s costs %d, of which 10 are below it: give it a price in prices.go", f.Name, price)
		}
	}
	if price, _ := es.Complexity(t.Context(), "Query", "nodes", 10, map[string]any{"ids": []any{"x", "y"}}); price != 21 {
		t.Errorf("two nodes cost %d", price)
	}
	for name, def := range es.Schema().Types {
		for _, f := range def.Fields {
			if f.Type.Elem == nil || strings.HasPrefix(name, "__") || f.Name == "edges" || def.Kind != ast.Object || name == "Query" {
				continue
			}
			// Lists without a price count five rows; one that has a price counts no fewer, but for those that are mostly empty.
			if price, ok := es.Complexity(t.Context(), name, f.Name, 10, map[string]any{}); ok && price < 11 {
				t.Errorf("%s.%s costs %d", name, f.Name, price)
			}
		}
	}
}

// Queries of explorers and generators are far from the limits, and so are all of the web app.
func TestOrdinaryOperationsAreFarFromTheLimits(t *testing.T) {
	t.Parallel()
	es := graph.Schema(&graph.Resolver{})
	introspection, err := os.ReadFile("testdata/introspection.graphql")
	must(t, err)
	for name, document := range map[string]string{"introspection": string(introspection)} {
		if e := graph.MaxDocument.Check(document); e != nil {
			t.Errorf("%s: %v", name, e)
		}
		doc, errs := gqlparser.LoadQueryWithRules(es.Schema(), document, nil)
		if errs != nil {
			t.Fatal(errs)
		}
		size := limit.Measure(t.Context(), es, doc.Operations[0], nil, 5)
		t.Logf("%s: %+v", name, size)
		if e := graph.MaxOperation.Check(size); e != nil || size.Introspection*3 > graph.MaxOperation.Introspection*2 {
			t.Errorf("%s: %+v, %v", name, size, e)
		}
	}
}

func TestARequestThatIsTooLongIsNotRead(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	affiliate := a.affiliate(t, pgtest.Affiliate(t, a.db))
	send := func(body io.Reader, length int64) *http.Response {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, a.URL, body)
		must(t, err)
		r.ContentLength = length
		r.Header.Set("Content-Type", "application/json")
		affiliate.apply(r)
		res, err := a.Client().Do(r)
		must(t, err)
		t.Cleanup(func() { _ = res.Body.Close() })
		return res
	}
	long := `{"query":"{ viewer { role } }` + strings.Repeat(" ", 256<<10) + `"}`
	for name, length := range map[string]int64{"that says so": int64(len(long)), "that does not say": -1} {
		res := send(strings.NewReader(long), length)
		var answer struct {
			Errors []struct{ Extensions map[string]any }
		}
		must(t, json.NewDecoder(res.Body).Decode(&answer))
		if res.StatusCode != http.StatusRequestEntityTooLarge || len(answer.Errors) != 1 || answer.Errors[0].Extensions["limit"] != "bytes" {
			t.Errorf("a long one %s: %d %+v", name, res.StatusCode, answer)
		}
	}
}

func TestAClientHasABoundedNumberUnderWay(t *testing.T) {
	t.Parallel()
	g := limit.NewGate("concurrency", 2, 3, time.Hour)
	ctx, cancel := context.WithCancel(t.Context())
	var leaves []func()
	for range 2 {
		leave, err := g.Enter(ctx, "a")
		must(t, err)
		leaves = append(leaves, leave)
	}
	waits := make(chan error, 1)
	go func() { _, err := g.Enter(ctx, "a"); waits <- err }()
	for g.Of("a") < 3 {
		runtime.Gosched()
	}
	if _, err := g.Enter(ctx, "a"); err == nil { // the third waits for a slot, and counts
		t.Error("a fourth was let in")
	}
	cancel() // the client leaves
	if err := <-waits; err == nil {
		t.Error("the third went through")
	}
	leaves[0]()
	leaves[0]() // the second call has no effect
	leave, err := g.Enter(t.Context(), "b")
	must(t, err)
	leave()
	leaves[1]()
	if a, b := g.Of("a"), g.Of("b"); a != 0 || b != 0 {
		t.Errorf("%d and %d are still counted", a, b)
	}
}

// A stranger's documents do not fill the memory: the cache is bounded by bytes, and keeps what
// was used recently.
func TestWhatIsRememberedIsBounded(t *testing.T) {
	t.Parallel()
	c := limit.NewCache(1600, func(text string, _ int) int { return len(text) })
	c.Add(t.Context(), "mine", 1)
	for i := range 1000 {
		c.Add(t.Context(), fmt.Sprintf("%0*d", i%200, i), i)
		if v, ok := c.Get(t.Context(), "mine"); !ok || v != 1 || c.Used() > 1600 || c.Used() < 0 {
			t.Fatalf("after %d: %v %d, %d bytes", i, ok, v, c.Used())
		}
	}
	if _, ok := c.Get(t.Context(), strings.Repeat("0", 150)); ok {
		t.Error("a long one was kept")
	}
}

// The page for integrators has the actual limits.
func TestTheLimitsAreDocumented(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../docs/api-limits.md")
	must(t, err)
	said := map[string]string{}
	for _, row := range regexp.MustCompile("(?m)^\\| `([a-zA-Z]+)` \\| ([0-9,]+)").FindAllStringSubmatch(string(page), -1) {
		said[row[1]] = strings.ReplaceAll(row[2], ",", "")
	}
	for name, n := range graph.Limits() {
		if said[name] != fmt.Sprint(n) {
			t.Errorf("docs/api-limits.md says %q of %s, in force is %d", said[name], name, n)
		}
	}
}

// Every search text has a length limit, and exceeding it is an error of the field.
func TestSearchTextsHaveALength(t *testing.T) {
	t.Parallel()
	schema := graph.Schema(&graph.Resolver{}).Schema()
	limited := func(where, name string, directives ast.DirectiveList) {
		if name == "search" && directives.ForName("length") == nil {
			t.Errorf("%s.%s has no @length", where, name)
		}
	}
	for name, def := range schema.Types {
		for _, f := range def.Fields {
			limited(name, f.Name, f.Directives)
			for _, a := range f.Arguments {
				limited(name+"."+f.Name, a.Name, a.Directives)
			}
		}
	}
	a := newAPI(t)
	token := a.affiliate(t, pgtest.Affiliate(t, a.db))
	const query = `query($s: String) { deliveries(filter: {search: $s}) { edges { cursor } } offers(search: "é") { edges { cursor } } }`
	if res := a.post(t, token, query, vars{"s": strings.Repeat("é", 200)}); len(res.Errors) > 0 {
		t.Errorf("200 characters: %s", res.body)
	}
	res := a.post(t, token, query, vars{"s": strings.Repeat("é", 201)})
	if len(res.Errors) != 1 || res.Errors[0].Extensions["code"] != "INVALID" || !strings.Contains(res.body, "the limit is 200") || !strings.Contains(res.body, `"search"`) {
		t.Errorf("201 characters: %s", res.body)
	}
}

// A client that sends one new document after another is slowed down; a cached one is free, and
// other clients are not affected.
func TestNewDocumentsAreRationed(t *testing.T) {
	t.Parallel()
	start := time.Now()
	a := newAPI(t, func(c *graph.Config) {
		c.Allowances = graph.Allowances{Strangers: 100, Users: 1000, Now: func() time.Time { return start }}
	})
	token := a.affiliate(t, pgtest.Affiliate(t, a.db))
	refused := 0
	for i := range 60 {
		res := a.post(t, nobody, fmt.Sprintf("{ a%d: instance { version } }", i), nil)
		if len(res.Errors) > 0 {
			refused++
			if res.Errors[0].Extensions["limit"] != "rate" || res.Errors[0].Extensions["max"] != 100.0 {
				t.Fatal(res.body)
			}
		}
	}
	if refused != 33 { // eight seconds' worth is free: 800 of 1,730 bytes
		t.Errorf("%d of 60 were refused", refused)
	}
	if res := a.post(t, nobody, "{ a0: instance { version } }", nil); len(res.Errors) > 0 {
		t.Errorf("a known one: %s", res.body)
	}
	if res := a.post(t, token, "{ viewer { role } }", nil); len(res.Errors) > 0 {
		t.Errorf("somebody else: %s", res.body)
	}
}
