package report_test

import (
	"database/sql"
	"encoding/json"
	"testing"

	"postrider/domain/firing"
	"postrider/internal/ids"
	"postrider/pgtest"
)

// The SQL rules of reports and alerts match those of package firing.
func TestSQLReachesAndHearsAsFiringDoes(t *testing.T) {
	t.Parallel()
	d := pgtest.New(t)
	orNull := func(id int64) sql.NullInt64 { return sql.NullInt64{Int64: id, Valid: id != 0} }
	keys := []int64{0, 1, 2}
	for _, scope := range append(firing.Scopes(), "galaxy") {
		for _, own := range keys {
			p := firing.Postback{Scope: scope, Goal: "ftd", Further: []string{"kyc"}}
			switch scope {
			case firing.Offer:
				p.OfferID = ids.Offer(own)
			case firing.Campaign:
				p.CampaignID = ids.Campaign(own)
			}
			for _, offer := range keys[1:] {
				for _, campaign := range keys[1:] {
					var got bool
					must(t, d.SQL.QueryRowContext(t.Context(), `
						SELECT coalesce(`+firing.ReachesSQL+`, false)
						FROM (SELECT $1::text AS scope, $2::bigint AS offer_id, $3::bigint AS campaign_id) p, (SELECT $4::bigint AS offer_id, $5::bigint AS id) c`,
						string(scope), orNull(int64(p.OfferID)), orNull(int64(p.CampaignID)), offer, campaign).Scan(&got))
					if got != p.Reaches(ids.Offer(offer), ids.Campaign(campaign)) {
						t.Errorf("%+v reaches campaign %d of offer %d: %t in SQL", p, campaign, offer, got)
					}
				}
			}
		}
	}
	for _, further := range [][]string{{}, {"kyc"}, {"kyc", "deposit"}} {
		p := firing.Postback{Goal: "ftd", Further: further}
		list, err := json.Marshal(further)
		must(t, err)
		for _, goal := range []string{"ftd", "kyc", "deposit", "cpa"} {
			var got bool
			must(t, d.SQL.QueryRowContext(t.Context(), `
				SELECT `+firing.FiresForSQL+` FROM (SELECT $1::text AS goal, $2::jsonb AS further_goals) p, (SELECT $3::text AS key) g`,
				p.Goal, string(list), goal).Scan(&got))
			if got != p.FiresFor(goal) {
				t.Errorf("%v hears of %s: %t in SQL", p.Goals(), goal, got)
			}
		}
	}
}
