package testfire

import (
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"postrider/internal/enum"
	"postrider/internal/globalid"
)

// Grade is how a scenario went.
type Grade string

// The grades.
const (
	Good      Grade = "good"      // as it should be
	Attention Grade = "attention" // it works, but there is something to look at
	Problem   Grade = "problem"   // it does not work
)

// Grades lists every Grade.
func Grades() []Grade { return []Grade{Good, Attention, Problem} }

// Values gives the texts, as every enumeration does.
func (Grade) Values() []string { return enum.Strings(Grades()) }

// MarshalGQL writes the GraphQL name, for example GOOD.
func (g Grade) MarshalGQL(w io.Writer) { enum.Write(w, g) }

// UnmarshalGQL reads the GraphQL name.
func (g *Grade) UnmarshalGQL(v any) error { return enum.Read(v, g, Grades()) }

// Assess says how one scenario of a run went. Results has those that were fired.
func Assess(scenario string, results map[string]*Result) (Grade, string) {
	r, normal := results[scenario], results[Normal]
	switch {
	case r == nil && normal != nil && normal.Exchange.StatusCode != 0:
		return Problem, fmt.Sprintf("Not fired: those before it took %s together.", runTime)
	case r == nil:
		return Problem, "Not fired: the first one got no answer."
	case scenario == UnknownClick:
		return assessUnknown(r, normal)
	case scenario == SlowAnswer:
		return assessSlow(r)
	case !r.delivered():
		return assessRefused(scenario, r)
	case scenario == SecondDeposit && sameRequest(r, normal):
		return Attention, "It looks exactly like the first, so a tracker drops it: add {conversion_id} in the parameter for the transaction."
	case scenario == Reversal && normal != nil && withoutOwn(r) == withoutOwn(normal):
		return Attention, "It looks exactly like the first: nothing in the URL tells that the conversion was rejected. Add {status}, or let rejected ones not fire."
	case scenario == SameAgain:
		return Good, fmt.Sprintf("Answered %d. Look into your tracker: there must be one conversion, not two.", r.Exchange.StatusCode)
	case scenario == Special && !carriesSpecial(r):
		return Good, fmt.Sprintf("Answered %d. The URL has no macro whose value could have special characters.", r.Exchange.StatusCode)
	default:
		return Good, fmt.Sprintf("Answered %d.", r.Exchange.StatusCode)
	}
}

// assessRefused is of a scenario that should have been taken.
func assessRefused(scenario string, r *Result) (Grade, string) {
	says := r.Outcome.Sentence()
	if scenario == SameAgain || scenario == Reversal {
		if code := r.Exchange.StatusCode; code >= 200 && code < 500 {
			return Attention, says + " Deliveries like this one will be shown as failed."
		}
	}
	return Problem, says + " " + r.Outcome.Reason.NextStep()
}

// assessUnknown is of a click that the tracker cannot know: what refuses it can be
// believed when it accepts.
func assessUnknown(r, normal *Result) (Grade, string) {
	switch {
	case r.Exchange.StatusCode == 0:
		return Problem, r.Outcome.Sentence()
	case !r.ClickID:
		return Attention, "The URL carries no click id, so the tracker cannot tell one click from another."
	case !r.delivered():
		return Good, fmt.Sprintf("Refused (%d), as it should be: when your tracker accepts a click id, it knows it.", r.Exchange.StatusCode)
	case normal != nil && !sameText(r, normal):
		return Attention, "Accepted, but with another answer than for the known click: a rule on the answer's body can tell the two apart."
	default:
		return Attention, "Accepted like any other: your tracker's answer does not prove that it knows the click, so look there as well."
	}
}

func assessSlow(r *Result) (Grade, string) {
	took := r.Exchange.Duration.Round(time.Millisecond)
	switch {
	case r.Exchange.StatusCode == 0:
		return Problem, r.Outcome.Sentence() + " " + r.Outcome.Reason.NextStep()
	case took > tooSlow:
		return Attention, fmt.Sprintf("The answer took %s. It is waited for up to 15 seconds, but a tracker this slow falls behind when much comes at once.", took)
	default:
		return Good, fmt.Sprintf("The answer took %s.", took)
	}
}

// sameRequest tells whether a tracker could not tell two tests apart.
func sameRequest(a, b *Result) bool { return b != nil && a.sent() == b.sent() }

// sent is what a tracker got.
func (r *Result) sent() string { return r.URL + "\n" + r.Exchange.RequestBody }

// withoutOwn is what was sent but for its delivery's id, which says nothing of what
// happened.
func withoutOwn(r *Result) string { return strings.ReplaceAll(r.sent(), globalid.Hex(r.ID), "") }

func sameText(a, b *Result) bool {
	return a.Exchange.StatusCode == b.Exchange.StatusCode && strings.TrimSpace(a.Exchange.ResponseBody) == strings.TrimSpace(b.Exchange.ResponseBody)
}

func carriesSpecial(r *Result) bool {
	return strings.Contains(r.URL, url.QueryEscape("日本")) || strings.Contains(r.Exchange.RequestBody, "日本")
}
