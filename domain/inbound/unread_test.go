package inbound_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"postrider/domain/commission"
	"postrider/domain/inbound"
)

// What nothing reads is named, from a query, a form and an object alike; secrets, personal data, and
// values in the place of a name are not.
func TestParametersThatNothingReadsAreNamed(t *testing.T) {
	t.Parallel()
	s := mapped()
	s.TimestampName = "sent_at"
	for call, want := range map[[2]string]string{
		{"goal=ftd&click_id=1&bonus=10&x.y=2&event.type=a&sent_at=1", ""}: "bonus",
		{"goal=ftd", "brand=x&sub-id=2"}:                                  "brand sub-id",
		{"", `{"goal":"ftd","data":{"bonus":1,"event":[{"kind":"x"}]}}`}:  "data.bonus data.event.0.kind",
		{"token=***&secret=***&api_key=a&Token=b&signature=c", ""}:        "",
		{"email=***&first_name=Jo&contact=***&who=a%40b.example", ""}:     "",
		{"jo%40x.example=1&491701234567=1&203.0.113.7=1&-=1&=2", ""}:      "",
		{"p8841234=1&" + strings.Repeat("a", 65) + "=1", ""}:              "",
		{"", "(not kept: 12 bytes that cannot be read)"}:                  "",
		{"", "{"}: "",
	} {
		if got := strings.Join(s.Unread(call[0], call[1]), " "); got != want {
			t.Errorf("%q: %q, want %q", call, got, want)
		}
	}
}

// What is named is never read, and was sent.
func TestUnreadParametersWereSent(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := mapped()
		query := url.Values{}
		for _, name := range rapid.SliceOf(rapid.SampledFrom(names)).Draw(t, "names") {
			query.Set(name, "1")
		}
		for _, name := range s.Unread(query.Encode(), "") {
			if !query.Has(name) || commission.IsParameter(name) || slices.Contains([]string{"event.type", "x.y"}, name) {
				t.Fatalf("%q is named of %s", name, query.Encode())
			}
		}
		if query.Has("bonus") != slices.Contains(s.Unread(query.Encode(), ""), "bonus") {
			t.Fatalf("bonus in %s: %q", query.Encode(), s.Unread(query.Encode(), ""))
		}
	})
}

// A macro that was left in the place of a value is told from a bad value, in the notations of the usual
// platforms.
func TestMacrosThatWereNotFilledIn(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]bool{
		"{click_id}": true, "{{ click }}": true, "${subid}": true, "[CLICK]": true, "<payout>": true, "%clickid%": true, "%%CLICK%%": true, "#sub#": true,
		"$cid": true, "": false, "12%": false, "$10": false, "US$ 5": false, "0197640b": false, "a#1": false, "a_b": false,
	} {
		if got := inbound.Unfilled(value); got != want {
			t.Errorf("%q: %t", value, got)
		}
	}
}

// Why a report is refused is said as a cause: of several, what was found first, and a missing id before
// words that nobody has mapped.
func TestWhyAReportIsRefused(t *testing.T) {
	t.Parallel()
	for query, want := range map[string][2]inbound.Cause{
		"goal=ftd&click_id=1":                        {},
		"goal=ftd":                                   {inbound.NoID},
		"goal=deposit&click_id=1":                    {inbound.NoID},
		"goal=what&click_id=1":                       {"", inbound.UnmappedGoal},
		"goal=what":                                  {inbound.NoID, inbound.UnmappedGoal},
		"goal={event}&click_id=1":                    {inbound.MacroNotFilled},
		"goal=ftd&click_id=1&amount={amount}":        {inbound.MacroNotFilled},
		"goal=ftd&click_id=1&amount=abc":             {},
		"goal=ftd&click_id=1&occurred_at=%25time%25": {inbound.MacroNotFilled},
		"goal=ftd&click_id=1&currency=[currency]":    {inbound.MacroNotFilled},
		"goal=ftd&click_id=1&status=settled":         {"", inbound.UnmappedStatus},
		"goal=ftd&click_id=1&status={status}":        {"", inbound.MacroNotFilled},
		"goal=ftd&player_id=%00":                     {inbound.BadField},
	} {
		values, _ := url.ParseQuery(query)
		r, _ := inbound.Read(values)
		r.Complete(dictionary[r.Goal], inbound.Dialect{}, "EUR", now)
		if got := [2]inbound.Cause{r.Cause, r.Unmapped()}; got != want {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
}
