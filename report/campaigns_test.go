package report_test

import (
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"postrider/domain/commission"
	"postrider/ent/db"
	"postrider/internal/viewer"
	"postrider/pgtest"
	"postrider/report"
)

func TestACampaignsDaysAreTheViewersOwn(t *testing.T) {
	t.Parallel()
	d := pgtest.New(t)
	s, other := pgtest.NewScene(t, d), pgtest.NewScene(t, d)
	bare := pgtest.Campaign(t, d, pgtest.For{Affiliate: s.Affiliate, Offer: s.Offer})
	riga, err := time.LoadLocation("Europe/Riga")
	must(t, err)
	// Half past one: clocks went forward two weeks before, so one of the days has 23 hours.
	now := time.Date(2026, 4, 12, 1, 30, 0, 0, riga)
	midnight := time.Date(2026, 4, 12, 0, 0, 0, 0, riga)
	click := func(s pgtest.Scene, at time.Time) {
		pgtest.Click(t, d, s.Link, func(c *db.ClickCreate) { c.SetID(idOf(t, at)).SetClickedAt(at) })
	}
	conversion := func(s pgtest.Scene, at time.Time, goal string, status commission.Status, payout int64, currency string) {
		s.Conversion(t, d, func(c *db.ConversionCreate) {
			c.SetID(idOf(t, at)).SetReceivedAt(at).SetGoal(goal).SetStatus(status).SetPayout(decimal.NewFromInt(payout)).SetPayoutCurrency(currency)
		})
	}
	first := midnight.AddDate(0, 0, -29)
	click(s, midnight.Add(time.Hour))
	click(s, midnight)
	click(s, midnight.Add(-time.Millisecond))
	click(s, first)
	click(s, first.Add(-time.Millisecond)) // too long ago
	click(other, midnight)
	conversion(s, midnight, commission.GoalRegistration, commission.Approved, 0, "EUR")
	conversion(s, midnight, commission.GoalFTD, commission.Pending, 40, "EUR")
	conversion(s, midnight, commission.GoalCPA, commission.Approved, 100, "EUR")
	conversion(s, first, commission.GoalCPA, commission.Approved, 20, "EUR")
	conversion(s, first, commission.GoalCPA, commission.Approved, 300, "USD")
	conversion(s, first, commission.GoalFTD, commission.Rejected, 99, "EUR")
	conversion(other, midnight, commission.GoalFTD, commission.Approved, 7, "EUR")

	home := report.Home{DB: viewer.NewScoped(d.SQL), Now: func() time.Time { return now }}
	ids := []int64{s.Link.CampaignID, bare.CampaignID, other.Link.CampaignID}
	of := func(affiliate int64) [3]*report.CampaignNumbers {
		t.Helper()
		all, err := home.OfCampaigns(as(t, affiliate), riga, ids)
		must(t, err)
		for i, n := range all {
			if n.CampaignID != ids[i] || n.TimeZone() != "Europe/Riga" || len(n.Days) != 30 || !n.Days[0].From.Equal(first) || !n.Days[29].To.Equal(now) {
				t.Fatalf("%+v", n)
			}
		}
		return [3]*report.CampaignNumbers(all)
	}
	own := of(s.Affiliate)
	busy, today := own[0], own[0].Days[29]
	if got := [4]int{busy.Days[0].Clicks, busy.Days[28].Clicks, today.Clicks, busy.Total.Clicks}; got != [4]int{1, 1, 2, 4} {
		t.Errorf("clicks %v", got)
	}
	if today.Registrations != 1 || today.FTDs != 1 || busy.Total.FTDs != 1 || len(today.Payouts) != 1 || !today.Payouts[0].Amount.Equal(decimal.NewFromInt(100)) {
		t.Errorf("today %+v, all %+v", today, busy.Total)
	}
	if sums := busy.Total.Payouts; len(sums) != 2 || sums[0].Currency != "USD" || !sums[1].Amount.Equal(decimal.NewFromInt(120)) {
		t.Errorf("%+v", sums)
	}
	if n := own[1].Total; n.Clicks != 0 || len(n.Payouts) != 0 {
		t.Errorf("of a campaign without traffic: %+v", n)
	}
	if n := own[2].Total; n.Clicks != 0 || n.FTDs != 0 {
		t.Errorf("of another affiliate's campaign: %+v", n)
	}
	if n := of(0)[2].Total; n.Clicks != 1 || n.FTDs != 1 {
		t.Errorf("staff: %+v", n)
	}
	if _, err := home.OfCampaigns(t.Context(), riga, ids); err == nil {
		t.Error("nobody was told")
	}
}
