package graph_test

import (
	"fmt"
	"maps"
	"testing"

	"postrider/domain/doctor"
	"postrider/domain/tracking"
	"postrider/ent/db"
	"postrider/internal/globalid"
	"postrider/internal/secret"
	"postrider/outbox"
	"postrider/pgtest"
)

// What is archived, restored, deleted, cancelled and released, and how each is tried in the
// authorization table.

func init() { maps.Copy(mutations, archiveMutations) }

func newCampaign(t *testing.T, w *world) *db.Campaign {
	t.Helper()
	c, err := w.db.Client().Campaign.Create().SetAffiliateID(w.a.affiliate.ID).SetOfferID(w.offer).SetName("Unused").SetState(tracking.Active).Save(pgtest.System(t))
	must(t, err)
	return c
}

func newOffer(t *testing.T, w *world) *db.Offer {
	t.Helper()
	o, err := w.db.Client().Offer.Get(pgtest.System(t), pgtest.Offer(t, w.db))
	must(t, err)
	return o
}

func newIntegration(t *testing.T, w *world) *db.Integration {
	t.Helper()
	i, err := w.db.Client().Integration.Create().SetKey(fmt.Sprintf("unused-%d", count.Add(1))).SetName("Unused").SetOfferID(w.offer).SetAllowedAddresses([]string{}).Save(pgtest.System(t))
	must(t, err)
	return i
}

func newAffiliate(t *testing.T, w *world) *db.Affiliate {
	t.Helper()
	a, err := w.db.Client().Affiliate.Create().SetName("Unused").SetEchoKey(secret.Random()).Save(pgtest.System(t))
	must(t, err)
	return a
}

// heldBy makes a delivery of A's that waits for a tracker whose circuit is open.
func (w *world) heldBy(t *testing.T) *db.Delivery {
	t.Helper()
	_, err := w.db.SQL.ExecContext(t.Context(), `UPDATE installation SET hold_reason = NULL, hold_since = NULL, hold_note = ''`)
	must(t, err)
	d := w.delivery(t, w.a, w.a.scene.Conversion(t, w.db), w.postback(t, w.a), outbox.Held)
	endpoint := fmt.Sprintf("https://held-%d.example:443", count.Add(1))
	_, err = w.db.SQL.ExecContext(t.Context(), `UPDATE deliveries SET parked_at = now(), due_at = NULL, delivered_at = NULL, reason = 'CIRCUIT_OPEN', endpoint = $2 WHERE id = $1`, d.ID, endpoint)
	must(t, err)
	_, err = w.db.SQL.ExecContext(t.Context(), `
		INSERT INTO endpoints (endpoint, state, because, opened_at, probe_at, probes, successes, updated_at) VALUES ($1, 'open', 'TIMEOUT', '2020-01-01', '2099-01-01', 3, 0, '2020-01-01')`, endpoint)
	must(t, err)
	return d
}

// archive archives a row as it is in the database.
func (w *world) archive(t *testing.T, table string, id int64) {
	t.Helper()
	also := map[string]string{"campaigns": ", state = 'paused'", "offers": ", state = 'paused'", "integrations": ", enabled = false"}[table]
	_, err := w.db.SQL.ExecContext(t.Context(), fmt.Sprintf(`UPDATE %s SET archived_at = now()%s WHERE id = $1`, table, also), id)
	must(t, err)
}

var archiveMutations = map[string]mutation{
	"archiveCampaign": func(t *testing.T, w *world) (string, string) {
		return fmt.Sprintf(`{id: %q}`, newCampaign(t, w).GlobalID()), "campaign { id }"
	},
	"restoreCampaign": func(t *testing.T, w *world) (string, string) {
		row := newCampaign(t, w)
		w.archive(t, "campaigns", row.ID)
		return fmt.Sprintf(`{id: %q}`, row.GlobalID()), "campaign { id }"
	},
	"deleteCampaign": func(t *testing.T, w *world) (string, string) {
		row := newCampaign(t, w)
		must(t, w.db.Client().Campaign.UpdateOne(row).SetArchivedAt(pgtest.Now).SetState(tracking.Paused).Exec(pgtest.System(t)))
		return fmt.Sprintf(`{id: %q}`, row.GlobalID()), "deletedId"
	},
	"archiveOffer": func(t *testing.T, w *world) (string, string) {
		return fmt.Sprintf(`{id: %q}`, newOffer(t, w).GlobalID()), "offer { id }"
	},
	"restoreOffer": func(t *testing.T, w *world) (string, string) {
		row := newOffer(t, w)
		w.archive(t, "offers", row.ID)
		return fmt.Sprintf(`{id: %q}`, row.GlobalID()), "offer { id }"
	},
	"deleteOffer": func(t *testing.T, w *world) (string, string) {
		row := newOffer(t, w)
		must(t, w.db.Client().Offer.UpdateOne(row).SetArchivedAt(pgtest.Now).SetState(tracking.Paused).Exec(pgtest.System(t)))
		return fmt.Sprintf(`{id: %q}`, row.GlobalID()), "deletedId"
	},
	"archiveLandingPage": func(t *testing.T, w *world) (string, string) {
		return fmt.Sprintf(`{id: %q}`, newPage(t, w, "a").GlobalID()), "landingPage { id }"
	},
	"restoreLandingPage": func(t *testing.T, w *world) (string, string) {
		row := newPage(t, w, "a")
		w.archive(t, "landing_pages", row.ID)
		return fmt.Sprintf(`{id: %q}`, row.GlobalID()), "landingPage { id }"
	},
	"archiveGoal": func(t *testing.T, w *world) (string, string) {
		return fmt.Sprintf(`{id: %q}`, newGoal(t, w).GlobalID()), "goal { id }"
	},
	"restoreGoal": func(t *testing.T, w *world) (string, string) {
		row := newGoal(t, w)
		w.archive(t, "goals", row.ID)
		return fmt.Sprintf(`{id: %q}`, row.GlobalID()), "goal { id }"
	},
	"deleteGoal": func(t *testing.T, w *world) (string, string) {
		return fmt.Sprintf(`{id: %q}`, newGoal(t, w).GlobalID()), "deletedId"
	},
	"archiveIntegration": func(t *testing.T, w *world) (string, string) {
		return fmt.Sprintf(`{id: %q}`, newIntegration(t, w).GlobalID()), "integration { id }"
	},
	"restoreIntegration": func(t *testing.T, w *world) (string, string) {
		row := newIntegration(t, w)
		w.archive(t, "integrations", row.ID)
		return fmt.Sprintf(`{id: %q}`, row.GlobalID()), "integration { id }"
	},
	"deleteIntegration": func(t *testing.T, w *world) (string, string) {
		return fmt.Sprintf(`{id: %q}`, newIntegration(t, w).GlobalID()), "deletedId"
	},
	"archiveAffiliate": func(t *testing.T, w *world) (string, string) {
		return fmt.Sprintf(`{id: %q}`, newAffiliate(t, w).GlobalID()), "affiliate { id }"
	},
	"restoreAffiliate": func(t *testing.T, w *world) (string, string) {
		row := newAffiliate(t, w)
		w.archive(t, "affiliates", row.ID)
		return fmt.Sprintf(`{id: %q}`, row.GlobalID()), "affiliate { id }"
	},
	"deleteAffiliate": func(t *testing.T, w *world) (string, string) {
		row := newAffiliate(t, w)
		must(t, w.db.Client().Affiliate.UpdateOne(row).SetArchivedAt(pgtest.Now).Exec(pgtest.System(t)))
		return fmt.Sprintf(`{id: %q}`, row.GlobalID()), "deletedId"
	},
	"updateDeal": func(t *testing.T, w *world) (string, string) {
		var deal int64
		must(t, w.db.SQL.QueryRowContext(t.Context(), `SELECT id FROM deals WHERE offer_id = $1`, pgtest.Offer(t, w.db)).Scan(&deal))
		return fmt.Sprintf(`{id: %q, negativeCarryover: false, validTo: null}`, globalid.Int("Deal", deal)), "deal { id }"
	},
	"restoreTracker": func(t *testing.T, w *world) (string, string) {
		row := w.aTracker(t)
		w.archive(t, "trackers", row.ID)
		return fmt.Sprintf(`{id: %q}`, row.GlobalID()), "tracker { id }"
	},
	"deleteTracker": func(t *testing.T, w *world) (string, string) {
		row := w.aTracker(t)
		w.archive(t, "trackers", row.ID)
		return fmt.Sprintf(`{id: %q}`, row.GlobalID()), "deletedId"
	},
	"deleteDeal": func(t *testing.T, w *world) (string, string) {
		var deal int64
		must(t, w.db.SQL.QueryRowContext(t.Context(), `SELECT id FROM deals WHERE offer_id = $1`, pgtest.Offer(t, w.db)).Scan(&deal))
		return fmt.Sprintf(`{id: %q}`, globalid.Int("Deal", deal)), "deletedId"
	},
	"deleteExchangeRate": func(t *testing.T, w *world) (string, string) {
		r, err := w.db.Client().ExchangeRate.Query().Order(db.Desc("id")).First(pgtest.System(t))
		must(t, err)
		made, err := w.db.Client().ExchangeRate.Create().SetQuote("NOK").SetRate(r.Rate).SetValidFrom(pgtest.Now.AddDate(0, 0, int(count.Add(1)))).Save(pgtest.System(t))
		must(t, err)
		return fmt.Sprintf(`{id: %q}`, made.GlobalID()), "deletedId"
	},
	"deleteUser": func(t *testing.T, w *world) (string, string) {
		return fmt.Sprintf(`{id: %q}`, newUser(t, w)), "deletedId"
	},
	"updateUser": func(t *testing.T, w *world) (string, string) {
		return fmt.Sprintf(`{id: %q, name: "Renamed"}`, newUser(t, w)), "user { id }"
	},
	"updateApiToken": func(_ *testing.T, w *world) (string, string) {
		return fmt.Sprintf(`{id: %q, name: "Token %s"}`, w.a.ids["ApiToken"][0], w.a.mark), "token { id }"
	},
	"restoreAlert": func(t *testing.T, w *world) (string, string) {
		p := w.postback(t, w.a)
		a := w.alert(t, w.a, func(c *db.AlertCreate) { c.SetPostbackID(p.ID).SetKind(doctor.AlertFailing).SetDismissedAt(pgtest.Now) })
		return fmt.Sprintf(`{id: %q}`, a.GlobalID()), "alert { id }"
	},
	"cancelDelivery": func(t *testing.T, w *world) (string, string) {
		d := w.delivery(t, w.a, w.a.scene.Conversion(t, w.db), w.postback(t, w.a), outbox.Queued)
		return fmt.Sprintf(`{id: %q}`, d.GlobalID()), "delivery { id }"
	},
	"releaseDelivery": func(t *testing.T, w *world) (string, string) {
		return fmt.Sprintf(`{id: %q}`, w.heldBy(t).GlobalID()), "delivery { id }"
	},
}
