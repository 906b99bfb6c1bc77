package graph_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gofrs/uuid/v5"

	"postrider/domain/commission"
	"postrider/domain/macro"
	"postrider/ent/db"
	"postrider/internal/globalid"
	"postrider/outbox"
	"postrider/pgtest"
)

// For every conversion each postback that was considered is listed with the rule
// that decided, as it was decided then, at each step of the lifecycle.
func TestConversionTrace(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	s := pgtest.NewScene(t, a.db)
	elsewhere := pgtest.Campaign(t, a.db, pgtest.For{Affiliate: s.Affiliate, Offer: s.Offer})
	otherOffer := pgtest.Offer(t, a.db)
	make := func(name string, options ...func(*db.PostbackCreate)) {
		pgtest.Postback(t, a.db, s.Affiliate, "https://tracker.example/?c={param_1}&s={status}",
			append([]func(*db.PostbackCreate){pgtest.On("ftd")}, append(options, func(c *db.PostbackCreate) { c.SetName(name) })...)...)
	}
	make("global")
	make("offer", pgtest.ForOffer(s.Offer))
	make("campaign", pgtest.ForCampaign(s.Link.CampaignID))
	make("another goal", pgtest.On("deposit"))
	make("another status", pgtest.On("ftd", commission.Rejected))
	make("another campaign", pgtest.ForCampaign(elsewhere.CampaignID))
	make("another offer", pgtest.ForOffer(otherOffer))
	make("disabled", func(c *db.PostbackCreate) { c.SetEnabled(false) })
	pgtest.Postback(t, a.db, pgtest.Affiliate(t, a.db), "https://tracker.example/", pgtest.On("ftd"), func(c *db.PostbackCreate) { c.SetName("somebody else's") })

	staff, token := a.staff(t), a.affiliate(t, s.Affiliate)
	res := a.ask(t, staff, `mutation($integration: String!, $click: String!) { recordConversion(input: {integration: $integration, goal: "ftd", clickId: $click, playerId: "p1", amount: "25,50"}) {
		result conversion { id amount { amount currency } payout { amount } } userErrors { field message } } }`,
		vars{"integration": s.Integration.Key, "click": globalid.Hex(s.Click)})
	if res.at(t, "recordConversion", "result") != "RECORDED" || res.at(t, "recordConversion", "conversion", "amount", "amount") != "25.50" {
		t.Fatalf("%s", res.body)
	}
	id := res.at(t, "recordConversion", "conversion", "id")
	trace := func() (rules map[string]string, deliveries int) {
		res := a.ask(t, token, `query($id: ID!) { conversionTrace(conversionId: $id) { conversion { id status } click { param1 }
			considered { postback { name } event { status previousStatus } fired rule reason } deliveries { postback { name } status } } }`, vars{"id": id})
		rules = map[string]string{}
		for _, c := range res.at(t, "conversionTrace", "considered").([]any) {
			c := c.(map[string]any)
			name := c["postback"].(map[string]any)["name"].(string)
			step := c["event"].(map[string]any)["status"].(string)
			if c["reason"] == "" || c["fired"] != (c["rule"] == "MATCHED") {
				t.Errorf("%v", c)
			}
			rules[step+" "+name] = c["rule"].(string)
		}
		return rules, len(res.at(t, "conversionTrace", "deliveries").([]any))
	}
	rules, deliveries := trace()
	want := map[string]string{
		"global": "MATCHED", "offer": "MATCHED", "campaign": "MATCHED", "another goal": "GOAL", "another status": "STATUS",
		"another campaign": "CAMPAIGN", "another offer": "OFFER", "disabled": "DISABLED",
	}
	if deliveries != 3 || len(rules) != len(want) {
		t.Errorf("%d deliveries, %d postbacks considered: %v", deliveries, len(rules), rules)
	}
	for name, rule := range want {
		if got := rules["APPROVED "+name]; got != rule {
			t.Errorf("%s: %q, want %q", name, got, rule)
		}
	}

	// A later change of the settings does not change what was decided; a step of the lifecycle
	// is decided by the current ones.
	a.ask(t, token, `mutation($id: ID!) { updatePostback(input: {id: $id, name: "renamed", enabled: false}) { userErrors { message } } }`, vars{"id": a.postbackNamed(t, "global")})
	a.cfg.Intake.Forget()
	res = a.ask(t, staff, `mutation($id: ID!) { updateConversionStatus(input: {id: $id, status: REJECTED, reason: "fraud"}) { conversion { status events { reason previousStatus } } userErrors { message } } }`, vars{"id": id})
	if res.at(t, "updateConversionStatus", "conversion", "status") != "REJECTED" {
		t.Fatalf("%s", res.body)
	}
	rules, deliveries = trace()
	for name, rule := range map[string]string{"APPROVED renamed": "MATCHED", "REJECTED renamed": "DISABLED", "REJECTED another status": "MATCHED", "REJECTED offer": "STATUS"} {
		if rules[name] != rule {
			t.Errorf("%s: %q, want %q", name, rules[name], rule)
		}
	}
	if deliveries != 4 {
		t.Errorf("%d deliveries", deliveries)
	}
}

func (a *api) postbackNamed(t *testing.T, name string) string {
	t.Helper()
	all, err := a.db.Client().Postback.Query().All(pgtest.System(t))
	must(t, err)
	for _, p := range all {
		if p.Name == name {
			return p.GlobalID()
		}
	}
	t.Fatalf("no postback %q", name)
	return ""
}

// The same report again is a duplicate, and shows the original conversion.
func TestRecordConversionTwice(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	s := pgtest.NewScene(t, a.db)
	staff := a.staff(t)
	record := func(status string) (result, id any) {
		res := a.ask(t, staff, fmt.Sprintf(`mutation { recordConversion(input: {integration: %q, goal: "deposit", clickId: %q, transactionId: "t1", amount: "5", status: %s}) {
			result conversion { id } userErrors { message } } }`, s.Integration.Key, globalid.Hex(s.Click), status), nil)
		return res.at(t, "recordConversion", "result"), res.at(t, "recordConversion", "conversion", "id")
	}
	first, id := record("APPROVED")
	again, same := record("APPROVED")
	moved, still := record("CANCELLED")
	if first != "RECORDED" || again != "DUPLICATE" || moved != "UPDATED" || id != same || id != still || id == nil {
		t.Errorf("%v %v, then %v %v, then %v %v", first, id, again, same, moved, still)
	}
}

// A conversion that is cancelled is reversed where it was approved before.
func TestReversedIsWhatWasApproved(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	s := pgtest.NewScene(t, a.db)
	staff := a.staff(t)
	for _, c := range []struct {
		steps []string
		want  bool
	}{
		{[]string{"APPROVED"}, false},
		{[]string{"APPROVED", "CANCELLED"}, true},
		{[]string{"PENDING", "CANCELLED"}, false},
		{[]string{"PENDING", "APPROVED", "CANCELLED"}, true},
		{[]string{"APPROVED", "CANCELLED", "APPROVED"}, false},
		{[]string{"APPROVED", "REJECTED"}, false},
	} {
		var got any
		for _, status := range c.steps {
			res := a.ask(t, staff, fmt.Sprintf(`mutation { recordConversion(input: {integration: %q, goal: "deposit", clickId: %q, transactionId: %q, amount: "5", status: %s}) {
				conversion { reversed } userErrors { message } } }`, s.Integration.Key, globalid.Hex(s.Click), strings.Join(c.steps, "-"), status), nil)
			got = res.at(t, "recordConversion", "conversion", "reversed")
		}
		if got != c.want {
			t.Errorf("%v: reversed is %v, want %t", c.steps, got, c.want)
		}
	}
}

// A replay is a new delivery by today's template, or by the one that was used then; the old
// delivery stays as it was.
// What went out without the tracker's click id says so, names the parameter, and can be listed.
func TestADeliveryWithoutItsClickIDSaysSo(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	s := pgtest.NewScene(t, a.db)
	p := pgtest.Postback(t, a.db, s.Affiliate, "https://tracker.example/?subid={param_1}&s={param_2}", pgtest.On("ftd"))
	d := pgtest.Delivery(t, a.db, s.Conversion(t, a.db).ID, p, func(c *db.DeliveryCreate) { c.SetWarning(outbox.ClickIDMissing) })
	pgtest.Attempt(t, a.db, d, func(c *db.AttemptCreate) { c.SetEmptyMacros([]macro.Name{macro.Param1}) })
	pgtest.Attempt(t, a.db, pgtest.Delivery(t, a.db, s.Conversion(t, a.db).ID, p))
	token := a.affiliate(t, s.Affiliate)
	const ask = `query($warning: Boolean) { deliveries(filter: {warning: $warning}) { edges { node { warning attempts { emptyMacros } postback { health { withoutClickId } } } } } }`
	for _, c := range []struct {
		filter any
		want   string
	}{
		{true, `[{"node":{"warning":"subid went out empty: this click came without param_1, so the tracker cannot attribute the conversion.","attempts":[{"emptyMacros":["param_1"]}]`},
		{false, `[{"node":{"warning":null,"attempts":[{"emptyMacros":[]}]`},
	} {
		if body := a.ask(t, token, ask, vars{"warning": c.filter}).body; !strings.Contains(body, c.want) || strings.Count(body, "node") != 1 {
			t.Errorf("%v: %s", c.filter, body)
		}
	}
	if body := a.ask(t, token, ask, vars{}).body; strings.Count(body, "node") != 2 {
		t.Errorf("%s", body)
	}
}

// Home counts today's clicks that came without param_1, and the list of clicks shows them alone.
func TestClicksWithoutParamAreCountedAndListed(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	s := pgtest.NewScene(t, a.db)
	bare := func(c *db.ClickCreate) {
		id, err := uuid.NewV7AtTime(pgtest.Now.Add(-time.Hour))
		must(t, err)
		c.SetID(id).SetParam1("")
	}
	pgtest.Click(t, a.db, s.Link, bare)
	pgtest.Click(t, a.db, s.Link, bare)
	other := pgtest.NewScene(t, a.db)
	pgtest.Click(t, a.db, other.Link, bare)
	token := a.affiliate(t, s.Affiliate)
	res := a.ask(t, token, `{ homeNumbers { today { clicks } clicksWithoutParam } without: clicks(filter: {hasParam: false}) { edges { node { param1 } } }
		with: clicks(filter: {hasParam: true}) { edges { node { param1 } } } }`, vars{})
	if got := res.at(t, "homeNumbers", "clicksWithoutParam"); fmt.Sprint(got) != "2" {
		t.Errorf("%v clicks today are without param_1: %s", got, res.body)
	}
	if without, with := res.at(t, "without", "edges").([]any), res.at(t, "with", "edges").([]any); len(without) != 2 || len(with) != 1 {
		t.Errorf("%s", res.body)
	}
}

func TestReplayByEitherTemplate(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	s := pgtest.NewScene(t, a.db)
	token := a.affiliate(t, s.Affiliate)
	p := pgtest.Postback(t, a.db, s.Affiliate, "https://old.example/?c={param_1}")
	failed := func() *db.Delivery {
		return pgtest.Delivery(t, a.db, s.Conversion(t, a.db).ID, p, func(c *db.DeliveryCreate) {
			c.SetState(outbox.Failed).SetReason("HTTP_404").SetEndpoint("https://old.example:443")
		})
	}
	deliveries := map[string]*db.Delivery{"CURRENT": failed(), "SENT": failed()}
	a.ask(t, token, fmt.Sprintf(`mutation { updatePostback(input: {id: %q, urlTemplate: "https://new.example/?c={param_1}"}) { userErrors { message } } }`, p.GlobalID()), nil)
	for template, want := range map[string]struct {
		host    string
		version float64
	}{"CURRENT": {"new.example", 2}, "SENT": {"old.example", 1}} {
		old := deliveries[template]
		res := a.ask(t, token, fmt.Sprintf(`mutation { replayDelivery(input: {id: %q, template: %s}) {
			delivery { id host state attemptCount version { number } replayOf { id state replays { id } } explanation } userErrors { message } } }`, old.GlobalID(), template), nil)
		d := res.at(t, "replayDelivery", "delivery").(map[string]any)
		of := d["replayOf"].(map[string]any)
		if d["host"] != want.host || d["version"].(map[string]any)["number"] != want.version || d["state"] != "QUEUED" || d["attemptCount"] != 0.0 ||
			of["id"] != old.GlobalID() || of["state"] != "FAILED" || !strings.Contains(fmt.Sprint(of["replays"]), d["id"].(string)) {
			t.Errorf("%s: %s", template, res.body)
		}
	}
}

// What the operator says that it pays is for staff, with the difference where that is in the payout's currency.
func TestAReportedPayoutIsComparedForStaff(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	s := pgtest.NewScene(t, a.db)
	staff, token := a.staff(t), a.affiliate(t, s.Affiliate)
	record := func(tx, payout string) any {
		return a.ask(t, staff, fmt.Sprintf(`mutation { recordConversion(input: {integration: %q, goal: "deposit", clickId: %q, transactionId: %q, amount: "5", payout: %q}) {
			conversion { id reportedPayout { amount currency } payoutDifference { amount currency } } userErrors { field message } } }`, s.Integration.Key, globalid.Hex(s.Click), tx, payout), nil).at(t, "recordConversion")
	}
	for tx, c := range map[string][2]string{"T1": {"40", "map[amount:40.00 currency:EUR]"}, "T2": {"40 USD", "map[amount:40.00 currency:USD]"}} {
		got := record(tx, c[0]).(map[string]any)["conversion"].(map[string]any)
		if fmt.Sprint(got["reportedPayout"]) != c[1] {
			t.Errorf("%s: %v", c[0], got)
		}
		_, err := a.db.SQL.Exec(`UPDATE conversions SET payout = 30, payout_currency = 'EUR' WHERE transaction_id = $1`, tx)
		must(t, err)
		q := fmt.Sprintf(`{ node(id: %q) { ... on Conversion { payoutDifference { amount currency } } } }`, got["id"])
		want := map[string]string{"T1": "map[amount:10.00 currency:EUR]", "T2": "<nil>"}[tx]
		if difference := a.ask(t, staff, q, nil).at(t, "node", "payoutDifference"); fmt.Sprint(difference) != want {
			t.Errorf("%s: the difference is %v, want %s", c[0], difference, want)
		}
		if res := a.post(t, token, q, nil); !strings.Contains(res.body, "FORBIDDEN") || strings.Contains(res.body, "10.00") {
			t.Errorf("its affiliate is told: %s", res.body)
		}
	}
	if got := fmt.Sprint(record("T3", "25%")); !strings.Contains(got, "field:[payout]") {
		t.Errorf("%s", got)
	}
}
