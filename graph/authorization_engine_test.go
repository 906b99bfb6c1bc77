package graph_test

import (
	"fmt"
	"maps"
	"testing"

	"postrider/ent/db"
	"postrider/outbox"
	"postrider/pgtest"
)

// The engine's mutations and queries, and how each is tried in the authorization table.

func init() {
	maps.Copy(mutations, engineMutations)
	maps.Copy(subscriptions, engineSubscriptions)
}

// bulkReplay creates a bulk replay of the estate.
func (w *world) bulkReplay(t testing.TB, e *estate, state outbox.BulkState) *db.BulkReplay {
	t.Helper()
	c := w.db.Client().BulkReplay.Create().SetAffiliateID(e.affiliate.ID).SetAsSent(true).SetState(state).SetTotal(7).
		SetCreatedAt(pgtest.Now).SetUpdatedAt(pgtest.Now)
	if state == outbox.BulkDone {
		c.SetFinishedAt(pgtest.Now)
	}
	made, err := c.Save(pgtest.System(t))
	must(t, err)
	return made
}

var engineMutations = map[string]mutation{
	"replayDeliveries": func(t *testing.T, w *world) (string, string) {
		d := w.delivery(t, w.a, w.a.scene.Conversion(t, w.db), w.postback(t, w.a), outbox.Failed)
		return fmt.Sprintf(`{filter: {}, ids: [%q], dryRun: false}`, d.GlobalID()), "job { id }"
	},
	"rotateSigningSecret": func(t *testing.T, w *world) (string, string) {
		return fmt.Sprintf(`{id: %q}`, w.postback(t, w.a).GlobalID()), "postback { id }"
	},
	"pauseBulkReplay": func(t *testing.T, w *world) (string, string) {
		return fmt.Sprintf(`{id: %q}`, w.bulkReplay(t, w.a, outbox.BulkRunning).GlobalID()), "job { id }"
	},
	"resumeBulkReplay": func(t *testing.T, w *world) (string, string) {
		return fmt.Sprintf(`{id: %q}`, w.bulkReplay(t, w.a, outbox.BulkPaused).GlobalID()), "job { id }"
	},
	"cancelBulkReplay": func(t *testing.T, w *world) (string, string) {
		return fmt.Sprintf(`{id: %q}`, w.bulkReplay(t, w.a, outbox.BulkRunning).GlobalID()), "job { id }"
	},
}

var engineSubscriptions = map[string]subscription{
	"bulkReplayProgress": {
		selects: "id total",
		words:   func(e *estate) []string { return e.ids["BulkReplay"] },
		args:    func(w *world) string { return fmt.Sprintf("(id: %q)", w.a.ids["BulkReplay"][0]) },
	},
}
