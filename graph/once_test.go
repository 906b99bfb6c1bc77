package graph_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2/ast"

	"postrider/ent/db"
	"postrider/graph"
	"postrider/idempotency"
	"postrider/internal/globalid"
	"postrider/internal/viewer"
	"postrider/outbox"
	"postrider/pgtest"
)

// Verbs of mutations that create or send something, or show something once: they take a key.
var onceVerbs = []string{"create", "record", "fire", "attribute", "undo", "import", "replay", "release", "test", "run", "rotate", "reset", "map", "resolve"}

// Verbs of mutations that are the same when they are repeated.
var repeatableVerbs = map[string]string{
	"sign": "a session is no object of the API", "change": "the new password is given", "update": "the new values are given", "set": "the new value is given",
	"end": "it has ended already", "archive": "it is archived already", "restore": "it is restored already", "delete": "it is gone already", "revoke": "it is revoked already",
	"ignore": "it is ignored already", "dismiss": "it is dismissed already", "cancel": "it is cancelled already", "pause": "it is paused already",
	"resume": "it runs already", "assign": "the whole assignment is given", "reveal": "it shows what is there", "unmap": "it is not mapped any more, and its conversions are taken back already", "try": "a look at a page, whose latest result is kept",
}

// Exceptions from both, and why.
var onceThough = map[string]string{"updateConversionStatus": "postbacks fire for the new status"}

// What creates or sends takes a key, and nothing else does.
func TestWhichMutationsTakeAKey(t *testing.T) {
	t.Parallel()
	schema := graph.Schema(&graph.Resolver{}).Schema()
	for _, f := range schema.Mutation.Fields {
		verb := f.Name[:strings.IndexFunc(f.Name+"X", func(r rune) bool { return r >= 'A' && r <= 'Z' })]
		want := slices.Contains(onceVerbs, verb) || onceThough[f.Name] != ""
		if !want && repeatableVerbs[verb] == "" {
			t.Errorf("%s: say in this test whether what the verb %q does is safe to repeat", f.Name, verb)
		}
		if got := takesKey(schema, f); got != want {
			t.Errorf("%s takes a key: %t, want %t", f.Name, got, want)
		}
		if want && f.Directives.ForName("auth") == nil {
			t.Errorf("%s has no @auth, where keys are looked at", f.Name)
		}
	}
}

func takesKey(schema *ast.Schema, f *ast.FieldDefinition) bool {
	input := f.Arguments.ForName("input")
	return input != nil && schema.Types[input.Type.Name()].Fields.ForName(idempotency.Field) != nil
}

// onceMutations are how some mutations are tried here: so that they do something, and show all that
// their payloads have.
var onceMutations = map[string]mutation{
	"attributeByRule": func(t *testing.T, w *world) (string, string) {
		s := w.a.scene
		s.Click = pgtest.Click(t, w.db, w.a.link)
		orphan := orphanOf(t, &world{api: w.api, a: &estate{scene: s}})
		s.Received(t, w.db, func(c *db.ReceivedPostbackCreate) {
			c.SetConversionID(orphan.ID).SetQuery("sub2=" + globalid.Hex(s.Click))
		})
		return fmt.Sprintf(`{kinds: [CLICK_ELSEWHERE], integrationIds: [%q]}`, globalid.Int("Integration", w.integration.ID)), "count considered"
	},
	"importStatusChanges": func(t *testing.T, w *world) (string, string) {
		s := w.a.scene
		s.Click = pgtest.Click(t, w.db, w.a.link)
		c := s.Conversion(t, w.db)
		return fmt.Sprintf(`{csv: "conversion_id,status\n%s,rejected\nnone,approved\n"}`, globalid.Hex(c.ID)), "changed lines { line key conversion { id } from to outcome message }"
	},
	"replayDeliveries": func(t *testing.T, w *world) (string, string) {
		d := w.delivery(t, w.a, w.a.scene.Conversion(t, w.db), w.postback(t, w.a), outbox.Failed)
		return fmt.Sprintf(`{filter: {}, ids: [%q]}`, d.GlobalID()), "count job { id total }"
	},
}

// oncePayloads are what is selected of payloads, where that is more than in the authorization table.
var oncePayloads = map[string]string{
	"createApiToken": "token { id name } secret", "rotateIntegrationSecret": "integration { id } secret", "resetPassword": "user { id } password",
	"recordConversion": "result conversion { id }", "fireManualConversion": "result conversion { id }", "undoAttribution": "conversion { id } replacedBy { id }",
	"runScenarios": "run { cards { key title grade message test { id } } }", "rotateSigningSecret": "postback { id signingSecret }",
	"createPostback": "postbacks { id goal { key } }", "createCampaign": "campaign { id link { code } }",
}

// keyedCall is one way to ask for a mutation.
type keyedCall struct{ name, input, payload string }

func (w *world) asks(t *testing.T, f *ast.FieldDefinition) keyedCall {
	t.Helper()
	try := mutations[f.Name]
	if own, ok := onceMutations[f.Name]; ok {
		try = own
	}
	input, payload := try(t, w)
	if own := oncePayloads[f.Name]; own != "" {
		payload = own
	}
	return keyedCall{f.Name, input, payload}
}

// under asks with a key and returns what came of it.
func (w *world) under(t testing.TB, key string, a keyedCall, by who) *response {
	t.Helper()
	input := fmt.Sprintf("%s, idempotencyKey: %q}", strings.TrimSuffix(a.input, "}"), key)
	return w.post(t, by, fmt.Sprintf("mutation { %s(input: %s) { %s userErrors { field code message } } }", a.name, input, a.payload), nil)
}

// payload is what a mutation answered, which must be that it was done.
func (r *response) payload(t testing.TB, name string) string {
	t.Helper()
	if len(r.Errors) > 0 || !empty(r.at(t, name, "userErrors")) {
		t.Fatalf("%s: %s", name, r.body)
	}
	return fmt.Sprint(r.Data[name])
}

// refusedKey reports whether a mutation was refused because of its key.
func (r *response) refusedKey() bool {
	return strings.Contains(r.body, `"field":["idempotencyKey"],"code":"CONFLICT"`)
}

// someone is a new admin, who may call the mutation.
func (w *world) someone(t *testing.T, f *ast.FieldDefinition) who {
	t.Helper()
	email := w.user(t, viewer.Admin, 0).Email
	if scopeOf(f) == sessionOnly {
		return w.session(t, email)
	}
	return w.token(t, email)
}

// rows counts the rows of all tables but those of keys and sessions.
func (w *world) rows(t *testing.T) map[string]int {
	t.Helper()
	counts := map[string]int{}
	tables, err := w.db.SQL.QueryContext(t.Context(), `
		SELECT c.relname, (xpath('/row/n/text()', query_to_xml(format('SELECT count(*) AS n FROM %I', c.relname), false, true, '')))[1]::text::int
		FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
		WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname NOT IN ('idempotency_keys', 'sessions')`)
	must(t, err)
	defer func() { _ = tables.Close() }()
	for tables.Next() {
		var table string
		var n int
		must(t, tables.Scan(&table, &n))
		counts[table] = n
	}
	must(t, tables.Err())
	return counts
}

// grown returns by how many rows each table grew.
func grown(before, after map[string]int) string {
	var parts []string
	for _, table := range slices.Sorted(maps.Keys(after)) {
		if n := after[table] - before[table]; n != 0 {
			parts = append(parts, fmt.Sprintf("%s %+d", table, n))
		}
	}
	return strings.Join(parts, ", ")
}

// eachOnce runs a test for each mutation that takes a key, in a world of its own.
func eachOnce(t *testing.T, test func(t *testing.T, w *world, f *ast.FieldDefinition)) {
	t.Helper()
	schema := graph.Schema(&graph.Resolver{}).Schema()
	w := newWorld(t)
	for _, f := range schema.Mutation.Fields {
		if takesKey(schema, f) {
			t.Run(f.Name, func(t *testing.T) { test(t, w, f) })
		}
	}
}

// Each mutation with a key is done once, however often and by how many at once it is called.
func TestAMutationWithAKeyIsDoneOnce(t *testing.T) {
	t.Parallel()
	eachOnce(t, func(t *testing.T, w *world, f *ast.FieldDefinition) {
		by, others, many := w.someone(t, f), w.someone(t, f), w.someone(t, f)
		_ = w.under(t, "before", w.asks(t, f), w.someone(t, f)).payload(t, f.Name) // what it finds in a new world is done
		a := w.asks(t, f)
		before := w.rows(t)
		first := w.under(t, "k", a, by).payload(t, a.name)
		after := w.rows(t)
		did := grown(before, after)
		if did == "" && f.Name != "resetPassword" {
			t.Fatal("it did nothing: this test tells nothing of it")
		}
		if again := w.under(t, "k", a, by).payload(t, a.name); again != first {
			t.Errorf("the first time %s\n  repeated      %s", first, again)
		}
		if more := grown(after, w.rows(t)); more != "" {
			t.Errorf("the repeat added %s", more)
		}
		if other := w.under(t, "k", a.with(t, w, f), by); !other.refusedKey() {
			t.Errorf("another input: %s", other.body)
		}
		if other := w.under(t, "k", keyedCall{"createAffiliate", `{name: "Another"}`, "affiliate { id }"}, by); f.Name != "createAffiliate" && !other.refusedKey() {
			t.Errorf("another mutation: %s", other.body)
		}
		theirs := w.asks(t, f)
		before = w.rows(t)
		if other := w.under(t, "k", theirs, others).payload(t, a.name); other == first && f.Name != "attributeByRule" && f.Name != "mapGoal" { // which show no object of their own
			t.Errorf("another viewer got %s", other)
		}
		if got := grown(before, w.rows(t)); got != did {
			t.Errorf("another viewer's call added %s, want %s", got, did)
		}
		at := w.asks(t, f)
		before = w.rows(t)
		said := w.manyAtOnce(t, at, many)
		if got := grown(before, w.rows(t)); got != did || len(said) != 1 {
			t.Errorf("16 at once added %s, want %s; they got %d payloads: %v", got, did, len(said), said)
		}
	})
}

// with returns the mutation with another input.
func (a keyedCall) with(t *testing.T, w *world, f *ast.FieldDefinition) keyedCall {
	t.Helper()
	other := a
	other.input = strings.NewReplacer(`name: "`, `name: "Other `, "kind: TOKEN", "kind: HMAC", "CLICK_ELSEWHERE", "LATE_CLICK", "shares: true", "shares: false", `goals: ["ftd"]`, `goals: ["kyc"]`).Replace(a.input)
	if other.input == a.input {
		other = w.asks(t, f)
	}
	if other.input == a.input {
		t.Fatal("say how another input is made")
	}
	return other
}

func (w *world) manyAtOnce(t *testing.T, a keyedCall, by who) map[string]bool {
	t.Helper()
	var calls sync.WaitGroup
	var mu sync.Mutex
	said := map[string]bool{}
	for range 16 {
		calls.Go(func() {
			payload := w.under(t, "many", a, by).payload(t, a.name)
			mu.Lock()
			defer mu.Unlock()
			said[payload] = true
		})
	}
	calls.Wait()
	return said
}

// If the process ends before the payload is kept, the payload is made again from what the key's
// row names, or what was cut off goes on.
func TestAPayloadIsMadeAgainFromWhatWasDone(t *testing.T) {
	t.Parallel()
	eachOnce(t, func(t *testing.T, w *world, f *ast.FieldDefinition) {
		by, a := w.someone(t, f), w.asks(t, f)
		first := w.under(t, "k", a, by).payload(t, a.name)
		_, err := w.db.SQL.ExecContext(t.Context(), `UPDATE idempotency_keys SET payload = NULL`)
		must(t, err)
		before := w.rows(t)
		res := w.under(t, "k", a, by)
		switch f.Name {
		case "runScenarios":
			if !res.refusedKey() || !strings.Contains(res.body, "cut off") {
				t.Errorf("a run that was cut off: %s", res.body)
			}
		case "attributeByRule", "importStatusChanges", "mapGoal":
			_ = res.payload(t, a.name)
		default:
			if again := res.payload(t, a.name); again != first {
				t.Errorf("the first time %s\n  made again    %s", first, again)
			}
		}
		if more := grown(before, w.rows(t)); more != "" {
			t.Errorf("the repeat added %s", more)
		}
	})
}

// The key's row is written by the transaction that does the work: if it cannot be written, nothing
// is done.
func TestWithoutItsKeyNothingIsDone(t *testing.T) {
	t.Parallel()
	eachOnce(t, func(t *testing.T, w *world, f *ast.FieldDefinition) {
		by, a := w.someone(t, f), w.asks(t, f)
		hashes := w.passwords(t)
		_, err := w.db.SQL.ExecContext(t.Context(), `
			CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'refused by the test'; END $$;
			CREATE TRIGGER refused BEFORE INSERT ON idempotency_keys FOR EACH ROW EXECUTE FUNCTION refuse()`)
		must(t, err)
		before := w.rows(t)
		res := w.under(t, "k", a, by)
		if len(res.Errors) == 0 {
			t.Errorf("it was done: %s", res.body)
		}
		if more := grown(before, w.rows(t)); more != "" || w.passwords(t) != hashes {
			t.Errorf("it failed, and added %s", more)
		}
		_, err = w.db.SQL.ExecContext(t.Context(), `DROP TRIGGER refused ON idempotency_keys`)
		must(t, err)
		_ = w.under(t, "k", a, by).payload(t, a.name)
	})
}

func (w *world) passwords(t *testing.T) (all string) {
	t.Helper()
	must(t, w.db.SQL.QueryRowContext(t.Context(), `SELECT string_agg(password_hash, ' ' ORDER BY id) FROM users`).Scan(&all))
	return all
}

// No secret that a payload shows once stands in the database.
func TestSecretsOfKeysAreSealed(t *testing.T) {
	t.Parallel()
	eachOnce(t, func(t *testing.T, w *world, f *ast.FieldDefinition) {
		res := w.under(t, "k", w.asks(t, f), w.someone(t, f))
		_ = res.payload(t, f.Name)
		for _, field := range []string{"secret", "password"} {
			shown, _ := res.Data[f.Name].(map[string]any)[field].(string)
			if shown == "" {
				continue
			}
			var row string
			must(t, w.db.SQL.QueryRowContext(t.Context(), `SELECT k::text || coalesce(encode(secret, 'escape'), '') FROM idempotency_keys k ORDER BY id DESC LIMIT 1`).Scan(&row))
			if strings.Contains(row, shown) {
				t.Errorf("the row has the secret: %s", row)
			}
		}
	})
}

const affiliateNamed = `mutation($name: String!, $key: String) { createAffiliate(input: {name: $name, idempotencyKey: $key}) { affiliate { id } userErrors { field code message } } }`

func TestAKeyIsKeptFor24Hours(t *testing.T) {
	t.Parallel()
	now := pgtest.Now
	a := newAPI(t)
	a.cfg.Keys.Now = func() time.Time { return now }
	staff := a.staff(t)
	id := func() any {
		return a.ask(t, staff, affiliateNamed, vars{"name": "New", "key": "k"}).at(t, "createAffiliate", "affiliate", "id")
	}
	first := id()
	now = now.Add(24*time.Hour - time.Second)
	if again := id(); again != first {
		t.Errorf("within 24 hours: %v and %v", first, again)
	}
	now = now.Add(2 * time.Second)
	second := id()
	if second == first {
		t.Error("after 24 hours the key is still kept")
	}
	now = now.Add(23 * time.Hour)
	if again := id(); again != second {
		t.Errorf("anew: %v and %v", second, again)
	}
}

// What was refused may be corrected, and repeated with the same key.
func TestARefusalIsNotKept(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	staff := a.staff(t)
	if res := a.ask(t, staff, affiliateNamed, vars{"name": "", "key": "k"}); !strings.Contains(res.body, `"field":["name"]`) {
		t.Fatal(res.body)
	}
	if res := a.ask(t, staff, affiliateNamed, vars{"name": "New", "key": "k"}); res.at(t, "createAffiliate", "affiliate") == nil {
		t.Error(res.body)
	}
}

func TestKeysAreChecked(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	staff := a.staff(t)
	for _, key := range []string{"", strings.Repeat("k", 256), "schlüssel", "a\nb", "a\x7fb"} {
		if res := a.ask(t, staff, affiliateNamed, vars{"name": "New", "key": key}); !strings.Contains(res.body, `"field":["idempotencyKey"],"code":"INVALID"`) {
			t.Errorf("%q: %s", key, res.body)
		}
	}
	for _, key := range []any{nil, strings.Repeat("~", 255), "a key of its own"} {
		if res := a.ask(t, staff, affiliateNamed, vars{"name": "New", "key": key}); res.at(t, "createAffiliate", "affiliate") == nil {
			t.Errorf("%v: %s", key, res.body)
		}
	}
}

// A key is its token's: neither another token of the user's nor the user's sessions get what was
// made with it, and a token that lost its scope gets nothing.
func TestAKeyIsItsTokens(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	user := a.user(t, viewer.Admin, 0)
	const create = `mutation { createApiToken(input: {name: "new", scopes: [READ], idempotencyKey: "k"}) { token { id } secret userErrors { message } } }`
	secrets := map[any]bool{}
	for _, by := range []who{a.token(t, user.Email), a.token(t, user.Email), a.session(t, user.Email), a.session(t, a.user(t, viewer.Admin, 0).Email)} {
		secret := a.ask(t, by, create, nil).at(t, "createApiToken", "secret")
		if secrets[secret] {
			t.Error("two viewers met")
		}
		secrets[secret] = true
	}
	first, second := a.session(t, user.Email), a.session(t, user.Email)
	if one, other := a.ask(t, first, create, nil), a.ask(t, second, create, nil); one.payload(t, "createApiToken") != other.payload(t, "createApiToken") {
		t.Error("two sessions of a user are one viewer")
	}
	reader := a.token(t, user.Email, "read")
	if res := a.post(t, reader, create, nil); !res.refused() {
		t.Errorf("without the scope: %s", res.body)
	}
}

// What is not the viewer's any more is not shown by a repeat.
func TestARepeatShowsWhatTheViewerSeesNow(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	by := w.token(t, w.a.user.Email)
	a := keyedCall{"createCampaign", fmt.Sprintf(`{name: "new", offerId: %q}`, globalid.Int("Offer", w.other)), "campaign { id name }"}
	first := w.under(t, "k", a, by)
	id := first.at(t, "createCampaign", "campaign", "id").(string)
	_, err := w.db.SQL.ExecContext(t.Context(), `UPDATE campaigns SET name = 'renamed' WHERE id = $1`, idOf(id))
	must(t, err)
	if again := w.under(t, "k", a, by); again.at(t, "createCampaign", "campaign", "name") != "renamed" {
		t.Errorf("renamed: %s", again.body)
	}
	_, err = w.db.SQL.ExecContext(t.Context(), `UPDATE campaigns SET affiliate_id = $2 WHERE id = $1`, idOf(id), w.b.affiliate.ID)
	must(t, err)
	if again := w.under(t, "k", a, by); again.at(t, "createCampaign", "campaign") != nil || !empty(again.at(t, "createCampaign", "userErrors")) {
		t.Errorf("another's: %s", again.body)
	}
}
