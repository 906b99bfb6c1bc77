package graph_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/gofrs/uuid/v5"

	"postrider/graph"
	"postrider/internal/ids"
	"postrider/pgtest"
)

// get sends a query by GET, as w.
func (a *api) get(t testing.TB, w who, parameters url.Values) *response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, a.URL+"?"+parameters.Encode(), nil)
	must(t, err)
	r.Header.Set("Accept", "application/json")
	w.apply(r)
	return a.do(t, r)
}

func TestGetReadsAndNeverChanges(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	affiliate, offer := pgtest.Affiliate(t, a.db), pgtest.Offer(t, a.db)
	token := a.affiliate(t, affiliate)
	res := a.get(t, token, url.Values{"query": {"query($n: Int) { offers(first: $n) { edges { node { id } } } }"}, "variables": {`{"n": 5}`}})
	if len(res.Errors) > 0 || len(res.at(t, "offers", "edges").([]any)) != 1 {
		t.Errorf("%d %s", res.status, res.body)
	}
	change := fmt.Sprintf(`mutation { createCampaign(input: {name: "by GET", offerId: %q}) { campaign { id } } }`, globalOffer(offer))
	if res := a.get(t, token, url.Values{"query": {change}}); res.status < 400 || res.Data["createCampaign"] != nil {
		t.Errorf("a mutation by GET: %d %s", res.status, res.body)
	}
	if n, err := a.db.Client().Campaign.Query().Count(pgtest.System(t)); n != 0 || err != nil {
		t.Errorf("%d campaigns, %v", n, err)
	}
}

func TestIntrospection(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	// What explorers and generators send first, deep as it is.
	const query = `query { __schema { queryType { name } types { kind name fields(includeDeprecated: true) { name args { name type { ...t } } type { ...t } } } } }
		fragment t on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } }`
	res := a.ask(t, nobody, query, nil)
	if types := res.at(t, "__schema", "types").([]any); len(types) < 50 {
		t.Errorf("%d types", len(types))
	}
}

func TestPersistedQueries(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	const query = "{ instance { version } }"
	sum := sha256.Sum256([]byte(query))
	extensions := fmt.Sprintf(`{"persistedQuery": {"version": 1, "sha256Hash": %q}}`, hex.EncodeToString(sum[:]))
	if res := a.get(t, nobody, url.Values{"extensions": {extensions}}); !strings.Contains(res.body, "PersistedQueryNotFound") {
		t.Errorf("before it is known: %s", res.body)
	}
	for _, known := range []url.Values{{"query": {query}, "extensions": {extensions}}, {"extensions": {extensions}}} {
		if res := a.get(t, nobody, known); len(res.Errors) > 0 || res.at(t, "instance", "version") != "test" {
			t.Errorf("%v: %s", known, res.body)
		}
	}
	other := sha256.Sum256([]byte("{ other }"))
	lie := fmt.Sprintf(`{"persistedQuery": {"version": 1, "sha256Hash": %q}}`, hex.EncodeToString(other[:]))
	if res := a.get(t, nobody, url.Values{"query": {query}, "extensions": {lie}}); len(res.Errors) == 0 {
		t.Errorf("a query under another's hash: %s", res.body)
	}
}

func TestWhatCostsTooMuchIsRefused(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	token := a.affiliate(t, pgtest.Affiliate(t, a.db))
	for name, tc := range map[string]struct{ query, says string }{
		"a page that is too long":  {"{ deliveries(first: 101) { edges { cursor } } }", "101 is not between 1 and 100"},
		"one that goes backwards":  {"{ deliveries(last: 101) { edges { cursor } } }", "101 is not between 1 and 100"},
		"a page of nothing":        {"{ clicks(first: 0) { edges { cursor } } }", "0 is not between 1 and 100"},
		"both ends at once":        {"{ clicks(first: 1, last: 1) { edges { cursor } } }", "first or last"},
		"a cursor of somebody's":   {`{ clicks(after: "nonsense") { edges { cursor } } }`, "is not a cursor"},
		"a cursor of another list": {`{ clicks(after: "Q2FtcGFpZ246MQ") { edges { cursor } } }`, "is not a cursor"},
		"lists in lists": {"{ deliveries(first: 100) { edges { node { conversion { deliveries { conversion { deliveries { attempts { id url } } } } } } } } }",
			"complexity"},
		"the same under many names": {"{" + strings.Repeat("x%d: deliveries(first: 100) { edges { node { attempts { id number url error } } } } ", 30) + "}", "complexity"},
		"too deep": {"{ offers { edges { node { defaultLink { offer { defaultLink { offer { defaultLink { offer { defaultLink { offer { defaultLink { offer { defaultLink { offer { id } } } } } } } } } } } } } } } }",
			"nests deeper than 14"},
		"too many ids": {`{ nodes(ids: [` + strings.Repeat(`"x", `, 101) + `]) { id } }`, "the limit is 100"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q := tc.query
			for i := 0; strings.Contains(q, "%d"); i++ {
				q = strings.Replace(q, "%d", fmt.Sprint(i), 1)
			}
			if res := a.post(t, token, q, nil); len(res.Errors) == 0 || !strings.Contains(res.body, tc.says) || strings.Contains(res.body, "INTERNAL") {
				t.Errorf("%s", res.body)
			}
		})
	}
}

// An invalid request is the client's to fix: the answer has what is wrong, and nothing is logged
// as an internal error.
func TestWrongQuestionsAreNotOurFault(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	token := a.affiliate(t, pgtest.Affiliate(t, a.db))
	for name, tc := range map[string]struct {
		query string
		vars  vars
	}{
		"syntax":              {"{ offers(", nil},
		"an unknown field":    {"{ offers { nonsense } }", nil},
		"an unknown value":    {"{ deliveries(filter: {states: [NONSENSE]}) { edges { cursor } } }", nil},
		"an unknown variable": {"query($s: [DeliveryState!]) { deliveries(filter: {states: $s}) { edges { cursor } } }", vars{"s": []string{"NONSENSE"}}},
		"a time that is none": {"query($t: Time) { deliveries(filter: {from: $t}) { edges { cursor } } }", vars{"t": "yesterday"}},
		"a time written out":  {`{ deliveries(filter: {from: "yesterday"}) { edges { cursor } } }`, nil},
		"a number as a time":  {`{ deliveries(filter: {from: 17}) { edges { cursor } } }`, nil},
		"a huge number":       {"{ deliveries(first: 99999999999) { edges { cursor } } }", nil},
		"a huge code":         {"{ deliveries(filter: {statusCodeFrom: 99999999999}) { edges { cursor } } }", nil},
		"a NUL in a search":   {`query($s: String) { deliveries(filter: {search: $s}) { edges { cursor } } }`, vars{"s": "a\x00b"}},
		"a NUL for clicks":    {`query($s: String) { clicks(filter: {search: $s, countries: [$s]}) { edges { cursor } } }`, vars{"s": "a\x00b"}},
		"a NUL for postbacks": {`query($s: String) { postbacks(filter: {search: $s}) { edges { cursor } } }`, vars{"s": "a\x00b"}},
		"a NUL for campaigns": {`query($s: String) { campaigns(filter: {search: $s}) { edges { cursor } } }`, vars{"s": "a\x00b"}},
		"a NUL for offers":    {`query($s: String) { offers(search: $s) { edges { cursor } } }`, vars{"s": "a\x00b"}},
		"a NUL as a goal":     {`query($s: String!) { conversions(filter: {goals: [$s]}) { edges { cursor } } }`, vars{"s": "a\x00b"}},
		"a NUL as a name": {`mutation($s: String!) { createPostback(input: {scope: GLOBAL, goals: ["ftd"], name: $s, urlTemplate: "https://t.example/"}) { postbacks { id } userErrors { message } } }`,
			vars{"s": "a\x00b"}},
		"a NUL in a template": {`mutation($s: String!) { createPostback(input: {scope: GLOBAL, goals: ["ftd"], urlTemplate: $s}) { postbacks { id } userErrors { message } } }`,
			vars{"s": "https://t.example/?a=\x00"}},
		"a NUL as a wished goal": {`mutation($s: String!) { createPostback(input: {scope: GLOBAL, goals: [$s], urlTemplate: "https://t.example/"}) { postbacks { id } userErrors { message } } }`,
			vars{"s": "a\x00b"}},
		"a NUL in a rule": {`mutation($s: String!) { createPostback(input: {scope: GLOBAL, goals: ["ftd"], urlTemplate: "https://t.example/", bodyRule: {kind: CONTAINS, value: $s}}) { postbacks { id } userErrors { message } } }`,
			vars{"s": "a\x00b"}},
		"a NUL as a token's name": {`mutation($s: String!) { createApiToken(input: {name: $s}) { token { id } userErrors { message } } }`, vars{"s": "a\x00b"}},
		"a NUL as an e-mail":      {`mutation($s: String!) { signIn(input: {email: $s, password: $s}) { userErrors { message } } }`, vars{"s": "a\x00b"}},
		"a NUL as a zone":         {`mutation($s: String!) { updateSettings(input: {timeZone: $s}) { userErrors { message } } }`, vars{"s": "a\x00b"}},
		"a NUL as a param":        {`query($s: String!) { trackingLink(offerId: "T2ZmZXI6MQ", param1: $s, landingPage: $s, deepLink: $s) { url } }`, vars{"s": "a\x00b"}},
	} {
		t.Run(name, func(t *testing.T) {
			res := a.post(t, token, tc.query, tc.vars)
			if res.status >= 500 || strings.Contains(res.body, `"INTERNAL"`) {
				t.Errorf("%d %s", res.status, res.body)
			}
		})
	}
	if strings.Contains(a.log.String(), "level=ERROR") {
		t.Errorf("logged as our fault:\n%s", a.log)
	}
}

// broken is a replayer whose database has secrets in its errors.
type broken struct{}

func (broken) Replay(context.Context, uuid.UUID, bool) (uuid.UUID, error) {
	return uuid.Nil, errors.New(`pq: password "hunter2" of table deliveries`)
}

func (broken) ReplayMany(context.Context, ids.Affiliate, ids.User, bool, []uuid.UUID) (int64, error) {
	return 0, errors.New("broken")
}

func (broken) PauseBulk(context.Context, int64) error   { return errors.New("broken") }
func (broken) ResumeBulk(context.Context, int64) error  { return errors.New("broken") }
func (broken) CancelBulk(context.Context, int64) error  { return errors.New("broken") }
func (broken) Release(context.Context, uuid.UUID) error { return errors.New("broken") }

func TestInternalErrorsSayNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.a.ids["Delivery"][0]
	cfg := w.cfg
	cfg.Replayer = broken{}
	w.Config.Handler = identified(w.cfg.Accounts.Middleware(graph.Handler(cfg)))
	res := w.post(t, w.token(t, w.a.user.Email), fmt.Sprintf(`mutation { replayDelivery(input: {id: %q}) { userErrors { message } } }`, d), nil)
	if !strings.Contains(res.body, `"INTERNAL"`) || strings.Contains(res.body, "hunter2") || strings.Contains(res.body, "pq:") {
		t.Errorf("%s", res.body)
	}
	if !strings.Contains(w.log.String(), "hunter2") {
		t.Errorf("the log does not say what happened: %s", w.log)
	}
}
