package intake_test

import (
	"testing"
	"time"

	"postrider/domain/commission"
	"postrider/intake"
	"postrider/pgtest"
)

func (w *world) settings(set string) {
	w.exec(`UPDATE integrations SET ` + set)
	w.in.Forget()
}

func TestWhatNoStatusMeansIsTheIntegrationsToSay(t *testing.T) {
	w := setup(t)
	pgtest.Postback(t, w.d, w.Affiliate, tracker, pgtest.On("deposit"))
	w.settings(`default_statuses = '{"deposit": "pending"}'`)
	of := "goal=deposit&transaction_id=T1&amount=25&player_id=7&click_id=" + w.click()
	first := w.report(of, intake.Recorded)
	if c := w.conversion(first); c.Status != commission.Pending {
		t.Fatalf("the first call made it %s", c.Status)
	}
	w.report(of, intake.Duplicate) // no status changes nothing
	w.report(of+"&status=approved", intake.Updated)
	w.report(of, intake.Duplicate)
	if c := w.conversion(first); c.Status != commission.Approved {
		t.Errorf("a call without a status made it %s again", c.Status)
	}
	if c := w.conversion(w.report("goal=kyc&player_id=7", intake.Recorded)); c.Status != commission.Approved {
		t.Errorf("a goal that nothing is said of is %s", c.Status)
	}
	// Of all goals: one that cannot be pending is approved.
	w.settings(`default_statuses = '{"*": "pending", "deposit": "approved"}'`)
	w.exec(`UPDATE goals SET statuses = '["approved", "cancelled"]' WHERE key = 'cpa'`)
	w.in.Forget()
	for query, want := range map[string]commission.Status{
		"goal=registration&player_id=7": commission.Pending, "goal=deposit&transaction_id=T2&player_id=7": commission.Approved,
		"goal=cpa&player_id=7": commission.Approved,
	} {
		if c := w.conversion(w.report(query, intake.Recorded)); c.Status != want {
			t.Errorf("%s: %s, want %s", query, c.Status, want)
		}
	}
	// A goal that is mapped later means what its own goal's calls mean.
	w.report("goal=reg2&player_id=8&click_id="+w.click(), intake.Unmapped)
	_, err := w.in.MapGoal(t.Context(), w.Integration.Key, "reg2", "registration", intake.Move{})
	w.must(err)
	if n := w.count(`SELECT count(*) FROM conversions WHERE goal = 'registration' AND status = 'pending'`); n != 2 {
		t.Errorf("%d registrations are pending, want 2", n)
	}
}

func TestDepositsWithoutATransactionAreToldApartWhereTheIntegrationSaysSo(t *testing.T) {
	w := setup(t)
	of := "goal=deposit&click_id=" + w.click()
	w.report(of+"&amount=25", intake.Invalid)
	w.settings(`tell_apart = true`)
	first := w.report(of+"&amount=25", intake.Recorded)
	w.report(of+"&amount=25.00", intake.Duplicate)
	w.report("goal=deposit&amount=25&click_id="+w.click()+"&status=rejected", intake.Updated)
	w.report(of+"&amount=30", intake.Recorded)
	w.report("goal=deposit&player_id=9&amount=25", intake.Unattributed)
	at := "&occurred_at=" + w.clock().Add(time.Hour).Format(time.RFC3339)
	w.report(of+"&amount=25"+at, intake.Recorded)
	w.later(10 * time.Minute)
	w.report(of+"&amount=25"+at, intake.Duplicate)
	w.report(of+"&amount=25", intake.Recorded) // the time of the call counts where there is no other
	w.report(of+"&amount=25&transaction_id=T1", intake.Recorded)
	if c := w.conversion(first); c.TransactionID == nil || *c.TransactionID == "" || c.Status != commission.Rejected {
		t.Errorf("%+v", c)
	}
}
