package graph_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gofrs/uuid/v5"

	"postrider/domain/commission"
	"postrider/ent/db"
	"postrider/graph"
	"postrider/internal/globalid"
	"postrider/internal/viewer"
	"postrider/pgtest"
)

// Mutations without an audit entry, and why.
var unaudited = map[string]string{
	"signIn": "no change", "signOut": "no change", "updateSettings": "how somebody's own pages look",
	"recordConversion": "a fact: its event names who reported it", "testPostback": "a test: kept with who fired it", "runScenarios": "a test",
	"replayDelivery": "a new delivery", "replayDeliveries": "kept with who asked", "pauseBulkReplay": "kept with it",
	"resumeBulkReplay": "kept with it", "cancelBulkReplay": "kept with it",
	"tryDestination":  "nothing: what it found is kept with the page",
	"attributeByRule": "a dry run, as it is tried here", "importStatusChanges": "a file that changes nothing, as it is tried here",
}

// Every change is in the audit log, with the user and the token or session.
func TestEveryChangeIsAudited(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	admin, own := w.user(t, viewer.Admin, 0), w.a.user
	onesOwn, sessionsOnly := []string{"revokeApiToken", "updateApiToken"}, []string{"deleteUser", "updateUser", "signIn", "signOut", "changePassword", "createUser", "setUserDisabled", "resetPassword"}
	for _, f := range graph.Schema(&graph.Resolver{}).Schema().Mutation.Fields {
		by := admin
		if slices.Contains(onesOwn, f.Name) {
			by = own
		}
		for _, through := range []string{"session", "token"} {
			asking := w.session(t, by.Email)
			if through == "token" && slices.Contains(sessionsOnly, f.Name) {
				continue
			} else if through == "token" {
				asking = w.token(t, by.Email)
			}
			before := w.entries(t)
			if got := w.mutate(t, f.Name, mutations[f.Name], asking); got != done {
				t.Errorf("%s by %s: %s", f.Name, through, got)
			}
			fresh := w.entries(t)[len(before):]
			if unaudited[f.Name] != "" {
				if len(fresh) > 0 {
					t.Errorf("%s is audited (%s), and the list says that it is not", f.Name, fresh[0].Action)
				}
				continue
			}
			if len(fresh) == 0 {
				t.Errorf("%s by %s is not audited", f.Name, through)
			}
			for _, e := range fresh {
				if e.UserID == nil || *e.UserID != by.ID || (e.TokenID != nil) != (through == "token") {
					t.Errorf("%s by %s: %v", f.Name, through, e)
				}
			}
		}
	}
}

func (w *world) entries(t *testing.T) []*db.AuditEntry {
	t.Helper()
	all, err := w.db.Client().AuditEntry.Query().Order(db.Asc("id")).All(pgtest.System(t))
	must(t, err)
	return all
}

// A manual change of a conversion's status is audited with the old and the new value.
func TestAStatusChangeIsAuditedFromWhichToWhich(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	s, staff := pgtest.NewScene(t, a.db), a.staff(t)
	id := s.Conversion(t, a.db).GlobalID()
	a.ask(t, staff, `mutation($id: ID!) { updateConversionStatus(input: {id: $id, status: REJECTED, reason: "fraud"}) { userErrors { message } } }`, vars{"id": id})
	res := a.ask(t, staff, `{ auditEntries(filter: {entities: [CONVERSION]}) { edges { node { action through changes { field before after } } } } }`, nil)
	for _, want := range []string{`"action":"UPDATE"`, `"through":"TOKEN"`, `{"field":"status","before":"\"approved\"","after":"\"rejected\""}`, `{"field":"reason","before":null,"after":"\"fraud\""}`} {
		if !strings.Contains(res.body, want) {
			t.Errorf("no %s in %s", want, res.body)
		}
	}
}

// What staff are shown before they attribute a conversion is what then happens, postback by postback.
func TestAnAttributionIsWhatItsPreviewSaid(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	s, staff := pgtest.NewScene(t, a.db), a.staff(t)
	pgtest.Postback(t, a.db, s.Affiliate, "https://tracker.example/?c={param_1}", pgtest.On("cpa"))
	pgtest.Postback(t, a.db, s.Affiliate, "https://tracker.example/?r={param_1}", pgtest.On("cpa", commission.Rejected))
	c := s.Conversion(t, a.db, func(c *db.ConversionCreate) { c.SetGoal(commission.GoalCPA).SetTransactionID("T1") })
	_, err := a.db.SQL.ExecContext(t.Context(), `UPDATE conversions SET affiliate_id = NULL, click_id = NULL, campaign_id = NULL, attributed_by = '' WHERE id = $1`, c.ID)
	must(t, err)
	_, err = a.db.SQL.ExecContext(t.Context(), `UPDATE conversion_events SET affiliate_id = NULL WHERE conversion_id = $1`, c.ID)
	must(t, err)
	v := vars{"id": c.GlobalID(), "click": globalid.UUID("Click", s.Click)}
	shown := a.ask(t, staff, `query($id: ID!, $click: ID!) { attributionPreview(conversionId: $id, clickId: $click) {
		affiliate { id } offer { id } campaign { id } payout { amount currency } postbacks { fires status postback { id } } } }`, v)
	made := a.ask(t, staff, `mutation($id: ID!, $click: ID!) { attributeConversion(input: {conversionId: $id, clickId: $click}) {
		conversion { affiliate { id } offer { id } campaign { id } payout { amount currency } deliveries { status postback { id } } } userErrors { message } } }`, v)
	for _, field := range []string{"affiliate", "offer", "campaign", "payout"} {
		was, is := shown.at(t, "attributionPreview", field), made.at(t, "attributeConversion", "conversion", field)
		if is == nil || !reflect.DeepEqual(was, is) {
			t.Errorf("%s: shown %v, became %v", field, was, is)
		}
	}
	var fires []any
	considered := shown.at(t, "attributionPreview", "postbacks").([]any)
	for _, p := range considered {
		p := p.(map[string]any)
		if p["fires"] == true {
			fires = append(fires, map[string]any{"status": p["status"], "postback": p["postback"]})
		}
	}
	if sent := made.at(t, "attributeConversion", "conversion", "deliveries"); len(considered) != 2 || len(fires) != 1 || !reflect.DeepEqual(sent, fires) {
		t.Errorf("shown %v, sent %v", considered, sent)
	}
}

const fire = `mutation($click: String!, $transaction: String) { fireManualConversion(input: {click: $click, goal: "ftd", amount: "25,50", transactionId: $transaction}) {
	result conversion { origin click { param1 } integration { key } deliveries { id } affiliate { id } } userErrors { field message } } }`

// MYTEST123 in param_1 finds the newest click that has it, and its postbacks fire
// once.
func TestAConversionIsFiredByHandForAParam(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	s, staff := pgtest.NewScene(t, a.db), a.session(t, a.user(t, viewer.Manager, 0).Email)
	pgtest.Postback(t, a.db, s.Affiliate, "https://tracker.example/?c={param_1}", pgtest.On("ftd"))
	other := pgtest.NewScene(t, a.db)
	clicked := func(link pgtest.Link, param string, at time.Time) {
		id, err := uuid.NewV7AtTime(at)
		must(t, err)
		pgtest.Click(t, a.db, link, func(c *db.ClickCreate) { c.SetID(id).SetClickedAt(at).SetParam2(param) })
	}
	clicked(other.Link, "MYTEST123", pgtest.Now.Add(-time.Hour))
	clicked(s.Link, "MYTEST123", pgtest.Now.Add(-time.Minute))
	clicked(other.Link, "MYTEST1234", pgtest.Now)

	res := a.ask(t, staff, fire, vars{"click": " MYTEST123 "})
	if res.at(t, "fireManualConversion", "result") != "RECORDED" || res.at(t, "fireManualConversion", "conversion", "affiliate", "id") != globalid.Int("Affiliate", s.Affiliate) ||
		res.at(t, "fireManualConversion", "conversion", "origin") != "STAFF" || res.at(t, "fireManualConversion", "conversion", "integration", "key") != s.Integration.Key ||
		len(res.at(t, "fireManualConversion", "conversion", "deliveries").([]any)) != 1 {
		t.Errorf("%s", res.body)
	}
	if again := a.ask(t, staff, fire, vars{"click": "MYTEST123"}); again.at(t, "fireManualConversion", "result") != "DUPLICATE" ||
		len(again.at(t, "fireManualConversion", "conversion", "deliveries").([]any)) != 1 {
		t.Errorf("again: %s", again.body)
	}
	for _, nothing := range []string{"MYTEST12", "", globalid.Hex(pgtest.ID(t))} {
		if res := a.ask(t, staff, fire, vars{"click": nothing}); !strings.Contains(res.body, `"field":["click"]`) {
			t.Errorf("%q: %s", nothing, res.body)
		}
	}
}

const importFile = `mutation($csv: String!, $dry: Boolean) { importStatusChanges(input: {csv: $csv, dryRun: $dry}) {
	changed lines { line key from to outcome message } userErrors { field message } } }`

// The preview of a file shows what the file then does, line by line, and changes nothing.
func TestAFileDoesWhatItsPreviewSays(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	s, staff := pgtest.NewScene(t, a.db), a.staff(t)
	pgtest.Postback(t, a.db, s.Affiliate, "https://tracker.example/?c={param_1}", pgtest.On("ftd", "rejected", "cancelled"))
	var ids []string
	for i := range 4 {
		s.Click = pgtest.Click(t, a.db, s.Link)
		ids = append(ids, s.Conversion(t, a.db, func(c *db.ConversionCreate) { c.SetGoal("ftd").SetTransactionID(fmt.Sprintf("T%d", i)) }).GlobalID())
	}
	s.Click = pgtest.Click(t, a.db, s.Link)
	s.Conversion(t, a.db, func(c *db.ConversionCreate) { c.SetGoal("registration").SetTransactionID("T3") })
	csv := "transaction_id;status;reason;amount;goal\nT0;rejected;chargeback;;\nT1; Cancelled;;12,50;\nT2;approved;;;\nT3;rejected;;;\nT3;rejected;;;ftd\nT9;rejected;;;\nT0;nonsense;;;\n"
	outcomes := func(dry bool) (string, any) {
		res := a.ask(t, staff, importFile, vars{"csv": csv, "dry": dry})
		var said []string
		for _, l := range res.at(t, "importStatusChanges", "lines").([]any) {
			said = append(said, l.(map[string]any)["outcome"].(string))
		}
		return strings.Join(said, " "), res.at(t, "importStatusChanges", "changed")
	}
	statuses := func() string {
		var said []string
		for _, id := range ids {
			said = append(said, a.ask(t, staff, `query($id: ID!) { node(id: $id) { ... on Conversion { status } } }`, vars{"id": id}).at(t, "node", "status").(string))
		}
		return strings.Join(said, " ")
	}
	const want = "CHANGE CHANGE SAME REFUSED CHANGE NOT_FOUND REFUSED"
	if said, changed := outcomes(true); said != want || changed != 3.0 {
		t.Errorf("the preview: %v, %q, want %q", changed, said, want)
	}
	if got := statuses(); got != "APPROVED APPROVED APPROVED APPROVED" {
		t.Errorf("the preview changed something: %s", got)
	}
	if said, changed := outcomes(false); said != want || changed != 3.0 {
		t.Errorf("the file: %v, %q, want %q", changed, said, want)
	}
	if got := statuses(); got != "REJECTED CANCELLED APPROVED REJECTED" {
		t.Errorf("afterwards: %s", got)
	}
	var fired int
	must(t, a.db.SQL.QueryRowContext(t.Context(), `SELECT count(*) FROM deliveries`).Scan(&fired))
	if fired != 3 {
		t.Errorf("%d postbacks fired, want 3", fired)
	}
	if said, changed := outcomes(false); said != "SAME SAME SAME REFUSED SAME NOT_FOUND REFUSED" || changed != 0.0 {
		t.Errorf("the file again: %v, %q", changed, said)
	}
}
