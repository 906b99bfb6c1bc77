package intake_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"postrider/domain/commission"
	"postrider/ent/db/conversion"
	"postrider/intake"
	"postrider/pgtest"
)

// sums are sums of money by currency.
type sums = map[string]decimal.Decimal

func TestAReportOfAnUnmappedGoalWaitsUntilItIsMapped(t *testing.T) {
	w := setup(t)
	pgtest.Postback(t, w.d, w.Affiliate, tracker, pgtest.On("ftd"))
	first := "goal=First_Dep&player_id=7&transaction_id=T1&amount=25&currency=USD&click_id=" + w.click()
	a := w.report(first, intake.Unmapped)
	if a.StatusCode != http.StatusAccepted || a.ConversionID != "" || len(a.Errors) > 0 {
		t.Fatalf("%+v", a)
	}
	if e := w.last(); e.Result != "unmapped" || e.ConversionID != nil {
		t.Errorf("the log says %s", e.Result)
	}
	w.report(first, intake.Duplicate)
	w.report("goal=first_dep&player_id=8&transaction_id=T2", intake.Unmapped)
	w.report("goal=first_dep", intake.Invalid) // neither click nor player: it could never count
	if n := w.count(`SELECT count(*) FROM conversions`); n != 0 {
		t.Fatalf("%d conversions", n)
	}
	received := w.clock()
	w.later(72 * time.Hour)

	preview, err := w.in.PreviewGoal(t.Context(), w.Integration.Key, " FIRST_DEP ", "ftd")
	w.must(err)
	if n := w.count(`SELECT count(*) FROM conversions`) + w.count(`SELECT count(*) FROM deliveries`) + w.count(`SELECT count(*) FROM river_job`); n != 0 {
		t.Fatalf("the preview left %d rows", n)
	}
	done, err := w.in.MapGoal(t.Context(), w.Integration.Key, "First_Dep", "ftd", intake.Move{Actor: commission.ByStaff})
	w.must(err)
	for name, m := range map[string]intake.GoalMapped{"the preview": preview, "mapping it": done} {
		if m.Reports != 2 || m.Recorded != 2 || m.Deliveries != 1 || fmt.Sprint(m.Amounts) != fmt.Sprint(sums{"USD": decimal.NewFromInt(25)}) {
			t.Errorf("%s: %+v", name, m)
		}
	}
	again, err := w.in.MapGoal(t.Context(), w.Integration.Key, "First_Dep", "ftd", intake.Move{})
	w.must(err)
	if again.Reports != 0 {
		t.Errorf("mapped again: %+v", again)
	}
	c, err := w.client.Conversion.Query().Where(conversion.TransactionID("T1")).Only(w.ctx)
	w.must(err)
	if c.ReceivedAt.After(received) || c.OccurredAt.After(received) || *c.AffiliateID != w.Affiliate || c.Goal != "ftd" {
		t.Errorf("it is received at %s and occurred at %s: before %s was meant", c.ReceivedAt, c.OccurredAt, received)
	}
	w.exec(`UPDATE integrations SET goal_mapping = '{"first_dep": "ftd"}'`)
	w.in.Forget()
	w.report(first, intake.Duplicate)
}

// Reports of one goal are recorded in the order in which they came, and what one lacks stops no other.
func TestMappingAGoalTakesItsReportsInTheirOrder(t *testing.T) {
	w := setup(t)
	of := "goal=dep&player_id=7&click_id=" + w.click()
	w.report(of+"&transaction_id=T1&amount=10", intake.Unmapped)
	w.report(of+"&amount=11", intake.Unmapped) // a deposit needs a transaction
	w.report(of+"&transaction_id=T1&amount=10&status=rejected", intake.Unmapped)
	w.report(of+"&transaction_id=T2&amount=12&status=odd", intake.Unmapped)
	m, err := w.in.MapGoal(t.Context(), w.Integration.Key, "dep", "deposit", intake.Move{})
	w.must(err)
	if m.Reports != 4 || m.Recorded != 2 || m.Changed != 1 || m.Refused != 1 || m.FirstReason == "" {
		t.Errorf("%+v", m)
	}
	if n := w.count(`SELECT count(*) FROM conversions WHERE transaction_id = 'T1' AND status = 'rejected' OR transaction_id = 'T2' AND reported_status = 'odd'`); n != 2 {
		t.Errorf("%d of 2 are as reported", n)
	}
	if n := w.count(`SELECT count(*) FROM unmapped_reports WHERE recorded_at IS NULL AND refused <> ''`); n != 1 {
		t.Errorf("%d wait with a reason", n)
	}
}

func TestMappingAGoalCanBeUndone(t *testing.T) {
	w := setup(t)
	pgtest.Postback(t, w.d, w.Affiliate, tracker, pgtest.On("ftd", commission.Approved, commission.Rejected, commission.Cancelled))
	own := w.report("goal=kyc&player_id=7&click_id="+w.click(), intake.Recorded)
	w.report("goal=dep1&player_id=7&amount=10", intake.Unmapped)
	w.report("goal=dep1&player_id=9&amount=10", intake.Unmapped)
	mapTo := func(goal string) intake.GoalMapped {
		m, err := w.in.MapGoal(t.Context(), w.Integration.Key, "dep1", goal, intake.Move{})
		w.must(err)
		return m
	}
	mapTo("ftd")
	n, err := w.in.UnmapGoal(t.Context(), w.Integration.Key, "dep1", intake.Undoing{Actor: commission.ByStaff})
	w.must(err)
	if n != 2 {
		t.Errorf("%d ended", n)
	}
	if n := w.count(`SELECT count(*) FROM conversions WHERE goal = 'ftd' AND undone_at IS NOT NULL AND status = 'cancelled' AND coalesce(payout, 0) = 0`); n != 2 {
		t.Errorf("%d of 2 are taken back", n)
	}
	if c := w.conversion(own); c.Status != commission.Approved || c.UndoneAt != nil {
		t.Error("another conversion of the player was taken back")
	}
	if n := w.count(`SELECT count(*) FROM deliveries`); n != 2 {
		t.Errorf("%d deliveries: the tracker was told of %d steps, want 2", n, n)
	}
	if m := mapTo("registration"); m.Recorded != 2 {
		t.Errorf("mapped to another goal: %+v", m)
	}
	if found := w.contradictions(); len(found) > 0 {
		t.Errorf("%q", found)
	}
}

// What a conversion says otherwise is not the mapping's to take back.
func TestUndoingAMappingLeavesWhatWasRecordedBefore(t *testing.T) {
	w := setup(t)
	first := w.report("goal=ftd&player_id=7&amount=10&click_id="+w.click(), intake.Recorded)
	w.report("goal=dep1&player_id=7&amount=10", intake.Unmapped)
	m, err := w.in.MapGoal(t.Context(), w.Integration.Key, "dep1", "ftd", intake.Move{})
	w.must(err)
	n, err := w.in.UnmapGoal(t.Context(), w.Integration.Key, "dep1", intake.Undoing{})
	w.must(err)
	if c := w.conversion(first); m.Recorded != 0 || n != 0 || c.UndoneAt != nil {
		t.Errorf("%+v, %d ended, undone at %v", m, n, c.UndoneAt)
	}
}

// A report that clashes or is refused once its goal is mapped binds no player either.
func TestAReportThatWaitedAndChangesNothingBindsNoPlayer(t *testing.T) {
	w := setup(t)
	w.exec(`UPDATE goals SET reversible = false WHERE key = 'kyc'`)
	click := "&click_id=" + hex(pgtest.Click(t, w.d, w.Link))
	w.report("goal=kyc"+click, intake.Recorded)
	w.report("goal=deposit&transaction_id=T1&player_id=7&click_id="+w.click(), intake.Recorded)
	before := w.bindings()
	w.report("goal=dep&transaction_id=T1&player_id=8"+click, intake.Unmapped)
	w.report("goal=docs&status=rejected&player_id=8"+click, intake.Unmapped)
	preview, err := w.in.PreviewGoal(t.Context(), w.Integration.Key, "docs", "kyc")
	w.must(err)
	refused, err := w.in.MapGoal(t.Context(), w.Integration.Key, "docs", "kyc", intake.Move{})
	w.must(err)
	if preview.Refused != 1 || refused.Refused != 1 {
		t.Errorf("previewed %+v, then %+v", preview, refused)
	}
	if _, err := w.in.MapGoal(t.Context(), w.Integration.Key, "dep", "deposit", intake.Move{}); err != nil || w.open() == nil {
		t.Errorf("it is no clash: %v", err)
	}
	if after := w.bindings(); after != before {
		t.Errorf("it was %s\nit is  %s", before, after)
	}
}

// The conversion that replaces a wrongly attributed one is what came of the mapping.
func TestAMappingTakesBackWhatReplacedItsConversions(t *testing.T) {
	w := setup(t)
	w.report("goal=dep1&player_id=7&amount=10", intake.Unmapped)
	_, err := w.in.MapGoal(t.Context(), w.Integration.Key, "dep1", "ftd", intake.Move{})
	w.must(err)
	first, err := w.client.Conversion.Query().Only(w.ctx)
	w.must(err)
	w.must(w.in.Assign(t.Context(), first.ID, intake.Assignment{ClickID: w.Click, Actor: commission.ByStaff}))
	undone, err := w.in.Undo(t.Context(), first.ID, intake.Undoing{Actor: commission.ByStaff})
	w.must(err)
	goals, err := w.office().WaitingGoals(t.Context(), []int64{first.IntegrationID})
	w.must(err)
	if len(goals) != 1 || goals[0].Recorded != 1 {
		t.Errorf("%+v: one is recorded", goals)
	}
	n, err := w.in.UnmapGoal(t.Context(), w.Integration.Key, "dep1", intake.Undoing{Actor: commission.ByStaff})
	w.must(err)
	if c, err := w.client.Conversion.Get(w.ctx, undone.ReplacedBy); err != nil || n != 1 || c.UndoneAt == nil {
		t.Errorf("%d are taken back, %v: %+v", n, err, c)
	}
}
