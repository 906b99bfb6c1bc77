package intake_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/gofrs/uuid/v5"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"postrider/domain/commission"
	"postrider/ent/db"
	"postrider/ent/db/conversion"
	"postrider/intake"
	"postrider/pgtest"
)

// reference calculates a story in the simplest way: one player on one click, every conversion
// identified by its goal and transaction.
type reference struct {
	status map[string]commission.Status // by goal and transaction; operators' words as unknown
	sum    map[string]sum
	told   map[string][]sum // every version of it
	word   map[string]string
	mapped map[string]commission.Status
	cpa    commission.Status
	fired  map[string]int // goal:status, how often
}

// The qualification of the story: registered, deposited, one deposit of at least 20, and 50
// together.
var storyRule = commission.Qualification{Goals: []string{"registration", "ftd"}, MinDeposit: decimal.NewFromInt(20), MinCumulativeDeposit: decimal.NewFromInt(50)}

// sum is an amount and its currency. One dollar is worth one euro in this story.
type sum struct {
	amount   int64
	currency string
}

// told is one report.
type told struct {
	goal, transaction, word string
	amount                  int64  // 0 for none given
	currency                string // empty for none given
}

// over returns a sum as it is after a report.
func (e told) over(s sum) sum {
	if e.amount != 0 {
		s.amount = e.amount
	}
	if e.currency != "" {
		s.currency = e.currency
	}
	return s
}

func (r *reference) key(e told) string { return e.goal + " " + e.transaction }

func (r *reference) statusOf(word string) commission.Status {
	if s, ok := r.mapped[word]; ok {
		return s
	}
	if s, ok := commission.ParseStatus(word); ok {
		return s
	}
	return commission.Unknown
}

func (r *reference) fire(goal string, s commission.Status) {
	if s != commission.Unknown {
		r.fired[goal+":"+string(s)]++
	}
}

// tell updates the expected state after a report.
func (r *reference) tell(e told) {
	key, status := r.key(e), commission.Approved
	if e.word != "" {
		status = r.statusOf(e.word)
	}
	before, known := r.status[key]
	switch {
	case !known:
		r.status[key] = status
		r.version(key, e.over(sum{currency: "EUR"}))
		if status == commission.Unknown {
			r.word[key] = e.word
		}
		r.fire(e.goal, status)
	case e.word == "":
		if now := e.over(r.sum[key]); e.transaction != "" && !slices.Contains(r.told[key], now) {
			r.version(key, now)
		}
	case status == commission.Unknown:
		r.word[key] = e.word
	case status != before:
		r.status[key] = status
		r.version(key, e.over(r.sum[key]))
		delete(r.word, key)
		r.fire(e.goal, status)
	case e.transaction != "" && e.over(r.sum[key]) != r.sum[key]:
		r.version(key, e.over(r.sum[key]))
		delete(r.word, key)
	default:
		delete(r.word, key) // only the last report decides
	}
	r.qualify()
}

func (r *reference) version(key string, s sum) {
	r.sum[key], r.told[key] = s, append(r.told[key], s)
}

// mapWord updates the expected state after a word is mapped.
func (r *reference) mapWord(word string, to commission.Status) {
	r.mapped[word] = to
	for _, key := range slices.Sorted(maps.Keys(r.word)) {
		if r.word[key] != word {
			continue
		}
		delete(r.word, key)
		if r.status[key] != to {
			r.status[key] = to
			goal, _, _ := strings.Cut(key, " ")
			r.fire(goal, to)
			r.qualify()
		}
	}
}

func (r *reference) qualified() bool {
	greatest, total := int64(0), int64(0)
	reached := map[string]bool{}
	for key, s := range r.status {
		goal, _, _ := strings.Cut(key, " ")
		if s != commission.Approved {
			continue
		}
		reached[goal] = true
		if goal == "ftd" || goal == "deposit" {
			greatest, total = max(greatest, r.sum[key].amount), total+r.sum[key].amount
		}
	}
	return reached["registration"] && reached["ftd"] && greatest >= 20 && total >= 50
}

func (r *reference) qualify() {
	now := r.qualified()
	switch {
	case now && r.cpa != commission.Approved:
		r.cpa = commission.Approved
	case !now && r.cpa == commission.Approved:
		r.cpa = commission.Cancelled
	default:
		return
	}
	r.fire("cpa", r.cpa)
}

func newReference() *reference {
	return &reference{
		status: map[string]commission.Status{}, sum: map[string]sum{}, told: map[string][]sum{}, word: map[string]string{},
		mapped: map[string]commission.Status{}, fired: map[string]int{},
	}
}

func drawTold(t *rapid.T) told {
	e := told{
		goal: rapid.SampledFrom([]string{"registration", "ftd", "deposit"}).Draw(t, "goal"),
		word: rapid.SampledFrom([]string{"", "", "", "", "approved", "approved", "pending", "rejected", "cancelled", "settled", "void"}).Draw(t, "word"),
	}
	switch e.goal {
	case "ftd":
		e.transaction = "f"
		e.amount = rapid.SampledFrom([]int64{0, 10, 20, 20, 55}).Draw(t, "amount")
	case "deposit":
		e.transaction = rapid.SampledFrom([]string{"d1", "d2"}).Draw(t, "transaction")
		e.amount = rapid.SampledFrom([]int64{0, 10, 30, 40}).Draw(t, "amount")
	}
	if e.transaction != "" {
		e.currency = rapid.SampledFrom([]string{"", "", "EUR", "USD"}).Draw(t, "currency")
	}
	return e
}

func (e told) query(click string) string {
	q := "goal=" + e.goal + "&player_id=p"
	if e.transaction != "" {
		q += "&transaction_id=" + e.transaction
	}
	if e.amount != 0 {
		q += fmt.Sprintf("&amount=%d", e.amount)
	}
	if e.currency != "" {
		q += "&currency=" + e.currency
	}
	if e.word != "" {
		q += "&status=" + e.word
	}
	return q + click
}

// Whatever is reported in whatever order, twice, with unmapped words and attributed manually
// or not: the tables match the reference.
func TestTheBooksAreThoseOfASimpleReference(t *testing.T) {
	w := setup(t)
	w.asks(storyRule)
	w.must(w.client.ExchangeRate.Create().SetQuote("USD").SetRate(decimal.NewFromInt(1)).SetValidFrom(pgtest.Now.AddDate(0, -1, 0)).SetCreatedAt(pgtest.Now).Exec(w.ctx))
	every := commission.Statuses()
	for _, goal := range []string{"registration", "ftd", "deposit", "cpa"} {
		pgtest.Postback(t, w.d, w.Affiliate, tracker, pgtest.On(goal, every...))
	}
	rapid.Check(t, func(rt *rapid.T) {
		w.exec(`DELETE FROM deliveries; DELETE FROM conversion_events; DELETE FROM conversions; DELETE FROM players; DELETE FROM river_job`)
		w.must(w.client.Integration.UpdateOneID(w.Integration.ID).SetStatusMapping(map[string]string{}).Exec(w.ctx))
		w.in.Forget()
		ref := newReference()
		byHand := rapid.Bool().Draw(rt, "by hand")
		click := "&click_id=" + w.click()
		if byHand {
			click = "" // only the registration makes it known
		}
		for range rapid.IntRange(3, 12).Draw(rt, "length") {
			if rapid.IntRange(0, 6).Draw(rt, "maps") == 0 {
				word := rapid.SampledFrom([]string{"settled", "void"}).Draw(rt, "which")
				if _, done := ref.mapped[word]; !done && !byHand {
					w.mapWord(rt, ref, word, rapid.SampledFrom(every).Draw(rt, "to"))
				}
				continue
			}
			e := drawTold(rt)
			for range rapid.IntRange(1, 2).Draw(rt, "times") {
				if _, err := w.in.Receive(t.Context(), w.get(e.query(click))); err != nil {
					rt.Fatal(err)
				}
			}
			ref.tell(e)
		}
		if byHand {
			w.attributeAll(rt)
		}
		w.compare(rt, ref)
	})
}

func (w *world) mapWord(rt *rapid.T, ref *reference, word string, to commission.Status) {
	ref.mapWord(word, to)
	words := map[string]string{}
	for known, status := range ref.mapped {
		words[known] = string(status)
	}
	w.must(w.client.Integration.UpdateOneID(w.Integration.ID).SetStatusMapping(words).Exec(w.ctx))
	w.in.Forget()
	if _, err := w.office().MapStatuses(w.t.Context(), w.Integration.Key, intake.Move{Actor: commission.ByStaff}); err != nil {
		rt.Fatal(err)
	}
}

// attributeAll attributes everything to the scene's click.
func (w *world) attributeAll(rt *rapid.T) {
	ids, err := w.client.Conversion.Query().Where(conversion.AffiliateIDIsNil()).Order(conversion.ByID()).IDs(w.ctx)
	if err != nil {
		rt.Fatal(err)
	}
	for _, id := range ids {
		if err := w.in.Assign(w.t.Context(), id, intake.Assignment{ClickID: w.Click, Reason: "the story says so", Actor: commission.ByStaff}); err != nil {
			rt.Fatalf("attributing %s: %v", id, err)
		}
	}
}

// compare compares the tables with the reference. Manually everything is attributed at the
// end, so the CPA is evaluated once then.
func (w *world) compare(rt *rapid.T, ref *reference) {
	rows, err := w.client.Conversion.Query().All(w.ctx)
	if err != nil {
		rt.Fatal(err)
	}
	got := map[string]commission.Status{}
	for _, c := range rows {
		key := c.Goal + " "
		if c.TransactionID != nil {
			key += *c.TransactionID
		}
		got[key] = c.Status
		if c.Goal == commission.GoalCPA {
			continue
		}
		if got := (sum{amountOf(c), c.Currency}); c.Status != ref.status[key] || got != ref.sum[key] || c.ReportedStatus != ref.word[key] {
			rt.Errorf("%s: %s %v said %q; by the reference %s %v said %q", key, c.Status, got, c.ReportedStatus, ref.status[key], ref.sum[key], ref.word[key])
		}
	}
	for key, status := range ref.status {
		if _, ok := got[key]; !ok {
			rt.Errorf("%s is lost; by the reference it is %s", key, status)
		}
	}
	if (got["cpa "] == commission.Approved) != ref.qualified() {
		rt.Errorf("the CPA is %q, and the player qualifies: %t", got["cpa "], ref.qualified())
	}
	if n := w.count(`SELECT coalesce(sum(payout), 0) FROM conversions`); (n == 120) != ref.qualified() || n != 0 && n != 120 {
		rt.Errorf("the payouts come to %d", n)
	}
	w.compareFired(rt, ref)
	for _, fault := range w.contradictions() {
		rt.Error(fault)
	}
}

func amountOf(c *db.Conversion) int64 {
	if c.Amount == nil {
		return 0
	}
	return c.Amount.IntPart()
}

func (w *world) compareFired(rt *rapid.T, ref *reference) {
	rows, err := w.client.Delivery.Query().All(w.ctx)
	if err != nil {
		rt.Fatal(err)
	}
	fired := map[string]int{}
	events := map[uuid.UUID]bool{}
	for _, d := range rows {
		if events[*d.EventID] {
			rt.Errorf("one step fired twice: %s:%s", d.Goal, d.Status)
		}
		events[*d.EventID] = true
		if d.Goal != commission.GoalCPA {
			fired[d.Goal+":"+string(d.Status)]++
		}
	}
	want := maps.Clone(ref.fired)
	maps.DeleteFunc(want, func(key string, _ int) bool { return strings.HasPrefix(key, "cpa:") })
	if !maps.Equal(fired, want) {
		rt.Errorf("fired %v, by the reference %v", fired, want)
	}
}
