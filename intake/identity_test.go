package intake_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/gofrs/uuid/v5"

	"postrider/domain/commission"
	"postrider/domain/inbound"
	"postrider/ent/db"
	"postrider/intake"
	"postrider/internal/problem"
	"postrider/pgtest"
)

// through returns a GET to another integration.
func (w *world) through(in pgtest.Inlet, query string) inbound.Call {
	c := w.get("")
	c.IntegrationKey, c.RawQuery = in.Key, query+"&token="+in.Token
	return c
}

// open returns the clash that waits for staff.
func (w *world) open() *db.Clash {
	w.t.Helper()
	c, err := w.client.Clash.Query().Only(w.ctx)
	w.must(err)
	return c
}

func TestTwoIntegrationsOfAnOfferTellOfOneEvent(t *testing.T) {
	w := setup(t)
	other := pgtest.Integration(t, w.d, w.Offer)
	first := w.report("goal=deposit&transaction_id=T1&amount=40&currency=EUR&player_id=7&click_id="+w.click(), intake.Recorded)
	again := w.receive(w.through(other, "goal=deposit&transaction_id=T1&amount=43.20&currency=USD&status=rejected&player_id=7"))
	if again.Result != intake.Duplicate || again.ConversionID != first.ConversionID {
		t.Fatalf("by another integration: %+v", again)
	}
	want := []inbound.Difference{
		{Field: "amount", Recorded: "40.00", Reported: "43.20"}, {Field: "currency", Recorded: "EUR", Reported: "USD"},
		{Field: "status", Recorded: "approved", Reported: "rejected"},
	}
	if fmt.Sprint(again.Differs) != fmt.Sprint(want) {
		t.Errorf("it differs by %+v", again.Differs)
	}
	if c := w.conversion(first); c.Status != commission.Approved || c.Amount.String() != "40" || c.Currency != "EUR" {
		t.Errorf("another integration made it %s of %s %s", c.Status, c.Amount, c.Currency)
	}
	if said := w.last().Reason; said != "another integration of the operator recorded it, and only that one changes it; it says otherwise: amount 43.20, recorded 40.00; currency USD, recorded EUR; status rejected, recorded approved" {
		t.Errorf("the log says %q", said)
	}
	// A player that one of them bound to a click is known to the other.
	ftd := w.receive(w.through(other, "goal=ftd&player_id=7"))
	if ftd.Result != intake.Recorded {
		t.Errorf("the player through another integration: %+v", ftd)
	}
	w.report("goal=ftd&player_id=7&amount=3", intake.Duplicate)
}

func TestTheSameTransactionOfAnotherBrandIsAnotherEvent(t *testing.T) {
	w := setup(t)
	brand := pgtest.Offer(t, w.d)
	link := pgtest.Campaign(t, w.d, pgtest.For{Affiliate: w.Affiliate, Offer: brand})
	click := hex(pgtest.Click(t, w.d, link))
	first := w.report("goal=deposit&transaction_id=T1&click_id="+w.click(), intake.Recorded)
	second := w.report("goal=deposit&transaction_id=T1&click_id="+click, intake.Recorded)
	if first.ConversionID == second.ConversionID {
		t.Fatal("they are one")
	}
	if a := w.report("goal=deposit&transaction_id=T1&status=rejected&click_id="+click, intake.Updated); a.ConversionID != second.ConversionID {
		t.Errorf("the other brand's was changed")
	}
	// Without a click or a player that is known, the brand is not known either: the transaction is enough.
	if a := w.report("goal=deposit&transaction_id=T1&status=cancelled&player_id=unknown", intake.Updated); a.ConversionID != first.ConversionID {
		t.Errorf("%s was changed", a.ConversionID)
	}
}

func TestATransactionThatWaitsForAClickIsFoundByAReportOfAnotherBrand(t *testing.T) {
	w := setup(t)
	link := pgtest.Campaign(t, w.d, pgtest.For{Affiliate: w.Affiliate, Offer: pgtest.Offer(t, w.d)})
	waiting := w.report("goal=deposit&transaction_id=T1&player_id=9", intake.Unattributed)
	again := w.report("goal=deposit&transaction_id=T1&player_id=9&click_id="+hex(pgtest.Click(t, w.d, link)), intake.Duplicate)
	if again.ConversionID != waiting.ConversionID {
		t.Errorf("%+v, then %+v", waiting, again)
	}
	if n := w.count(`SELECT count(*) FROM conversions`); n != 1 {
		t.Errorf("%d conversions", n)
	}
}

func TestATransactionWithAnotherPlayerOrClickWaitsForStaff(t *testing.T) {
	w := setup(t)
	other := hex(pgtest.Click(t, w.d, w.Link))
	first := w.report("goal=deposit&transaction_id=T1&amount=20&player_id=7&click_id="+w.click(), intake.Recorded)
	for _, again := range []string{
		"goal=deposit&transaction_id=T1&amount=20&player_id=8&click_id=" + w.click(),
		"goal=deposit&transaction_id=T1&amount=20&player_id=7&click_id=" + other,
		"goal=deposit&transaction_id=T1&status=rejected&player_id=9&click_id=" + other,
	} {
		if a := w.report(again, intake.Clash); a.ConversionID != first.ConversionID || len(a.Differs) == 0 {
			t.Errorf("%s: %+v", again, a)
		}
		w.report(again, intake.Clash)
	}
	if c := w.conversion(first); c.Status != commission.Approved || len(w.events(first)) != 1 {
		t.Errorf("it is %s, after %d events", c.Status, len(w.events(first)))
	}
	if n := w.count(`SELECT count(*) FROM clashes WHERE reports = 2`); n != 3 {
		t.Errorf("%d clashes were reported twice, want 3", n)
	}
	// What says nothing else is no clash.
	w.report("goal=deposit&transaction_id=T1&amount=20&player_id=7", intake.Duplicate)
	w.report("goal=deposit&transaction_id=T1&amount=20&click_id=not-a-click", intake.Duplicate)
}

// bindings says which players have a click, and which conversions have a player.
func (w *world) bindings() string {
	w.t.Helper()
	var said string
	w.must(w.d.SQL.QueryRowContext(w.t.Context(), `
		SELECT coalesce((SELECT string_agg(external_id || '=' || click_id, ', ' ORDER BY external_id) FROM players WHERE click_id IS NOT NULL), '') || '; ' ||
		       coalesce((SELECT string_agg(id || ' ' || player_id || ' ' || coalesce(once_key, ''), ', ' ORDER BY id) FROM conversions), '')`).Scan(&said))
	return said
}

// What a call says about a player counts only if the call itself does.
func TestACallThatChangesNothingBindsNoPlayer(t *testing.T) {
	for name, call := range map[string]struct {
		rest string
		want intake.Result
	}{
		"a clash":                  {"goal=deposit&transaction_id=T1&player_id=8", intake.Clash},
		"a clash with a status":    {"goal=deposit&transaction_id=T1&player_id=8&status=rejected", intake.Clash},
		"a status that is refused": {"goal=kyc&player_id=8&status=rejected", intake.Invalid},
	} {
		t.Run(name, func(t *testing.T) {
			w := setup(t)
			w.exec(`UPDATE goals SET reversible = false WHERE key = 'kyc'`)
			click := hex(pgtest.Click(t, w.d, w.Link))
			w.report("goal=kyc&click_id="+click, intake.Recorded)
			w.report("goal=deposit&transaction_id=T1&player_id=7&click_id="+w.click(), intake.Recorded)
			before := w.bindings()
			w.report(call.rest+"&click_id="+click, call.want)
			if after := w.bindings(); after != before {
				t.Errorf("it was %s\nit is  %s", before, after)
			}
			w.report("goal=registration&player_id=8", intake.Unattributed)
		})
	}
}

// Staff said that the recorded player holds: the one that is reported again has come from nowhere.
func TestAPlayerOfAClashThatIsTheSameEventIsBoundToNoClick(t *testing.T) {
	w := setup(t)
	click := "&click_id=" + w.click()
	w.report("goal=deposit&transaction_id=T1&player_id=7"+click, intake.Recorded)
	w.report("goal=deposit&transaction_id=T1&player_id=8"+click, intake.Clash)
	_, err := w.in.Rule(t.Context(), w.open().ID, intake.Ruling{Resolution: inbound.Same})
	w.must(err)
	before := w.bindings()
	w.report("goal=deposit&transaction_id=T1&player_id=8"+click, intake.Duplicate)
	w.report("goal=deposit&transaction_id=T1&player_id=8&status=rejected"+click, intake.Updated)
	if after := w.bindings(); after != before {
		t.Errorf("it was %s\nit is  %s", before, after)
	}
}

// Two calls of one transaction that arrive together are one, though the offer of the first is only assumed.
func TestOneTransactionAtOnceWithAndWithoutItsClickIsOneConversion(t *testing.T) {
	w := setup(t)
	link := pgtest.Campaign(t, w.d, pgtest.For{Affiliate: w.Affiliate, Offer: pgtest.Offer(t, w.d)})
	click := hex(pgtest.Click(t, w.d, link))
	const transactions = 20
	var wg sync.WaitGroup
	for i := range transactions {
		for _, who := range []string{"player_id=1", "click_id=none", "click_id=" + click} {
			wg.Go(func() {
				_, err := w.in.Receive(w.ctx, w.get(fmt.Sprintf("goal=deposit&transaction_id=T%d&%s", i, who)))
				w.must(err)
			})
		}
	}
	wg.Wait()
	if n := w.count(`SELECT count(*) FROM conversions`); n != transactions {
		t.Errorf("%d conversions of %d transactions", n, transactions)
	}
}

func TestAClashThatIsAnotherEventIsRecordedByItself(t *testing.T) {
	w := setup(t)
	first := w.report("goal=deposit&transaction_id=T1&amount=20&player_id=7&click_id="+w.click(), intake.Recorded)
	second := "goal=deposit&transaction_id=T1&amount=35&player_id=8&click_id=" + hex(pgtest.Click(t, w.d, w.Link))
	w.report(second, intake.Clash)
	apart, err := w.in.Rule(t.Context(), w.open().ID, intake.Ruling{Resolution: inbound.Separate})
	w.must(err)
	a := w.report(second+"&status=rejected", intake.Updated)
	if a.ConversionID != hex(apart) || a.ConversionID == first.ConversionID {
		t.Fatalf("%+v, want %s to change", a, apart)
	}
	if c := w.conversion(a); c.Amount.String() != "35" || c.ApartFrom == nil || hex(*c.ApartFrom) != first.ConversionID || *c.AffiliateID != w.Affiliate {
		t.Errorf("%+v", c)
	}
	if a := w.report("goal=deposit&transaction_id=T1&amount=20&player_id=7&status=cancelled", intake.Updated); a.ConversionID != first.ConversionID {
		t.Errorf("%+v", a)
	}
	if _, err := w.in.Rule(t.Context(), w.open().ID, intake.Ruling{Resolution: inbound.Same}); problem.CodeOf(err) != problem.CodeConflict {
		t.Errorf("deciding it twice: %v", err)
	}
	if _, err := w.in.Rule(t.Context(), uuid.Must(uuid.NewV4()), intake.Ruling{Resolution: inbound.Same}); problem.CodeOf(err) != problem.CodeNotFound {
		t.Errorf("deciding nothing: %v", err)
	}
}

// The attribution of either side of a clash may be undone: what stands in its place is that side.
func TestAClashKnowsWhatReplacedItsConversions(t *testing.T) {
	w := setup(t)
	assign := func(a uuid.UUID) {
		w.must(w.in.Assign(t.Context(), a, intake.Assignment{ClickID: w.Click, Actor: commission.ByStaff}))
	}
	undo := func(id uuid.UUID) uuid.UUID {
		assign(id)
		undone, err := w.in.Undo(t.Context(), id, intake.Undoing{Actor: commission.ByStaff})
		w.must(err)
		return undone.ReplacedBy
	}
	first := w.conversion(w.report("goal=deposit&transaction_id=T1&amount=20&player_id=7", intake.Unattributed))
	second := "goal=deposit&transaction_id=T1&amount=35&player_id=8"
	w.report(second, intake.Clash)
	apart, err := w.in.Rule(t.Context(), w.open().ID, intake.Ruling{Resolution: inbound.Separate})
	w.must(err)
	known, other := undo(first.ID), undo(apart)
	if a := w.report(second+"&status=rejected", intake.Updated); a.ConversionID != hex(other) {
		t.Errorf("%+v, want %s to change", a, other)
	}
	if a := w.report("goal=deposit&transaction_id=T1&player_id=7&status=cancelled", intake.Updated); a.ConversionID != hex(known) {
		t.Errorf("%+v, want %s to change", a, known)
	}
	if n := w.count(`SELECT count(*) FROM clashes`); n != 1 {
		t.Errorf("%d clashes", n)
	}
}

func TestAClashThatIsTheSameEventIsADuplicateFromThenOn(t *testing.T) {
	w := setup(t)
	first := w.report("goal=deposit&transaction_id=T1&amount=20&player_id=7&click_id="+w.click(), intake.Recorded)
	again := "goal=deposit&transaction_id=T1&amount=20&player_id=8"
	w.report(again, intake.Clash)
	_, err := w.in.Rule(t.Context(), w.open().ID, intake.Ruling{Resolution: inbound.Same})
	w.must(err)
	w.report(again, intake.Duplicate)
	w.report(again+"&status=rejected", intake.Updated)
	if c := w.conversion(first); c.Status != commission.Rejected {
		t.Errorf("it is %s", c.Status)
	}
}

// An operator takes an unmapped word back: only the last report decides.
func TestAWordThatWasTakenBackDecidesNothing(t *testing.T) {
	for name, reports := range map[string][]string{
		"without times": {"status=approved", "status=settled", "status=approved"},
		"with times": {
			"status=approved&occurred_at=1781258400", "status=settled&occurred_at=1781258401", "status=approved&occurred_at=1781258402",
		},
		"out of order": {
			"status=approved&occurred_at=1781258402", "status=settled&occurred_at=1781258401",
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := setup(t)
			var a intake.Answer
			for _, r := range reports {
				a = w.receive(w.get("goal=deposit&transaction_id=T1&amount=5&player_id=7&click_id=" + w.click() + "&" + r))
			}
			if c := w.conversion(a); c.ReportedStatus != "" {
				t.Errorf("%q is still reported", c.ReportedStatus)
			}
			w.exec(`UPDATE integrations SET status_mapping = '{"settled": "rejected"}'`)
			w.in.Forget()
			moved, err := w.office().MapStatuses(t.Context(), w.Integration.Key, intake.Move{})
			w.must(err)
			if c := w.conversion(a); moved != 0 || c.Status != commission.Approved {
				t.Errorf("%d moved, it is %s", moved, c.Status)
			}
		})
	}
}

// A report that arrives late does not take a later, unmapped word back.
func TestALaterWordStillWaitsAfterALateReport(t *testing.T) {
	w := setup(t)
	report := func(rest string, want intake.Result) intake.Answer {
		return w.report("goal=deposit&transaction_id=T1&amount=5&player_id=7&click_id="+w.click()+"&"+rest, want)
	}
	report("status=pending&occurred_at=1781258400", intake.Recorded)
	report("status=settled&occurred_at=1781258403", intake.Duplicate)
	a := report("status=approved&occurred_at=1781258401", intake.Updated)
	report("status=odd&occurred_at=1781258402", intake.Duplicate)
	if c := w.conversion(a); c.ReportedStatus != "settled" || c.Status != commission.Approved {
		t.Errorf("it is %s, reported %q", c.Status, c.ReportedStatus)
	}
}
