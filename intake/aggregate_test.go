package intake_test

import (
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"postrider/domain/commission"
	"postrider/ent/db"
	"postrider/ent/db/aggregatedevent"
	"postrider/ent/db/delivery"
	"postrider/intake"
	"postrider/internal/globalid"
	"postrider/outbox"
	"postrider/pgtest"
)

const summing = "https://tracker.example/?c={param_1}&n={count}&sum={sum_amount}&paid={sum_payout}&goals={goal_names}"

// windows returns the deliveries, in the order in which they were recorded.
func (w *world) windows() []*db.Delivery {
	w.t.Helper()
	all, err := w.client.Delivery.Query().Order(db.Asc(delivery.FieldID)).All(w.ctx)
	w.must(err)
	return all
}

// says returns a window's count, sum of amounts and goals.
func says(d *db.Delivery) string {
	return d.Macros["count"] + " " + d.Macros["sum_amount"] + " " + d.Macros["goal_names"]
}

func (w *world) want(when string, want ...string) {
	w.t.Helper()
	var got []string
	for _, d := range w.windows() {
		got = append(got, string(d.State)+" "+string(d.Status)+": "+says(d))
	}
	if !slices.Equal(got, want) {
		w.t.Errorf("%s the windows are %q, want %q", when, got, want)
	}
}

func TestConversionsOfOneClickAreAggregated(t *testing.T) {
	w := setup(t)
	pgtest.Postback(t, w.d, w.Affiliate, summing, pgtest.On("ftd", commission.Approved, commission.Rejected), pgtest.Aggregation(600, "deposit"))
	click := "&click_id=" + w.click()
	first := w.report("goal=ftd&amount=25.50"+click, intake.Recorded)
	w.want("after the first,", "queued approved: 1 25.50 FTD")
	opened := w.windows()[0]
	if *opened.Reason != string(outbox.Aggregation) || opened.DueAt == nil || opened.DueAt.Sub(opened.CreatedAt) != 10*time.Minute || *opened.AggregationID != opened.ID {
		t.Errorf("the window is %+v", opened)
	}
	if n := w.count(`SELECT count(*) FROM river_job WHERE kind = 'deliver'`); n != 0 {
		t.Errorf("%d jobs run before the window closes", n)
	}
	second := w.report("goal=deposit&transaction_id=t1&amount=50"+click, intake.Recorded)
	w.report("goal=deposit&transaction_id=t1&amount=50"+click, intake.Duplicate)
	w.want("after the second, told twice,", "queued approved: 2 75.50 FTD,Deposit")

	w.report("goal=deposit&transaction_id=t1&amount=60&status=approved"+click, intake.Updated)
	w.want("after a correction,", "queued approved: 2 85.50 FTD,Deposit")

	w.report("goal=ftd&status=rejected"+click, intake.Updated)
	w.want("after a reversal within the window,", "queued approved: 1 60.00 Deposit", "queued rejected: 1 25.50 FTD")
	if d := w.windows()[0]; globalid.Hex(*d.ConversionID) != second.ConversionID || d.Goal != "deposit" || *d.TransactionID != "t1" {
		t.Errorf("the window stands for %s, want the one that is left", d.ConversionID)
	}

	w.report("goal=deposit&transaction_id=t1&status=rejected"+click, intake.Updated)
	w.want("after all were reversed,", "cancelled approved: 1 60.00 Deposit", "queued rejected: 2 85.50 FTD,Deposit")
	if d := w.windows()[0]; *d.Reason != string(outbox.NothingLeft) || d.DueAt != nil {
		t.Errorf("the empty window is %+v", d)
	}

	w.report("goal=ftd&status=approved"+click, intake.Updated)
	w.want("after one is approved again,", "cancelled approved: 1 60.00 Deposit", "queued rejected: 1 60.00 Deposit", "queued approved: 1 25.50 FTD")
	rows, err := w.client.AggregatedEvent.Query().Where(aggregatedevent.ConversionID(w.conversion(first).ID)).All(w.ctx)
	if w.must(err); len(rows) != 3 {
		t.Errorf("the first was in %d windows, want three", len(rows))
	}
}

// A sum in another currency is another sum: what is corrected moves, whether the postback asks for
// corrections or not, for nothing was sent yet.
func TestACorrectedCurrencyMovesToTheWindowOfThatCurrency(t *testing.T) {
	w := setup(t)
	for _, sends := range []bool{false, true} {
		w.exec(`DELETE FROM aggregated_events; DELETE FROM deliveries; DELETE FROM conversion_events; DELETE FROM conversions; UPDATE postbacks SET enabled = false`)
		w.in.Forget()
		pgtest.Postback(t, w.d, w.Affiliate, summing, pgtest.On("deposit"), pgtest.Aggregation(600),
			func(c *db.PostbackCreate) { c.SetSendCorrections(sends) })
		report := func(rest string, want intake.Result) { w.report("goal=deposit&click_id="+w.click()+rest, want) }
		report("&transaction_id=t1&amount=50", intake.Recorded)
		report("&transaction_id=t2&amount=7", intake.Recorded)
		report("&transaction_id=t1&currency=USD", intake.Updated)
		w.want("after one is corrected to dollars,", "queued approved: 1 7.00 Deposit", "queued approved: 1 50.00 Deposit")
		if windows := w.windows(); !windows[0].DueAt.Equal(*windows[1].DueAt) || windows[1].Macros["currency"] != "USD" {
			t.Errorf("%+v", windows[1])
		}
		report("&transaction_id=t2&currency=USD", intake.Updated)
		w.want("after both are,", "cancelled approved: 1 7.00 Deposit", "queued approved: 2 57.00 Deposit")
	}
}

func TestAWindowThatIsOverLetsNobodyIn(t *testing.T) {
	w := setup(t)
	pgtest.Postback(t, w.d, w.Affiliate, summing, pgtest.On("deposit"), pgtest.Aggregation(60))
	deposit := func(id string) {
		t.Helper()
		w.report("goal=deposit&amount=10&transaction_id="+id+"&click_id="+w.click(), intake.Recorded)
	}
	deposit("t1")
	w.later(time.Minute)
	deposit("t2")
	w.want("when nobody has closed the first,", "queued approved: 1 10.00 Deposit", "queued approved: 1 10.00 Deposit")
	deposit("t3")
	w.want("then", "queued approved: 1 10.00 Deposit", "queued approved: 2 20.00 Deposit")
	other := pgtest.Click(t, w.d, w.Link)
	w.report("goal=deposit&amount=5&transaction_id=t4&click_id="+hex(other), intake.Recorded)
	w.report("goal=deposit&amount=5&currency=USD&transaction_id=t5&click_id="+hex(other), intake.Recorded)
	w.want("another click and another currency have their own:", "queued approved: 1 10.00 Deposit", "queued approved: 2 20.00 Deposit",
		"queued approved: 1 5.00 Deposit", "queued approved: 1 5.00 Deposit")
}

func TestWhatIsAttributedLaterIsAggregatedToo(t *testing.T) {
	w := setup(t)
	pgtest.Postback(t, w.d, w.Affiliate, summing, pgtest.On("ftd", commission.Approved), pgtest.Aggregation(60))
	lost := w.report("goal=ftd&amount=7&player_id=p9", intake.Unattributed)
	w.must(w.in.Assign(t.Context(), w.conversion(lost).ID, intake.Assignment{ClickID: w.Click, Reason: "by hand", Actor: commission.ByStaff}))
	w.want("once it is given to a click,", "queued approved: 1 7.00 FTD")
}

// aggregatedModel is the expected windows, calculated in another way: by their members.
type aggregatedModel struct {
	amount map[string]int64
	window map[string]aggregatedAs // by conversion: where it belongs
	open   map[aggregatedAs][]string
	closed []string
}

// aggregatedAs is what the conversions of a window have in common.
type aggregatedAs struct{ status, currency string }

func (m *aggregatedModel) take(id string, as aggregatedAs, amount int64) {
	before := m.window[id]
	untold := slices.Contains(m.open[before], id)
	if before != as && untold {
		m.open[before] = slices.DeleteFunc(m.open[before], func(other string) bool { return other == id })
	}
	if before.status != as.status || before != as && untold {
		m.open[as] = append(m.open[as], id)
	}
	m.window[id], m.amount[id] = as, amount
}

func (m *aggregatedModel) say(as aggregatedAs) string {
	var sum int64
	for _, id := range m.open[as] {
		sum += m.amount[id]
	}
	return fmt.Sprintf("%s %s %d %s", as.status, as.currency, len(m.open[as]), commission.FormatAmount(decimal.NewFromInt(sum)))
}

func (m *aggregatedModel) close() {
	for as, members := range m.open {
		if len(members) > 0 {
			m.closed = append(m.closed, m.say(as))
		}
	}
	clear(m.open)
}

func TestAnyRunOfStepsIsAggregatedOnce(t *testing.T) {
	w := setup(t)
	pgtest.Postback(t, w.d, w.Affiliate, summing, pgtest.On("deposit", commission.Approved, commission.Rejected), pgtest.Aggregation(3600))
	rapid.Check(t, func(rt *rapid.T) {
		w.exec(`DELETE FROM aggregated_events; DELETE FROM deliveries; DELETE FROM conversion_events; DELETE FROM conversions; DELETE FROM players`)
		m := &aggregatedModel{amount: map[string]int64{}, window: map[string]aggregatedAs{}, open: map[aggregatedAs][]string{}}
		for range rapid.IntRange(1, 15).Draw(rt, "steps") {
			if rapid.IntRange(0, 5).Draw(rt, "what") == 0 {
				w.exec(`UPDATE deliveries SET due_at = NULL, aggregates = NULL, parked_at = now() WHERE aggregates IS NOT NULL`) // as the promoter does
				m.close()
				continue
			}
			id := rapid.SampledFrom([]string{"t1", "t2", "t3"}).Draw(rt, "transaction")
			as := aggregatedAs{
				rapid.SampledFrom([]string{"approved", "rejected"}).Draw(rt, "status"), rapid.SampledFrom([]string{"EUR", "EUR", "USD"}).Draw(rt, "currency"),
			}
			amount := rapid.Int64Range(1, 3).Draw(rt, "amount")
			call := fmt.Sprintf("goal=deposit&transaction_id=%s&status=%s&currency=%s&amount=%d&click_id=%s", id, as.status, as.currency, amount, w.click())
			if _, err := w.in.Receive(t.Context(), w.get(call)); err != nil {
				rt.Fatal(err)
			}
			m.take(id, as, amount)
		}
		m.close()
		var got []string
		for _, d := range w.windows() {
			if d.State != outbox.Cancelled {
				got = append(got, string(d.Status)+" "+d.Macros["currency"]+" "+d.Macros["count"]+" "+d.Macros["sum_amount"])
			}
			if n, err := strconv.Atoi(d.Macros["count"]); err != nil || n < 1 {
				rt.Errorf("a window says that it has %q", d.Macros["count"])
			}
		}
		slices.Sort(got)
		slices.Sort(m.closed)
		if !slices.Equal(got, m.closed) {
			rt.Errorf("the windows say %q, want %q", got, m.closed)
		}
		for _, fault := range w.unfed() {
			rt.Error(fault)
		}
	})
}
