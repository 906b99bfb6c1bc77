package setup_test

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"postrider/domain/commission"
	"postrider/ent"
	"postrider/ent/db"
	"postrider/ent/db/deal"
	"postrider/internal/ids"
	"postrider/internal/problem"
	"postrider/pgtest"
	"postrider/setup"
)

const lastDay = 12

func july(day int) time.Time { return time.Date(2026, 7, day, 0, 0, 0, 0, time.UTC) }

// drawDay draws a day of July, or no time: unbounded.
func drawDay(rt *rapid.T, from, to int, label string) time.Time {
	if rapid.IntRange(0, 3).Draw(rt, label+" is set") == 0 {
		return time.Time{}
	}
	return july(rapid.IntRange(from, to).Draw(rt, label))
}

// dealsOf returns an offer's deals in the order in which they were created.
func (w *world) dealsOf(offer int64) []*db.Deal {
	w.t.Helper()
	all, err := w.client.Deal.Query().Where(deal.OfferID(offer)).Order(deal.ByID()).All(w.system)
	w.must(err)
	return all
}

// inForce returns the id of an owner's deal (zero for the offer's own) that is active at a
// time; zero for none. It fails if there are two.
func inForce(rt *rapid.T, deals []*db.Deal, owner int64, at time.Time) int64 {
	var found int64
	for _, d := range deals {
		if orZero(d.AffiliateID) != owner || !ent.CommissionDeal(d).Holds(at) {
			continue
		}
		if found != 0 {
			rt.Fatalf("deals %d and %d of %d both hold on %s", found, d.ID, owner, at)
		}
		found = d.ID
	}
	return found
}

// However deals are created and ended: no two are ever active together, a new one is active
// for as long as specified, and what was active before it begins is unchanged.
func TestNoTwoDealsEverHoldTogether(t *testing.T) {
	w := newWorld(t)
	rapid.Check(t, func(rt *rapid.T) {
		offer := pgtest.Offer(t, w.d)
		for range rapid.IntRange(1, 6).Draw(rt, "steps") {
			switch rapid.IntRange(0, 4).Draw(rt, "what") {
			case 0:
				w.endSomeDeal(rt, offer)
			case 1:
				w.changeSomeDeal(rt, offer)
			default:
				w.makeSomeDeal(rt, offer)
			}
		}
	})
}

func (w *world) makeSomeDeal(rt *rapid.T, offer int64) {
	owner := rapid.SampledFrom([]int64{0, w.one.Affiliate, w.other.Affiliate}).Draw(rt, "owner")
	from := drawDay(rt, 1, lastDay-1, "from")
	to := drawDay(rt, max(from.Day(), 1)+1, lastDay, "to")
	before := w.dealsOf(offer)
	made, err := w.setup.CreateDeal(w.staff, dealFor(offer, owner, from, to))
	after := w.dealsOf(offer)
	if err != nil {
		blocked := false
		for _, d := range before {
			terms := ent.CommissionDeal(d)
			blocked = blocked || terms.AffiliateID == ids.Affiliate(owner) && !terms.From.Before(from) && terms.Overlaps(commission.Deal{From: from, To: to})
		}
		if said(err) != "CONFLICT validFrom" || !blocked || !reflect.DeepEqual(states(before), states(after)) {
			rt.Fatalf("from %s to %s among %v: %v, now %v", from, to, states(before), err, states(after))
		}
		return
	}
	for day := range lastDay + 2 {
		at := july(day)
		for _, other := range []int64{0, w.one.Affiliate, w.other.Affiliate} {
			want := inForce(rt, before, other, at)
			switch {
			case other != owner:
			case made.ValidFrom != nil && at.Before(*made.ValidFrom):
			case ent.CommissionDeal(made).Holds(at):
				want = made.ID
			case want != 0 && want == inForce(rt, before, owner, from): // it was ended
				want = 0
			}
			if got := inForce(rt, after, other, at); got != want {
				rt.Fatalf("on %s deal %d holds for %d, want %d: %v became %v", at, got, other, want, states(before), states(after))
			}
		}
	}
}

func (w *world) endSomeDeal(rt *rapid.T, offer int64) {
	before := w.dealsOf(offer)
	i, end := rapid.IntRange(0, len(before)-1).Draw(rt, "deal"), july(rapid.IntRange(1, lastDay).Draw(rt, "end"))
	was := ent.CommissionDeal(before[i])
	can := was.From.Before(end) && (was.To.IsZero() || !was.To.Before(end))
	ended, err := w.setup.EndDeal(w.staff, before[i].ID, &end)
	after := w.dealsOf(offer)
	if can != (err == nil) || err != nil && said(err) != "INVALID at" {
		rt.Fatalf("ending %v on %s: %v", states(before[i:i+1]), end, err)
	}
	if err == nil {
		if !ended.ValidTo.Equal(end) {
			rt.Fatalf("it ends %s, want %s", ended.ValidTo, end)
		}
		before[i].ValidTo = &end
	}
	if !reflect.DeepEqual(states(before), states(after)) {
		rt.Fatalf("ending number %d on %s made it %v, want %v", i, end, states(after), states(before))
	}
}

func (w *world) changeSomeDeal(rt *rapid.T, offer int64) {
	before := w.dealsOf(offer)
	i := rapid.IntRange(0, len(before)-1).Draw(rt, "deal")
	from := drawDay(rt, 1, lastDay-1, "from")
	to := drawDay(rt, max(from.Day(), 1)+1, lastDay, "to")
	free := true
	for j, d := range before {
		terms := ent.CommissionDeal(d)
		free = free && (i == j || orZero(d.AffiliateID) != orZero(before[i].AffiliateID) || !terms.Overlaps(commission.Deal{From: from, To: to}))
	}
	_, err := w.setup.UpdateDeal(w.staff, before[i].ID, func(d *commission.Deal) { d.From, d.To = from, to })
	if free != (err == nil) || err != nil && said(err) != "CONFLICT validFrom" {
		rt.Fatalf("changing %v to %s to %s among %v: %v", states(before[i:i+1]), from, to, states(before), err)
	}
	if err == nil {
		before[i].ValidFrom, before[i].ValidTo = orNil(from), orNil(to)
	}
	if after := w.dealsOf(offer); !reflect.DeepEqual(states(before), states(after)) {
		rt.Fatalf("changing number %d made it %v, want %v", i, states(after), states(before))
	}
}

func orNil(at time.Time) *time.Time {
	if at.IsZero() {
		return nil
	}
	return &at
}

// The terms of a deal are changed until a conversion is calculated with it.
func TestAnUnusedDealIsChanged(t *testing.T) {
	w := newWorld(t)
	n := decimal.NewFromInt
	made, err := w.setup.CreateDeal(w.staff, setup.DealWish{OfferID: ids.Offer(w.one.Offer), Deal: commission.Deal{
		AffiliateID: ids.Affiliate(w.one.Affiliate), Model: commission.Hybrid, Amount: n(40), Percent: n(20), Currency: "EUR",
		TierBy: commission.ByCount, Tiers: []commission.Tier{{From: n(10), Amount: n(50), Percent: n(25)}},
	}})
	w.must(err)
	changed, err := w.setup.UpdateDeal(w.staff, made.ID, func(d *commission.Deal) {
		d.Model, d.Percent, d.Currency, d.Tiers, d.TierBy = commission.RevShare, n(35), "usd", nil, ""
		d.AffiliateID = ids.Affiliate(w.other.Affiliate) // stays
	})
	w.must(err)
	if changed.Model != commission.RevShare || changed.Amount != nil || !changed.Percent.Equal(n(35)) || changed.Currency != "USD" ||
		len(changed.Tiers) != 0 || changed.TierBy != nil || orZero(changed.AffiliateID) != w.one.Affiliate {
		t.Errorf("%+v", changed)
	}
	conversion := w.one.Conversion(t, w.d)
	w.must(w.client.Conversion.UpdateOneID(conversion.ID).SetDealID(made.ID).Exec(w.system))
	_, err = w.setup.UpdateDeal(w.staff, made.ID, func(d *commission.Deal) { d.Percent = n(40) })
	if got := messages(err); got != "CONFLICT id: it has 1 conversion: its terms stay as they are; create a deal that follows it" {
		t.Errorf("used: %s", got)
	}
	if now := w.client.Deal.GetX(w.system, made.ID); !now.Percent.Equal(n(35)) {
		t.Errorf("it was refused, and is %v", now)
	}
	_, err = w.setup.UpdateDeal(w.staff, made.ID, func(d *commission.Deal) { d.Percent = n(-1) })
	if problem.CodeOf(err) != problem.CodeInvalid {
		t.Errorf("a negative percentage: %v", err)
	}
	if said(must1(w.setup.UpdateDeal(w.staff, 999_999, func(*commission.Deal) {}))) != "NOT_FOUND id" {
		t.Error("a deal that is not there was changed")
	}
}

func must1[T any](_ T, err error) error { return err }

func states(deals []*db.Deal) []string {
	all := make([]string, len(deals))
	for i, d := range deals {
		terms := ent.CommissionDeal(d)
		all[i] = fmt.Sprintf("%d of %d: %s to %s", d.ID, terms.AffiliateID, terms.From.UTC(), terms.To.UTC())
	}
	return all
}

func TestADealIsKeptAsItWasAgreed(t *testing.T) {
	w := newWorld(t)
	n := decimal.NewFromInt
	for name, d := range map[string]commission.Deal{
		"a CPA":          {Model: commission.CPA, Amount: n(80), Currency: "EUR"},
		"a CPL for FTDs": {Model: commission.CPL, Amount: n(5), Currency: "USD", LeadGoal: "ftd"},
		"a RevShare":     {Model: commission.RevShare, Percent: n(35), Currency: "EUR", NegativeCarryover: true},
		"a Hybrid by count": {
			Model: commission.Hybrid, Amount: n(40), Percent: n(20), Currency: "EUR", TierBy: commission.ByCount,
			Tiers: []commission.Tier{{From: n(10), Amount: n(50), Percent: n(25)}, {From: n(20), Amount: n(60), Percent: n(30)}},
		},
		"for a month": {Model: commission.CPA, Amount: n(80), Currency: "EUR", From: july(1), To: july(31)},
	} {
		d.AffiliateID = ids.Affiliate(pgtest.Affiliate(t, w.d))
		made, err := w.setup.CreateDeal(w.staff, setup.DealWish{OfferID: ids.Offer(w.one.Offer), Deal: d})
		w.must(err)
		got := ent.CommissionDeal(w.client.Deal.GetX(w.system, made.ID))
		want, v := d, commission.Volume{Count: 15}
		if fmt.Sprint(got.Terms(v)) != fmt.Sprint(want.Terms(v)) || fmt.Sprint(got.Terms(commission.Volume{})) != fmt.Sprint(want.Terms(commission.Volume{})) ||
			got.AffiliateID != want.AffiliateID || got.NegativeCarryover != want.NegativeCarryover || !got.From.Equal(want.From) || !got.To.Equal(want.To) || len(got.Tiers) != len(want.Tiers) {
			t.Errorf("%s: kept as %+v, want %+v", name, got, want)
		}
		if hasAmount, hasPercent := made.Amount != nil, made.Percent != nil; hasAmount != (d.Model != commission.RevShare) || hasPercent != (d.Model == commission.RevShare || d.Model == commission.Hybrid) {
			t.Errorf("%s: it has an amount, %t, and a percentage, %t", name, hasAmount, hasPercent)
		}
	}
}

// Of two concurrent changes of deals, the second waits and sees the first's.
func TestADealWaitsForOneThatIsBeingMade(t *testing.T) {
	w := newWorld(t)
	first := w.d.Begin(t)
	_, err := first.ExecContext(t.Context(), `SELECT FROM offers WHERE id = $1 FOR NO KEY UPDATE`, w.one.Offer)
	w.must(err)
	_, err = first.ExecContext(t.Context(), `
		INSERT INTO deals (offer_id, affiliate_id, model, amount, currency, valid_from, created_at) VALUES ($1, $2, 'cpa', 90, 'EUR', $3, now())`,
		w.one.Offer, w.one.Affiliate, july(1))
	w.must(err)
	second := make(chan error, 1)
	go func() {
		_, err := w.setup.CreateDeal(w.staff, dealFor(w.one.Offer, w.one.Affiliate, july(1), time.Time{}))
		second <- err
	}()
	w.d.UntilBlocked(t)
	w.must(first.Commit())
	if err := <-second; said(err) != "CONFLICT validFrom" {
		t.Errorf("the second: %v", err)
	}
}
