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
	status map[string]string
	open   map[string][]string // by status
	closed []string
}

func (m *aggregatedModel) take(id, status string, amount int64) {
	if before := m.status[id]; before != status {
		for s, in := range m.open {
			m.open[s] = slices.DeleteFunc(in, func(other string) bool { return other == id })
		}
		m.open[status] = append(m.open[status], id)
	}
	m.status[id], m.amount[id] = status, amount
}

func (m *aggregatedModel) say(status string) string {
	var sum int64
	for _, id := range m.open[status] {
		sum += m.amount[id]
	}
	return fmt.Sprintf("%s %d %s", status, len(m.open[status]), commission.FormatAmount(decimal.NewFromInt(sum)))
}

func (m *aggregatedModel) close() {
	for _, status := range []string{"approved", "rejected"} {
		if len(m.open[status]) > 0 {
			m.closed = append(m.closed, m.say(status))
		}
	}
	clear(m.open)
}

func TestAnyRunOfStepsIsAggregatedOnce(t *testing.T) {
	w := setup(t)
	pgtest.Postback(t, w.d, w.Affiliate, summing, pgtest.On("deposit", commission.Approved, commission.Rejected), pgtest.Aggregation(3600))
	rapid.Check(t, func(rt *rapid.T) {
		w.exec(`DELETE FROM aggregated_events; DELETE FROM deliveries; DELETE FROM conversion_events; DELETE FROM conversions; DELETE FROM players`)
		m := &aggregatedModel{amount: map[string]int64{}, status: map[string]string{}, open: map[string][]string{}}
		for range rapid.IntRange(1, 15).Draw(rt, "steps") {
			if rapid.IntRange(0, 5).Draw(rt, "what") == 0 {
				w.exec(`UPDATE deliveries SET due_at = NULL, aggregates = NULL, parked_at = now() WHERE aggregates IS NOT NULL`) // as the promoter does
				m.close()
				continue
			}
			id := rapid.SampledFrom([]string{"t1", "t2", "t3"}).Draw(rt, "transaction")
			status := rapid.SampledFrom([]string{"approved", "rejected"}).Draw(rt, "status")
			amount := rapid.Int64Range(1, 3).Draw(rt, "amount")
			call := fmt.Sprintf("goal=deposit&transaction_id=%s&status=%s&amount=%d&click_id=%s", id, status, amount, w.click())
			if _, err := w.in.Receive(t.Context(), w.get(call)); err != nil {
				rt.Fatal(err)
			}
			m.take(id, status, amount)
		}
		m.close()
		var got []string
		for _, d := range w.windows() {
			if d.State != outbox.Cancelled {
				got = append(got, string(d.Status)+" "+d.Macros["count"]+" "+d.Macros["sum_amount"])
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
	})
}
