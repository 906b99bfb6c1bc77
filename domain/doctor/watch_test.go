package doctor_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"postrider/domain/doctor"
)

// told applies changes to what is open, and gives the kinds that were raised and
// ended.
func told(open *[]doctor.OpenAlert, changes []doctor.Change) (raised, ended []doctor.AlertKind) {
	for _, c := range changes {
		if c.Raise {
			raised = append(raised, c.Kind)
			if c.Kind != doctor.AlertRecovered { // over as soon as it is told
				*open = append(*open, c.OpenAlert)
			}
			continue
		}
		ended = append(ended, c.Kind)
		*open = slices.DeleteFunc(*open, func(a doctor.OpenAlert) bool { return a == c.OpenAlert })
	}
	return raised, ended
}

func TestAnOwnerIsToldOnceOfWhatBeginsAndEnds(t *testing.T) {
	t.Parallel()
	const failing, held, gone, recovered = doctor.AlertFailing, doctor.AlertHeld, doctor.AlertGone, doctor.AlertRecovered
	type kinds = []doctor.AlertKind
	var open []doctor.OpenAlert
	for i, step := range []struct {
		vitals        doctor.PostbackVitals
		raised, ended kinds
	}{
		{doctor.PostbackVitals{Delivered: 20}, nil, nil},
		{doctor.PostbackVitals{Delivered: 18, Failing: 2}, nil, nil}, // now and then is no alert
		{doctor.PostbackVitals{Delivered: 2, Failing: 2}, nil, nil},  // too few to say
		{doctor.PostbackVitals{Delivered: 5, Failing: 15}, kinds{failing}, nil},
		{doctor.PostbackVitals{Delivered: 0, Failing: 20}, nil, nil},          // told already
		{doctor.PostbackVitals{Failing: 20, Waiting: 7}, kinds{held}, nil},    // its circuit has opened
		{doctor.PostbackVitals{Delivered: 10, Failing: 10}, nil, kinds{held}}, // still failing
		{doctor.PostbackVitals{Delivered: 17, Failing: 3}, nil, nil},          // not yet well
		{doctor.PostbackVitals{Delivered: 20}, kinds{recovered}, kinds{failing}},
		{doctor.PostbackVitals{Delivered: 20}, nil, nil},
		{doctor.PostbackVitals{Failing: 20}, kinds{failing}, nil},
		{doctor.PostbackVitals{Held: true, Failing: 20}, kinds{gone}, nil},
		{doctor.PostbackVitals{Delivered: 20}, kinds{recovered}, kinds{gone, failing}},
		{doctor.PostbackVitals{}, nil, nil}, // a quiet night ends nothing
	} {
		step.vitals.ID = 7
		raised, ended := told(&open, doctor.Watch([]doctor.PostbackVitals{step.vitals}, nil, nil, open))
		if !slices.Equal(raised, step.raised) || !slices.Equal(ended, step.ended) {
			t.Errorf("step %d: raised %v, ended %v; want %v, %v", i, raised, ended, step.raised, step.ended)
		}
	}
}

// What is switched off, deleted or paused is watched no more, and its alerts are over.
func TestAlertsEndWithWhatTheyAreAbout(t *testing.T) {
	t.Parallel()
	open := []doctor.OpenAlert{{Kind: doctor.AlertFailing, PostbackID: 7}, {Kind: doctor.AlertGone, PostbackID: 8}, {Kind: doctor.AlertNoParam, CampaignID: 7}}
	changes := doctor.Watch([]doctor.PostbackVitals{{ID: 8, Held: true}}, nil, nil, open)
	if raised, ended := told(&open, changes); len(raised) != 0 || !slices.Equal(ended, []doctor.AlertKind{doctor.AlertFailing, doctor.AlertNoParam}) {
		t.Errorf("%+v", changes)
	}
}

func TestACampaignsTrafficIsWatched(t *testing.T) {
	t.Parallel()
	var open []doctor.OpenAlert
	for i, step := range []struct {
		vitals        doctor.CampaignVitals
		raised, ended int
	}{
		{doctor.CampaignVitals{Clicks: 9, WithoutID: 9}, 0, 0}, // hardly traffic
		{doctor.CampaignVitals{Clicks: 50, WithoutID: 50}, 2, 0},
		{doctor.CampaignVitals{Clicks: 50, WithoutID: 50}, 0, 0},
		{doctor.CampaignVitals{Clicks: 50, WithoutID: 20, Covered: true}, 0, 1},
		{doctor.CampaignVitals{Clicks: 50, WithoutID: 1, Covered: true}, 0, 1},
		{doctor.CampaignVitals{Clicks: 50, Covered: true}, 0, 0},
		{doctor.CampaignVitals{}, 0, 0}, // no traffic, nothing to cover
	} {
		step.vitals.ID, step.vitals.Name = 3, "Summer"
		raised, ended := told(&open, doctor.Watch(nil, []doctor.CampaignVitals{step.vitals}, nil, open))
		if len(raised) != step.raised || len(ended) != step.ended {
			t.Errorf("step %d: raised %v, ended %v", i, raised, ended)
		}
	}
}

// The default link of an offer is watched for its params; the alert is over when
// they are there, or the offer runs no more.
func TestADefaultLinksTrafficIsWatched(t *testing.T) {
	t.Parallel()
	var open []doctor.OpenAlert
	one := func(clicks, without int) []doctor.LinkVitals {
		return []doctor.LinkVitals{{ID: 3, AffiliateID: 1, Offer: "Royal Spin", Clicks: clicks, WithoutID: without}}
	}
	for i, step := range []struct {
		vitals        []doctor.LinkVitals
		raised, ended int
	}{
		{one(9, 9), 0, 0}, {one(50, 24), 0, 0}, {one(50, 25), 1, 0}, {one(50, 50), 0, 0}, {one(50, 3), 0, 0}, {one(50, 2), 0, 1}, {one(50, 50), 1, 0}, {nil, 0, 1},
	} {
		changes := doctor.Watch(nil, []doctor.CampaignVitals{{ID: 3}}, step.vitals, open)
		raised, ended := told(&open, changes)
		if len(raised) != step.raised || len(ended) != step.ended {
			t.Errorf("step %d: raised %v, ended %v", i, raised, ended)
		}
		if len(raised) > 0 && (changes[0].LinkID != 3 || changes[0].AffiliateID != 1 || !strings.Contains(changes[0].Message, "clicks of your default link for Royal Spin have no param_1")) {
			t.Errorf("%+v", changes[0])
		}
	}
}

// Whatever happens, nothing is raised twice or ended that is not open, and once
// told, the same vitals change nothing more.
func TestAlertsSettle(t *testing.T) {
	t.Parallel()
	few := rapid.IntRange(0, 20)
	rapid.Check(t, func(rt *rapid.T) {
		var open []doctor.OpenAlert
		for range rapid.IntRange(1, 20).Draw(rt, "steps") {
			p := doctor.PostbackVitals{ID: 1, Delivered: few.Draw(rt, "delivered"), Failing: few.Draw(rt, "failing"), Waiting: few.Draw(rt, "waiting"), Held: rapid.Bool().Draw(rt, "held")}
			c := doctor.CampaignVitals{ID: 1, Clicks: few.Draw(rt, "clicks"), Covered: rapid.Bool().Draw(rt, "covered")}
			c.WithoutID = rapid.IntRange(0, c.Clicks).Draw(rt, "without")
			l := doctor.LinkVitals{ID: 1, Clicks: few.Draw(rt, "clicks by default")}
			l.WithoutID = rapid.IntRange(0, l.Clicks).Draw(rt, "without by default")
			before := slices.Clone(open)
			changes := doctor.Watch([]doctor.PostbackVitals{p}, []doctor.CampaignVitals{c}, []doctor.LinkVitals{l}, open)
			for _, change := range changes {
				if change.Raise && change.Message == "" || !change.Raise && !slices.Contains(before, change.OpenAlert) || change.Raise && slices.Contains(before, change.OpenAlert) {
					rt.Fatalf("%+v of %+v", change, before)
				}
			}
			told(&open, changes)
			if again := doctor.Watch([]doctor.PostbackVitals{p}, []doctor.CampaignVitals{c}, []doctor.LinkVitals{l}, open); len(again) != 0 {
				rt.Fatalf("not settled: %+v after %+v", again, changes)
			}
		}
	})
}

func TestTheChecklistTicksByWhatHappened(t *testing.T) {
	t.Parallel()
	now := time.Now()
	good := doctor.Question{Name: "Keitaro", Template: "https://kt.traffic.io/6f1c/postback?subid={param_1}&status=sale&tid={conversion_id}", Goals: []string{"ftd"}}
	bare := doctor.Question{Name: "Bare", Template: "https://my.trk.io/in?p={payout}", Goals: []string{"ftd"}}
	slip := doctor.Question{Name: "Slip", Template: "https://my.trk.io/in?c={param_1}&&p={payout}", Goals: []string{"ftd"}}
	for name, c := range map[string]struct {
		setup doctor.Setup
		ticks string
	}{
		"nothing yet":             {doctor.Setup{}, "......"},
		"a sound postback":        {doctor.Setup{Postbacks: []doctor.Question{good}}, "xxx..."},
		"one without a click id":  {doctor.Setup{Postbacks: []doctor.Question{good, bare}}, "x....."},
		"one with a slip":         {doctor.Setup{Postbacks: []doctor.Question{slip}}, "xx...."},
		"tested":                  {doctor.Setup{Postbacks: []doctor.Question{good}, Tested: &now}, "xxxx.."},
		"a click before any test": {doctor.Setup{Postbacks: []doctor.Question{good}, Clicked: &now}, "xxx.x."},
		"all":                     {doctor.Setup{Postbacks: []doctor.Question{good}, Tested: &now, Clicked: &now, Delivered: &now}, "xxxxxx"},
	} {
		ticks := ""
		for _, s := range doctor.Checklist(c.setup) {
			ticks += map[bool]string{true: "x", false: "."}[s.Done]
			if s.Message == "" || s.Title == "" {
				t.Errorf("%s: %+v", name, s)
			}
		}
		if ticks != c.ticks {
			t.Errorf("%s: %s, want %s", name, ticks, c.ticks)
		}
	}
}
