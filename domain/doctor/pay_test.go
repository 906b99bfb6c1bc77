package doctor_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"postrider/domain/doctor"
)

var (
	cpa = doctor.Goal{Key: "cpa", Name: "CPA"}
	ngr = doctor.Goal{Key: "net_revenue", Name: "NGR"}
)

func month(key, name string, n int, payout, currency string) doctor.Month {
	return doctor.Month{Goal: doctor.Goal{Key: key, Name: name}, Conversions: n, Payout: decimal.RequireFromString(payout), Currency: currency}
}

// A payout that is always 0 is said, with what it would have meant last month.
func TestGoalsThatPayNothingAreNamed(t *testing.T) {
	t.Parallel()
	const (
		url     = sound + "&p={payout}&g={goal_id}"
		keitaro = "https://kt.trk.io/6f1c/postback?subid={param_1}&status={goal_id|map:registration=lead,*=sale}&payout={payout}&tid={conversion_id}"
	)
	last := []doctor.Month{month("registration", "Registration", 1204, "0", "EUR"), month("ftd", "FTD", 339, "0", "EUR"), month("cpa", "CPA", 203, "24360", "EUR")}
	for name, c := range map[string]struct {
		ask        doctor.Question
		says, adds string // empty for no finding; for no fix
	}{
		"new, without numbers":       {doctor.Question{Template: url, Goals: []string{"ftd"}, Paid: []doctor.Goal{cpa}}, "Your deals pay nothing for the chosen goals, so your tracker would always see a payout of 0: add CPA.", "Add CPA"},
		"with numbers":               {doctor.Question{Template: keitaro, Goals: []string{"registration", "ftd"}, Paid: []doctor.Goal{cpa}, LastMonth: last}, "Your deals pay nothing for the chosen goals: last month's 1,204 Registration and 339 FTD conversions would have shown €0 in Keitaro, with CPA €24,360; add CPA.", "Add CPA"},
		"none of its own last month": {doctor.Question{Template: url, Goals: []string{"deposit"}, Paid: []doctor.Goal{cpa}, LastMonth: last}, "last month your tracker would have seen €0, with CPA €24,360; add CPA.", "Add CPA"},
		"two goals, two currencies": {
			doctor.Question{Template: url, Goals: []string{"ftd"}, Paid: []doctor.Goal{cpa, ngr}, LastMonth: append(slices.Clone(last), month("net_revenue", "NGR", 4, "1200.5", "PLN"), month("net_revenue", "NGR", 1, "-3", "USD"))},
			"339 FTD conversions would have shown 0 in your tracker, with CPA and NGR 1,200.50 PLN and €24,360; add CPA and NGR.", "Add CPA and NGR",
		},
		"a saved one":                {doctor.Question{Template: url, Goals: []string{"ftd"}, Paid: []doctor.Goal{cpa}, OneGoal: true}, "a payout of 0: add a postback for CPA.", ""},
		"one goal of several pays":   {doctor.Question{Template: url, Goals: []string{"ftd", "cpa"}, Paid: []doctor.Goal{cpa}}, "", ""},
		"no deal pays for anything":  {doctor.Question{Template: url, Goals: []string{"ftd"}}, "", ""},
		"no goal yet":                {doctor.Question{Template: url, Paid: []doctor.Goal{cpa}}, "", ""},
		"it tells of no payout":      {doctor.Question{Template: sound, Goals: []string{"ftd"}, Paid: []doctor.Goal{cpa}}, "", ""},
		"the sum of an aggregation":  {doctor.Question{Template: sound + "&p={sum_payout}&g={goal_names}", Goals: []string{"ftd"}, Paid: []doctor.Goal{cpa}, Aggregates: true}, "add CPA.", "Add CPA"},
		"another tells this tracker": {doctor.Question{Template: url, Goals: []string{"ftd"}, Paid: []doctor.Goal{cpa}, Others: []doctor.Postback{{Name: "It", Template: "https://my.trk.io/other?c={param_1}", Goals: []string{"cpa"}}}}, "", ""},
		"another tells another tracker": {
			doctor.Question{Template: url, Goals: []string{"ftd"}, Paid: []doctor.Goal{cpa}, Others: []doctor.Postback{{Name: "It", Template: "https://else.trk.io/in?c={param_1}", Goals: []string{"cpa"}}}}, "add CPA.", "Add CPA",
		},
		"another tells of what pays nothing": {doctor.Question{Template: url, Goals: []string{"ftd"}, Paid: []doctor.Goal{cpa}, Others: []doctor.Postback{{Name: "It", Template: url, Goals: []string{"kyc"}}}}, "add CPA.", "Add CPA"},
	} {
		findings := doctor.Check(c.ask)
		checkFindings(t, c.ask, findings)
		i := slices.IndexFunc(findings, func(f doctor.Finding) bool { return f.Code == doctor.CodeNothingPaid })
		if (i >= 0) != (c.says != "") {
			t.Errorf("%s: %v", name, written(c.ask.Template, findings))
			continue
		}
		if i < 0 {
			continue
		}
		f, label := findings[i], ""
		if f.Fix != nil {
			label = f.Fix.Label
		}
		if f.Severity != doctor.Warning || !strings.Contains(f.Message, c.says) || label != c.adds {
			t.Errorf("%s: %s %q [%s]\nwant %q [%s]", name, f.Severity, f.Message, label, c.says, c.adds)
		}
	}
}

// Goals that are added must be told apart: what the URL needs for that comes with them.
func TestAddingAGoalTellsItApart(t *testing.T) {
	t.Parallel()
	ask := doctor.Question{Template: "https://my.trk.io/in?click={param_1}&p={payout}", Goals: []string{"ftd"}, Paid: []doctor.Goal{cpa}}
	findings := doctor.Check(ask)
	i := slices.IndexFunc(findings, func(f doctor.Finding) bool { return f.Code == doctor.CodeNothingPaid })
	if i < 0 || findings[i].Fix == nil {
		t.Fatalf("%v", written(ask.Template, findings))
	}
	fix := findings[i].Fix
	if !slices.Equal(fix.Goals, []string{"ftd", "cpa"}) || fix.URLTemplate != ask.Template+"&goal={goal_id}&txid={conversion_id}" {
		t.Errorf("%+v", fix)
	}
	checkFindings(t, ask, findings)
}

// Whatever the goals and the deals: it is said exactly if the URL tells of a payout and none of
// the goals pays though others would, and its fix makes it go away.
func TestNothingPaidIsSaidOfNothingElse(t *testing.T) {
	t.Parallel()
	all := []doctor.Goal{{Key: "registration", Name: "Registration"}, {Key: "ftd", Name: "FTD"}, {Key: "deposit", Name: "Deposit"}, cpa, ngr}
	rapid.Check(t, func(rt *rapid.T) {
		ask := doctor.Question{
			Template:  sound + rapid.SampledFrom([]string{"", "&p={payout}", "&g={goal_id}&p={payout|mul:2}"}).Draw(rt, "tail"),
			Repeating: []string{"deposit", "net_revenue"}, OneGoal: rapid.Bool().Draw(rt, "one goal"),
		}
		pays := false
		for _, g := range all {
			chosen, paid := rapid.Bool().Draw(rt, g.Key), rapid.Bool().Draw(rt, g.Key+" pays")
			if chosen {
				ask.Goals = append(ask.Goals, g.Key)
			}
			if paid {
				ask.Paid = append(ask.Paid, g)
			}
			pays = pays || chosen && paid
		}
		findings := doctor.Check(ask)
		checkFindings(rt, ask, findings)
		want := !pays && len(ask.Goals) > 0 && len(ask.Paid) > 0 && strings.Contains(ask.Template, "{payout")
		if got := count(findings, doctor.CodeNothingPaid) == 1; got != want {
			rt.Fatalf("%+v: said %t, want %t", ask, got, want)
		}
		for _, f := range findings {
			if f.Code == doctor.CodeNothingPaid && (f.Fix == nil) != ask.OneGoal {
				rt.Fatalf("%+v: its fix is %+v", ask, f.Fix)
			}
		}
	})
}
