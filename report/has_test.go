package report_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"postrider/domain/firing"
	"postrider/ent"
	"postrider/ent/db"
	"postrider/internal/ids"
	"postrider/pgtest"
)

// The SQL rule of whose campaign it is matches that of package firing.
func TestSQLKnowsWhoseCampaignItIs(t *testing.T) {
	t.Parallel()
	d := pgtest.New(t)
	offer := pgtest.Offer(t, d)
	rapid.Check(t, func(rt *rapid.T) {
		affiliate := pgtest.Affiliate(t, d)
		campaigns := []int64{
			pgtest.Campaign(t, d, pgtest.For{Affiliate: affiliate, Offer: offer}).CampaignID, pgtest.Campaign(t, d, pgtest.For{Affiliate: affiliate, Offer: offer}).CampaignID,
		}
		var trackers []int64
		for i := range rapid.IntRange(1, 3).Draw(rt, "trackers") {
			row := pgtest.Tracker(t, d, affiliate, fmt.Sprintf("https://t%d.example/", i), func(c *db.TrackerCreate) {
				c.SetAllCampaigns(rapid.Bool().Draw(rt, "all")).SetShares(rapid.IntRange(0, 2).Draw(rt, "shares") == 0)
				if rapid.IntRange(0, 5).Draw(rt, "archived") == 0 {
					c.SetArchivedAt(pgtest.Now)
				}
			})
			trackers = append(trackers, row.ID)
			for _, campaign := range campaigns {
				if row.ArchivedAt == nil && rapid.IntRange(0, 2).Draw(rt, "chosen") == 0 {
					must(t, d.Client().TrackerCampaign.Create().SetAffiliateID(affiliate).SetTrackerID(row.ID).SetCampaignID(campaign).Exec(pgtest.System(t)))
				}
			}
		}
		of, err := ent.TrackersOf(pgtest.System(t), d.Client(), []int64{affiliate})
		must(t, err)
		for _, campaign := range campaigns {
			for _, id := range append(trackers, 0) {
				var got bool
				must(t, d.SQL.QueryRowContext(t.Context(), `SELECT `+firing.HasSQL+` FROM (SELECT nullif($1::bigint, 0) AS tracker_id) p, campaigns c WHERE c.id = $2`, id, campaign).Scan(&got))
				if want := of[affiliate].Has(ids.Tracker(id), ids.Campaign(campaign)); got != want {
					rt.Fatalf("tracker %d has campaign %d: %t in SQL, %t in Go", id, campaign, got, want)
				}
			}
		}
	})
}
