package graph_test

import (
	"fmt"
	"maps"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/shopspring/decimal"

	"postrider/domain/commission"
	"postrider/domain/inbound"
	"postrider/ent/db"
	"postrider/ent/db/unmappedreport"
	"postrider/internal/globalid"
	"postrider/internal/viewer"
	"postrider/pgtest"
)

// What staff set up, and how each is tried in the authorization table.

func init() { maps.Copy(mutations, staffMutations) }

// count makes names unique.
var count atomic.Int64

// furnishOffice creates rows that belong to no affiliate and are staff's only.
func (w *world) furnishOffice(t testing.TB) {
	t.Helper()
	ctx, c := pgtest.System(t), w.db.Client()
	must(t, c.Offer.UpdateOneID(w.offer).SetAttributionWindowDays(30).SetFallbackURL("https://fallback.example/").
		SetQualification(&commission.Qualification{Goals: []string{"kyc"}, MinDeposit: decimal.NewFromInt(20), MinCumulativeDeposit: decimal.NewFromInt(30), WithinDays: 30, ClawbackDays: 14}).Exec(ctx))
	must(t, c.Integration.UpdateOneID(w.integration.ID).SetSignatureHeader("X-Sign").SetTimestampName("X-At").SetTimestampWindow(300).SetCurrency("EUR").
		SetParameterMapping(map[string]string{"click_id": "data.cid"}).SetGoalMapping(map[string]string{"FIRST": "ftd"}).
		SetStatusMapping(map[string]string{"ok": "approved"}).Exec(ctx))
	must(t, c.Affiliate.UpdateOneID(w.a.affiliate.ID).SetManagerID(pgtest.User(t, w.db, viewer.Manager, 0)).Exec(ctx))
	must(t, c.ExchangeRate.Create().SetQuote("USD").SetRate(decimal.RequireFromString("1.25")).SetValidFrom(pgtest.Now).SetCreatedAt(pgtest.Now).Exec(ctx))
	s := w.a.scene
	orphan := s.Conversion(t, w.db, func(c *db.ConversionCreate) { c.SetReportedStatus("settled") })
	s.Received(t, w.db, func(c *db.ReceivedPostbackCreate) {
		c.SetConversionID(orphan.ID).SetQuery("sub2=" + globalid.Hex(s.Click))
	})
	_, err := w.db.SQL.ExecContext(t.Context(), `
		WITH steps AS (UPDATE conversion_events SET affiliate_id = NULL WHERE conversion_id = $1)
		UPDATE conversions SET affiliate_id = NULL, click_id = NULL, campaign_id = NULL, attributed_by = '' WHERE id = $1`, orphan.ID)
	must(t, err)
	w.orphan = orphan.GlobalID()
	w.mistake = attributedByStaff(t, w).GlobalID()
	undone := attributedByStaff(t, w)
	must(t, c.Conversion.UpdateOne(undone).SetUndoneAt(pgtest.Now).SetReplacedBy(orphan.ID).Exec(ctx))
	w.undone = undone.GlobalID()
	clashOf(t, w, func(c *db.ClashCreate) {
		c.SetResolution(inbound.Separate).SetResolvedAt(pgtest.Now).SetResolvedBy(w.a.user.ID).SetRecordedID(orphan.ID)
	})
	waitingWord(t, w)
}

// clashOf creates a clash with a conversion of A: a report of its transaction with another click.
func clashOf(t testing.TB, w *world, options ...func(*db.ClashCreate)) *db.Clash {
	t.Helper()
	s := w.a.scene
	transaction := fmt.Sprintf("clash-%d", count.Add(1))
	known := s.Conversion(t, w.db, func(c *db.ConversionCreate) { c.SetTransactionID(transaction) })
	other := globalid.Hex(pgtest.Click(t, w.db, s.Link))
	create := w.db.Client().Clash.Create().SetID(pgtest.ID(t)).SetReceivedAt(pgtest.Now).SetIntegrationID(s.Integration.ID).SetConversionID(known.ID).
		SetReport(&inbound.Report{
			Goal: known.Goal, ClickID: other, PlayerID: transaction, TransactionID: transaction, Amount: decimal.NewNullDecimal(decimal.NewFromInt(7)), Currency: "EUR",
			Status: commission.Approved, OccurredAt: pgtest.Now, Actor: commission.ByOperator,
		}).
		SetDiffers([]inbound.Difference{{Field: "click_id", Recorded: globalid.Hex(s.Click), Reported: other}}).SetKey(other).SetLastAt(pgtest.Now)
	for _, o := range options {
		o(create)
	}
	made, err := create.Save(pgtest.System(t))
	must(t, err)
	return made
}

// waitingWord returns a goal that nobody has mapped, for which a report waits.
func waitingWord(t testing.TB, w *world) string {
	t.Helper()
	word := fmt.Sprintf("word-%d", count.Add(1))
	must(t, w.db.Client().UnmappedReport.Create().SetID(pgtest.ID(t)).SetReceivedAt(pgtest.Now).SetIntegrationID(w.integration.ID).SetWord(word).SetKey(word).
		SetReport(&inbound.Report{
			Goal: word, UnknownGoal: true, ClickID: globalid.Hex(pgtest.Click(t, w.db, w.a.link)), PlayerID: word, Currency: "EUR",
			Status: commission.Approved, OccurredAt: pgtest.Now, Actor: commission.ByOperator,
		}).Exec(pgtest.System(t)))
	return word
}

// staffObjects returns objects that belong to no affiliate.
func (w *world) staffObjects(t *testing.T, kind string) []string {
	t.Helper()
	ctx, c := pgtest.System(t), w.db.Client()
	switch kind {
	case "ExchangeRate":
		id, err := c.ExchangeRate.Query().FirstID(ctx)
		must(t, err)
		return []string{globalid.Int(kind, id)}
	case "Clash":
		id, err := c.Clash.Query().FirstID(ctx)
		must(t, err)
		return []string{globalid.UUID(kind, id)}
	case "AuditEntry":
		u, err := c.User.Query().First(ctx)
		must(t, err)
		e, err := c.AuditEntry.Create().SetAt(pgtest.Now).SetUserID(u.ID).SetTokenID(1).SetAffiliateID(w.a.affiliate.ID).SetAction("update").
			SetEntity("campaign").SetEntityID("1").SetBefore(map[string]any{"name": "x"}).SetAfter(map[string]any{"name": "y"}).Save(ctx)
		must(t, err)
		return []string{e.GlobalID()}
	}
	return nil
}

func (w *world) staffQueries() map[string]query {
	return map[string]query{
		"staffHome": {"{ staffHome { unattributed } }", nil},
		"attributionPreview": {fmt.Sprintf("{ attributionPreview(conversionId: %q, clickId: %q) { affiliate { id } } }",
			w.orphan, globalid.UUID("Click", w.a.scene.Click)), w.a.ids["Affiliate"]},
		"undoAttributionPreview": {fmt.Sprintf("{ undoAttributionPreview(id: %q) { takenBack { conversion { affiliate { id } } } } }", w.mistake), w.a.ids["Affiliate"]},
		"previewGoalMapping": {fmt.Sprintf(`{ previewGoalMapping(integrationId: %q, word: "x", goal: "ftd") { reports } }`,
			globalid.Int("Integration", w.integration.ID)), nil},
		"clashes":       {"{ clashes(open: false) { edges { node { id } } } }", nil},
		"auditEntries":  {"{ auditEntries { edges { node { id } } } }", nil},
		"staff":         {"{ staff { id } }", nil},
		"exchangeRates": {"{ exchangeRates { id } }", nil},
	}
}

// orphanOf creates an unattributed conversion of the scene's integration.
func orphanOf(t *testing.T, w *world) *db.Conversion {
	t.Helper()
	c := w.a.scene.Conversion(t, w.db)
	_, err := w.db.SQL.ExecContext(t.Context(), `
		WITH steps AS (UPDATE conversion_events SET affiliate_id = NULL WHERE conversion_id = $1)
		UPDATE conversions SET affiliate_id = NULL, click_id = NULL, campaign_id = NULL, attributed_by = '' WHERE id = $1`, c.ID)
	must(t, err)
	return c
}

// attributedByStaff creates a conversion that staff attributed to the first affiliate.
func attributedByStaff(t testing.TB, w *world) *db.Conversion {
	t.Helper()
	c := w.a.scene.Conversion(t, w.db)
	_, err := w.db.SQL.ExecContext(t.Context(), `UPDATE conversions SET attributed_by = 'staff' WHERE id = $1`, c.ID)
	must(t, err)
	return c
}

func newUser(t *testing.T, w *world) string {
	t.Helper()
	return globalid.Int("User", pgtest.User(t, w.db, viewer.Affiliate, w.a.affiliate.ID))
}

// newGoal adds a goal to the event dictionary.
func newGoal(t *testing.T, w *world) *db.Goal {
	t.Helper()
	n := count.Add(1)
	g, err := w.db.Client().Goal.Create().SetKey(fmt.Sprintf("goal_%d", n)).SetName("Bonus").SetTrigger("The player uses a bonus.").SetOncePerPlayer(true).
		SetBillable(false).SetReversible(true).SetStatuses(commission.Statuses()).SetParameters([]string{"status"}).SetTimestampStandard("").
		SetBuiltIn(false).SetPosition(int(100 + n)).Save(pgtest.System(t))
	must(t, err)
	return g
}

// newPage creates a landing page of the offer.
func newPage(t *testing.T, w *world, prefix string) *db.LandingPage {
	t.Helper()
	p, err := w.db.Client().LandingPage.Create().SetOfferID(w.offer).SetKey(fmt.Sprintf("%s%d", prefix, count.Add(1))).SetName("Gone").
		SetURL("https://x.example/?cid={click_id}").Save(pgtest.System(t))
	must(t, err)
	return p
}

var staffMutations = map[string]mutation{
	"setManager": func(t *testing.T, w *world) (string, string) {
		manager := pgtest.User(t, w.db, viewer.Manager, 0)
		return fmt.Sprintf(`{affiliateId: %q, userId: %q}`, globalid.Int("Affiliate", w.a.affiliate.ID), globalid.Int("User", manager)), "affiliate { id }"
	},
	"createOffer": func(*testing.T, *world) (string, string) {
		return `{name: "More", operator: "RoyalSpin", vertical: CASINO, destinationUrl: "https://royalspin.example/?cid={click_id}", currency: "EUR"}`, "offer { id }"
	},
	"updateOffer": func(_ *testing.T, w *world) (string, string) {
		return fmt.Sprintf(`{id: %q, attributionWindowDays: 60}`, globalOffer(w.offer)), "offer { id }"
	},
	"updateLandingPage": func(t *testing.T, w *world) (string, string) {
		return fmt.Sprintf(`{id: %q, name: "Renamed"}`, newPage(t, w, "u").GlobalID()), "landingPage { id }"
	},
	"createLandingPage": func(t *testing.T, w *world) (string, string) {
		return fmt.Sprintf(`{offerId: %q, key: %q, name: "More", url: "https://royalspin.example/?cid={click_id}"}`, globalOffer(w.offer), fmt.Sprintf("p%d", count.Add(1))), "landingPage { id }"
	},
	"tryDestination": func(t *testing.T, w *world) (string, string) {
		p, err := w.db.Client().LandingPage.Create().SetOfferID(w.offer).SetKey(fmt.Sprintf("t%d", count.Add(1))).SetName("Closed").SetURL("http://127.0.0.1:1/").Save(pgtest.System(t))
		must(t, err)
		return fmt.Sprintf(`{id: %q}`, p.GlobalID()), "check { message }"
	},
	"deleteLandingPage": func(t *testing.T, w *world) (string, string) {
		return fmt.Sprintf(`{id: %q}`, newPage(t, w, "d").GlobalID()), "deletedId"
	},
	"createDeal": func(t *testing.T, w *world) (string, string) {
		return fmt.Sprintf(`{offerId: %q, model: CPL, amount: "5", currency: "EUR", validFrom: "2030-01-01T00:00:00Z"}`, globalOffer(pgtest.Offer(t, w.db))), "deal { id }"
	},
	"endDeal": func(t *testing.T, w *world) (string, string) {
		offer := pgtest.Offer(t, w.db)
		var deal int64
		must(t, w.db.SQL.QueryRowContext(t.Context(), `SELECT id FROM deals WHERE offer_id = $1`, offer).Scan(&deal))
		return fmt.Sprintf(`{id: %q}`, globalid.Int("Deal", deal)), "deal { id }"
	},
	"setExchangeRate": func(*testing.T, *world) (string, string) {
		return `{quote: "SEK", rate: "11.2"}`, "rate { id }"
	},
	"updateGoal": func(t *testing.T, w *world) (string, string) {
		return fmt.Sprintf(`{id: %q, name: "Renamed"}`, newGoal(t, w).GlobalID()), "goal { id }"
	},
	"createGoal": func(*testing.T, *world) (string, string) {
		return fmt.Sprintf(`{key: "bonus_%d", name: "Bonus", trigger: "The player uses a bonus."}`, count.Add(1)), "goal { id }"
	},
	"updateIntegration": func(_ *testing.T, w *world) (string, string) {
		return fmt.Sprintf(`{id: %q, rateLimit: 100}`, globalid.Int("Integration", w.integration.ID)), "integration { id }"
	},
	"createIntegration": func(_ *testing.T, w *world) (string, string) {
		return fmt.Sprintf(`{key: "integration-x%d", name: "More", offerId: %q}`, count.Add(1), globalOffer(w.offer)), "integration { id }"
	},
	"rotateIntegrationSecret": func(_ *testing.T, w *world) (string, string) {
		return fmt.Sprintf(`{integrationId: %q, kind: TOKEN}`, globalid.Int("Integration", w.integration.ID)), "secret"
	},
	"revealIntegrationSecret": func(_ *testing.T, w *world) (string, string) {
		return fmt.Sprintf(`{integrationId: %q, kind: HMAC}`, globalid.Int("Integration", w.integration.ID)), "secret"
	},
	"attributeConversion": func(t *testing.T, w *world) (string, string) {
		click := pgtest.Click(t, w.db, w.a.link)
		return fmt.Sprintf(`{conversionId: %q, clickId: %q}`, orphanOf(t, w).GlobalID(), globalid.UUID("Click", click)), "conversion { id }"
	},
	"undoAttribution": func(t *testing.T, w *world) (string, string) {
		return fmt.Sprintf(`{id: %q, reason: "the wrong click"}`, attributedByStaff(t, w).GlobalID()), "conversion { id }"
	},
	"mapGoal": func(t *testing.T, w *world) (string, string) {
		return fmt.Sprintf(`{integrationId: %q, word: %q, goal: "ftd"}`, globalid.Int("Integration", w.integration.ID), waitingWord(t, w)), "integration { id } recorded"
	},
	"unmapGoal": func(t *testing.T, w *world) (string, string) {
		word := waitingWord(t, w)
		must(t, w.db.Client().UnmappedReport.Update().Where(unmappedreport.Word(word)).SetRecordedAt(pgtest.Now).
			SetConversionID(w.a.scene.Conversion(t, w.db).ID).Exec(pgtest.System(t)))
		_, err := w.db.SQL.ExecContext(t.Context(), `UPDATE integrations SET goal_mapping = goal_mapping || jsonb_build_object($1::text, 'ftd')`, word)
		must(t, err)
		return fmt.Sprintf(`{integrationId: %q, word: %q}`, globalid.Int("Integration", w.integration.ID), word), "integration { id } takenBack"
	},
	"resolveClash": func(t *testing.T, w *world) (string, string) {
		return fmt.Sprintf(`{id: %q, resolution: SEPARATE}`, clashOf(t, w).GlobalID()), "clash { id resolution } recorded { id }"
	},
	"attributeByRule": func(*testing.T, *world) (string, string) { return `{kinds: [SAME_PLAYER], dryRun: true}`, "count" },
	"fireManualConversion": func(t *testing.T, w *world) (string, string) {
		click := pgtest.Click(t, w.db, w.a.link)
		return fmt.Sprintf(`{click: %q, goal: "ftd"}`, globalid.Hex(click)), "conversion { id }"
	},
	"importStatusChanges": func(*testing.T, *world) (string, string) {
		return `{csv: "transaction_id,status\nnone,approved\n"}`, "changed"
	},
	"setHold":         func(*testing.T, *world) (string, string) { return `{on: false}`, "instance { version }" },
	"createAffiliate": func(*testing.T, *world) (string, string) { return `{name: "New one"}`, "affiliate { id }" },
	"updateAffiliate": func(_ *testing.T, w *world) (string, string) {
		return fmt.Sprintf(`{id: %q, name: %q}`, w.a.affiliate.GlobalID(), w.a.affiliate.Name), "affiliate { id }"
	},
	"createUser": func(_ *testing.T, w *world) (string, string) {
		return fmt.Sprintf(`{email: "new%d@example.com", role: AFFILIATE, affiliateId: %q}`, count.Add(1), w.a.affiliate.GlobalID()), "user { id } password"
	},
	"setUserDisabled": func(t *testing.T, w *world) (string, string) {
		return fmt.Sprintf(`{id: %q, disabled: true}`, newUser(t, w)), "user { id }"
	},
	"resetPassword": func(t *testing.T, w *world) (string, string) {
		return fmt.Sprintf(`{id: %q}`, newUser(t, w)), "password"
	},
}

func TestManagersMakeNoStaff(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	manager := w.session(t, w.user(t, viewer.Manager, 0).Email)
	admin := w.session(t, w.user(t, viewer.Admin, 0).Email)
	const make = `mutation { createUser(input: {email: "chief@example.com", role: ADMIN}) { user { id } userErrors { field } } }`
	if res := w.post(t, manager, make, nil); !strings.Contains(res.body, `"role"`) {
		t.Errorf("a manager makes an admin: %s", res.body)
	}
	if res := w.post(t, admin, make, nil); empty(res.at(t, "createUser", "user", "id")) {
		t.Errorf("an admin cannot: %s", res.body)
	}
}
