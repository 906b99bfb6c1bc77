package intake_test

import (
	"fmt"
	"strings"
	"testing"

	"postrider/domain/commission"
	"postrider/intake"
	"postrider/pgtest"
)

// What an operator says that it pays is kept and corrected, and the affiliate is told nothing of it.
func TestAReportedPayoutIsForStaffOnly(t *testing.T) {
	w := setup(t)
	pgtest.Postback(t, w.d, w.Affiliate, tracker+"?all={amount}-{payout}-{currency}-{reason}", pgtest.On("deposit"))
	of := "goal=deposit&transaction_id=T1&amount=25&click_id=" + w.click()
	first := w.report(of+"&payout=987.61", intake.Recorded)
	w.report(of+"&payout=987.61", intake.Duplicate)
	steps, deliveries := w.count(`SELECT count(*) FROM conversion_events`), w.count(`SELECT count(*) FROM deliveries`)
	a := w.report(of+"&payout=987.62", intake.Updated)
	if got := fmt.Sprint(a.Differs); got != "[{payout 987.61 EUR 987.62 EUR}]" {
		t.Errorf("it differs by %s", got)
	}
	if w.count(`SELECT count(*) FROM conversion_events`) != steps || w.count(`SELECT count(*) FROM deliveries`) != deliveries {
		t.Error("the affiliate was told")
	}
	w.report(of+"&payout=987.63 USD&status=rejected", intake.Updated)
	w.report(strings.Replace(of, "25", "26", 1)+"&payout=987.64&status=rejected", intake.Updated)
	if got := w.last().Reason; !strings.Contains(got, "amount from 25.00 to 26.00") || !strings.Contains(got, "reported payout from 987.63 USD to 987.64 EUR") {
		t.Errorf("the inbound log says %q", got)
	}
	if c := w.conversion(first); c.ReportedPayout == nil || c.ReportedPayout.String() != "987.64" || c.ReportedPayoutCurrency != "EUR" {
		t.Errorf("%v %s", c.ReportedPayout, c.ReportedPayoutCurrency)
	}
	for _, table := range []string{"conversion_events", "deliveries", "delivery_changes"} {
		if n := w.count(`SELECT count(*) FROM ` + table + ` x WHERE x::text LIKE '%987.6%'`); n != 0 {
			t.Errorf("%d rows of %s name it", n, table)
		}
	}
}

// What waits for staff keeps it, and what is recorded again for nobody.
func TestAReportedPayoutIsKeptWhereAReportWaits(t *testing.T) {
	w := setup(t)
	w.report("goal=reg2&payout=40 USD&player_id=8&click_id="+w.click(), intake.Unmapped)
	w.report("goal=reg2&payout=41 USD&player_id=8&click_id="+w.click(), intake.Unmapped)
	w.report("goal=reg2&payout=41 USD&player_id=8&click_id="+w.click(), intake.Duplicate)
	_, err := w.in.MapGoal(t.Context(), w.Integration.Key, "reg2", "registration", intake.Move{})
	w.must(err)
	if n := w.count(`SELECT count(*) FROM conversions WHERE reported_payout = 40 AND reported_payout_currency = 'USD'`); n != 1 {
		t.Errorf("%d conversions have it", n)
	}
}

// A report that is older than the last one changes nothing, its payout neither.
func TestALateReportDoesNotChangeThePayout(t *testing.T) {
	w := setup(t)
	of := "goal=deposit&transaction_id=T1&amount=25&click_id=" + w.click()
	first := w.report(of+"&payout=40&occurred_at=2026-06-01T10:00:00Z", intake.Recorded)
	w.report(of+"&payout=45&status=rejected&occurred_at=2026-06-02T10:00:00Z", intake.Updated)
	w.report(of+"&payout=40&status=approved&occurred_at=2026-06-01T12:00:00Z", intake.Duplicate)
	if c := w.conversion(first); c.ReportedPayout.String() != "45" {
		t.Errorf("it is %s", c.ReportedPayout)
	}
}

func TestAStatusFileCorrectsThePayout(t *testing.T) {
	w := setup(t)
	of := "goal=deposit&amount=25&click_id=" + w.click() + "&transaction_id="
	for _, tx := range []string{"T1", "T2", "T3", "T4", "T5"} {
		w.report(of+tx+"&payout=40", intake.Recorded)
	}
	lines, err := w.office().ImportStatuses(t.Context(), "transaction_id,status,amount,currency,payout\n"+
		"T1,approved,,,40\nT2,approved,,USD,45\nT3,rejected,26,EUR,$45\nT4,approved,26,EUR,USD 45\nT5,approved,,EUR,USD 45\n", false, intake.Move{Actor: commission.ByStaff})
	w.must(err)
	var got []string
	for _, l := range lines {
		got = append(got, string(l.Outcome)+" "+l.Message)
	}
	want := []string{
		"same it is already approved",
		"change from approved to approved, reported payout 45.00 USD",
		`refused its payout "$" can be USD, CAD, AUD, NZD and others, and the default currency is EUR: give the code`,
		"change from approved to approved, amount 26.00, reported payout 45.00 USD",
		`refused its payout says "USD", and the currency is "EUR": leave one of them out`,
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("%s\nwant %s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if n := w.count(`SELECT count(*) FROM conversions WHERE reported_payout = 45 AND reported_payout_currency = 'USD'`); n != 2 {
		t.Errorf("%d conversions were corrected, want 2", n)
	}
}
