package firing_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"postrider/domain/firing"
	"postrider/domain/macro"
)

var goals = []firing.Named{{Key: "registration", Name: "Registration"}, {Key: "kyc", Name: "KYC approved"}, {Key: "ftd", Name: "FTD"}, {Key: "odd,=|}\\*", Name: "*"}}

func TestWithDomain(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ template, domain, want string }{
		{"https://old.example/pb?c={param_1}", "new.example", "https://new.example/pb?c={param_1}"},
		{"http://old.example:8080?c={param_1}&u=https://old.example/", "new.example:9000", "http://new.example:9000?c={param_1}&u=https://old.example/"},
		{"http://old.example/pb", " https://new.example/ ", "https://new.example/pb"},
		{"https://old.example", "bücher.example", "https://bücher.example"},
		{"https://old.example/pb", "new.example/pb", ""},
		{"https://old.example/pb", "", ""},
		{"https://old.example/pb", "{param_1}.example", ""},
		{"https://old.example/pb", "me@new.example", ""},
		{"https://old.example/pb", "new.example?x", ""},
		{"nonsense", "new.example", ""},
	} {
		got, err := firing.WithDomain(c.template, c.domain)
		if (err == nil) != (c.want != "") || err == nil && got != c.want {
			t.Errorf("%s on %q: %q, %v; want %q", c.template, c.domain, got, err, c.want)
		}
	}
}

// A goal sends the event that it was given, and every other goal what it has sent before.
func TestWithEvents(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		slot := rapid.SampledFrom([]string{
			"{goal_id}", "{goal_name}", "{GoalID}", "{goal_id|map:registration=lead,ftd=sale}", "{goal_id|map:registration=lead,*=other}",
			"{goal_name|map:FTD=sale,*=other}", "{goal_id|map:gone=x}",
		}).Draw(t, "slot")
		if _, err := macro.Parse("https://t.example/?e=" + slot); err != nil {
			slot = "{goal_id}"
		}
		template := "https://t.example/pb?c={param_1}&e=" + slot + "&p={payout}"
		events := map[string]string{}
		for _, g := range goals {
			if rapid.Bool().Draw(t, "given") {
				events[g.Key] = rapid.OneOf(rapid.SampledFrom([]string{"", "sale", g.Key, g.Name, "a,b=c|d}e\\f*"}), rapid.StringMatching(`[ -~]{0,12}`)).Draw(t, "event")
			}
		}
		with, err := firing.WithEvents(template, events, goals)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := macro.Parse(with); err != nil {
			t.Fatalf("%s: %s", with, err)
		}
		if !strings.HasPrefix(with, "https://t.example/pb?c={param_1}&e={goal_id") || !strings.HasSuffix(with, "}&p={payout}") {
			t.Fatalf("%s changes more than the event", with)
		}
		for _, g := range goals {
			want, given := events[g.Key]
			if !given {
				want, _ = firing.EventOf(template, g)
			}
			if got, ok := firing.EventOf(with, g); !ok || got != want {
				t.Fatalf("%s sends %q for %s, want %q (of %s)", with, got, g.Key, want, template)
			}
		}
	})
}

func TestWithEventsNeedsAMacroForTheGoal(t *testing.T) {
	t.Parallel()
	for _, template := range []string{"https://t.example/?c={param_1}", "https://t.example/?e={goal_id|upper}", "nonsense"} {
		if _, err := firing.WithEvents(template, map[string]string{"ftd": "sale"}, goals); err == nil {
			t.Errorf("%s takes an event", template)
		}
	}
}
