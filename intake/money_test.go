package intake_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/shopspring/decimal"

	"postrider/backoffice"
	"postrider/domain/commission"
	"postrider/ent/db"
	"postrider/ent/db/delivery"
	"postrider/intake"
	"postrider/pgtest"
)

// asks sets the qualification of the scene's offer.
func (w *world) asks(q commission.Qualification) {
	w.t.Helper()
	w.must(w.client.Offer.UpdateOneID(w.Offer).SetQualification(&q).Exec(w.ctx))
	w.in.Forget()
}

// cpas returns the scene's CPA conversions as "status payout origin".
func (w *world) cpas() []string {
	w.t.Helper()
	rows, err := w.client.Conversion.Query().All(w.ctx)
	w.must(err)
	var list []string
	for _, c := range rows {
		if c.Goal == commission.GoalCPA {
			list = append(list, fmt.Sprintf("%s %s %s", c.Status, c.Payout, c.Origin))
		}
	}
	return list
}

func (w *world) wantCPAs(when string, want ...string) {
	w.t.Helper()
	if got := w.cpas(); !slices.Equal(got, want) {
		w.t.Fatalf("%s: the CPAs are %q, want %q", when, got, want)
	}
}

func TestPostriderRecordsTheCPAItself(t *testing.T) {
	w := setup(t)
	pgtest.Postback(t, w.d, w.Affiliate, tracker, pgtest.On("cpa"))
	pgtest.Postback(t, w.d, w.Affiliate, tracker, pgtest.On("cpa", commission.Cancelled))
	w.asks(commission.Qualification{Goals: []string{"registration", "ftd"}, MinDeposit: decimal.NewFromInt(20)})
	who := "&player_id=7&click_id=" + w.click()
	w.report("goal=ftd&transaction_id=a&amount=10"+who, intake.Recorded)
	w.wantCPAs("a small deposit, no registration")
	w.report("goal=deposit&transaction_id=b&amount=20"+who, intake.Recorded)
	w.wantCPAs("no registration yet")
	w.report("goal=registration"+who, intake.Recorded)
	w.wantCPAs("everything, the registration last", "approved 120 postrider")
	w.report("goal=registration"+who, intake.Duplicate)
	w.wantCPAs("told twice", "approved 120 postrider")
	w.report("goal=deposit&transaction_id=b&status=rejected"+who, intake.Updated)
	w.wantCPAs("the deposit is taken back", "cancelled 0 postrider")
	w.report("goal=deposit&transaction_id=b&status=approved"+who, intake.Updated)
	w.wantCPAs("and given again", "approved 120 postrider")
	if n := w.count(`SELECT count(*) FROM deliveries WHERE goal = 'cpa'`); n != 3 {
		t.Errorf("%d deliveries tell of the CPA, want one for each of its three steps", n)
	}
	if found := w.contradictions(); len(found) > 0 {
		t.Error(strings.Join(found, "\n"))
	}
}

func TestTheHoldEnds(t *testing.T) {
	w := setup(t)
	w.asks(commission.Qualification{Goals: []string{"ftd"}, ClawbackDays: 10})
	w.report("goal=ftd&click_id="+w.click(), intake.Recorded)
	w.later(11 * 24 * time.Hour)
	w.report("goal=ftd&status=rejected&click_id="+w.click(), intake.Updated)
	w.wantCPAs("a reversal after the hold", "approved 120 postrider")
}

func TestWhatStaffDecidedOfACPAStays(t *testing.T) {
	w := setup(t)
	w.asks(commission.Qualification{Goals: []string{"ftd"}})
	w.report("goal=ftd&click_id="+w.click(), intake.Recorded)
	var id uuid.UUID
	w.must(w.d.SQL.QueryRowContext(t.Context(), `SELECT id FROM conversions WHERE goal = 'cpa'`).Scan(&id))
	_, err := w.in.Move(t.Context(), id, intake.Move{To: commission.Rejected, Reason: "fraud", Actor: commission.ByStaff})
	w.must(err)
	w.report("goal=registration&click_id="+w.click(), intake.Recorded)
	w.wantCPAs("after another event", "rejected 0 postrider")
}

func TestTheOperatorsOwnCPAIsLeftAlone(t *testing.T) {
	w := setup(t)
	w.asks(commission.Qualification{Goals: []string{"ftd"}})
	w.report("goal=cpa&player_id=1&click_id="+w.click(), intake.Recorded)
	w.report("goal=ftd&player_id=1&click_id="+w.click(), intake.Recorded)
	w.report("goal=ftd&status=rejected&player_id=1&click_id="+w.click(), intake.Updated)
	w.wantCPAs("both said", "approved 120 operator")
}

func TestEventsThatArriveTogetherQualifyOnce(t *testing.T) {
	w := setup(t)
	w.asks(commission.Qualification{Goals: []string{"registration", "kyc", "ftd"}})
	other := w.node()
	done := make(chan error)
	for i, goal := range []string{"registration", "kyc", "ftd", "registration", "kyc", "ftd"} {
		node := w.in
		if i%2 == 1 {
			node = other
		}
		go func() {
			_, err := node.Receive(t.Context(), w.get("goal="+goal+"&player_id=7&click_id="+w.click()))
			done <- err
		}()
	}
	for range 6 {
		w.must(<-done)
	}
	w.wantCPAs("from two nodes at once", "approved 120 postrider")
}

func TestADealsTiersAreReachedOneByOne(t *testing.T) {
	w := setup(t)
	w.exec(`UPDATE deals SET tier_by = 'count', tiers = '[{"from": "2", "amount": "150", "percent": "0"}]'`)
	w.in.Forget()
	done := make(chan error)
	for i := range 5 {
		go func() {
			_, err := w.in.Receive(t.Context(), w.get(fmt.Sprintf("goal=cpa&player_id=p%d&transaction_id=t%d&click_id=%s", i, i, w.click())))
			done <- err
		}()
	}
	for range 5 {
		w.must(<-done)
	}
	got := w.count(`SELECT sum(payout) FROM conversions`)
	if got != 2*120+3*150 {
		t.Errorf("five players pay %d, want 690", got)
	}
	w.exec(`UPDATE deals SET amount = 1, tiers = '[]'`)
	w.in.Forget()
	w.report("goal=cpa&transaction_id=t0&status=rejected&player_id=p0&click_id="+w.click(), intake.Updated)
	w.report("goal=cpa&transaction_id=t0&status=approved&player_id=p0&click_id="+w.click(), intake.Updated)
	if again := w.count(`SELECT sum(payout) FROM conversions`); again != got {
		t.Errorf("a conversion does not keep its terms: %d", again)
	}
}

func TestTheDealOfThatDayAndItsRate(t *testing.T) {
	w := setup(t)
	w.exec(`DELETE FROM deals`)
	june, july := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)
	share := func(percent int64, from, to time.Time) {
		w.must(w.client.Deal.Create().SetOfferID(w.Offer).SetModel(commission.RevShare).SetPercent(decimal.NewFromInt(percent)).SetCurrency("EUR").
			SetValidFrom(from).SetValidTo(to).SetCreatedAt(pgtest.Now).Exec(w.ctx))
	}
	share(20, june.AddDate(0, -1, 0), june)
	share(30, june, july)
	w.must(w.client.ExchangeRate.Create().SetQuote("USD").SetRate(decimal.RequireFromString("1.25")).SetValidFrom(june.AddDate(0, 0, -10)).SetCreatedAt(pgtest.Now).Exec(w.ctx))
	w.in.Forget()
	for _, c := range []struct{ query, payout string }{
		{"transaction_id=1&amount=100&occurred_at=2026-05-31T23:59:59Z", "20"},
		{"transaction_id=2&amount=100&occurred_at=2026-06-01T00:00:00Z", "30"},
		{"transaction_id=3&amount=-100&currency=USD&occurred_at=2026-06-02T00:00:00Z", "-24"},
		{"transaction_id=4&amount=100&currency=CHF&occurred_at=2026-06-02T00:00:00Z", "<nil>"},
		{"transaction_id=5&amount=100&currency=USD&occurred_at=2026-05-02T00:00:00Z", "<nil>"},
		{"transaction_id=6&amount=100&occurred_at=2026-04-02T00:00:00Z", "<nil>"},
	} {
		a := w.report("goal=net_revenue&click_id="+w.click()+"&"+c.query, intake.Recorded)
		if got := fmt.Sprint(w.conversion(a).Payout); got != c.payout {
			t.Errorf("%s pays %s, want %s", c.query, got, c.payout)
		}
	}
	w.exec(`UPDATE exchange_rates SET rate = 2`)
	w.in.Forget()
	w.report("goal=net_revenue&transaction_id=3&status=approved&amount=-200&currency=USD&click_id="+w.click(), intake.Updated)
	if n := w.count(`SELECT payout FROM conversions WHERE transaction_id = '3'`); n != -48 {
		t.Errorf("the correction is calculated to %d, want -48 by the rate that was kept", n)
	}
}

func TestWhatWaitsForARateIsCalculatedWhenThereIsOne(t *testing.T) {
	w := setup(t)
	pgtest.Postback(t, w.d, w.Affiliate, tracker, pgtest.On("net_revenue"))
	w.exec(`UPDATE deals SET model = 'revshare', percent = 30`)
	a := w.report("goal=net_revenue&transaction_id=1&amount=100&currency=SEK&click_id="+w.click(), intake.Recorded)
	if c := w.conversion(a); c.Payout != nil || c.Terms == nil {
		t.Fatalf("%+v", c)
	}
	w.must(w.client.ExchangeRate.Create().SetQuote("SEK").SetRate(decimal.NewFromInt(10)).SetValidFrom(pgtest.Now.AddDate(0, -1, 0)).SetCreatedAt(pgtest.Now).Exec(w.ctx))
	w.in.Forget()
	for _, want := range []int{1, 0} {
		if n, err := w.in.PriceMissing(t.Context(), "SEK", intake.Move{Actor: commission.ByStaff}); err != nil || n != want {
			t.Fatalf("%d were calculated, want %d; %v", n, want, err)
		}
	}
	events := w.events(a)
	if c := w.conversion(a); c.Payout.String() != "3" || len(events) != 2 || events[1].Macros["payout"] != "3.00" || events[1].Considered[0].Rule != "unchanged" {
		t.Errorf("%+v, %+v", c, events)
	}
	if n := w.count(`SELECT count(*) FROM deliveries`); n != 1 {
		t.Errorf("%d deliveries", n)
	}
}

func TestACorrectedAmountIsAStepThatFiresNothing(t *testing.T) {
	w := setup(t)
	pgtest.Postback(t, w.d, w.Affiliate, tracker, pgtest.On("deposit"))
	a := w.report("goal=deposit&transaction_id=1&amount=10&click_id="+w.click(), intake.Recorded)
	w.report("goal=deposit&transaction_id=1&amount=12&status=approved&click_id="+w.click(), intake.Updated)
	w.report("goal=deposit&transaction_id=1&amount=12&click_id="+w.click(), intake.Duplicate)
	w.report("goal=deposit&transaction_id=1&amount=10&click_id="+w.click(), intake.Duplicate) // an earlier version, late
	w.report("goal=deposit&transaction_id=1&amount=12&status=approved&click_id="+w.click(), intake.Duplicate)
	if events := w.events(a); len(events) != 2 || events[1].Amount.String() != "12" || events[1].Considered[0].Rule != "unchanged" {
		t.Errorf("%+v", events)
	}
	if n := w.count(`SELECT count(*) FROM deliveries`); n != 1 {
		t.Errorf("%d deliveries", n)
	}
}

// A tracker that accepts corrections gets each of them, once.
func TestACorrectionIsSentToAPostbackThatAsksForIt(t *testing.T) {
	w := setup(t)
	wants := func(c *db.PostbackCreate) { c.SetSendCorrections(true) }
	p := pgtest.Postback(t, w.d, w.Affiliate, tracker, pgtest.On("deposit"), wants)
	pgtest.Postback(t, w.d, w.Affiliate, tracker, pgtest.On("deposit"))
	pgtest.Postback(t, w.d, w.Affiliate, tracker, pgtest.On("deposit", commission.Rejected), wants)
	click := "&click_id=" + w.click()
	w.report("goal=deposit&transaction_id=1&amount=10"+click, intake.Recorded)
	w.report("goal=deposit&transaction_id=1&amount=12&status=approved"+click, intake.Updated)
	w.report("goal=deposit&transaction_id=1&amount=12&status=approved"+click, intake.Duplicate)
	rows := w.client.Delivery.Query().Where(delivery.PostbackID(p.ID)).Order(db.Asc(delivery.FieldID)).AllX(w.ctx)
	if len(rows) != 2 || rows[0].EventID == nil || rows[1].EventID == nil || *rows[0].EventID == *rows[1].EventID {
		t.Fatalf("%+v", rows)
	}
	if n := w.count(`SELECT count(*) FROM deliveries`); n != 3 {
		t.Errorf("%d deliveries, want two and one", n)
	}
	if step := w.client.ConversionEvent.GetX(w.ctx, *rows[1].EventID); step.Amount.String() != "12" || step.Macros["amount"] != "12.00" {
		t.Errorf("the second tells of %+v", step)
	}
}

// An operator corrects an amount, a currency or a time, with a status or without: each is a step
// with values of its own, and a tracker that accepts corrections gets it.
func TestWhatAnOperatorCorrectsIsAStepWithTheNewValues(t *testing.T) {
	w := setup(t)
	p := pgtest.Postback(t, w.d, w.Affiliate, tracker, pgtest.On("deposit"), func(c *db.PostbackCreate) { c.SetSendCorrections(true) })
	of := func(rest string) string { return "goal=deposit&transaction_id=1" + rest + "&click_id=" + w.click() }
	a := w.report(of("&amount=10&occurred_at=2026-06-11T10:00:00Z"), intake.Recorded)
	steps := []struct{ call, reason, amount, currency, date string }{
		{"&amount=12", "amount from 10.00 to 12.00", "12.00", "EUR", "2026-06-11T10:00:00Z"},
		{"&currency=usd&status=approved", "currency from EUR to USD", "12.00", "USD", "2026-06-11T10:00:00Z"},
		{"&occurred_at=2026-06-11T09:00:00Z", "time from 2026-06-11T10:00:00Z to 2026-06-11T09:00:00Z", "12.00", "USD", "2026-06-11T09:00:00Z"},
		{"&amount=15&currency=EUR&occurred_at=2026-06-11T11:00:00Z", "amount from 12.00 to 15.00, currency from USD to EUR, time from", "15.00", "EUR", "2026-06-11T11:00:00Z"},
	}
	for _, step := range steps {
		w.report(of(step.call), intake.Updated)
		if got := w.last().Reason; !strings.HasPrefix(got, "corrected: "+step.reason) {
			t.Errorf("%s: %s, want %s", step.call, got, step.reason)
		}
		w.report(of(step.call), intake.Duplicate)
	}
	// What repeats an earlier version changes nothing, nor does an amount from before the last.
	w.report(of("&amount=10"), intake.Duplicate)
	w.report(of("&amount=12&currency=EUR"), intake.Duplicate)
	w.report(of("&amount=99&occurred_at=2026-06-11T10:30:00Z"), intake.Duplicate)
	events := w.events(a)
	if len(events) != 1+len(steps) {
		t.Fatalf("%d steps", len(events))
	}
	for i, want := range steps {
		if e := events[i+1]; e.Macros["amount"] != want.amount || e.Macros["currency"] != want.currency || e.Macros["date"] != want.date {
			t.Errorf("%s: %v", want.call, e.Macros)
		}
	}
	at := time.Date(2026, 6, 11, 11, 0, 0, 0, time.UTC)
	if c := w.conversion(a); c.Amount.String() != "15" || c.Currency != "EUR" || !c.OccurredAt.Equal(at) || c.Status != commission.Approved {
		t.Errorf("%+v", c)
	}
	if n := w.client.Delivery.Query().Where(delivery.PostbackID(p.ID)).CountX(w.ctx); n != len(events) {
		t.Errorf("%d deliveries", n)
	}
}

// A time that comes with another status is the status's own; so is every time after it.
func TestATimeCorrectsAConversionUntilItsStatusChanges(t *testing.T) {
	w := setup(t)
	of := func(rest string) string { return "goal=deposit&transaction_id=1" + rest + "&click_id=" + w.click() }
	a := w.report(of("&amount=10&status=pending&occurred_at=2026-06-11T10:00:00Z"), intake.Recorded)
	w.report(of("&status=approved&occurred_at=2026-06-12T09:00:00Z"), intake.Updated)
	w.report(of("&status=approved&occurred_at=2026-06-12T09:30:00Z"), intake.Duplicate)
	if c := w.conversion(a); !c.OccurredAt.Equal(time.Date(2026, 6, 11, 10, 0, 0, 0, time.UTC)) || len(w.events(a)) != 2 {
		t.Errorf("%+v", c)
	}
}

// What was corrected before anybody knew whose it is, is sent as it was at each step.
func TestCorrectionsFromBeforeTheAttributionAreSentAsTheyWere(t *testing.T) {
	w := setup(t)
	pgtest.Postback(t, w.d, w.Affiliate, tracker, pgtest.On("deposit"), func(c *db.PostbackCreate) { c.SetSendCorrections(true) })
	const of = "goal=deposit&transaction_id=1&player_id=9"
	a := w.report(of+"&amount=10&occurred_at=2026-06-11T10:00:00Z", intake.Unattributed)
	w.report(of+"&amount=12&currency=USD", intake.Updated)
	w.report(of+"&occurred_at=2026-06-11T09:00:00Z", intake.Updated)
	w.must(w.in.Assign(t.Context(), w.conversion(a).ID, intake.Assignment{ClickID: w.Click, Reason: "by hand", Actor: commission.ByStaff}))
	var got []string
	for _, e := range w.events(a)[3:] {
		got = append(got, e.Macros["amount"]+" "+e.Macros["currency"]+" "+e.Macros["date"])
	}
	want := []string{"10.00 EUR 2026-06-11T10:00:00Z", "12.00 USD 2026-06-11T10:00:00Z", "12.00 USD 2026-06-11T09:00:00Z"}
	if !slices.Equal(got, want) || w.count(`SELECT count(*) FROM deliveries`) != 3 {
		t.Errorf("%q, want %q", got, want)
	}
}

// Another currency is another sum: the share is calculated anew, by the rate of that currency.
func TestACorrectedCurrencyIsPaidByItsOwnRate(t *testing.T) {
	w := setup(t)
	w.exec(`UPDATE deals SET model = 'revshare', percent = 50`)
	w.must(w.client.ExchangeRate.Create().SetQuote("USD").SetRate(decimal.NewFromInt(2)).SetValidFrom(pgtest.Now.AddDate(0, -1, 0)).SetCreatedAt(pgtest.Now).Exec(w.ctx))
	of := func(rest string) string { return "goal=net_revenue&transaction_id=1" + rest + "&click_id=" + w.click() }
	a := w.report(of("&amount=10&currency=EUR"), intake.Recorded)
	if c := w.conversion(a); c.Payout.String() != "5" {
		t.Fatalf("%+v", c)
	}
	w.report(of("&currency=USD"), intake.Updated)
	if c := w.conversion(a); c.Payout.String() != "2.5" || c.Currency != "USD" || c.Rate.String() != "0.5" {
		t.Errorf("%+v", c)
	}
	w.report(of("&currency=SEK"), intake.Updated) // without a rate, no payout until there is one
	if c := w.conversion(a); c.Payout != nil {
		t.Errorf("%+v", c)
	}
}

func TestWhatHappenedLaterStaysTrueInWhateverOrderItIsTold(t *testing.T) {
	w := setup(t)
	click := "&click_id=" + w.click()
	a := w.report("goal=ftd&transaction_id=1&status=rejected&occurred_at=2026-06-11T12:00:00Z"+click, intake.Recorded)
	w.report("goal=ftd&transaction_id=1&status=approved&occurred_at=2026-06-11T10:00:00Z"+click, intake.Duplicate)
	if c := w.conversion(a); c.Status != commission.Rejected || !strings.Contains(w.last().Reason, "out of order: ") {
		t.Errorf("%s: %s", c.Status, w.last().Reason)
	}
	w.report("goal=ftd&transaction_id=1&status=approved&occurred_at=2026-06-11T13:00:00Z"+click, intake.Updated)
}

func TestAWordThatNobodyKnowsIsKeptUntilItIsMapped(t *testing.T) {
	w := setup(t)
	pgtest.Postback(t, w.d, w.Affiliate, tracker, pgtest.On("cpa"))
	pgtest.Postback(t, w.d, w.Affiliate, tracker, pgtest.On("cpa", commission.Cancelled))
	click := "&click_id=" + w.click()
	a := w.report("goal=cpa&transaction_id=1&player_id=1&status=Settled"+click, intake.Recorded)
	b := w.report("goal=cpa&transaction_id=2&player_id=2"+click, intake.Recorded)
	w.report("goal=cpa&transaction_id=2&player_id=2&status=charged+back"+click, intake.Duplicate)
	if c := w.conversion(a); c.Status != commission.Unknown || !c.Payout.IsZero() || c.ReportedStatus != "Settled" {
		t.Fatalf("%+v", c)
	}
	if c := w.conversion(b); c.Status != commission.Approved || c.ReportedStatus != "charged back" {
		t.Fatalf("%+v", c)
	}
	if n := w.count(`SELECT count(*) FROM deliveries`); n != 1 {
		t.Fatalf("%d deliveries before anything is mapped", n)
	}
	w.must(w.client.Integration.UpdateOneID(w.Integration.ID).SetStatusMapping(map[string]string{"settled": "approved", "Charged Back": "cancelled"}).Exec(w.ctx))
	w.in.Forget()
	for _, want := range []int{2, 0} {
		if n, err := w.office().MapStatuses(t.Context(), w.Integration.Key, intake.Move{Actor: commission.ByStaff}); err != nil || n != want {
			t.Fatalf("%d were moved, %v; want %d", n, err, want)
		}
	}
	if c := w.conversion(a); c.Status != commission.Approved || c.Payout.String() != "120" || c.ReportedStatus != "" {
		t.Errorf("%+v", c)
	}
	if c := w.conversion(b); c.Status != commission.Cancelled || !c.Payout.IsZero() {
		t.Errorf("%+v", c)
	}
	if n := w.count(`SELECT count(*) FROM deliveries`); n != 3 {
		t.Errorf("%d deliveries after", n)
	}
	w.report("goal=cpa&transaction_id=3&player_id=3&status=SETTLED"+click, intake.Recorded)
}

func TestAClickThatIsTooOldIsLate(t *testing.T) {
	w := setup(t)
	w.must(w.client.Offer.UpdateOneID(w.Offer).SetAttributionWindowDays(30).Exec(w.ctx))
	w.in.Forget()
	inTime := pgtest.Click(t, w.d, w.Link)
	w.report("goal=registration&player_id=1&click_id="+hex(inTime), intake.Recorded)
	w.later(31 * 24 * time.Hour)
	a := w.report("goal=ftd&click_id="+w.click(), intake.Unattributed)
	if !strings.Contains(w.last().Reason, "outside the attribution window: the click was 31 days old") {
		t.Errorf("the log says %q", w.last().Reason)
	}
	w.report("goal=ftd&player_id=1&click_id="+hex(inTime), intake.Recorded) // its player came within the window
	proposals, err := w.office().Propose(t.Context(), []uuid.UUID{w.conversion(a).ID})
	w.must(err)
	if p := proposals[w.conversion(a).ID]; len(p) != 1 || p[0].Kind != backoffice.LateClick || p[0].ClickID != w.Click {
		t.Errorf("%+v", p)
	}
}
