package commission_test

import (
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"postrider/domain/commission"
	"postrider/internal/ids"
)

func TestTiers(t *testing.T) {
	t.Parallel()
	d := decimal.RequireFromString
	byCount := commission.Deal{
		Model: commission.CPA, Amount: d("100"), Currency: "EUR", TierBy: commission.ByCount,
		Tiers: []commission.Tier{{From: d("10"), Amount: d("120")}, {From: d("50"), Amount: d("150")}},
	}
	byRevenue := commission.Deal{
		Model: commission.RevShare, Percent: d("25"), Currency: "EUR", TierBy: commission.ByRevenue,
		Tiers: []commission.Tier{{From: d("1000"), Percent: d("30")}, {From: d("5000"), Percent: d("40")}},
	}
	for _, c := range []struct {
		deal   commission.Deal
		volume commission.Volume
		pays   string
		tier   int
	}{
		{byCount, commission.Volume{Count: 0}, "100", 0},
		{byCount, commission.Volume{Count: 9}, "100", 0},
		{byCount, commission.Volume{Count: 10}, "120", 1},
		{byCount, commission.Volume{Count: 49}, "120", 1},
		{byCount, commission.Volume{Count: 50, Revenue: d("-3")}, "150", 2},
		{byRevenue, commission.Volume{Count: 999}, "25", 0},
		{byRevenue, commission.Volume{Revenue: d("999.99")}, "25", 0},
		{byRevenue, commission.Volume{Revenue: d("1000")}, "30", 1},
		{byRevenue, commission.Volume{Revenue: d("70000")}, "40", 2},
		{byRevenue, commission.Volume{Revenue: d("-70000")}, "25", 0},
	} {
		terms := c.deal.Terms(c.volume)
		if got := terms.Amount.Add(terms.Percent).String(); got != c.pays || terms.Tier != c.tier {
			t.Errorf("%+v pays %s at tier %d, want %s at %d", c.volume, got, terms.Tier, c.pays, c.tier)
		}
	}
}

func TestTiersAreValidated(t *testing.T) {
	t.Parallel()
	d := decimal.RequireFromString
	tiers := func(by commission.TierBy, list ...commission.Tier) commission.Deal {
		return commission.Deal{Model: commission.CPA, Amount: d("1"), Currency: "EUR", TierBy: by, Tiers: list}
	}
	five, ten := commission.Tier{From: d("5"), Amount: d("2")}, commission.Tier{From: d("10"), Amount: d("3")}
	for _, c := range []struct {
		deal  commission.Deal
		valid bool
	}{
		{tiers(commission.ByCount, five, ten), true},
		{tiers(commission.ByCount, ten, five), false},
		{tiers(commission.ByCount, five, five), false},
		{tiers("", five), false},
		{tiers(commission.ByRevenue, commission.Tier{From: d("5")}), false},
		{tiers(commission.ByRevenue, commission.Tier{Amount: d("5")}), false},
	} {
		if err := c.deal.Validate(); (err == nil) != c.valid {
			t.Errorf("%+v: %v", c.deal.Tiers, err)
		}
	}
}

func TestWhichDealHolds(t *testing.T) {
	t.Parallel()
	june, july := day(0), day(30)
	always := commission.Deal{}
	untilJuly := commission.Deal{To: july}
	fromJuly := commission.Deal{From: july}
	onlyJune := commission.Deal{From: june, To: july}
	for _, c := range []struct {
		deals []commission.Deal
		of    []ids.Affiliate // whose they are
		at    time.Time
		want  int
	}{
		{nil, nil, june, -1},
		{[]commission.Deal{always}, []ids.Affiliate{0}, june, 0},
		{[]commission.Deal{always, onlyJune}, []ids.Affiliate{0, 7}, june, 1},
		{[]commission.Deal{onlyJune, always}, []ids.Affiliate{7, 0}, june, 0},
		{[]commission.Deal{always, onlyJune}, []ids.Affiliate{0, 7}, july, 0},
		{[]commission.Deal{always, onlyJune}, []ids.Affiliate{0, 8}, june, 0},
		{[]commission.Deal{onlyJune}, []ids.Affiliate{8}, june, -1},
		{[]commission.Deal{untilJuly, fromJuly}, []ids.Affiliate{0, 0}, july.Add(-1), 0},
		{[]commission.Deal{untilJuly, fromJuly}, []ids.Affiliate{0, 0}, july, 1},
		{[]commission.Deal{fromJuly}, []ids.Affiliate{7}, june, -1},
	} {
		indexes := make([]int, len(c.deals))
		for i := range c.deals {
			indexes[i], c.deals[i].AffiliateID = i, c.of[i]
		}
		terms := func(i int) commission.Deal { return c.deals[i] }
		if got, ok := commission.InForce(indexes, terms, 7, c.at); ok != (c.want >= 0) || ok && got != c.want {
			t.Errorf("%+v at %s: %d %t, want %d", c.deals, c.at, got, ok, c.want)
		}
		if got, ok := commission.InForce(indexes, terms, 0, c.at); ok && c.of[got] != 0 {
			t.Errorf("%+v at %s: staff see deal %d of an affiliate", c.deals, c.at, got)
		}
	}
	if untilJuly.Overlaps(fromJuly) || !onlyJune.Overlaps(untilJuly) || !always.Overlaps(fromJuly) || fromJuly.Overlaps(onlyJune) {
		t.Error("overlaps are not seen right")
	}
	if (commission.Deal{Model: commission.CPA, Amount: decimal.NewFromInt(1), Currency: "EUR", From: july, To: june}).Validate() == nil {
		t.Error("a deal ends before it begins")
	}
}

func TestTwoDealsOverlapExactlyWhenSomeDayHasBoth(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) commission.Deal {
			var d commission.Deal
			from := rapid.IntRange(0, 9).Draw(t, name+" from")
			if rapid.Bool().Draw(t, name+" begins") {
				d.From = day(from)
			}
			if rapid.Bool().Draw(t, name+" ends") {
				d.To = day(from + rapid.IntRange(1, 5).Draw(t, name+" days"))
			}
			return d
		}
		a, b := draw("a"), draw("b")
		both := false
		for n := -1; n < 20; n++ {
			both = both || a.Holds(day(n)) && b.Holds(day(n))
		}
		if a.Overlaps(b) != both || b.Overlaps(a) != both {
			t.Fatalf("%+v and %+v: overlap %t, a common day %t", a, b, a.Overlaps(b), both)
		}
	})
}

func TestTermsAreKept(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		deal := commission.Deal{
			Model: rapid.SampledFrom(commission.Models()).Draw(t, "model"), Currency: "EUR",
			Amount:  decimal.NewFromInt(rapid.Int64Range(1, 500).Draw(t, "amount")),
			Percent: decimal.NewFromInt(rapid.Int64Range(1, 100).Draw(t, "percent")),
		}
		terms := deal.Terms(commission.Volume{Count: rapid.IntRange(0, 9).Draw(t, "count")})
		goal := rapid.SampledFrom([]string{"registration", "ftd", "cpa", "net_revenue"}).Draw(t, "goal")
		amount := decimal.New(rapid.Int64Range(-100000, 100000).Draw(t, "cents"), -2)
		approved := terms.Payout(goal, amount, commission.Approved)
		for _, taken := range []commission.Status{commission.Rejected, commission.Cancelled, commission.Unknown} {
			if !terms.Payout(goal, amount, taken).IsZero() {
				t.Fatalf("what is %s is paid", taken)
			}
		}
		if !terms.Payout(goal, amount, commission.Pending).Equal(approved) || !approved.Equal(commission.Round(approved, "EUR")) {
			t.Fatalf("approved pays %s", approved)
		}
	})
}

func TestRates(t *testing.T) {
	t.Parallel()
	d := decimal.RequireFromString
	rates := commission.Rates{"USD": d("1.25"), "JPY": d("160"), "XXX": d("0")}
	for _, c := range []struct{ from, to, want string }{
		{"EUR", "EUR", "1"}, {"CHF", "CHF", "1"}, {"EUR", "USD", "1.25"}, {"USD", "EUR", "0.8"}, {"USD", "JPY", "128"},
		{"CHF", "EUR", ""}, {"EUR", "CHF", ""}, {"XXX", "EUR", ""},
	} {
		got, ok := rates.Between(c.from, c.to)
		if ok != (c.want != "") || ok && got.String() != c.want {
			t.Errorf("%s to %s is %s (%t), want %q", c.from, c.to, got, ok, c.want)
		}
	}
}

func TestPayable(t *testing.T) {
	t.Parallel()
	list := func(ns ...int64) []decimal.Decimal {
		var ds []decimal.Decimal
		for _, n := range ns {
			ds = append(ds, decimal.NewFromInt(n))
		}
		return ds
	}
	for _, c := range []struct {
		months            []decimal.Decimal
		negativeCarryover bool
		want              []decimal.Decimal
		carried           int64
	}{
		{list(100, -30, 50), true, list(100, 0, 20), 0},
		{list(100, -30, 50), false, list(100, 0, 50), 0},
		{list(-100, 30, 50), true, list(0, 0, 0), -20},
		{list(-100, 30, 50), false, list(0, 30, 50), 0},
		{nil, true, nil, 0},
	} {
		got, carried := commission.Payable(c.months, c.negativeCarryover)
		same := carried.Equal(decimal.NewFromInt(c.carried))
		for i := range c.want {
			same = same && got[i].Equal(c.want[i])
		}
		if !same {
			t.Errorf("%v, negative carryover %t: %v, and %s carried; want %v and %d", c.months, c.negativeCarryover, got, carried, c.want, c.carried)
		}
	}
}
