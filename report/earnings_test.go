package report_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"postrider/domain/commission"
	"postrider/ent/db"
	"postrider/internal/ids"
	"postrider/internal/viewer"
	"postrider/pgtest"
	"postrider/report"
)

func TestAMonthBelowZeroIsUsedOffTheNext(t *testing.T) {
	t.Parallel()
	d := pgtest.New(t)
	one, other := pgtest.NewScene(t, d), pgtest.NewScene(t, d)
	h := &report.Home{DB: viewer.NewScoped(d.SQL), Now: func() time.Time { return pgtest.Now }}
	pays := func(s pgtest.Scene, month, day, payout int, status commission.Status, currency string) {
		t.Helper()
		s.Conversion(t, d, func(c *db.ConversionCreate) {
			c.SetTransactionID(fmt.Sprint(month, day, payout, currency)).SetPayout(decimal.NewFromInt(int64(payout))).SetPayoutCurrency(currency).
				SetStatus(status).SetOccurredAt(time.Date(2026, time.Month(month), day, 23, 59, 59, 0, time.UTC)).SetGoal("net_revenue")
		})
	}
	pays(one, 1, 31, 100, commission.Approved, "EUR")
	pays(one, 2, 1, -80, commission.Approved, "EUR")
	pays(one, 2, 28, 30, commission.Approved, "EUR")
	pays(one, 3, 10, 70, commission.Approved, "EUR")
	pays(one, 3, 11, 900, commission.Rejected, "EUR")
	pays(one, 4, 1, -5, commission.Approved, "EUR")
	pays(one, 4, 1, 9, commission.Approved, "USD")
	pays(other, 1, 1, 7, commission.Approved, "EUR")

	said := func(v *viewer.Viewer) string {
		t.Helper()
		list, err := h.Earnings(viewer.With(t.Context(), v))
		if err != nil {
			t.Fatal(err)
		}
		var words []string
		for _, b := range list {
			for _, m := range b.Months {
				words = append(words, fmt.Sprintf("%s: %s commission, %s payable %s", m.Month.Format("2006-01"), m.Commission, m.Payable, m.Currency))
			}
			words = append(words, "left: "+b.Carried.String())
		}
		return strings.Join(words, "\n")
	}
	own := `2026-01: 100 commission, 100 payable EUR
2026-02: -50 commission, 0 payable EUR
2026-03: 70 commission, 20 payable EUR
2026-04: -5 commission, 0 payable EUR
left: -5
2026-04: 9 commission, 9 payable USD
left: 0`
	if got := said(&viewer.Viewer{Role: viewer.Affiliate, AffiliateID: ids.Affiliate(one.Affiliate)}); got != own {
		t.Errorf("the affiliate is owed\n%s\nwant\n%s", got, own)
	}
	if got, want := said(&viewer.Viewer{Role: viewer.Manager}), own+"\n2026-01: 7 commission, 7 payable EUR\nleft: 0"; got != want {
		t.Errorf("staff see\n%s\nwant\n%s", got, want)
	}
	if _, err := d.SQL.ExecContext(t.Context(), `UPDATE deals SET negative_carryover = false`); err != nil {
		t.Fatal(err)
	}
	if _, err := d.SQL.ExecContext(t.Context(), `UPDATE conversions SET deal_id = (SELECT min(id) FROM deals)`); err != nil {
		t.Fatal(err)
	}
	if got := said(&viewer.Viewer{Role: viewer.Affiliate, AffiliateID: ids.Affiliate(one.Affiliate)}); !strings.Contains(got, "2026-03: 70 commission, 70 payable EUR") || strings.Contains(got, "left: -5") {
		t.Errorf("without carry-over the affiliate is owed\n%s", got)
	}
}
