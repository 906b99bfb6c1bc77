package report_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/shopspring/decimal"

	"postrider/domain/commission"
	"postrider/ent/db"
	"postrider/internal/ids"
	"postrider/internal/viewer"
	"postrider/pgtest"
	"postrider/report"
)

func TestLastMonthCountsWhatThePostbackWouldHaveToldOf(t *testing.T) {
	t.Parallel()
	d := pgtest.New(t)
	s, other := pgtest.NewScene(t, d), pgtest.NewScene(t, d)
	made := func(s pgtest.Scene, at time.Time, goal string, status commission.Status, payout int64, campaignID int64) {
		s.Conversion(t, d, func(c *db.ConversionCreate) {
			id, err := uuid.NewV7AtTime(at)
			must(t, err)
			c.SetID(id).SetGoal(goal).SetStatus(status).SetPayout(decimal.NewFromInt(payout)).SetPayoutCurrency("EUR").SetCampaignID(campaignID)
		})
	}
	start := time.Date(pgtest.Now.Year(), pgtest.Now.Month()-1, 1, 0, 0, 0, 0, time.UTC)
	end := start.AddDate(0, 1, 0)
	second := pgtest.Campaign(t, d, pgtest.For{Affiliate: s.Affiliate, Offer: s.Offer})
	own := s.Link.CampaignID
	made(s, start, "cpa", commission.Approved, 90, own)
	made(s, end.Add(-time.Millisecond), "cpa", commission.Pending, 90, second.CampaignID)
	made(s, start, "ftd", commission.Approved, 0, own)
	made(s, start, "ftd", commission.Rejected, 0, own)
	made(s, start.Add(-time.Millisecond), "ftd", commission.Approved, 0, own)
	made(s, end, "ftd", commission.Approved, 0, own)
	made(other, start, "ftd", commission.Approved, 0, other.Link.CampaignID)
	home := report.Home{DB: viewer.NewScoped(d.SQL), Now: func() time.Time { return pgtest.Now }}
	for name, c := range map[string]struct {
		viewer int64
		of     report.MonthOf
		want   []string
	}{
		"everywhere":        {s.Affiliate, report.MonthOf{AffiliateID: ids.Affiliate(s.Affiliate)}, []string{"ftd 1 0 EUR", "cpa 2 180 EUR"}},
		"its offer":         {s.Affiliate, report.MonthOf{AffiliateID: ids.Affiliate(s.Affiliate), OfferID: ids.Offer(s.Offer)}, []string{"ftd 1 0 EUR", "cpa 2 180 EUR"}},
		"another offer":     {s.Affiliate, report.MonthOf{AffiliateID: ids.Affiliate(s.Affiliate), OfferID: ids.Offer(other.Offer)}, nil},
		"one campaign":      {s.Affiliate, report.MonthOf{AffiliateID: ids.Affiliate(s.Affiliate), CampaignID: ids.Campaign(second.CampaignID)}, []string{"cpa 1 90 EUR"}},
		"another affiliate": {other.Affiliate, report.MonthOf{AffiliateID: ids.Affiliate(s.Affiliate)}, nil},
	} {
		months, err := home.LastMonth(as(t, c.viewer), c.of)
		must(t, err)
		var got []string
		for _, m := range months {
			got = append(got, fmt.Sprintf("%s %d %s %s", m.Goal, m.Conversions, m.Payout, m.Currency))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
