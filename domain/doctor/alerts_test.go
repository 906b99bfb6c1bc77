package doctor_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"postrider/domain/commission"
	"postrider/domain/doctor"
	"postrider/internal/ids"
)

// changed writes changes as + or - and their kinds.
func changed(changes []doctor.Change) string {
	var list []string
	for _, c := range changes {
		list = append(list, map[bool]string{true: "+", false: "-"}[c.Raise]+string(c.Kind))
	}
	return strings.Join(list, " ")
}

// From which number on something is worth an alert, and from which it is over.
func TestWhereAlertsBeginAndEnd(t *testing.T) {
	t.Parallel()
	type vitals = doctor.PostbackVitals
	const failing, held, gone = doctor.AlertFailing, doctor.AlertHeld, doctor.AlertGone
	for name, c := range map[string]struct {
		vitals vitals
		open   []doctor.AlertKind
		want   string
	}{
		"two of two fail":                      {vitals{Failing: 2}, nil, ""},
		"three of three":                       {vitals{Failing: 3}, nil, "+postback_failing"},
		"half of them":                         {vitals{Failing: 3, Delivered: 3}, nil, "+postback_failing"},
		"less than half":                       {vitals{Failing: 3, Delivered: 4}, nil, ""},
		"one in ten still fails":               {vitals{Failing: 1, Delivered: 9}, []doctor.AlertKind{failing}, ""},
		"fewer than one in ten":                {vitals{Failing: 1, Delivered: 10}, []doctor.AlertKind{failing}, "-postback_failing +postback_recovered"},
		"nothing is sent":                      {vitals{}, []doctor.AlertKind{failing}, ""},
		"one waits":                            {vitals{Waiting: 1}, nil, "+postback_held"},
		"none waits, none arrives":             {vitals{Failing: 1}, []doctor.AlertKind{held}, "-postback_held"},
		"none waits, one arrives":              {vitals{Delivered: 1}, []doctor.AlertKind{held}, "-postback_held +postback_recovered"},
		"none waits, and it was failing too":   {vitals{Delivered: 10}, []doctor.AlertKind{failing, held}, "-postback_held -postback_failing +postback_recovered"},
		"the address is gone":                  {vitals{Held: true}, nil, "+postback_gone"},
		"the address is gone, and all fails":   {vitals{Held: true, Failing: 5, Waiting: 2}, nil, "+postback_gone +postback_held +postback_failing"},
		"a new address is no recovery by self": {vitals{Delivered: 5}, []doctor.AlertKind{gone}, "-postback_gone"},
		"told of all already":                  {vitals{Held: true, Failing: 5, Waiting: 2}, []doctor.AlertKind{gone, held, failing}, ""},
	} {
		c.vitals.ID, c.vitals.AffiliateID = 7, 4
		open := []doctor.OpenAlert{{Kind: failing, CampaignID: 9}}
		for _, k := range c.open {
			open = append(open, doctor.OpenAlert{Kind: k, PostbackID: 7})
		}
		changes := doctor.Watch([]doctor.PostbackVitals{c.vitals}, []doctor.CampaignVitals{{ID: 9}}, nil, open)
		if got := changed(changes); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
		for _, one := range changes {
			if one.PostbackID != 7 || one.AffiliateID != 4 || one.CampaignID != 0 || one.LinkID != 0 || one.Raise != (one.Message != "") {
				t.Errorf("%s: %+v", name, one)
			}
		}
	}
}

func TestWhereACampaignsAlertsBeginAndEnd(t *testing.T) {
	t.Parallel()
	const bare, noParam = doctor.AlertUncovered, doctor.AlertNoParam
	for name, c := range map[string]struct {
		clicks, without int
		covered         bool
		open            doctor.AlertKind
		want            string
	}{
		"nine clicks":                         {9, 9, false, "", ""},
		"ten clicks, half without":            {10, 5, false, "", "+campaign_without_postback +clicks_without_param"},
		"ten clicks, fewer than half":         {10, 4, true, "", ""},
		"covered":                             {10, 5, true, "", "+clicks_without_param"},
		"covered again":                       {0, 0, true, bare, "-campaign_without_postback"},
		"no traffic any more":                 {0, 0, false, bare, ""},
		"one in twenty still without":         {20, 1, true, noParam, ""},
		"fewer than one in twenty":            {21, 1, true, noParam, "-clicks_without_param"},
		"one click, and it has what it needs": {1, 0, true, noParam, "-clicks_without_param"},
		"no click":                            {0, 0, true, noParam, ""},
	} {
		var open []doctor.OpenAlert
		if c.open != "" {
			open = append(open, doctor.OpenAlert{Kind: c.open, CampaignID: 3})
		}
		changes := doctor.Watch(nil, []doctor.CampaignVitals{{ID: 3, AffiliateID: 4, Name: "Summer", Clicks: c.clicks, WithoutID: c.without, Covered: c.covered}}, nil, open)
		if got := changed(changes); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
		for _, one := range changes {
			if one.CampaignID != 3 || one.AffiliateID != 4 || one.PostbackID != 0 || one.LinkID != 0 {
				t.Errorf("%s: %+v", name, one)
			}
		}
	}
}

func TestWhatAnAlertSays(t *testing.T) {
	t.Parallel()
	want := map[doctor.AlertKind]string{
		doctor.AlertGone:      "The tracker returned 410 Gone, so postbacks wait: enter the tracker's new URL and save the postback.",
		doctor.AlertHeld:      "Tracker unavailable: 1 postback waits until it responds again; none are lost. It timed out.",
		doctor.AlertFailing:   "12 of the last 20 deliveries failed. It timed out.",
		doctor.AlertUncovered: "Summer has traffic, but no postback: its conversions are not sent to your tracker.",
		doctor.AlertNoParam:   "15 of the last 20 clicks of Summer have no param_1: your tracker's click id is missing from the link.",
	}
	changes := doctor.Watch([]doctor.PostbackVitals{{ID: 1, Delivered: 8, Failing: 12, Waiting: 1, Held: true, LastReason: "It timed out."}},
		[]doctor.CampaignVitals{{ID: 1, Name: "Summer", Clicks: 20, WithoutID: 15}}, nil, nil)
	for _, c := range changes {
		if c.Message != want[c.Kind] {
			t.Errorf("%s: %s\nwant %s", c.Kind, c.Message, want[c.Kind])
		}
		delete(want, c.Kind)
	}
	if len(want) > 0 {
		t.Errorf("not said: %v", want)
	}
	changes = doctor.Watch([]doctor.PostbackVitals{{ID: 1, Waiting: 2}}, nil, nil, nil)
	if len(changes) != 1 || changes[0].Message != "Tracker unavailable: 2 postbacks wait until it responds again; none are lost." {
		t.Errorf("%+v", changes)
	}
}

// What is watched of one thing tells nothing of another, even of the same number.
func TestAlertsAreOfOneThing(t *testing.T) {
	t.Parallel()
	few := rapid.IntRange(0, 12)
	rapid.Check(t, func(rt *rapid.T) {
		var postbacks []doctor.PostbackVitals
		var open []doctor.OpenAlert
		for id := range ids.Postback(4) {
			postbacks = append(postbacks, doctor.PostbackVitals{ID: id + 1, Delivered: few.Draw(rt, "delivered"), Failing: few.Draw(rt, "failing"), Waiting: few.Draw(rt, "waiting"), Held: rapid.Bool().Draw(rt, "held")})
			for _, k := range []doctor.AlertKind{doctor.AlertFailing, doctor.AlertHeld, doctor.AlertGone} {
				if rapid.Bool().Draw(rt, "open") {
					open = append(open, doctor.OpenAlert{Kind: k, PostbackID: id + 1})
				}
			}
		}
		var apart []doctor.Change
		for _, p := range postbacks {
			own := slices.DeleteFunc(slices.Clone(open), func(a doctor.OpenAlert) bool { return a.PostbackID != p.ID })
			apart = append(apart, doctor.Watch([]doctor.PostbackVitals{p}, nil, nil, own)...)
		}
		link := doctor.OpenAlert{Kind: doctor.AlertNoParam, LinkID: 1}
		together := doctor.Watch(postbacks, []doctor.CampaignVitals{{ID: 1}}, []doctor.LinkVitals{{ID: 1}}, append(slices.Clone(open), link))
		if !slices.Equal(apart, together) {
			rt.Fatalf("each by itself: %+v\ntogether: %+v", apart, together)
		}
	})
}

// What each step of the checklist says, done or not.
func TestTheChecklistSaysWhatToDo(t *testing.T) {
	t.Parallel()
	now := time.Now()
	keys := []string{doctor.StepMacros, doctor.StepMapped, doctor.StepSound, doctor.StepTested, doctor.StepClicked, doctor.StepDelivered}
	good := doctor.Question{Name: "Good", Template: sound, Goals: []string{"ftd"}}
	warned := doctor.Question{Name: "Warned", Template: sound + "&&p=1", Goals: []string{"ftd"}}
	wrong := doctor.Question{Name: "Wrong", Template: sound + "&p=1&&k=<key>", Goals: []string{"ftd"}}
	hinted := doctor.Question{Name: "Hinted", Template: sound + "&p={payout}&cur=USD", Goals: []string{"ftd"}}
	sums := doctor.Question{Name: "Sums", Template: sound + "&n={count}", Goals: []string{"ftd"}}
	aggregates := sums
	aggregates.Aggregates = true
	for name, c := range map[string]struct {
		setup doctor.Setup
		step  int
		done  bool
		says  string
	}{
		"nothing yet":                   {doctor.Setup{}, 0, false, "Add a postback: paste your tracker's URL."},
		"nothing to be sound":           {doctor.Setup{}, 2, false, "Add a postback: paste your tracker's URL."},
		"macros known":                  {doctor.Setup{Postbacks: []doctor.Question{good}}, 0, true, "All macros in your postbacks are valid."},
		"mapped":                        {doctor.Setup{Postbacks: []doctor.Question{good}}, 1, true, "Your postbacks return the click id to your tracker."},
		"sound":                         {doctor.Setup{Postbacks: []doctor.Question{good}}, 2, true, "The doctor found no problems."},
		"a hint is no fault":            {doctor.Setup{Postbacks: []doctor.Question{hinted}}, 2, true, "The doctor found no problems."},
		"a warning":                     {doctor.Setup{Postbacks: []doctor.Question{good, warned}}, 2, false, "The doctor found a problem in Warned: There are two & in a row."},
		"an error goes before it":       {doctor.Setup{Postbacks: []doctor.Question{wrong}}, 2, false, "The doctor found a problem in Wrong: <key> is a placeholder: enter your own value."},
		"a blank is not mapped":         {doctor.Setup{Postbacks: []doctor.Question{wrong}}, 1, false, "Put {param_1} in the parameter in which your tracker expects its click id."},
		"a sum, of one conversion":      {doctor.Setup{Postbacks: []doctor.Question{sums}}, 0, false, "Add a postback: paste your tracker's URL."},
		"a sum, of several conversions": {doctor.Setup{Postbacks: []doctor.Question{aggregates}}, 0, true, "All macros in your postbacks are valid."},
		"not tested":                    {doctor.Setup{}, 3, false, "Fire a test and check your tracker's response."},
		"tested":                        {doctor.Setup{Tested: &now}, 3, true, "Your tracker accepted a test."},
		"clicked":                       {doctor.Setup{Clicked: &now}, 4, true, "A real click arrived with param_1."},
		"delivered":                     {doctor.Setup{Delivered: &now}, 5, true, "A real conversion was delivered to your tracker."},
		"not delivered, and a manager":  {doctor.Setup{Tested: &now, Clicked: &now, Manager: "Petra Novak (petra@x.example)"}, 5, false, "Wait for the first conversion, or ask your manager, Petra Novak (petra@x.example), to fire one manually for one of your clicks."},
		"not delivered":                 {doctor.Setup{Tested: &now, Clicked: &now}, 5, false, "Wait for the first conversion, or ask your manager to fire one manually for one of your clicks."},
	} {
		steps := doctor.Checklist(c.setup)
		for i, s := range steps {
			if s.Key != keys[i] || len(steps) != len(keys) {
				t.Fatalf("%s: step %d of %d is %s", name, i, len(steps), s.Key)
			}
		}
		s := steps[c.step]
		if s.Done != c.done || s.Message != c.says || (s.At != nil) != (c.done && c.step > 2) {
			t.Errorf("%s: %+v\nwant %v: %s", name, s, c.done, c.says)
		}
	}
}

// What goes out for several conversions speaks of all of them, wherever it stands.
func TestEachMacroOfOneConversionIsFixedWhereSeveralAreTold(t *testing.T) {
	t.Parallel()
	const template = "https://my.trk.io/{goal_name}?click={param_1}&txid={conversion_id}&p={PAYOUT|mul:2|round:1}&a={amount}&g={goal_id}"
	q := doctor.Question{Template: template, Goals: []string{"ftd"}, Statuses: []commission.Status{commission.Approved}, Aggregates: true}
	findings := doctor.Check(q)
	for i, want := range []string{"{goal_name}", "{PAYOUT|mul:2|round:1}", "{amount}"} {
		if len(findings) != 3 || findings[i].Code != doctor.CodeFirstAlone || template[findings[i].Start:findings[i].End] != want {
			t.Fatalf("%v, want %s", written(template, findings), want)
		}
	}
	if says := findings[1].Message; says != "The request has several conversions, and {payout} is only that of the first; {sum_payout} is of all of them." {
		t.Errorf("it says %s", says)
	}
	fixed, steps := fixAll(t, q)
	if want := "https://my.trk.io/{goal_names}?click={param_1}&txid={conversion_id}&p={sum_payout|mul:2|round:1}&a={sum_amount}&g={goal_id}"; fixed.Template != want || steps != 3 {
		t.Errorf("fixed by %d it is %s, want %s", steps, fixed.Template, want)
	}
}
