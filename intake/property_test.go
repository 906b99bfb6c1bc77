package intake_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"postrider/domain/commission"
	"postrider/intake"
	"postrider/pgtest"
)

// story returns a random sequence of reports: repeats, changes, any order, ids that are
// missing or meaningless.
func story(t *rapid.T, clicks []string) []string {
	one := rapid.Custom(func(t *rapid.T) string {
		goal := rapid.SampledFrom([]string{"registration", "ftd", "deposit"}).Draw(t, "goal")
		query := "goal=" + goal
		click := rapid.SampledFrom(append([]string{"", "%7Bclick_id%7D", "0197640b8a5e7c10b3f29d6e41c80a35"}, clicks...)).Draw(t, "click")
		player := rapid.SampledFrom([]string{"", "p1", "p2"}).Draw(t, "player")
		if click == "" && player == "" {
			player = "p1"
		}
		if click != "" {
			query += "&click_id=" + click
		}
		if player != "" {
			query += "&player_id=" + player
		}
		transactions := []string{"t1", "t2", ""}
		if goal == "deposit" {
			transactions = transactions[:2]
		}
		if id := rapid.SampledFrom(transactions).Draw(t, "transaction"); id != "" {
			query += "&transaction_id=" + id
		}
		if status := rapid.SampledFrom([]string{"", "pending", "approved", "rejected", "cancelled"}).Draw(t, "status"); status != "" {
			query += "&status=" + status
		}
		return query
	})
	return rapid.SliceOfN(one, 1, 12).Draw(t, "story")
}

func TestAnyRunOfReportsKeepsTheBooksRight(t *testing.T) {
	w := setup(t)
	clicks := []string{w.click(), hex(pgtest.Click(t, w.d, w.Link))}
	for _, goal := range []string{"registration", "ftd", "deposit"} {
		pgtest.Postback(t, w.d, w.Affiliate, tracker, pgtest.On(goal))
		pgtest.Postback(t, w.d, w.Affiliate, tracker, pgtest.On(goal, commission.Rejected, commission.Cancelled), pgtest.ForCampaign(w.Link.CampaignID))
	}
	rapid.Check(t, func(rt *rapid.T) {
		w.exec(`DELETE FROM deliveries; DELETE FROM conversion_events; DELETE FROM conversions; DELETE FROM players; DELETE FROM river_job`)
		recorded := map[string]bool{} // ids that were new
		steps := 0
		for i, query := range story(rt, clicks) {
			a, err := w.in.Receive(t.Context(), w.get(query))
			if err != nil {
				rt.Fatalf("%d: %s: %v", i, query, err)
			}
			isNew := a.Result == intake.Recorded || a.Result == intake.Unattributed
			if isNew == recorded[a.ConversionID] || a.ConversionID == "" {
				rt.Fatalf("%d: %s: %s of %s, which was new before: %v", i, query, a.Result, a.ConversionID, recorded[a.ConversionID])
			}
			repeated := intake.Duplicate
			if a.Result == intake.Clash {
				repeated = intake.Clash
			}
			if again, err := w.in.Receive(t.Context(), w.get(query)); err != nil || again.Result != repeated || again.ConversionID != a.ConversionID {
				rt.Fatalf("%d: %s, repeated at once: %+v, %v; first %+v", i, query, again, err, a)
			}
			recorded[a.ConversionID] = true
			if isNew || a.Result == intake.Updated {
				steps++
			}
		}
		for _, fault := range w.faults(len(recorded), steps) {
			rt.Error(fault)
		}
	})
}

// faults audits the tables: the invariants that hold after any run.
func (w *world) faults(conversions, steps int) []string {
	found := w.contradictions()
	if n := w.count(`SELECT count(*) FROM conversions`); n != conversions {
		found = append(found, fmt.Sprintf("%d conversions, and %d were answered as new", n, conversions))
	}
	if n := w.count(`SELECT count(*) FROM conversion_events`); n != steps {
		found = append(found, fmt.Sprintf("%d events, and %d were answered as new or updated", n, steps))
	}
	return found
}

// unfed returns where the feeds of changes disagree with what changed.
func (w *world) unfed() []string {
	w.t.Helper()
	return w.counted(map[string]string{
		"a change that is not in the feed": `SELECT count(*) FROM shown s JOIN conversions c ON c.id = s.conversion_id WHERE NOT EXISTS (SELECT FROM conversion_events e WHERE e.conversion_id = s.conversion_id AND e.tx = s.tx)
			AND NOT EXISTS (SELECT FROM conversion_bindings b WHERE b.conversion_id = s.conversion_id AND b.tx = s.tx)`,
		"a delivery that its last change disowns": `SELECT count(*) FROM deliveries d
			WHERE state IS DISTINCT FROM (SELECT state FROM delivery_changes c WHERE c.delivery_id = d.id ORDER BY id DESC LIMIT 1)`,
		"a change that is in the feed twice": `SELECT count(*) FROM (SELECT FROM delivery_changes GROUP BY delivery_id, tx HAVING count(*) > 1) x`,
	})
}

// contradictions returns where the tables disagree with each other.
func (w *world) contradictions() []string {
	w.t.Helper()
	return append(w.unfed(), w.counted(map[string]string{
		"a transaction counted twice":                `SELECT count(*) FROM (SELECT FROM conversions WHERE transaction_id IS NOT NULL AND undone_at IS NULL AND apart_from IS NULL GROUP BY offer_id, goal, transaction_id HAVING count(*) > 1) x`,
		"a player's once-only goal counted twice":    `SELECT count(*) FROM (SELECT FROM conversions WHERE goal <> 'deposit' AND player_id IS NOT NULL AND undone_at IS NULL GROUP BY goal, player_id HAVING count(*) > 1) x`,
		"a conversion that its last step disowns":    `SELECT count(*) FROM conversions c WHERE status <> (SELECT status FROM conversion_events e WHERE e.conversion_id = c.id ORDER BY id DESC LIMIT 1)`,
		"a step that does not follow the one before": `SELECT count(*) FROM (SELECT previous_status, lag(status) OVER (PARTITION BY conversion_id, affiliate_id ORDER BY id) AS before FROM conversion_events) x WHERE previous_status IS DISTINCT FROM before`,
		"a delivery that no decision explains": `SELECT count(*) FROM deliveries d JOIN conversion_events e ON e.id = d.event_id
			WHERE NOT EXISTS (SELECT FROM jsonb_array_elements(e.considered) x WHERE (x ->> 'postback')::bigint = d.postback_id AND (x ->> 'fired')::bool)`,
		"a decision to fire without a delivery": `SELECT count(*) FROM conversion_events e, jsonb_array_elements(e.considered) x
			WHERE (x ->> 'fired')::bool AND NOT EXISTS (SELECT FROM deliveries d WHERE d.event_id = e.id AND d.postback_id = (x ->> 'postback')::bigint)`,
		"a delivery of another status or goal": `SELECT count(*) FROM deliveries d JOIN conversion_events e ON e.id = d.event_id JOIN conversions c ON c.id = e.conversion_id
			JOIN postbacks p ON p.id = d.postback_id WHERE d.status <> e.status OR d.goal <> c.goal OR p.goal <> c.goal OR NOT p.statuses ? e.status OR d.conversion_id <> c.id`,
		"a delivery without its job":      `SELECT count(*) FROM deliveries d WHERE NOT EXISTS (SELECT FROM ` + queued + ` WHERE q ->> 'id' = d.id::text)`,
		"a job without its delivery":      `SELECT count(*) FROM ` + queued + ` WHERE NOT EXISTS (SELECT FROM deliveries d WHERE q ->> 'id' = d.id::text)`,
		"a delivery of nobody's":          `SELECT count(*) FROM deliveries d JOIN conversions c ON c.id = d.conversion_id WHERE c.affiliate_id IS DISTINCT FROM d.affiliate_id`,
		"a payout of what was taken back": `SELECT count(*) FROM conversions WHERE (status IN ('rejected', 'cancelled') OR undone_at IS NOT NULL) AND payout <> 0`,
	})...)
}

// counted returns which queries count anything.
func (w *world) counted(queries map[string]string) []string {
	w.t.Helper()
	var found []string
	for name, query := range queries {
		if n := w.count(query); n != 0 {
			found = append(found, fmt.Sprintf("%s: %d times", name, n))
		}
	}
	slices.Sort(found)
	return found
}
