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

// Grade is the result of a scenario.
type Grade string

// The grades.
const (
	Good      Grade = "good"      // as expected
	Attention Grade = "attention" // it works, but something needs attention
	Problem   Grade = "problem"   // it does not work
)

// Grades lists every Grade.
func Grades() []Grade { return []Grade{Good, Attention, Problem} }

// Values returns the texts, as for every enumeration.
func (Grade) Values() []string { return enum.Strings(Grades()) }

// MarshalGQL writes the GraphQL name, for example GOOD.
func (g Grade) MarshalGQL(w io.Writer) { enum.Write(w, g) }

// UnmarshalGQL reads the GraphQL name.
func (g *Grade) UnmarshalGQL(v any) error { return enum.Read(v, g, Grades()) }

// Assess grades one scenario of a run. results has the scenarios that were fired.
func Assess(scenario string, results map[string]*Result) (Grade, string) {
	r, normal := results[scenario], results[Normal]
	switch {
	case r == nil && normal != nil && normal.Exchange.StatusCode != 0:
		return Problem, fmt.Sprintf("Not fired: the tests before it took %s in total.", runTime)
	case r == nil:
		return Problem, "Not fired: the first test got no response."
	case scenario == UnknownClick:
		return assessUnknown(r, normal)
	case scenario == SlowAnswer:
		return assessSlow(r)
	case !r.delivered():
		return assessRefused(scenario, r)
	case scenario == SecondDeposit && sameRequest(r, normal):
		return Attention, "The request is identical to the first, so a tracker drops it as a duplicate: add {conversion_id} as the transaction id."
	case scenario == Reversal && normal != nil && withoutOwn(r) == withoutOwn(normal):
		return Attention, "The request is identical to the first: the URL has no macro for the status. Add {status}, or do not fire for rejected conversions."
	case scenario == SameAgain:
		return Good, fmt.Sprintf("Response %d. Check your tracker: there must be one conversion, not two.", r.Exchange.StatusCode)
	case scenario == Special && !carriesSpecial(r):
		return Good, fmt.Sprintf("Response %d. The URL has no macro whose value can have special characters.", r.Exchange.StatusCode)
	default:
		return Good, fmt.Sprintf("Response %d.", r.Exchange.StatusCode)
	}
}

// assessRefused grades a scenario that the tracker should have accepted.
func assessRefused(scenario string, r *Result) (Grade, string) {
	says := r.Outcome.Sentence()
	if scenario == SameAgain || scenario == Reversal {
		if code := r.Exchange.StatusCode; code >= 200 && code < 500 {
			return Attention, says + " Deliveries like this one are shown as failed."
		}
	}
	return Problem, says + " " + r.Outcome.Reason.NextStep()
}

// assessUnknown grades the unknown click: a tracker that refuses it can be trusted when it
// accepts a known one.
func assessUnknown(r, normal *Result) (Grade, string) {
	switch {
	case r.Exchange.StatusCode == 0:
		return Problem, r.Outcome.Sentence()
	case !r.ClickID:
		return Attention, "The URL has no click id, so the tracker cannot attribute the conversion."
	case !r.delivered():
		return Good, fmt.Sprintf("Refused (%d), as it should be: your tracker only accepts click ids that it knows.", r.Exchange.StatusCode)
	case normal != nil && !sameText(r, normal):
		return Attention, "Accepted, but the response differs from that for the known click: a success rule can tell the two apart."
	default:
		return Attention, "Accepted like a known click: your tracker's response does not prove that it knows the click, so check your tracker too."
	}
}

func assessSlow(r *Result) (Grade, string) {
	took := r.Exchange.Duration.Round(time.Millisecond)
	switch {
	case r.Exchange.StatusCode == 0:
		return Problem, r.Outcome.Sentence() + " " + r.Outcome.Reason.NextStep()
	case took > tooSlow:
		return Attention, fmt.Sprintf("The response took %s. We wait up to 15 seconds, but a tracker this slow falls behind at peak traffic.", took)
	default:
		return Good, fmt.Sprintf("The response took %s.", took)
	}
}

// sameRequest reports whether a tracker could not distinguish two tests.
func sameRequest(a, b *Result) bool { return b != nil && a.sent() == b.sent() }

// sent returns what the tracker received.
func (r *Result) sent() string { return r.URL + "\n" + r.Exchange.RequestBody }

// withoutOwn returns the request without its delivery id, which always differs.
func withoutOwn(r *Result) string { return strings.ReplaceAll(r.sent(), globalid.Hex(r.ID), "") }

func sameText(a, b *Result) bool {
	return a.Exchange.StatusCode == b.Exchange.StatusCode && strings.TrimSpace(a.Exchange.ResponseBody) == strings.TrimSpace(b.Exchange.ResponseBody)
}

func carriesSpecial(r *Result) bool {
	return strings.Contains(r.URL, url.QueryEscape("日本")) || strings.Contains(r.Exchange.RequestBody, "日本")
}
