package doctor_test

import (
	"testing"

	"postrider/domain/doctor"
)

const first = "https://tracker.example/postback?cid={param_1}&txid={conversion_id}"

func TestMacrosOfSeveralConversionsAreFixedWhereEachIsSentByItself(t *testing.T) {
	t.Parallel()
	for tail, want := range map[string]string{
		"&n={count}":                   "&n=1",
		"&payout={sum_payout|round:2}": "&payout={payout|round:2}",
		"&sum={sum_amount}":            "&sum={amount}",
		"&goal={GOAL_NAMES|limit:20}":  "&goal={goal_name|limit:20}",
	} {
		findings := doctor.Check(doctor.Question{Template: first + tail, Goals: []string{"ftd"}})
		if len(findings) != 1 || findings[0].Code != "unavailable_macro" || findings[0].Severity != doctor.Error ||
			findings[0].Fix == nil || findings[0].Fix.URLTemplate != first+want {
			t.Errorf("%s: %+v, want the fix %s", tail, findings, want)
		}
		aggregates := doctor.Check(doctor.Question{Template: first + tail, Goals: []string{"ftd"}, Aggregates: true})
		if len(aggregates) != 0 {
			t.Errorf("%s, aggregated: %+v, want nothing", tail, aggregates)
		}
	}
}

func TestASumIsOfferedWhereSeveralConversionsAreTold(t *testing.T) {
	t.Parallel()
	q := doctor.Question{Template: first + "&payout={payout|round:2}", Goals: []string{"ftd"}, Aggregates: true}
	findings := doctor.Check(q)
	if len(findings) != 1 || findings[0].Code != doctor.CodeFirstAlone || findings[0].Severity != doctor.Warning ||
		findings[0].Fix == nil || findings[0].Fix.URLTemplate != first+"&payout={sum_payout|round:2}" {
		t.Errorf("%+v, want a warning with its fix", findings)
	}
}
